//! Every setting of the language with a weaker value in the reference spec.
//! `tests/settings.txt` lists each change with its outcome, or the reason why no
//! value of the setting is weaker. The settings come from the grammar: a new one
//! without a row fails. `MIGSPEC_BLESS=1` writes the outcomes.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeSet;
use std::fs;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use migspec_diag::{Diagnostic, Severity, Sources};
use migspec_syntax::ast::Migration;
use migspec_syntax::shape::{FieldKind, NodeShape, SpecNode};
use migspec_tests::{blessing, root, runs};

const SPEC: &str = "specs/payments.migspec.kdl";

/// `PATH <tab> FROM <tab> TO <tab> OUTCOME <tab> REASON`
struct Row {
    path: String,
    from: String,
    to: String,
    outcome: String,
    reason: String,
}

fn file() -> PathBuf {
    root().join("tests/settings.txt")
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(file()).expect("the list can be read");
    let plain = |part: &str| part.replace("\\n", "\n");
    text.lines()
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let [path, from, to, outcome, reason] = parts.as_slice() else { panic!("{line}") };
            let (path, outcome, reason) = ((*path).to_owned(), (*outcome).to_owned(), (*reason).to_owned());
            Row { path, from: plain(from), to: plain(to), outcome, reason }
        })
        .collect()
}

/// Every node and value of the grammar, each shape at its shortest path.
fn settings() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut seen: Vec<*const NodeShape> = Vec::new();
    let mut queue = vec![("migration".to_owned(), Migration::shape())];
    while !queue.is_empty() {
        for (path, shape) in std::mem::take(&mut queue) {
            if seen.contains(&std::ptr::from_ref(shape)) {
                continue;
            }
            seen.push(std::ptr::from_ref(shape));
            for field in &shape.fields {
                let below = format!("{path}.{}", field.name);
                if let FieldKind::Child(shape) | FieldKind::Children(shape) = field.kind {
                    queue.push((below.clone(), shape()));
                }
                found.insert(below);
            }
        }
    }
    found
}

/// Lines of the changed text that are not in the original one.
fn changed(original: &str, row: &Row) -> (String, RangeInclusive<usize>) {
    assert_eq!(original.matches(&*row.from).count(), 1, "{}: {:?} is not unique", row.path, row.from);
    let start = original.find(&*row.from).unwrap_or_default();
    let first = original[..start].matches('\n').count() + 1;
    let text = original.replacen(&*row.from, &row.to, 1);
    (text, first..=first + row.to.matches('\n').count())
}

fn outcome(original: &str, row: &Row) -> String {
    let (text, lines) = changed(original, row);
    let (sources, checked) = runs::check_text("payments.migspec.kdl", &text, Some("prod"));
    let all = &checked.findings;
    for finding in all {
        let lacks = runs::lacks(&sources, finding);
        assert!(lacks.is_empty(), "{}: {:?}: `{}` lacks {}", row.path, row.to, finding.code, lacks.join(", "));
    }
    let inside = |finding: &&Diagnostic| line(&sources, finding).is_some_and(|line| lines.contains(&line));
    let here: Vec<&Diagnostic> = all.iter().filter(inside).collect();
    let (place, shown): (&str, Vec<&Diagnostic>) =
        if here.is_empty() { ("elsewhere", all.iter().collect()) } else { ("found", here) };
    let errors = shown.iter().any(|finding| finding.severity == Severity::Error);
    let codes: BTreeSet<&str> = shown.iter().map(|finding| &*finding.code).collect();
    let codes = codes.into_iter().collect::<Vec<_>>().join(" ");
    match (all.is_empty(), errors) {
        (true, _) => "silent".to_owned(),
        (false, true) => format!("{place}: {codes}"),
        (false, false) => format!("{place}, a warning: {codes}"),
    }
}

fn line(sources: &Sources, finding: &Diagnostic) -> Option<usize> {
    let span = finding.primary.as_ref()?.span;
    Some(sources.get(span.file).text[..span.start as usize].matches('\n').count() + 1)
}

#[test]
fn every_setting_has_a_weaker_value_that_is_found_or_a_reason() {
    let original = runs::text(SPEC);
    let mut rows = rows();
    let listed: BTreeSet<String> = rows.iter().map(|row| row.path.clone()).collect();
    let settings = settings();
    let different: Vec<&String> = listed.symmetric_difference(&settings).collect();
    assert!(different.is_empty(), "rows without a setting, or settings without a row: {different:?}");
    let mut wrong = Vec::new();
    for row in &mut rows {
        let found = if row.from == "-" { "unchanged".to_owned() } else { outcome(&original, row) };
        if found != row.outcome && !blessing() {
            wrong.push(format!("{}: {:?}: {}, now {found}", row.path, row.to, row.outcome));
        }
        row.outcome = found;
        // A missing node is found at its parent.
        let is_elsewhere = row.outcome.starts_with("elsewhere") && !row.to.is_empty();
        if (is_elsewhere || matches!(&*row.outcome, "silent" | "unchanged")) && row.reason.is_empty() {
            wrong.push(format!("{}: {:?} is {} without a reason", row.path, row.to, row.outcome));
        }
    }
    if blessing() {
        let text = |part: &str| part.replace('\n', "\\n");
        let line = |row: &Row| {
            format!("{}\t{}\t{}\t{}\t{}\n", row.path, text(&row.from), text(&row.to), row.outcome, row.reason)
        };
        fs::write(file(), rows.iter().map(line).collect::<String>()).expect("the list can be written");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A missing node is found at its parent. Other changes are found where they are made; a contradiction between two nodes
/// is found at one of them, and a list of rules at one of its nodes: four changes.
#[test]
fn weaker_values_are_found_where_they_are_written() {
    let rows = rows();
    let changes = || rows.iter().filter(|row| row.from != "-" && !row.to.is_empty());
    let elsewhere: Vec<&str> =
        changes().filter(|row| row.outcome.starts_with("elsewhere")).map(|row| &*row.path).collect();
    assert!(changes().count() > 100, "{} changes", changes().count());
    assert!(elsewhere.len() <= 4, "found at another place: {}", elsewhere.join(", "));
}
