//! The verifier on printed workflows: parsing restores the workflow, the
//! reference is clean, and each mutation violates its property.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use kdl::{KdlDocument, KdlNode, KdlValue};
use migspec_analyze::workflow::compare::{Difference, Verdict, differences};
use migspec_analyze::workflow::simulate::{Scenario, pauses, simulate};
use migspec_analyze::workflow::{Depth, PROPERTIES, Program};
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

/// The document that a spec builds, by the spec's name.
fn built(name: &str) -> Value {
    let of = |emitted: &&emitted::Emitted| emitted.name.split('/').next() == Some(name);
    let emitted = emitted::all().iter().find(of).unwrap_or_else(|| panic!("{name} is a spec"));
    let workflow = emitted.graph.workflows.values().next().expect("the spec has a cutover");
    serde_json::from_str(&definition(workflow)).expect("the definition is JSON")
}

fn reference() -> Value {
    let graph = migspec_lower::lower(&runs::view(&runs::text("specs/payments.migspec.kdl"), "dev")).value;
    let workflow = graph.workflows.values().next().expect("the reference spec has a cutover");
    serde_json::from_str(&definition(workflow)).expect("the definition is JSON")
}

/// Specs whose workflows are mutated beside the reference: two databases that move together, reads first.
const MUTATED: [&str; 2] = ["together", "reads"];

