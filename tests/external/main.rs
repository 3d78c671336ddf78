//! The judges outside the project: real tools that read what the compiler
//! emits. Without them the tests skip and say so; under `CI=true` a missing
//! judge is a failure.

#![allow(
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test fails by panicking, runs programs and reads files"
)]

mod judges;
mod workflow;

use std::borrow::Borrow;
use std::path::{Path, PathBuf};
use std::process::Command;

use judges::{Judge, said};
use migspec_tests::emitted::{self, Emitted};

/// `fmt`, `init`, `validate`, `plan`, `apply`, and a second plan without a change.
#[test]
fn terraform_takes_every_configuration() {
    let Some(judge) = Judge::find("terraform/tfcheck.sh", &["TFSTANDIN_PYTHON"], &["terraform"]) else { return };
    judge_all(|out| {
        let folder = out.join("terraform");
        folder.exists().then(|| {
            let mut command = judge.command();
            command.arg("-r").arg(out).arg(folder);
            command
        })
    });
}

/// No error, and no warning that `docs/judges.md` does not explain.
#[test]
fn cfn_lint_takes_every_template() {
    let Some(judge) = Judge::find("aws/cfnlint.sh", &["JUDGE_PYTHON"], &[]) else { return };
    let mut strangers = Vec::new();
    let mut command = |out: &Path| {
        let templates = templates(out);
        (!templates.is_empty()).then(|| {
            let mut command = judge.command();
            command.args(templates);
            strangers.extend(unexplained(&mut command));
            command
        })
    };
    judge_all(&mut command);
    judge_each(emitted::all().iter().map(Emitted::split), &mut command);
    assert!(strangers.is_empty(), "warnings that docs/judges.md does not explain:\n{}", strangers.join("\n"));
}

fn templates(out: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(out.join("cloudformation")).into_iter().flatten();
    let paths = entries.map(|e| e.expect("the folder can be read").path());
    let mut templates: Vec<_> = paths.filter(|p| p.to_string_lossy().ends_with(".template.json")).collect();
    templates.sort();
    templates
}

/// Runs a judge over what each spec emits, and fails with all it said.
fn judge_all(command: impl FnMut(&Path) -> Option<Command>) {
    judge_each(emitted::all().iter(), command);
}

fn judge_each<E: Borrow<Emitted>>(all: impl Iterator<Item = E>, mut command: impl FnMut(&Path) -> Option<Command>) {
    let mut failures = Vec::new();
    for emitted in all {
        let emitted = emitted.borrow();
        let out = tempfile::tempdir().expect("a folder can be made");
        emitted.write(out.path());
        if let Some(mut command) = command(out.path())
            && let Err(text) = said(&mut command)
        {
            failures.push(format!("{}:\n{text}", emitted.name));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

/// Warnings of cfn-lint whose rule is not explained.
fn unexplained(command: &mut Command) -> Vec<String> {
    let explained = std::fs::read_to_string(migspec_tests::root().join("docs/judges.md")).unwrap_or_default();
    let output = match said(command) {
        Ok(text) | Err(text) => text,
    };
    let rule = |line: &str| line.split(':').find(|part| part.len() == 5 && part.starts_with('W')).map(str::to_owned);
    let lines = output.lines().filter(|line| rule(line).is_some_and(|rule| !explained.contains(&rule)));
    lines.map(str::to_owned).collect()
}
