//! The verifier on printed workflows: parsing restores the workflow, the
//! reference is clean, and each mutation violates its property.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use kdl::{KdlDocument, KdlNode, KdlValue};
use migspec_analyze::workflow::{Depth, PROPERTIES};
use migspec_diag::{Diagnostic, Sources};
use migspec_ir::workflow::Workflow;
use migspec_policies::verify;
use migspec_targets::stepfunctions::{definition, read};
use migspec_tests::{emitted, runs};
use serde_json::Value;

#[test]
fn what_is_printed_is_read_as_it_was() {
    let mut seen = 0;
    for emitted in emitted::all() {
        for workflow in emitted.graph.workflows.values() {
            let printed = definition(workflow);
            let (sources, read) = reading(&printed);
            let again = definition(&read);
            let changed = again.lines().zip(printed.lines()).find(|(again, printed)| again != printed);
            assert_eq!(changed, None, "{}: the document has changed", emitted.name);
            assert_eq!(again.len(), printed.len(), "{}: the document has changed", emitted.name);
            for (read, written) in read.all_states().into_iter().zip(workflow.all_states()) {
                assert_eq!(read.effects, written.effects, "{}", written.name);
                assert_eq!(sources.snippet(read.origin.span()), format!("\"{}\"", written.name));
            }
            seen += 1;
        }
    }
    assert!(seen > 0, "the reference spec has a workflow");
}

fn reading(text: &str) -> (Sources, Workflow) {
    let mut sources = Sources::new();
    let file = sources.add("w.asl.json", text);
    let read = read("w", text, file);
    assert!(!read.has_errors(), "{:?}", read.diagnostics);
    (sources, read.value.expect("the document is a workflow"))
}

/// The findings of the parser and the verifier.
fn findings(text: &str, depth: Depth) -> Vec<Diagnostic> {
    let mut sources = Sources::new();
    let file = sources.add("w.asl.json", text);
    let mut found = Vec::new();
    if let Some(workflow) = read("w", text, file).drain_into(&mut found) {
        found.extend(verify(&workflow, runs::rulebook(), depth).expect("every policy can be decided"));
    }
    found
}

fn codes(text: &str, depth: Depth) -> Vec<String> {
    findings(text, depth).into_iter().map(|d| d.code.into_owned()).collect()
}

fn reference() -> Value {
    let graph = migspec_lower::lower(&runs::view(&runs::text("specs/payments.migspec.kdl"), "dev")).value;
    let workflow = graph.workflows.values().next().expect("the reference spec has a cutover");
    serde_json::from_str(&definition(workflow)).expect("the definition is JSON")
}

#[test]
fn the_reference_is_clean() {
    assert_eq!(codes(&reference().to_string(), Depth::Restarts), Vec::<String>::new());
}

