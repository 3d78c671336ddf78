//! The calls and effects of a state machine's workflow.

use std::collections::BTreeSet;

use rustc_hash::FxHashSet;

use crate::datum::Value;
use crate::fact::FactValue;
use crate::graph::Resource;
use crate::index::Index;
use crate::json;
use crate::secret::looks_secret;
use crate::workflow::{Effect, Kind, Pattern, Phase, State, Workflow};

/// The services whose rights follow from settings of the state machine and
/// not from a call: logs, traces, keys, and the executions of a map.
const OF_SETTINGS: [&str; 5] = ["logs", "xray", "kms", "states", "events"];

/// IAM actions that a state calls and that the role does not hold.
pub(super) fn missing_rights(machine: &Resource, graph: &Index<'_>) -> FactValue {
    let held = granted_actions(machine, graph);
    let missing = called_actions(machine, graph).into_iter().filter(|action| !held.contains(action));
    FactValue::set(missing.map(Some))
}

/// IAM actions that the role holds and that no state calls.
pub(super) fn surplus_rights(machine: &Resource, graph: &Index<'_>) -> FactValue {
    let called = called_actions(machine, graph);
    let of_settings = |action: &str| action.split(':').next().is_some_and(|service| OF_SETTINGS.contains(&service));
    let surplus = granted_actions(machine, graph).into_iter().filter(|a| !called.contains(a) && !of_settings(a));
    FactValue::set(surplus.map(Some))
}

fn called_actions(machine: &Resource, graph: &Index<'_>) -> BTreeSet<&'static str> {
    let states = graph.workflows.get(&machine.id).map(Workflow::all_states).unwrap_or_default();
    let calls = states.into_iter().filter_map(|state| match &state.kind {
        Kind::Task { api, .. } => Some(api.info().action),
        _ => None,
    });
    calls.collect()
}

fn granted_actions(machine: &Resource, graph: &Index<'_>) -> BTreeSet<&'static str> {
    let Some(role) = graph.role(machine, "RoleArn") else { return BTreeSet::new() };
    graph.grants.iter().filter(|grant| grant.role == role.id).flat_map(|grant| grant.actions.iter().copied()).collect()
}

/// States that wait for somebody's answer and never give up.
pub(super) fn questions_without_timeout(machine: &Resource, graph: &Index<'_>) -> FactValue {
    let states = graph.workflows.get(&machine.id).map(Workflow::all_states).unwrap_or_default();
    let endless = states.into_iter().filter(|state| {
        let waits = matches!(state.kind, Kind::Task { pattern: Pattern::WaitForTaskToken, .. });
        waits && state.timeout.is_none()
    });
    FactValue::set(endless.map(|state| Some(&*state.name)))
}

/// Whether a state reads a secret, so that the history would hold it.
pub(super) fn fetches_secrets(machine: &Resource, graph: &Index<'_>) -> FactValue {
    const READS: [&str; 2] = ["secretsmanager:getsecretvalue", "secretsmanager:batchgetsecretvalue"];
    let reads = |text: &str| READS.iter().any(|read| text.to_ascii_lowercase().contains(read));
    match machine.get("DefinitionString").map(|d| &d.value) {
        Some(Value::String(text)) => reads(text).into(),
        Some(Value::Definition(_)) | None => called_actions(machine, graph).into_iter().any(reads).into(),
        Some(_) => FactValue::Unknown,
    }
}

/// Whether the definition or the input of a state contains a secret.
pub(super) fn holds_secret(machine: &Resource, graph: &Index<'_>) -> FactValue {
    if let Some(Value::String(text)) = machine.get("DefinitionString").map(|d| &d.value) {
        let Some(document) = json::parse(text, machine.origin) else { return FactValue::Unknown };
        return gives_away("", &document.value).into();
    }
    let states = graph.workflows.get(&machine.id).map(Workflow::all_states).unwrap_or_default();
    let sends = states.into_iter().any(|state| match &state.kind {
        Kind::Task { arguments, .. } => arguments.any_text(&mut |name, text| looks_secret(name, text)),
        _ => false,
    });
    sends.into()
}

fn gives_away(name: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => looks_secret(name, text),
        Value::List(items) => items.iter().any(|item| gives_away(name, &item.value)),
        Value::Map(map) => map.iter().any(|(name, datum)| gives_away(name, &datum.value)),
        _ => false,
    }
}

/// States that call AWS and that are not tried again, or whose failure has no
/// route: neither of their own nor of the state that they are inside of.
pub(super) fn states_without_error_route(machine: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(workflow) = graph.workflows.get(&machine.id) else { return FactValue::set::<&str>([]) };
    let routed: FxHashSet<&str> = workflow
        .all_states()
        .into_iter()
        .filter(|state| catches_all(state))
        .flat_map(|state| state.kind.inner().iter().flat_map(|m| m.states.keys()).map(|name| &**name))
        .collect();
    let without = |state: &&State| state.retry.is_empty() || !(catches_all(state) || routed.contains(&*state.name));
    FactValue::set(tasks(workflow).filter(without).map(|state| Some(&*state.name)))
}

fn catches_all(state: &State) -> bool {
    state.catch.iter().any(|c| c.errors.iter().any(|error| **error == *"States.ALL"))
}

/// States that wait for an answer without end.
pub(super) fn states_without_timeout(machine: &Resource, graph: &Index<'_>) -> FactValue {
    let tasks = graph.workflows.get(&machine.id).into_iter().flat_map(tasks);
    FactValue::set(tasks.filter(|state| state.timeout.is_none()).map(|state| Some(&*state.name)))
}

fn tasks(workflow: &Workflow) -> impl Iterator<Item = &State> {
    workflow.all_states().into_iter().filter(|state| matches!(state.kind, Kind::Task { .. }))
}

/// States of the phases in which something has changed and can be returned,
/// from which no path leads to the rollback.
pub(super) fn states_without_way_back(machine: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(workflow) = graph.workflows.get(&machine.id) else { return FactValue::StringSet(BTreeSet::new()) };
    let returning = returning(workflow);
    let stranded = workflow.states.values().filter(|state| {
        let changed = (Phase::Shift..=Phase::Watch).contains(&state.phase);
        changed && !returning.contains(&*state.name)
    });
    FactValue::set(stranded.map(|state| Some(&*state.name)))
}

/// The states that roll back or lead to one that does.
fn returning(workflow: &Workflow) -> FxHashSet<&str> {
    let rolls_back = workflow.states.values().filter(|state| state.effects.contains(&Effect::Rollback));
    let mut returning: FxHashSet<&str> = rolls_back.map(|state| &*state.name).collect();
    loop {
        let before = returning.len();
        for state in workflow.states.values() {
            if state.targets().iter().any(|target| returning.contains(&***target)) {
                returning.insert(&state.name);
            }
        }
        if returning.len() == before {
            return returning;
        }
    }
}
