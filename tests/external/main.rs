//! The external judges: real tools that read the output of the compiler.
//! Without them the tests skip; under `CI=true` a missing judge is a failure.

#![allow(
    clippy::panic,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test fails by panicking, runs programs and reads files"
)]

mod agreement;
mod book;
mod browser;
mod commands;
mod container;
mod evidence;
mod extension;
mod forge;
mod interpreter;
mod picture_page;
mod selftests;
mod skips;
mod workflow;

use std::borrow::Borrow;
use std::path::{Path, PathBuf};
use std::process::Command;

use migspec_judges::{Judge, output};
use migspec_tests::emitted::{self, Emitted};

/// `fmt`, `init`, `validate`, `plan`, `apply`, a second plan without a change, and the removal of each environment that
/// is not protected.
#[test]
fn terraform_takes_every_configuration() {
    let Some(judge) = Judge::find("terraform.py", &["terraform"]) else { return };
    let remarks = judge_each(emitted::all().iter(), |out| {
        let mut command = judge.command();
        command.arg(out).arg(out.join("terraform"));
        command
    });
    let open = emitted::all().iter().filter(|e| !e.graph.resources.values().any(|r| r.lifecycle.retain)).count();
    assert!(open > 1, "environments for development are not protected");
    assert_eq!(remarks.matches("ok   removal of ").count(), open, "each of them is removed as a whole:\n{remarks}");
}

/// No error, and no warning outside `docs/judges.md`. The test includes nested
/// stacks: the largest spec is split into small ones.
#[test]
fn cfn_lint_takes_every_template() {
    let Some(judge) = Judge::find("cloudformation.py", &[]) else { return };
    let lint = |out: &Path| {
        let mut command = judge.command();
        command.args(templates(out));
        command
    };
    let largest = emitted::all().iter().max_by_key(|e| e.graph.resources.len());
    let remarks = judge_each(emitted::all().iter(), lint) + &judge_each(largest.map(Emitted::split).into_iter(), lint);
    let strangers = unexplained(&remarks);
    assert!(strangers.is_empty(), "warnings that docs/judges.md does not explain:\n{}", strangers.join("\n"));
}

fn templates(out: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(out.join("cloudformation")).into_iter().flatten();
    let paths = entries.map(|e| e.expect("the folder can be read").path());
    let mut templates: Vec<_> = paths.filter(|p| p.to_string_lossy().ends_with(".template.json")).collect();
    templates.sort();
    templates
}

/// Runs a judge over the output of each spec, fails with every error, and
/// returns the remarks.
fn judge_each<E: Borrow<Emitted>>(all: impl Iterator<Item = E>, command: impl Fn(&Path) -> Command) -> String {
    let mut failures = Vec::new();
    let mut remarks = String::new();
    for emitted in all {
        let emitted = emitted.borrow();
        let out = tempfile::tempdir().expect("a folder can be made");
        emitted.write(out.path());
        match output(&mut command(out.path())) {
            Ok(text) => remarks.push_str(&text),
            Err(text) => failures.push(format!("{}:\n{text}", emitted.name)),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    remarks
}

/// Warnings of cfn-lint with an unexplained rule.
fn unexplained(remarks: &str) -> Vec<String> {
    let path = migspec_tests::root().join("docs/judges.md");
    let explained = std::fs::read_to_string(path).expect("docs/judges.md explains the warnings");
    let rule = |line: &str| line.split(':').find(|part| part.len() == 5 && part.starts_with('W')).map(str::to_owned);
    let lines = remarks.lines().filter(|line| rule(line).is_some_and(|rule| !explained.contains(&rule)));
    lines.map(str::to_owned).collect()
}
