//! The fixtures of `tests/diagnostics`: every diagnostic with its place and
//! text. `MIGSPEC_BLESS=1` writes the findings into them.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use migspec::compile::{self, Request};
use migspec_diag::{CODES, Diagnostic, Sources};
use migspec_tests::fixture::{Case, Frame, cases};
use migspec_tests::{blessing, root, runs};
use similar::TextDiff;

/// The last stage of the compilation of a fixture.
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
    /// The default frame of documents.
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

/// Reads a spec and resolves each of its environments.
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
    migspec_diag::sort(&mut found);
    (sources, found)
}

/// Compiles a spec including its policies. Findings of the reference spec
/// without the document are omitted; the mutations test that it is clean.
fn everything(case: &Case) -> (Sources, Vec<Diagnostic>) {
    let (sources, mut findings) = compiled(case);
    if let Frame::Reference { production } = case.frame {
        let known = bare(production);
        findings.retain(|finding| !known.contains(&identity(finding)));
    }
    (sources, findings)
}

fn compiled(case: &Case) -> (Sources, Vec<Diagnostic>) {
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

/// The findings of the reference spec in an environment without overrides.
fn bare(production: bool) -> &'static HashSet<[String; 2]> {
    static BARE: [OnceLock<HashSet<[String; 2]>>; 2] = [OnceLock::new(), OnceLock::new()];
    BARE[usize::from(production)].get_or_init(|| {
        let case = cases("//---- bare", Frame::Reference { production }).remove(0);
        compiled(&case).1.iter().map(identity).collect()
    })
}

fn identity(finding: &Diagnostic) -> [String; 2] {
    [finding.code.to_string(), finding.message.clone()]
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
    assert!(wrong.is_empty(), "MIGSPEC_BLESS=1 writes the findings\n{}", wrong.join("\n"));
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
                // A title that starts with `allowed` marks a document without
                // errors.
                let (_, found) = stage.run(&case);
                assert_eq!(found.is_empty(), title.starts_with("allowed"), "{}: {title}", path.display());
            }
        }
    }
    assert!(count >= 90, "{count} cases");
}

/// Codes that no fixture can cause, with the place of their tests.
const ELSEWHERE: &[(&str, &str)] = &[
    ("ambiguous-file", "files in two folders: tests/merge.rs of the syntax crate"),
    ("binary-file", "a NUL byte would hide a fixture from text tools: tests/bounded.rs of the syntax crate"),
    ("file-too-large", "more than 8 MiB: tests/bounded.rs of the syntax crate"),
    ("role-policy-too-large", "a dozen databases: src/tests/data.rs of the lower crate"),
    ("too-many-environments", "101 of them: tests/bounded.rs of the syntax crate"),
    ("too-many-errors", "a hundred of them: tests/bounded.rs of the syntax crate"),
    ("too-many-imports", "33 files: tests/bounded.rs of the syntax crate"),
    ("missing-project", "a project file: tests/cli"),
    ("unknown-environment", "the name comes from the command line: tests/cli"),
    ("call-without-effect", "an edited workflow: tests/workflow.rs"),
    ("choice-that-fails", "an edited workflow: tests/workflow.rs"),
    ("dangling-next", "an edited workflow: tests/workflow.rs"),
    ("effect-without-call", "an edited workflow: tests/workflow.rs"),
    ("ends-in-between", "an edited workflow: tests/workflow.rs"),
    ("ends-in-silence", "an edited workflow: tests/workflow.rs"),
    ("ends-while-held", "an edited workflow: tests/workflow.rs"),
    ("fence-left-closed", "an edited workflow: tests/workflow.rs"),
    ("gate-open-on-silence", "an edited workflow: tests/workflow.rs"),
    ("loop-without-bound", "an edited workflow: tests/workflow.rs"),
    ("rollback-of-wrong-phase", "an edited workflow: tests/workflow.rs"),
    ("step-not-repeatable", "an edited workflow: tests/workflow.rs"),
    ("unannotated-state", "an edited workflow: tests/workflow.rs"),
    ("unreachable-state", "an edited workflow: tests/workflow.rs"),
    ("unreadable-workflow", "an edited workflow: tests/workflow.rs"),
    ("workflow-timeout-too-short", "an edited workflow: tests/workflow.rs"),
    ("workflow-undecided", "an edited workflow: tests/workflow.rs"),
];

/// Codes that no spec should ever cause: safety nets of the compiler, or
/// regions that AWS opens after a release.
const NETS: &[&str] = &[
    "dangling-reference",
    "format-changes-meaning",
    "reference-cycle",
    "right-beyond-actor",
    "stack-too-large",
    "undecided-fact",
    "undeclared-path",
    "unmapped-type",
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
        .filter(|code| !seen.contains(*code) && !ELSEWHERE.iter().any(|(name, _)| name == code) && !NETS.contains(code))
        .collect();
    assert!(missing.is_empty(), "codes without a failing case: {missing:?}");
    let known = ELSEWHERE.iter().map(|(name, _)| *name).chain(NETS.iter().copied());
    let stale: Vec<&str> = known.filter(|name| seen.contains(*name)).collect();
    assert!(stale.is_empty(), "tested here after all: {stale:?}");
}
