//! The judges' own tests: each accepts a good example and finds mistakes.

use migspec_judges::{Judge, output};

/// Runs a module of `tests/judges/tests`, and asserts that it had tests.
fn passes(module: &str, programs: &[&str], at_least: usize) {
    let Some(judge) = Judge::find(&format!("tests/{module}.py"), programs) else { return };
    let text = output(&mut judge.command()).unwrap_or_else(|text| panic!("{text}"));
    let count = text.split("Ran ").nth(1).and_then(|rest| rest.split(' ').next()).and_then(|n| n.parse().ok());
    assert!(count.is_some_and(|count: usize| count >= at_least), "{text}");
}

#[test]
fn the_interpreter_follows_the_documentation_of_aws() {
    passes("test_interpreter", &["node"], 30);
}

#[test]
fn the_judges_of_definitions_find_mistakes() {
    passes("test_definitions", &["node"], 6);
}

#[test]
fn the_judge_of_commands_finds_mistakes() {
    passes("test_commands", &[], 5);
}

#[test]
fn terraform_finds_mistakes_at_their_step() {
    passes("test_terraform", &["terraform"], 5);
}

/// A region that AWS adds is a line of the list.
#[test]
fn the_regions_are_those_of_aws() {
    passes("test_regions", &[], 2);
}
