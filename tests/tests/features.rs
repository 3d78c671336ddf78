//! The table of features names tests, commands, options and files that exist, and its counts are right.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use migspec_tests::root;

struct Feature {
    number: usize,
    state: String,
    shown: String,
}

fn features(page: &str) -> Vec<Feature> {
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let [number, _, state, shown] = cells.as_slice() else { return None };
        Some(Feature { number: number.parse().ok()?, state: (*state).to_owned(), shown: (*shown).to_owned() })
    });
    rows.collect()
}

/// The texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of all functions behind `#[test]`.
fn tests(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            tests(&path, names);
        } else if name.ends_with(".rs") {
            let text = fs::read_to_string(&path).expect("source");
            let behind = text.split("#[test]\n").skip(1).filter_map(|rest| rest.split("fn ").nth(1)?.split('(').next());
            names.extend(behind.map(str::to_owned));
        }
    }
}

/// What an entry of the last column is not, or nothing.
struct Known {
    tests: BTreeSet<String>,
    reference: String,
    options: BTreeSet<String>,
    pages: String,
}

impl Known {
    fn new() -> Self {
        let mut names = BTreeSet::new();
        for folder in ["compiler", "policies", "targets", "tests"] {
            tests(&root().join(folder), &mut names);
        }
        let read = |name: &str| fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let pages = ["docs/reference/spec.md", "docs/reference/codes.md", "docs/judges.md", "SECURITY.md", "README.md"];
        let reference = read("docs/reference/command-line.md");
        let words = reference.split_whitespace().map(|word| word.trim_end_matches(','));
        let options = words.filter(|word| word.starts_with("--")).map(str::to_owned).collect();
        Self { tests: names, reference, options, pages: pages.map(read).concat() }
    }

    fn problem(&self, entry: &str) -> Option<String> {
        let words: Vec<&str> = entry.split(' ').collect();
        let arguments = words.strip_prefix(&["migspec"]).unwrap_or(&words);
        let command = arguments.first().copied().unwrap_or_default();
        let is_command = self.reference.contains(&format!("## migspec {command}\n"));
        if self.tests.contains(entry) || root().join(entry).exists() {
            return None;
        }
        if is_command || entry.starts_with("--") {
            let options = arguments.iter().filter(|word| word.starts_with("--"));
            let unknown = options.map(|word| word.split('=').next().unwrap_or(word));
            let unknown: Vec<&str> = unknown.filter(|option| !self.options.contains(*option)).collect();
            return (!unknown.is_empty()).then(|| format!("`{entry}`: no option {}", unknown.join(", ")));
        }
        let elsewhere =
            entry.starts_with("cargo xtask ") || self.pages.contains(entry) || self.reference.contains(entry);
        (!elsewhere).then(|| format!("`{entry}` is no test, no path and no command"))
    }
}

#[test]
fn every_feature_is_shown_by_what_exists() {
    let page = fs::read_to_string(root().join("docs/features.md")).expect("the page");
    let (features, known) = (features(&page), Known::new());
    assert_eq!(features.iter().map(|f| f.number).collect::<Vec<_>>(), (1..=101).collect::<Vec<_>>());
    let mut problems = Vec::new();
    for feature in &features {
        problems.extend(
            quoted(&feature.shown).filter_map(|e| known.problem(e)).map(|p| format!("{}: {p}", feature.number)),
        );
        if feature.state == "yes" && !quoted(&feature.shown).any(|entry| known.tests.contains(entry)) {
            problems.push(format!("{}: no test", feature.number));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let count = |state: &str| features.iter().filter(|feature| feature.state == state).count();
    let counts =
        format!("{} of 101 are there, {} in part, {} are missing.", count("yes"), count("partial"), count("no"));
    assert!(page.contains(&counts), "the page should say: {counts}");
    assert!(count("yes") >= 85);
}

#[test]
fn what_does_not_exist_is_seen() {
    let known = Known::new();
    for entry in ["no_such_test", "tests/none.rs", "check --no-such-option", "migspec no-such-command"] {
        assert!(known.problem(entry).is_some(), "{entry}");
    }
    for entry in ["what_does_not_exist_is_seen", "docs/features.md", "migspec check --since REF", "--watch"] {
        assert_eq!(known.problem(entry), None);
    }
}
