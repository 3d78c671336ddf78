//! Every diagnostic at its place, with its words: the fixtures of
//! `tests/diagnostics`. `MIGSPEC_BLESS=1` writes the findings into them.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use migspec::compile::{self, Request};
use migspec_diag::{CODES, Diagnostic, Sources};
use migspec_tests::fixture::{Case, Frame, cases};
use migspec_tests::{blessing, root, runs};
use similar::TextDiff;

/// Up to where a fixture is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Parse,
    Names,
    Types,
    Lower,
    Check,
}

const STAGES: [(&str, Stage); 5] = [
    ("parse", Stage::Parse),
    ("names", Stage::Names),
    ("types", Stage::Types),
    ("lower", Stage::Lower),
    ("check", Stage::Check),
];

impl Stage {
    /// What documents are part of where they do not say.
    fn frame(self) -> Frame {
        match self {
            Stage::Parse => Frame::Whole,
            Stage::Names | Stage::Types => Frame::Migration,
            Stage::Lower | Stage::Check => Frame::Reference { production: true },
        }
    }

    fn run(self, case: &Case) -> (Sources, Vec<Diagnostic>) {
        match self {
            Stage::Parse | Stage::Names | Stage::Types => syntax(case),
            Stage::Lower | Stage::Check => everything(case),
        }
    }
}

/// Reads a spec and looks at it as each of its environments does.
fn syntax(case: &Case) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", &case.spec());
    let mut importer = runs::importer();
    importer.files.extend(case.files());
    let mut found = Vec::new();
    let spec = migspec_syntax::read(file, &mut sources, &mut importer).drain_into(&mut found);
    for (environment, _) in &spec.environments {
        spec.view(environment).drain_into(&mut found);
    }
    found.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    found.dedup();
    (sources, found)
}

fn everything(case: &Case) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", &case.spec());
    let mut importer = runs::importer();
    importer.files.extend(case.files());
    let environment = matches!(case.frame, Frame::Reference { .. }).then(|| "test".to_owned());
    let request = Request { environment, today: runs::TODAY };
    let checked = compile::check(file, &mut sources, &mut importer, runs::rulebook(), &request)
        .unwrap_or_else(|failure| panic!("{:?}: {} {:?}", case.title, failure.message, failure.details));
    (sources, checked.findings)
}

fn fixtures(stage: &str) -> Vec<PathBuf> {
    let folder = root().join("tests/diagnostics").join(stage);
    let entries = fs::read_dir(folder).expect("the folder of a stage can be read");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "kdl"));
    files.sort();
    files
}

fn check(name: &str, stage: Stage) {
    let mut wrong = Vec::new();
    for path in fixtures(name) {
        let text = fs::read_to_string(&path).expect("a fixture is text");
        let found: Vec<String> = cases(&text, stage.frame())
            .iter()
            .map(|case| {
                let (sources, diagnostics) = stage.run(case);
                case.rendered(&sources, &diagnostics)
            })
            .collect();
        let found = found.concat();
        if found == text {
            continue;
        }
        if blessing() {
            fs::write(&path, found).expect("a fixture can be written");
            continue;
        }
        let diff = TextDiff::from_lines(&text, &found).unified_diff().context_radius(2).to_string();
        wrong.push(format!("{}\n{diff}", path.display()));
    }
    assert!(wrong.is_empty(), "MIGSPEC_BLESS=1 writes what was found\n{}", wrong.join("\n"));
}

#[test]
fn parse() {
    check("parse", Stage::Parse);
}

#[test]
fn names() {
    check("names", Stage::Names);
}

#[test]
fn types() {
    check("types", Stage::Types);
}

#[test]
fn lower() {
    check("lower", Stage::Lower);
}

#[test]
fn policies() {
    check("check", Stage::Check);
}

#[test]
fn every_case_has_a_finding_and_they_are_many() {
    let mut count = 0;
    for (name, stage) in STAGES {
        for path in fixtures(name) {
            let text = fs::read_to_string(&path).expect("a fixture is text");
            for case in cases(&text, stage.frame()) {
                count += 1;
                let title = case.title.clone().unwrap_or_default();
                // A title that starts with `allowed` shows what is no error.
                let (_, found) = stage.run(&case);
                assert_eq!(found.is_empty(), title.starts_with("allowed"), "{}: {title}", path.display());
            }
        }
    }
    assert!(count >= 90, "{count} cases");
}

/// Codes that no text can cause alone, and where they are tested instead.
const ELSEWHERE: &[(&str, &str)] = &[
    ("binary-file", "a NUL byte in a fixture would hide it from text tools: tests/bounded.rs of the syntax crate"),
    ("file-too-large", "more than 8 MiB: tests/bounded.rs of the syntax crate"),
    ("missing-project", "a project file: tests/cli"),
    ("role-policy-too-large", "a dozen databases: src/tests/data.rs of the lower crate"),
    ("too-many-errors", "a hundred of them: tests/bounded.rs of the syntax crate"),
    ("too-many-environments", "101 of them: tests/bounded.rs of the syntax crate"),
    ("too-many-imports", "33 files: tests/bounded.rs of the syntax crate"),
    ("unknown-environment", "the name comes from the command line: tests/cli"),
];

/// Codes of lowering and of policies whose cases are still to be written.
const PENDING: &[&str] = &[
    "address-outside-sites",
    "addresses-in-two-sites",
    "api-without-routes",
    "authorizer-cache",
    "dangling-reference",
    "expired-waiver",
    "incomplete-upstream",
    "missing-upstream",
    "name-collision",
    "name-too-long",
    "network-too-small",
    "no-path",
    "no-tier",
    "not-waivable",
    "reference-cycle",
    "reserved-tier",
    "right-beyond-actor",
    "route-path",
    "route-variables-clash",
    "stack-too-large",
    "tag-character",
    "tag-reserved",
    "tag-too-long",
    "too-many-tags",
    "undecided-fact",
    "undeclared-path",
    "unknown-prefix-list",
    "unknown-reference",
    "unknown-rule",
    "unmapped-property",
    "unmapped-type",
    "unused-waiver",
    "upstream-port",
    "upstream-side",
    "waiver-approved-by-owner",
    "waiver-too-long",
    "zones-out-of-range",
];

#[test]
fn every_code_has_a_failing_case() {
    let mut seen = BTreeSet::new();
    for (name, stage) in STAGES {
        for path in fixtures(name) {
            let text = fs::read_to_string(&path).expect("a fixture is text");
            for case in cases(&text, stage.frame()) {
                seen.extend(stage.run(&case).1.into_iter().map(|d| d.code.into_owned()));
            }
        }
    }
    let missing: Vec<&str> = CODES
        .iter()
        .map(|info| info.code)
        .filter(|code| !seen.contains(*code) && !ELSEWHERE.iter().any(|(name, _)| name == code))
        .filter(|code| !PENDING.contains(code))
        .collect();
    assert!(missing.is_empty(), "codes without a failing case: {missing:?}");
    let stale: Vec<&str> = ELSEWHERE.iter().map(|(name, _)| *name).filter(|name| seen.contains(*name)).collect();
    assert!(stale.is_empty(), "tested here after all: {stale:?}");
}
