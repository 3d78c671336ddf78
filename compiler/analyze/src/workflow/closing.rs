//! The exits of a gate that stays closed: an alarm that rings ends the phase, an unknown one does so after some polls,
//! and a bad answer raises no counter of good ones.

use std::sync::Arc;

use indexmap::IndexSet;
use migspec_ir::workflow::{Api, Effect, Kind, Side};
use rustc_hash::FxBuildHasher;
use serde_json::{Value as Json, json};

use crate::workflow::explore::Exploration;
use crate::workflow::gates;
use crate::workflow::jsonata::Scope;
use crate::workflow::program::{NodeId, Program, Target, Term};
use crate::workflow::questions::counters;
use crate::workflow::turn;
use crate::workflow::value::Value;
use crate::workflow::verdict::Offence;

pub(crate) fn offences(exploration: &Exploration<'_>) -> Vec<Offence> {
    let program = &exploration.program;
    let mut found = Vec::new();
    for (gate, node) in program.nodes.iter().enumerate() {
        if !matches!(node.state.kind, Kind::Choice { .. }) || node.effects.is_empty() {
            continue;
        }
        for asker in (0..program.nodes.len()).filter(|id| program.nodes[*id].next == Target::Node(gate)) {
            if node.effects.contains(&Effect::AlarmGate) {
                found.extend(alarm(exploration, asker, gate));
            }
            found.extend(raised(program, asker, gate));
        }
    }
    found
}

fn offence(node: NodeId, message: String, seen: &str) -> Offence {
    Offence {
        code: "gate-without-end",
        node,
        message,
        seen: seen.to_owned(),
        help: "let the verdict `fail` for this answer, or `page` while the target is the writer and the alarm is unknown",
        path: Vec::new(),
    }
}

/// Counters of the polls so far.
struct Polls {
    quiet: f64,
    turns: f64,
    unknown: f64,
}

fn alarm(exploration: &Exploration<'_>, asker: NodeId, gate: NodeId) -> Option<Offence> {
    let program = &exploration.program;
    if !matches!(&program.nodes[asker].state.kind, Kind::Task { api: Api::DescribeAlarms, .. }) {
        return None;
    }
    let name = &program.nodes[gate].state.name;
    let answer = |state: &str| json!({ "CompositeAlarms": [{ "StateValue": state }], "MetricAlarms": [] });
    let opens = program.nodes[gate].branches.first().map(|(_, _, to)| *to);
    let goes_on = |target: &Target| Some(*target) == opens || waits(program, *target);
    // While the target is the writer, only a definite answer takes the writes back.
    let watches = exploration.worlds(gate).any(|world| world.takes_writes(Side::Target));
    let undoes =
        |target: &Target| matches!(target, Target::Node(id) if program.nodes[*id].effects.contains(&Effect::Rollback));
    let ringing = targets(program, (asker, gate), &answer("ALARM"), &Polls { quiet: 1.0, turns: 20.0, unknown: 0.0 });
    if ringing.iter().any(goes_on) {
        let message = format!("`{name}` keeps polling, or opens, while the alarm is in ALARM");
        return Some(offence(gate, message, "`ALARM` is a failed check"));
    }
    if watches && program.reverses() && !ringing.iter().all(undoes) {
        let message = format!("`{name}` starts no rollback when the alarm is in ALARM; it should lead to the rollback");
        return Some(offence(gate, message, "the target is the writer"));
    }
    let silent = Polls { quiet: 1.0, turns: 20.0, unknown: 100.0 };
    let unknown = targets(program, (asker, gate), &answer("INSUFFICIENT_DATA"), &silent);
    if unknown.iter().any(goes_on) {
        let message = format!("`{name}` keeps polling after 100 unknown answers in a row");
        return Some(offence(gate, message, "`INSUFFICIENT_DATA` is no answer"));
    }
    if watches && unknown.iter().any(undoes) {
        let message = format!("`{name}` starts a rollback because the alarm is unknown; it should call an operator");
        return Some(offence(gate, message, "the target is the writer, and nothing is known to be wrong"));
    }
    None
}

fn waits(program: &Program<'_>, target: Target) -> bool {
    matches!(target, Target::Node(id) if matches!(program.nodes[id].state.kind, Kind::Wait { .. }))
}

/// Every exit of the gate after an answer.
fn targets(program: &Program<'_>, (asker, gate): (NodeId, NodeId), result: &Json, polls: &Polls) -> Vec<Target> {
    let unknown = gates::unknown(program);
    let states = turn::states(Value::from(result));
    let before = |name: &str| match name {
        "quiet" => Value::number(polls.quiet),
        "turns" => Value::number(polls.turns),
        "unknown" => Value::number(polls.unknown),
        "fresh" => Value::text("yes"),
        _ => program.variables.get_index_of(name).map_or(Value::Undefined, |i| unknown[i].clone()),
    };
    let scope = Scope { variables: &before, states: &states };
    let node = &program.nodes[gate];
    let mut read: IndexSet<Arc<str>, FxBuildHasher> = IndexSet::default();
    node.branches.iter().for_each(|(condition, ..)| condition.reads(&mut read));
    let verdict = program.nodes[asker].assign.iter().find_map(|(variable, term)| {
        let name = program.variables.get_index(*variable)?;
        read.contains(name).then_some((name, term))
    });
    let Some((name, term)) = verdict else { return Vec::new() };
    let mut found = Vec::new();
    for value in term.all(&scope).into_iter().flatten() {
        let after = |asked: &str| if asked == &**name { value.clone() } else { before(asked) };
        let scope = Scope { variables: &after, states: &states };
        let mut closed = true;
        for (condition, _, to) in &node.branches {
            let truths: Vec<Option<bool>> = condition.all(&scope).iter().flatten().map(Value::truth).collect();
            if truths.iter().any(|truth| *truth != Some(false)) {
                found.push(*to);
            }
            if truths.iter().all(|truth| *truth == Some(true)) {
                closed = false;
                break;
            }
        }
        if closed {
            found.push(node.default);
        }
    }
    found
}

/// A counter of good answers that a bad answer raises.
fn raised(program: &Program<'_>, asker: NodeId, gate: NodeId) -> Option<Offence> {
    let node = &program.nodes[asker];
    let bad = gates::bad_answers(node, program.nodes[gate].effects);
    let unknown = gates::unknown(program);
    for counter in counters(node) {
        let index = program.variables.get_index_of(&*counter)?;
        // The counter of turns is no counter of good answers: it also ends the loop.
        let Some((_, Term::Expression(own))) = node.assign.iter().find(|(variable, _)| *variable == index) else {
            continue;
        };
        let before = |name: &str| match name == &*counter {
            true => Value::number(7.0),
            false => program.variables.get_index_of(name).map_or(Value::Undefined, |i| unknown[i].clone()),
        };
        for (what, result) in &bad {
            let states = turn::states(Value::from(result));
            let scope = Scope { variables: &before, states: &states };
            let raised = crate::workflow::jsonata::all(own, &scope);
            if raised.iter().flatten().any(|value| *value == Value::number(8.0)) {
                let message = format!("`{}` counts an answer as good when {what}", node.state.name);
                let seen = format!("`${counter}` should stay, or be 0, after this answer");
                return Some(offence(asker, message, &seen));
            }
        }
    }
    None
}
