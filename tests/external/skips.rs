//! A test without its judge, as a process: on a developer's machine it passes
//! and prints a counted skip, in the gate it fails.

use std::process::{Command, Output};

/// Runs one test of this program with a Python that does not exist.
fn without_python(ci: &str) -> Output {
    let program = std::env::current_exe().expect("the test program has a path");
    let target = tempfile::tempdir().expect("a folder can be made");
    Command::new(program)
        .args(["cfn_lint_takes_every_template", "--exact"])
        .env("JUDGE_PYTHON", "/a/python/that/does/not/exist")
        .env("CARGO_TARGET_DIR", target.path())
        .env("CI", ci)
        .output()
        .expect("the test program runs")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_missing_judge_skips_on_the_machine_of_a_developer() {
    let output = without_python("");
    let text = text(&output);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
    assert!(text.contains("SKIPPED (1) cfn_lint_takes_every_template: judge cloudformation.py is missing"), "{text}");
}

#[test]
fn a_missing_judge_fails_in_the_gate() {
    let output = without_python("true");
    let text = text(&output);
    assert!(!output.status.success() && text.contains("1 failed"), "{text}");
    assert!(text.contains("judge cloudformation.py is missing"), "{text}");
}
