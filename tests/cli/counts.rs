//! The number of policies is the same in every command.

use serde_json::Value;

use crate::support::{reference, root, run};

/// The number before ` policies` in a text.
fn policies(text: &str) -> usize {
    let before = text.lines().filter_map(|line| line.split_once(" policies")).map(|(before, _)| before);
    let number = before.filter_map(|before| before.rsplit(' ').next()?.parse().ok()).next();
    number.unwrap_or_else(|| panic!("no number of policies in {text}"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// The numbers of all commands in a folder with the reference spec, by command.
fn numbers(more: &[&str]) -> Vec<(&'static str, usize)> {
    let folder = reference();
    let spec = "payments.migspec.kdl";
    let run = |arguments: &[&str]| run(folder.path(), &[arguments, more].concat());
    let checked = run(&["check", spec, "--env", "dev"]);
    let document = json(&run(&["check", spec, "--env", "dev", "--format", "json"]).stdout);
    let listed = run(&["policy", "list"]);
    let rows = json(&run(&["policy", "list", "--format", "json"]).stdout);
    let manual = run(&["policy", "doc"]);
    let build = run(&["build", spec, "--env", "dev", "--target", "asl", "--out", "out"]);
    let workflow = "out/stepfunctions/payments-migration-orchestration-dev.asl.json";
    let verified = run(&["verify", "workflow", workflow]);
    vec![
        ("check", policies(&checked.stderr)),
        ("check --format json", document["coverage"]["policies"].as_u64().map_or(0, |n| n as usize)),
        ("policy list", policies(&listed.stdout)),
        ("policy list --format json", rows["policies"].as_array().map_or(0, Vec::len)),
        ("policy doc", manual.stdout.lines().filter(|line| line.starts_with("# `")).count()),
        ("build", policies(&build.stderr)),
        ("verify", policies(&verified.stderr)),
    ]
}

#[test]
fn the_number_of_policies_is_the_same_in_every_command() {
    let mut numbers = numbers(&[]);
    let tested = run(&root(), &["policy", "test", "--no-project"]);
    numbers.push(("policy test", policies(&tested.stderr)));
    assert!(tested.stderr.contains(" ceilings, "), "ceilings are counted apart: {}", tested.stderr);
    let (_, first) = numbers[0];
    assert!(first > 400 && numbers.iter().all(|(_, number)| *number == first), "{numbers:?}");
}

/// Policies of a folder count like the built-in ones.
#[test]
fn policies_of_a_folder_are_counted() {
    let folder = root().join("tests/cli/own_policies.in/rules");
    let own = folder.to_string_lossy();
    let (with, without) = (numbers(&["--policies", &own]), numbers(&[]));
    for ((command, with), (_, without)) in with.iter().zip(&without) {
        assert_eq!(*with, without + 2, "{command}");
    }
}
