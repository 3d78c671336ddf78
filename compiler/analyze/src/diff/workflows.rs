//! Workflows: their states and the edges between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migspec_ir::Graph;
use migspec_ir::workflow::{Kind, State, Workflow};

use super::WorkflowChange;
use super::text::Texts;

/// The workflows that differ, by the key of their cutover.
pub(super) fn compare(before: &Graph, after: &Graph, texts: &(Texts, Texts)) -> Vec<WorkflowChange> {
    let by_cutover = |graph: &'_ Graph| -> BTreeMap<Arc<str>, Workflow> {
        graph.workflows.values().map(|workflow| (workflow.cutover.clone(), workflow.clone())).collect()
    };
    let (old, new) = (by_cutover(before), by_cutover(after));
    let keys: BTreeSet<&Arc<str>> = old.keys().chain(new.keys()).collect();
    keys.into_iter().filter_map(|key| change(key, (old.get(key), new.get(key)), texts)).collect()
}

fn change(
    key: &Arc<str>,
    (old, new): (Option<&Workflow>, Option<&Workflow>),
    texts: &(Texts, Texts),
) -> Option<WorkflowChange> {
    let (was, is) = (states(old), states(new));
    let only = |of: &BTreeMap<Arc<str>, &State>, other: &BTreeMap<Arc<str>, &State>| -> Vec<Arc<str>> {
        of.keys().filter(|name| !other.contains_key(*name)).cloned().collect()
    };
    let changed = was.iter().filter_map(|(name, state)| {
        let parts = changed_parts((*state, &texts.0), (*is.get(name)?, &texts.1));
        (!parts.is_empty()).then(|| (name.clone(), parts))
    });
    let (old_edges, new_edges) = (edges(&was), edges(&is));
    let change = WorkflowChange {
        cutover: key.clone(),
        added: only(&is, &was),
        removed: only(&was, &is),
        changed: changed.collect(),
        edges_added: new_edges.difference(&old_edges).cloned().collect(),
        edges_removed: old_edges.difference(&new_edges).cloned().collect(),
    };
    let same = change.added.is_empty()
        && change.removed.is_empty()
        && change.changed.is_empty()
        && change.edges_added.is_empty()
        && change.edges_removed.is_empty();
    (!same).then_some(change)
}

fn states(workflow: Option<&Workflow>) -> BTreeMap<Arc<str>, &State> {
    workflow.into_iter().flat_map(Workflow::all_states).map(|state| (state.name.clone(), state)).collect()
}

fn edges(states: &BTreeMap<Arc<str>, &State>) -> BTreeSet<(Arc<str>, Arc<str>)> {
    let of = |(name, state): (&Arc<str>, &&State)| -> Vec<(Arc<str>, Arc<str>)> {
        state.targets().into_iter().map(|to| (name.clone(), to.clone())).collect()
    };
    states.iter().flat_map(of).collect()
}

/// The parts of a state that differ. Edges are compared by themselves.
fn changed_parts(old: (&State, &Texts), new: (&State, &Texts)) -> Vec<&'static str> {
    let pairs = parts(old).into_iter().zip(parts(new));
    pairs.filter(|((_, was), (_, is))| was != is).map(|((name, _), _)| name).collect()
}

fn parts((state, texts): (&State, &Texts)) -> [(&'static str, String); 8] {
    let text = |value: &dyn std::fmt::Debug| texts.text(&format!("{value:?}"));
    let catch: Vec<_> = state.catch.iter().map(|catch| (&catch.errors, &catch.assign)).collect();
    [
        ("kind", state.kind.name().to_owned()),
        ("call", text(&call(&state.kind))),
        ("effects", text(&(&state.effects, &state.of))),
        ("assignments", text(&state.assign)),
        ("output", text(&state.output)),
        ("retries", text(&state.retry)),
        ("errors", text(&catch)),
        ("timeout", text(&(state.timeout, state.heartbeat))),
    ]
}

/// The arguments and conditions of a state, without the states that follow it.
fn call(kind: &Kind) -> String {
    match kind {
        Kind::Task { api, pattern, arguments } => format!("{} {pattern:?} {arguments:?}", api.info().resource),
        Kind::Foreign { resource, arguments } => format!("{resource} {arguments:?}"),
        Kind::Choice { branches, .. } => {
            let conditions: Vec<_> = branches.iter().map(|branch| (&branch.condition, &branch.assign)).collect();
            format!("{conditions:?}")
        }
        Kind::Wait { seconds } => format!("{seconds:?}"),
        Kind::Parallel { branches } => {
            format!("{:?}", branches.iter().map(|branch| &branch.start_at).collect::<Vec<_>>())
        }
        Kind::Map { items, item, most, concurrency, distributed, processor } => {
            format!("{items:?} {item:?} {most} {concurrency} {distributed:?} {:?}", processor.start_at)
        }
        Kind::Fail { error, cause } => format!("{error:?} {cause:?}"),
        Kind::Pass | Kind::Succeed => String::new(),
    }
}