/// Each mutation of the table, on every document that has its states.
#[test]
fn each_mutation_is_refused_or_passes_as_it_says() {
    let text = runs::text("tests/mutations/workflow/every.kdl");
    let table: KdlDocument = text.parse().expect("the mutations are KDL");
    let others = MUTATED.iter().map(|name| (*name, built(name)));
    let documents: Vec<(&str, Value)> = [("payments", reference())].into_iter().chain(others).collect();
    // Two threads: the rows are the longest test of this file.
    let half = |parity: usize| {
        let (mut made, mut wrong) = (0, Vec::new());
        for mutation in table.nodes().iter().skip(parity).step_by(2) {
            let before = made;
            let on = mutation.get("on").and_then(KdlValue::as_string);
            for (path, document) in documents.iter().filter(|(path, _)| on.is_none_or(|on| on == *path)) {
                let mut mutated = Mutated { document: document.clone(), names: Vec::new() };
                let applies = mutation.iter_children().all(|edit| mutated.apply(edit).is_some());
                // As text: the order of members is a change as well.
                let (old, new) = (document.to_string(), mutated.document.to_string());
                if applies && new != old {
                    made += 1;
                    let problems = judged(mutation, document, &mutated);
                    let name = string(mutation, 0);
                    wrong.extend(problems.map(|problem| format!("{name} ({path}): {problem}")));
                }
            }
            assert!(made > before, "{}: no document has its states", string(mutation, 0));
        }
        (made, wrong)
    };
    let ((made, mut wrong), (others, more)) = std::thread::scope(|scope| {
        let second = scope.spawn(|| half(1));
        (half(0), second.join().expect("the second half is judged"))
    });
    let made = made + others;
    wrong.extend(more);
    println!("{} mutations, {made} documents", table.nodes().len());
    assert!(table.nodes().len() >= 150 && made >= 300, "{} mutations, {made} documents", table.nodes().len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The difference between the findings of a mutation and its row.
fn judged(row: &KdlNode, document: &Value, mutated: &Mutated) -> Option<String> {
    let harmless = row.get("harmless").is_some();
    let wanted = row.get("finds").and_then(KdlValue::as_string);
    let text = mutated.document.to_string();
    let whole = harmless || wanted.is_none() || row.get("restarts").is_some();
    let alone = findings(&text, if whole { Depth::Restarts } else { Depth::Execution });
    let listed = || alone.iter().map(|d| format!("{}: {}", d.code, d.message)).collect::<Vec<_>>().join(" | ");
    let beside = differences(document, &mutated.document);
    let unsafe_ones: Vec<_> = beside.iter().filter(|d| d.verdict != Verdict::Safe).collect();
    if harmless {
        if !alone.is_empty() {
            return Some(format!("it is harmless, and refused without the spec by {}", listed()));
        }
        return (!unsafe_ones.is_empty())
            .then(|| format!("it is harmless, and refused with the spec by {unsafe_ones:?}"));
    }
    if wanted.is_none() && !alone.is_empty() {
        return Some(format!("it is refused without the spec by {}", listed()));
    }
    if let Some(wanted) = wanted
        && !alone.iter().any(|d| d.code == wanted && (d.primary.is_some() || d.message.contains('`')))
    {
        return Some(format!("{wanted} is not among {}", listed()));
    }
    let named = |d: &&Difference| d.state.as_ref().is_none_or(|state| mutated.names.contains(state));
    // A document that is refused without the spec is refused with it.
    if alone.is_empty() && !unsafe_ones.iter().any(named) {
        return Some(format!("no difference at {:?} is unsafe: {beside:?}", mutated.names));
    }
    None
}

/// A document that is edited, and the states that the edits are in.
struct Mutated {
    document: Value,
    names: Vec<String>,
}

impl Mutated {
    /// None where the document has no such state.
    fn apply(&mut self, edit: &KdlNode) -> Option<()> {
        let word = |i: usize| string(edit, i);
        let json = |i: usize| serde_json::from_str::<Value>(word(i)).unwrap_or_else(|e| panic!("{edit}: {e}"));
        match edit.name().value() {
            "sort" => {
                self.document = sorted(&self.document);
                return Some(());
            }
            "document" => {
                set(&mut self.document, word(0), json(1));
                return Some(());
            }
            _ => {}
        }
        let inserted = edit.name().value() == "insert";
        let (pointer, name) = self.find(word(usize::from(inserted)))?;
        self.names.push(name.clone());
        let to = match edit.get("to").and_then(KdlValue::as_string) {
            Some(to) => Some(Value::from(self.find(to)?.1)),
            None => None,
        };
        let state = self.document.pointer_mut(&pointer)?;
        match edit.name().value() {
            "set" => set(state, word(1), json(2)),
            "unset" => unset(state, word(1))?,
            "text" => {
                let before = state.to_string();
                let after = before.replace(word(1), word(2));
                if after == before {
                    return None;
                }
                *state = serde_json::from_str(&after).unwrap_or_else(|e| panic!("{edit}: {e}"));
                // Text within a state may be that of one inside it.
                self.names.extend(inside(state));
            }
            "lead" if state["Type"] == "Choice" => state["Choices"][0]["Next"] = to?,
            "lead" => state["Next"] = to?,
            "else" => state["Default"] = to?,
            "errors" => state["Catch"].as_array_mut()?.last_mut()?["Next"] = to?,
            "skip" => {
                let next = state["Next"].clone();
                redirect(&mut self.document, &name, &next);
            }
            "insert" => {
                let mut added = json(2);
                added["Next"] = name.clone().into();
                let catches = self.document.pointer(&pointer)?["Catch"].clone();
                if added["Type"] == "Task" {
                    added["Catch"] = catches;
                }
                redirect_routes(&mut self.document, &name, &Value::from(word(0)));
                self.document["States"][word(0)] = added;
                self.names.push(word(0).to_owned());
            }
            other => panic!("there is no edit `{other}`"),
        }
        Some(())
    }

    /// The pointer to a state, and its name.
    fn find(&self, selector: &str) -> Option<(String, String)> {
        let mut all = Vec::new();
        gather(&self.document, "", &mut all);
        let state = |pointer: &str| self.document.pointer(pointer).cloned().unwrap_or_default();
        let has = |pointer: &str, effect: &str| {
            let comment = state(pointer)["Comment"].as_str().unwrap_or_default().to_owned();
            let comment: Value = serde_json::from_str(&comment).unwrap_or_default();
            comment["effects"].as_array().is_some_and(|effects| effects.iter().any(|e| e == effect))
        };
        let rest = selector.get(1..).unwrap_or_default();
        let mut all = all.into_iter();
        match selector.get(..1) {
            Some("@") => all.find(|(pointer, _)| has(pointer, rest)),
            Some("?") => {
                let gate = all.clone().find(|(pointer, _)| has(pointer, rest) && state(pointer)["Type"] == "Choice")?;
                let asks = |pointer: &str| matches!(state(pointer)["Type"].as_str(), Some("Task" | "Pass"));
                all.find(|(pointer, _)| asks(pointer) && state(pointer)["Next"] == *gate.1)
            }
            Some("#") => all.find(|(pointer, _)| state(pointer)["Type"] == *rest),
            Some("~") => {
                all.find(|(pointer, _)| state(pointer)["Resource"].as_str().is_some_and(|r| r.ends_with(rest)))
            }
            _ => all.find(|(_, name)| name == selector),
        }
    }
}

/// Every state at every depth, by its pointer.
fn gather(json: &Value, pointer: &str, all: &mut Vec<(String, String)>) {
    if let Some(states) = json["States"].as_object() {
        for (name, state) in states {
            let pointer = format!("{pointer}/States/{name}");
            all.push((pointer.clone(), name.clone()));
            gather(state, &pointer, all);
        }
    }
    for (i, branch) in json["Branches"].as_array().into_iter().flatten().enumerate() {
        gather(branch, &format!("{pointer}/Branches/{i}"), all);
    }
    if json["ItemProcessor"].is_object() {
        gather(&json["ItemProcessor"], &format!("{pointer}/ItemProcessor"), all);
    }
}

fn inside(state: &Value) -> Vec<String> {
    let mut all = Vec::new();
    gather(state, "", &mut all);
    all.into_iter().map(|(_, name)| name).collect()
}

fn set(json: &mut Value, pointer: &str, value: Value) {
    if pointer.is_empty() {
        *json = value;
        return;
    }
    let (outer, name) = pointer.rsplit_once('/').unwrap_or_else(|| panic!("`{pointer}` is a pointer"));
    let outer = json.pointer_mut(outer).unwrap_or_else(|| panic!("`{pointer}` has a place"));
    match (outer, value) {
        (Value::Object(members), Value::Null) => drop(members.shift_remove(name)),
        (Value::Object(members), value) => drop(members.insert(name.to_owned(), value)),
        (Value::Array(items), value) => items[name.parse::<usize>().expect("a number")] = value,
        _ => panic!("`{pointer}` has a place"),
    }
}

fn unset(json: &mut Value, pointer: &str) -> Option<()> {
    let (outer, name) = pointer.rsplit_once('/')?;
    match json.pointer_mut(outer)? {
        Value::Object(members) => members.shift_remove(name).map(drop),
        Value::Array(items) => {
            items.remove(name.parse().ok()?);
            Some(())
        }
        _ => None,
    }
}

fn sorted(json: &Value) -> Value {
    match json {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(members.into_iter().collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// Documents that are cut off, or with removed or changed lines or bytes: each is refused or read, and nothing panics.
/// The seed is fixed.
#[test]
fn no_document_makes_the_verifier_panic() {
    let text = reference().to_string();
    let mut random = Random(20_261_129);
    let mut refused = 0;
    for turn in 0..60 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            match turn % 5 {
                0 => bytes.truncate(at),
                1 => bytes[at] = *random.of(b"{}[]\",:%$0x "),
                2 => drop(bytes.drain(at..(at + random.below(200)).min(bytes.len()))),
                3 => {
                    let part = bytes[at..(at + random.below(400)).min(bytes.len())].to_vec();
                    let to = random.below(bytes.len());
                    bytes.splice(to..to, part);
                }
                _ => bytes.splice(at..at, b"\"{% $states.result[0] + -(-(1)) %}\"".to_vec()).for_each(drop),
            }
        }
        let mutated = String::from_utf8_lossy(&bytes).into_owned();
        let found = findings(&mutated, Depth::Execution);
        refused += usize::from(!found.is_empty());
    }
    assert!(refused > 40, "{refused} of 60 are refused");
}

/// Values that follow each other without a pattern, and always the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A document beyond the limits is refused with the numbers, in time.
#[test]
fn documents_that_are_too_large_are_refused_with_the_arithmetic() {
    let mut document = reference();
    let fields: Vec<String> = (0..20).map(|i| format!("($states.result.f{i} ? \"1\" : \"0\")")).collect();
    document["States"]["ReadWriter"]["Assign"]["verdict"] = format!("{{% {} %}}", fields.join(" & ")).into();
    let deep = format!("{{% {}1{} %}}", "-(".repeat(3000), ")".repeat(3000));
    let cases: [(&str, Value); 2] = [
        ("ways", document.clone()),
        ("nested", {
            document["States"]["ReadWriter"]["Assign"]["verdict"] = deep.into();
            document.clone()
        }),
    ];
    for (name, document) in cases {
        let found = findings(&document.to_string(), Depth::Execution);
        assert!(name != "ways" || found.iter().any(|d| d.code == "workflow-undecided"), "{name}: {found:?}");
    }
    let states = (0..2500).map(|i| (format!("S{i}"), serde_json::json!({ "Type": "Pass", "Next": "S0" })));
    let states: serde_json::Map<_, _> = states.collect();
    let many = serde_json::json!({ "QueryLanguage": "JSONata", "StartAt": "S0", "States": states });
    let found = findings(&many.to_string(), Depth::Execution);
    assert!(found.iter().any(|d| d.message.contains("2500 states")), "{found:?}");
}

#[test]
fn what_is_built_is_clean_and_differs_from_itself_in_nothing() {
    for emitted in emitted::all() {
        for workflow in emitted.graph.workflows.values() {
            let text = definition(workflow);
            let found = findings(&text, Depth::Execution);
            assert!(found.is_empty(), "{}: {:?}", emitted.name, found.iter().map(|d| &d.message).collect::<Vec<_>>());
            let document: Value = serde_json::from_str(&text).expect("the definition is JSON");
            assert_eq!(differences(&document, &document), [], "{}", emitted.name);
        }
    }
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
    machine["States"].as_object_mut().expect("states").shift_remove(from);
    redirect_routes(machine, from, to);
}

fn redirect_routes(machine: &mut Value, from: &str, to: &Value) {
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
fn the_patience_of_each_gate_is_documented() {
    let (page, table) = (runs::text("docs/workflow.md"), migspec_lower::patience_table());
    assert!(table.lines().count() > 10 && page.contains(&table), "docs/workflow.md lacks this table:\n{table}");
}

/// DMS takes minutes for a task, and none of them is in the write pause.
#[test]
fn the_write_pause_does_not_depend_on_dms() {
    let graph = migspec_lower::lower(&runs::view(&runs::text("specs/payments.migspec.kdl"), "dev")).value;
    let program = Program::new(graph.workflows.values().next().expect("the reference spec has a cutover"));
    let pause = |seconds: u64| {
        let scenario = Scenario { dms_start: seconds, dms_stop: seconds, ..Scenario::usual() };
        let run = simulate(&program, &scenario);
        assert!(run.safe && run.end.is_ok(), "{:?}", run.end);
        let mut found = pauses(&program, &run);
        assert_eq!(found.len(), 1, "{found:?}");
        (found.remove(0), run.took)
    };
    let ((short, quick), (pause, slow)) = (pause(1), pause(300));
    assert_eq!(short.parts, pause.parts);
    assert!(slow >= quick + 2 * 240_000, "the execution as a whole waits for DMS: {quick} {slow}");
    assert!(pause.ends && pause.parts.len() >= 6, "{pause:?}");
    assert!(pause.millis() > 5_000 && pause.millis() <= 20_000, "{} ms: {pause:?}", pause.millis());
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
