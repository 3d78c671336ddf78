//! Renames states and removes idle ones, so that the rest can be compared.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::Difference;
use super::judge::Verdict;

/// The found document, with the names of the expected one and without added states that change nothing; and these
/// differences.
pub(super) fn align(expected: &Json, found: &Json) -> (Json, Vec<Difference>) {
    let mut document = found.clone();
    let mut differences = Vec::new();
    for (name, next) in idle(expected, found) {
        if let Some(states) = document["States"].as_object_mut() {
            states.remove(&name);
        }
        reroute(&mut document, &name, &next);
        differences.push(difference(&name, "it was added and changes nothing"));
    }
    let names = renames(expected, &document);
    if !names.is_empty() {
        rename(&mut document, &names);
        let said = |(found, _): (&String, &String)| {
            difference(found, "it has another name; messages and the runbook use the former one")
        };
        differences.extend(names.iter().map(said));
    }
    (document, differences)
}

fn difference(state: &str, reason: &str) -> Difference {
    Difference {
        state: Some(state.to_owned()),
        place: String::new(),
        found: "present".to_owned(),
        expected: "absent".to_owned(),
        verdict: Verdict::Safe,
        reason: reason.to_owned(),
    }
}

/// Added states that pass on their input: a pass that sets nothing.
fn idle(expected: &Json, found: &Json) -> Vec<(String, String)> {
    const PLAIN: [&str; 4] = ["Type", "Comment", "Next", "QueryLanguage"];
    let states = found["States"].as_object().into_iter().flatten();
    let added = states.filter(|(name, _)| expected["States"].get(name.as_str()).is_none());
    let idle = added.filter(|(name, state)| {
        let plain = state.as_object().is_some_and(|members| members.keys().all(|key| PLAIN.contains(&key.as_str())));
        state["Type"] == "Pass" && plain && state["Next"].as_str() != Some(name.as_str())
    });
    idle.filter_map(|(name, state)| Some((name.clone(), state["Next"].as_str()?.to_owned()))).collect()
}

fn reroute(json: &mut Json, from: &str, to: &str) {
    match json {
        Json::Object(members) => {
            for (key, value) in members.iter_mut() {
                match value {
                    Json::String(text) if matches!(&**key, "Next" | "Default" | "StartAt") && text == from => {
                        to.clone_into(text);
                    }
                    value => reroute(value, from, to),
                }
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| reroute(item, from, to)),
        _ => {}
    }
}

/// Found names, each with the expected one at the same position: the same routes lead there, from the start on.
fn renames(expected: &Json, found: &Json) -> IndexMap<String, String> {
    let mut names: IndexMap<String, String> = IndexMap::new();
    let mut todo = vec![(expected["StartAt"].clone(), found["StartAt"].clone())];
    let mut met = Vec::new();
    while let Some(pair) = todo.pop() {
        let (Json::String(e), Json::String(f)) = pair else { continue };
        if met.contains(&e) {
            continue;
        }
        let (is, was) = (&expected["States"][&*e], &found["States"][&*f]);
        if e != f {
            // Only a missing state can have another name, and only one.
            let free = found["States"].get(&*e).is_none() && expected["States"].get(&*f).is_none();
            if !free || names.contains_key(&f) || is["Type"] != was["Type"] || is["Resource"] != was["Resource"] {
                continue;
            }
            names.insert(f, e.clone());
        }
        met.push(e);
        todo.extend(routes(is).into_iter().zip(routes(was)));
    }
    names
}

/// The targets of a state, in the order of the document.
fn routes(state: &Json) -> Vec<Json> {
    let lists = ["Choices", "Catch"].into_iter().flat_map(|list| state[list].as_array().cloned().unwrap_or_default());
    let own = [state["Next"].clone(), state["Default"].clone()];
    own.into_iter().chain(lists.map(|item| item["Next"].clone())).collect()
}

/// Gives states the names of the expected document, wherever they are named.
fn rename(json: &mut Json, names: &IndexMap<String, String>) {
    match json {
        Json::Object(members) => {
            let renamed = std::mem::take(members).into_iter().map(|(key, mut value)| {
                rename(&mut value, names);
                (names.get(&key).cloned().unwrap_or(key), value)
            });
            *members = renamed.collect();
        }
        Json::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Json::String(text) => {
            if let Some(name) = names.get(text.as_str()) {
                name.clone_into(text);
            }
        }
        _ => {}
    }
}