#[test]
fn each_mutation_is_found_by_the_property_that_names_it() {
    let text = runs::text("tests/mutations/workflow/reference.kdl");
    let document: KdlDocument = text.parse().expect("the mutations are KDL");
    let reference = reference();
    let mut missed = Vec::new();
    for mutation in document.nodes() {
        let name = string(mutation, 0);
        let wanted = mutation.get("finds").and_then(KdlValue::as_string).expect("a mutation names its offence");
        let known = PROPERTIES.iter().any(|p| p.code == wanted) || wanted == "unannotated-state";
        assert!(known, "{name}: `{wanted}` is no property");
        let depth = if mutation.get("restarts").is_some() { Depth::Restarts } else { Depth::Execution };
        let mut mutated = reference.clone();
        mutation.iter_children().for_each(|edit| apply(&mut mutated, edit));
        assert_ne!(mutated, reference, "{name} changes something");
        let found = codes(&mutated.to_string(), depth);
        let only = mutation.get("only").is_some();
        if !found.iter().any(|code| code == wanted) || only && found.iter().any(|code| code != wanted) {
            missed.push(format!("{name}: {wanted} is not among {found:?}"));
        }
    }
    assert!(document.nodes().len() >= 40, "{} mutations", document.nodes().len());
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

fn string(node: &KdlNode, index: usize) -> &str {
    node.get(index).and_then(KdlValue::as_string).unwrap_or_else(|| panic!("{node} has text"))
}

fn apply(machine: &mut Value, edit: &KdlNode) {
    if edit.name().value() == "timeout" {
        let seconds = edit.get(0).and_then(KdlValue::as_integer).expect("a timeout has seconds");
        machine["TimeoutSeconds"] = Value::from(seconds as u64);
        return;
    }
    let name = string(edit, 0);
    let to = edit.get("to").and_then(KdlValue::as_string).map(Value::from);
    let states = &mut machine["States"];
    assert!(states[name].is_object(), "there is a state `{name}`");
    let state = &mut states[name];
    match (edit.name().value(), to) {
        ("lead", Some(to)) if state["Type"] == "Choice" => state["Choices"][0]["Next"] = to,
        ("lead", Some(to)) => state["Next"] = to,
        ("else", Some(to)) => state["Default"] = to,
        ("errors", Some(to)) => {
            let catches = state["Catch"].as_array_mut().expect("the state has a catch");
            catches.last_mut().expect("the state has a catch")["Next"] = to;
        }
        ("without", None) => drop(state.as_object_mut().expect("a state").remove(string(edit, 1))),
        ("text", None) => {
            let before = state.to_string();
            assert!(before.contains(string(edit, 1)), "`{name}` holds `{}`: {before}", string(edit, 1));
            *state = serde_json::from_str(&before.replace(string(edit, 1), string(edit, 2))).expect("it is JSON");
        }
        ("skip", None) => {
            let next = state["Next"].clone();
            redirect(machine, name, &next);
        }
        (other, _) => panic!("there is no edit `{other}`"),
    }
}

/// Redirects every transition to a state, and removes the state.
fn redirect(machine: &mut Value, from: &str, to: &Value) {
    machine["States"].as_object_mut().expect("states").remove(from);
    let text = machine.to_string();
    let next = |key: &str, name: &str| format!("\"{key}\":\"{name}\"");
    let to = to.as_str().expect("a state that is skipped leads on");
    let text = text.replace(&next("Next", from), &next("Next", to));
    *machine = serde_json::from_str(&text.replace(&next("Default", from), &next("Default", to))).expect("it is JSON");
}

#[test]
fn a_finding_points_at_the_state_and_tells_the_shortest_way() {
    let mut mutated = reference();
    mutated["States"]["CheckDrain"]["Default"] = Value::from("NotifyFailure");
    let text = mutated.to_string();
    let found = findings(&text, Depth::Execution);
    let offence = found.iter().find(|d| d.code == "fence-left-closed").expect("the fence is left closed");
    let label = offence.primary.as_ref().expect("it has a place");
    assert_eq!(&text[label.span.start as usize..label.span.end as usize], "\"Failed\"");
    let way = offence.notes.iter().find(|n| n.starts_with("the shortest path to it")).expect("the note shows the path");
    assert!(way.ends_with("WriteFenceToken, CheckDrain stays closed, NotifyFailure, RecordFailure"), "{way}");
}

/// The documentation lists the properties of the verifier.
#[test]
fn every_property_is_documented() {
    let page = runs::text("docs/workflow.md");
    for property in PROPERTIES {
        let row = format!("| P{} | `{}` | {} |", property.number, property.code, property.meaning);
        assert!(page.contains(&row), "docs/workflow.md lacks `{row}`");
    }
}

#[test]
fn what_is_no_workflow_is_refused() {
    for text in ["{", "[]", "{}", r#"{"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#] {
        assert!(codes(text, Depth::Execution).contains(&"unreadable-workflow".to_owned()), "{text}");
    }
}

/// An unknown document exceeds the limit, and that is no pass.
#[test]
fn a_workflow_that_cannot_be_explored_is_undecided() {
    let branch = |b: usize| {
        let states = (0..9).map(|i| {
            let mut state = serde_json::json!({ "Type": "Pass", "Comment": "{\"effects\":[\"checkpoint\"]}" });
            match i {
                8 => state["End"] = true.into(),
                _ => state["Next"] = format!("S{b}{}", i + 1).into(),
            }
            (format!("S{b}{i}"), state)
        });
        serde_json::json!({ "StartAt": format!("S{b}0"), "States": states.collect::<serde_json::Map<_, _>>() })
    };
    let branches: Vec<Value> = (0..6).map(branch).collect();
    let machine = serde_json::json!({
        "QueryLanguage": "JSONata", "StartAt": "All", "States": {
            "All": { "Type": "Parallel", "Branches": branches, "End": true },
        },
    });
    assert!(codes(&machine.to_string(), Depth::Execution).contains(&"workflow-undecided".to_owned()));
}
