//! The output of a simulation, and its error for an unknown workflow.

use crate::support::{root, run};

const TOGETHER: &str = "specs/examples/together/together.migspec.kdl";

fn simulate(arguments: &[&str]) -> (i32, String) {
    let all: Vec<&str> = ["simulate", TOGETHER, "--env", "dev"].iter().chain(arguments).copied().collect();
    let run = run(&root(), &all);
    (run.code, run.stdout + &run.stderr)
}

/// The part of a state's line from the writer onwards.
fn line<'t>(timeline: &'t str, state: &str) -> &'t str {
    let line = timeline.lines().find(|line| line.contains(state)).unwrap_or_else(|| panic!("{state}: {timeline}"));
    line.get(13..).unwrap_or_default()
}

/// Each database has its own column: the fences follow one another.
#[test]
fn several_databases_move_together() {
    let (code, timeline) = simulate(&[]);
    assert_eq!(code, 0, "{timeline}");
    assert_eq!(line(&timeline, " state"), "accounts  ledger   writer   requests  state");
    assert!(line(&timeline, "FenceWrites-accounts:").starts_with("-         source   none     shifted"), "{timeline}");
    assert!(line(&timeline, "FenceWrites-ledger:").starts_with("-         -        none     shifted"), "{timeline}");
    assert!(line(&timeline, "UnfenceTarget-accounts:").starts_with("target    -        target"), "{timeline}");
    assert!(timeline.ends_with("safe\n"), "{timeline}");
    assert!(timeline.contains("any execution: at most ") && timeline.contains(" of 25000 events, "), "{timeline}");
}

#[test]
fn what_one_database_cannot_do_is_undone_for_all() {
    let (code, timeline) = simulate(&["--fail", "FenceWrites-ledger"]);
    assert_eq!(code, 0, "{timeline}");
    assert!(timeline.contains("FenceWrites-ledger: FAILS with Custom.Broken"), "{timeline}");
    assert!(line(&timeline, "ThawTargetBack-accounts").starts_with("source    source   source   source"), "{timeline}");
    assert!(
        timeline.contains("the source takes writes; requests go to the source, operators were notified"),
        "{timeline}"
    );
}

/// An operator is needed: one database is open and the other is not.
#[test]
fn where_they_differ_the_end_says_so() {
    let back = ["--fail", "ExecuteRollback:1", "--fail", "ExecuteRollback:2", "--fail", "ExecuteRollback:3"];
    let arguments = [&back[..], &["--fail", "ExecuteRollback:4", "--fail", "FenceWrites-ledger"]].concat();
    let (code, timeline) = simulate(&arguments);
    assert_eq!(code, 1, "{timeline}");
    let end = "of accounts, neither side takes writes; of ledger, the source takes writes; requests are shifted";
    assert!(timeline.contains(end), "{timeline}");
    assert!(timeline.ends_with("NOT SAFE: an operator must decide\n"), "{timeline}");
}

#[test]
fn the_document_has_each_database_by_its_key() {
    let (_, text) = simulate(&["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let databases = &document["world"]["databases"];
    for key in ["accounts", "ledger"] {
        assert_eq!(databases[key], serde_json::json!({ "source": false, "target": true, "reverse": false }), "{key}");
    }
    assert_eq!(document["world"]["writer"], "target");
    let budget = &document["budget"];
    for (what, limit) in [("events", 25_000), ("bytes", 262_144), ("seconds", 31_536_000)] {
        assert!(budget[what].as_u64().is_some_and(|most| most > 0 && most <= limit), "{what}: {budget}");
    }
}

/// For a state with children, the first call inside it fails.
#[test]
fn a_state_that_holds_others_fails_inside() {
    let (code, timeline) = simulate(&["--fail", "ValidateData-ledger"]);
    assert_eq!(code, 0, "{timeline}");
    assert!(timeline.contains("CompareGroup-ledger in ValidateData-ledger[0]: FAILS with Custom.Broken"), "{timeline}");
    assert!(timeline.contains("ValidateData-ledger: FAILS with "), "{timeline}");
    assert!(timeline.contains("ends with RolledBack"), "{timeline}");
    let (code, message) = simulate(&["--redrive", "ValidateData-ledger"]);
    assert_eq!(code, 2, "{message}");
    assert!(message.contains("the state `ValidateData-ledger` contains other states"), "{message}");
}

/// A simulation that never reaches the states of the scenario proves nothing.
#[test]
fn what_never_happens_is_said() {
    let arguments = ["--fail", "FenceWrites-ledger:2", "--throttle", "ThawTargetBack-ledger:1"];
    let (code, timeline) = simulate(&arguments);
    assert_eq!(code, 0, "{timeline}");
    let notes = "safe\nnote: `FenceWrites-ledger` was called once, so that call 2 did not fail\n\
        note: `ThawTargetBack-ledger` was never called\n";
    assert!(timeline.ends_with(notes), "{timeline}");
}

/// A state belongs to one database; the message names the nearest one.
#[test]
fn a_state_of_no_database() {
    let (code, message) = simulate(&["--fail", "FenceWrites-leger"]);
    assert_eq!(code, 2, "{message}");
    assert!(
        message.contains("the workflow has no state `FenceWrites-leger`: did you mean `FenceWrites-ledger`?"),
        "{message}"
    );
}

#[test]
fn its_path_can_be_drawn() {
    let arguments = ["graph", "workflow", TOGETHER, "--env", "dev", "--format", "mermaid", "--path-of"];
    let plain = run(&root(), &arguments[..arguments.len() - 1]);
    let walked = run(&root(), &arguments);
    assert_eq!((plain.code, walked.code), (0, 0), "{}", walked.stderr);
    assert_ne!(plain.stdout, walked.stdout, "the path is marked");
}
