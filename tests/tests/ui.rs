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
use migspec_tests::rust::{Kind, tokens};
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
    let (sources, mut findings) = compile(case);
    if let Frame::Reference { production } = case.frame {
        let known = &bare()[usize::from(production)];
        findings.retain(|finding| !known.contains(&identity(finding)));
    }
    (sources, findings)
}

fn compile(case: &Case) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::new();
    let file = sources.add("spec.kdl", &case.spec());
    let mut importer = runs::importer();
    importer.files.extend(case.files());
    let environment = matches!(case.frame, Frame::Reference { .. }).then(|| "test".to_owned());
    let request = Request { environment, today: runs::TODAY };
    let checked = compile::check(file, &mut sources, &mut importer, runs::rulebook(), &request)
        .unwrap_or_else(|failure| panic!("{:?}: {failure}", case.title));
    (sources, checked.findings)
}

/// The findings of the reference spec in an environment without overrides, which is not production, or is.
fn bare() -> &'static [HashSet<[String; 2]>; 2] {
    static BARE: OnceLock<[HashSet<[String; 2]>; 2]> = OnceLock::new();
    BARE.get_or_init(|| {
        [false, true].map(|production| {
            let case = cases("//---- bare", Frame::Reference { production }).remove(0);
            compile(&case).1.iter().map(identity).collect()
        })
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
                // A document without errors, and an example of the reference.
                let clean = title.starts_with("allowed") || title.starts_with("example: ");
                let (_, found) = stage.run(&case);
                assert_eq!(found.is_empty(), clean, "{}: {title}", path.display());
            }
        }
    }
    assert!(count >= 90, "{count} cases");
}

/// Codes that no fixture can cause, and the file of the test that causes them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("ambiguous-file", "compiler/syntax/tests/merge.rs"),
    ("binary-file", "compiler/syntax/tests/bounded.rs"),
    ("file-too-large", "compiler/syntax/tests/bounded.rs"),
    ("too-many-environments", "compiler/syntax/tests/bounded.rs"),
    ("too-many-errors", "compiler/syntax/tests/bounded.rs"),
    ("too-many-imports", "compiler/syntax/tests/bounded.rs"),
    ("format-changes-meaning", "compiler/syntax/src/format.rs"),
    ("interrupts-replication", "tests/cli/diff.rs"),
    ("missing-project", "tests/cli/bad_input.rs"),
    ("right-beyond-actor", "policies/tests/nets.rs"),
    ("undeclared-path", "policies/tests/nets.rs"),
    ("unknown-environment", "tests/cli/bad_input.rs"),
    ("dangling-reference", "targets/src/cloudformation/tests.rs"),
    ("reference-cycle", "targets/src/cloudformation/tests.rs"),
    ("stack-too-large", "targets/src/cloudformation/tests.rs"),
    ("type-not-in-region", "targets/src/cloudformation/tests.rs"),
    ("unmapped-type", "targets/src/terraform/tests.rs"),
    ("unreadable-workflow", "tests/tests/workflow.rs"),
    ("workflow-undecided", "tests/tests/workflow.rs"),
    ("workflow-differs", "tests/cli/verify.rs"),
    ("approval-of-one", "tests/mutations/workflow/every.kdl"),
    ("rollback-on-doubt", "tests/mutations/workflow/every.kdl"),
    ("takeover-too-early", "tests/mutations/workflow/reference.kdl"),
    ("change-after-redrive", "tests/mutations/workflow/every.kdl"),
    ("flip-unprepared", "tests/mutations/workflow/every.kdl"),
    ("gate-without-question", "tests/mutations/workflow/every.kdl"),
    ("inconsistent-call", "tests/mutations/workflow/every.kdl"),
    ("call-cut-short", "tests/mutations/workflow/every.kdl"),
    ("ends-as-success", "tests/mutations/workflow/every.kdl"),
    ("call-without-retry", "tests/mutations/workflow/every.kdl"),
    ("gate-without-end", "tests/mutations/workflow/every.kdl"),
    ("good-run-fails", "tests/mutations/workflow/every.kdl"),
    ("pause-too-long", "tests/mutations/workflow/every.kdl"),
    ("wrong-argument", "tests/mutations/workflow/every.kdl"),
    ("step-without-bound", "tests/mutations/workflow/every.kdl"),
    ("unknown-call", "tests/mutations/workflow/every.kdl"),
    ("call-without-effect", "tests/mutations/workflow/reference.kdl"),
    ("choice-that-fails", "tests/mutations/workflow/reference.kdl"),
    ("dangling-next", "tests/mutations/workflow/reference.kdl"),
    ("effect-without-call", "tests/mutations/workflow/reference.kdl"),
    ("ends-in-between", "tests/mutations/workflow/reference.kdl"),
    ("ends-in-silence", "tests/mutations/workflow/reference.kdl"),
    ("ends-while-held", "tests/mutations/workflow/reference.kdl"),
    ("fence-left-closed", "tests/mutations/workflow/reference.kdl"),
    ("gate-open-on-silence", "tests/mutations/workflow/reference.kdl"),
    ("loop-without-bound", "tests/mutations/workflow/reference.kdl"),
    ("rollback-of-wrong-phase", "tests/mutations/workflow/reference.kdl"),
    ("step-not-repeatable", "tests/mutations/workflow/reference.kdl"),
    ("unannotated-state", "tests/mutations/workflow/reference.kdl"),
    ("unreachable-state", "tests/mutations/workflow/reference.kdl"),
    ("container-too-large", "tests/tests/sizes.rs"),
    ("workflow-timeout-too-short", "tests/mutations/workflow/reference.kdl"),
];

/// The file of a test names the code: as a text of Rust, or in a case of mutations.
#[test]
fn codes_that_no_fixture_causes_have_a_test_elsewhere() {
    for (code, path) in ELSEWHERE {
        let text = fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        let named = if path.ends_with(".rs") {
            let tokens = tokens(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
            tokens
                .iter()
                .any(|token| token.kind == Kind::Text && token.text.split(['[', ']', ' ', ':']).any(|w| w == *code))
        } else {
            text.split(|c: char| !c.is_alphanumeric() && c != '-').any(|word| word == *code)
        };
        assert!(named, "{path} has no test of `{code}`");
    }
}

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
        .collect();
    assert!(missing.is_empty(), "codes without a failing case: {missing:?}");
    let stale: Vec<&str> = ELSEWHERE.iter().map(|(name, _)| *name).filter(|name| seen.contains(*name)).collect();
    assert!(stale.is_empty(), "tested here after all: {stale:?}");
}
