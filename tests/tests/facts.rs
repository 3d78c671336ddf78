//! The facts in `docs/facts.md` and their citations agree: each fact has a source
//! and a user, each citation names a fact.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use migspec_tests::root;

const PAGE: &str = "docs/facts.md";
/// Before the key of a fact in a comment.
const CITATION: &str = "fact: ";
const KINDS: &[&str] = &["rs", "sql", "cedar", "kdl", "md", "tsv", "json", "j2", "py"];
/// Folders of tools, of output, and of files that another check compares.
const SKIPPED: &[&str] = &["target", "node_modules", "golden", "reference", "schemas"];

struct Fact {
    text: String,
    used_in: Vec<String>,
}

/// The facts of a page by key, in the order of the page.
fn facts(page: &str) -> Vec<(String, Fact)> {
    let mut facts: Vec<(String, String)> = Vec::new();
    for line in page.lines() {
        if let Some((key, text)) = line.strip_prefix("- **").and_then(|rest| rest.split_once("** ")) {
            facts.push((key.to_owned(), text.to_owned()));
        } else if let (Some(rest), Some((_, text))) = (line.strip_prefix("  "), facts.last_mut()) {
            text.push(' ');
            text.push_str(rest);
        }
    }
    facts.into_iter().map(|(key, text)| (key, fact(&text))).collect()
}

fn fact(text: &str) -> Fact {
    let (text, users) = text.split_once("(used in: ").unwrap_or((text, ""));
    let users = users.trim_end().trim_end_matches(')').split(", ").filter(|user| !user.is_empty());
    Fact { text: text.to_owned(), used_in: users.map(str::to_owned).collect() }
}

/// The keys that a text cites.
fn citations(text: &str) -> Vec<&str> {
    let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let after = text.split(CITATION).skip(1).map(|rest| &rest[..rest.find(|c| !is_key(c)).unwrap_or(rest.len())]);
    after.filter(|key| key.contains('-')).collect()
}

/// The citations of all files by path.
fn all_citations() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project can be read").flatten() {
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                open.push(path);
            } else if path.extension().is_some_and(|kind| KINDS.iter().any(|known| kind == *known)) {
                let text = fs::read_to_string(&path).expect("a file of text");
                let keys: Vec<String> = citations(&text).into_iter().map(str::to_owned).collect();
                if !keys.is_empty() {
                    found.insert(relative(path), keys);
                }
            }
        }
    }
    found.remove(PAGE);
    found.remove("tests/tests/facts.rs");
    found
}

fn relative(path: PathBuf) -> String {
    path.strip_prefix(root()).unwrap_or(&path).display().to_string()
}

/// What is wrong with the facts of a page and their citations.
fn problems(facts: &[(String, Fact)], cited: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut problems = Vec::new();
    for pair in facts.windows(2) {
        if pair[0].0 >= pair[1].0 {
            problems.push(format!("{}: not sorted, or a second fact of this key", pair[1].0));
        }
    }
    for (key, fact) in facts {
        if !fact.text.contains("Source: ") {
            problems.push(format!("{key}: no source"));
        }
        if fact.text.contains("Unproven") && !fact.text.contains("covers it") {
            problems.push(format!("{key}: no check or step covers it"));
        }
        if fact.used_in.is_empty() {
            problems.push(format!("{key}: no user"));
        }
        for user in &fact.used_in {
            if !cited.get(user).is_some_and(|keys| keys.contains(key)) {
                problems.push(format!("{key}: `{user}` has no `{CITATION}{key}`"));
            }
        }
    }
    for (path, key) in cited.iter().flat_map(|(path, keys)| keys.iter().map(move |key| (path, key))) {
        match facts.iter().find(|(known, _)| known == key) {
            None => problems.push(format!("{path}: there is no fact `{key}`")),
            Some((_, fact)) if !fact.used_in.contains(path) => {
                problems.push(format!("{key}: `{path}` cites it and is not in its list of users"));
            }
            Some(_) => {}
        }
    }
    problems
}

#[test]
fn facts_and_citations_agree() {
    let page = fs::read_to_string(root().join(PAGE)).expect("docs/facts.md");
    let facts = facts(&page);
    let cited = all_citations();
    assert!(facts.len() >= 130, "only {} facts", facts.len());
    assert!(cited.len() > 10, "only {} files cite a fact", cited.len());
    let problems = problems(&facts, &cited);
    assert!(problems.is_empty(), "{problems:#?}");
}

/// The keys that the section "Unproven" lists.
fn listed_as_unproven(page: &str) -> Vec<&str> {
    let section = page.split_once("\n## Unproven\n").map_or("", |(_, section)| section);
    let mut keys: Vec<&str> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split_once(" | `"))
        .flat_map(|(_, facts)| facts.split("`, `").map(|key| key.trim_end_matches("` |")))
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_page_lists_every_unproven_fact() {
    let page = fs::read_to_string(root().join(PAGE)).expect("docs/facts.md");
    let facts = facts(&page);
    let unproven = facts.iter().filter(|(_, fact)| fact.text.to_lowercase().contains("unproven"));
    let unproven: Vec<&str> = unproven.map(|(key, _)| key.as_str()).collect();
    assert_eq!(listed_as_unproven(&page), unproven);
    assert!(unproven.len() > 10, "{unproven:?}");
}

#[test]
fn a_wrong_citation_is_seen() {
    let page = "# Facts\n\n- **a-one** A\n  thing. Source: x. (used in: f.rs)\n- **b-two** B. Source: y. (used in: f.rs, g.rs)\n";
    let cites = |pairs: &[(&str, &[&str])]| {
        pairs.iter().map(|(path, keys)| ((*path).to_owned(), keys.iter().map(|k| (*k).to_owned()).collect())).collect()
    };
    let good = cites(&[("f.rs", &["a-one", "b-two"]), ("g.rs", &["b-two"])]);
    assert_eq!(problems(&facts(page), &good), Vec::<String>::new());
    let absent = cites(&[("f.rs", &["a-one", "b-two"])]);
    assert_eq!(problems(&facts(page), &absent), ["b-two: `g.rs` has no `fact: b-two`"]);
    let unknown = cites(&[("f.rs", &["a-one", "b-two", "c-three"]), ("g.rs", &["b-two", "a-one"])]);
    assert_eq!(problems(&facts(page), &unknown).len(), 2);
    let bare = "- **a-one** A. Unproven. (used in: f.rs)\n- **a-one** Again.\n";
    assert_eq!(problems(&facts(bare), &cites(&[("f.rs", &["a-one"])])).len(), 5);
    assert_eq!(citations("// fact: a-one\n(fact: b-two). fact: &'static str, fact: name"), ["a-one", "b-two"]);
}
