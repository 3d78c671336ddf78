//! The port of a database is the one that the spec declares, everywhere. Specs
//! with other ports than the defaults are built, and no default port remains.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use migspec_tests::emitted::{self, Emitted};
use migspec_tests::runs;

const DEFAULTS: [&str; 3] = ["5432", "3306", "1521"];

/// A spec with another port for its sources, and one for its databases.
fn moved(path: &str, default: &str) -> String {
    let text = runs::text(path);
    assert!(text.contains(default), "{path} names {default}");
    let databases = text.matches("network=\"production\" {\n        name").count();
    assert_eq!(databases, 1, "{path} has one database to change");
    text.replace(default, "6432")
        .replace("network=\"production\" {\n        name", "network=\"production\" port=7432 {\n        name")
}

/// Where a number occurs by itself: file and line.
fn occurrences(emitted: &Emitted, number: &str) -> Vec<String> {
    let alone = |line: &str, at: usize| {
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
        !inside(line[..at].chars().next_back()) && !inside(line[at + number.len()..].chars().next())
    };
    let files = emitted.artifacts.iter().filter(|(path, _)| *path != "manifest.json");
    let lines = files.flat_map(|(path, bytes)| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        text.lines().map(|line| (path.to_owned(), line.to_owned())).collect::<Vec<_>>()
    });
    lines
        .filter(|(_, line)| line.match_indices(number).any(|(at, _)| alone(line, at)))
        .map(|(path, line)| format!("{path}: {}", line.trim()))
        .collect()
}

#[test]
fn no_default_port_remains() {
    let text = moved("specs/payments.migspec.kdl", "5432");
    let all = emitted::of_text("payments.migspec.kdl", &text);
    assert_eq!(all.len(), 2);
    for emitted in &all {
        assert_eq!(emitted.problems, [], "{}", emitted.name);
        for default in DEFAULTS {
            assert_eq!(occurrences(emitted, default), Vec::<String>::new(), "{}: {default}", emitted.name);
        }
        for (port, folders) in [
            ("6432", ["terraform/network.tf", "cloudformation/main.template.json", "cloudformation/"]),
            ("7432", ["terraform/network.tf", "terraform/database.tf", "cloudformation/"]),
        ] {
            let found = occurrences(emitted, port);
            for folder in folders {
                assert!(found.iter().any(|place| place.starts_with(folder)), "{port} is not in {folder}: {found:#?}");
            }
        }
    }
}

/// Policies, reachability and ceilings accept the declared ports, and nothing else.
#[test]
fn other_ports_pass_the_check() {
    let text = moved("specs/payments.migspec.kdl", "5432");
    let (sources, checked) = runs::check_text("payments.migspec.kdl", &text, Some("prod"));
    assert_eq!(runs::list(&sources, &checked), Vec::<String>::new());
}

#[test]
fn a_default_port_is_found() {
    let all = emitted::of_text("payments.migspec.kdl", &runs::text("specs/payments.migspec.kdl"));
    let emitted = all.first().unwrap_or_else(|| panic!("the spec has an environment"));
    assert!(!occurrences(emitted, "5432").is_empty());
}
