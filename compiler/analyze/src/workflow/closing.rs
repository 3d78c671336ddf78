//! The exits of a gate that stays closed: an alarm that rings ends the phase, an unknown one does so after some polls,
//! and a bad answer raises no counter of good ones.

use std::sync::Arc;

use indexmap::IndexSet;
use migspec_ir::workflow::{Api, Effect, Hold, Kind, Side};
use rustc_hash::FxBuildHasher;
use serde_json::{Value as Json, json};

use crate::workflow::explore::Exploration;
use crate::workflow::gates;
use crate::workflow::jsonata::{self, Scope};
use crate::workflow::offence::Offence;
use crate::workflow::program::{NodeId, Program, Target, Term};
use crate::workflow::questions::counters;
use crate::workflow::turn;
use crate::workflow::value::{Sort, Value};

pub(crate) fn offences(exploration: &Exploration<'_>) -> Vec<Offence> {
    let program = &exploration.program;
    let mut found = Vec::new();
    for (gate, node) in program.nodes.iter().enumerate() {
        if !matches!(node.state.kind, Kind::Choice { .. }) || node.effects.is_empty() {
            continue;
        }
        found.extend(undeclared_hold(program, gate));
        for asker in (0..program.nodes.len()).filter(|id| program.nodes[*id].next == Target::Node(gate)) {
            if node.effects.contains(&Effect::AlarmGate) {
                found.extend(alarm(exploration, asker, gate));
            }
            found.extend(raised_counter(program, asker, gate));
            found.extend(kept_counter(program, asker, gate));
            found.extend(missing_answers(program, asker, gate));
        }
    }
    found.extend((0..program.nodes.len()).filter_map(|id| misread_status(program, id)));
    found.extend((0..program.nodes.len()).filter_map(|id| goes_on(program, id)));
    found
}

/// The counters that an asker raises, by their numbers.
fn raises(program: &Program<'_>, asker: NodeId) -> Vec<usize> {
    let unknown = gates::unknown(program);
    let states = turn::states(Value::Unknown(Sort::Any));
    let assign = program.nodes[asker].assign.iter();
    let counts = |(variable, term): &&(usize, Term)| {
        let before = |name: &str| match program.variables.get_index_of(name) {
            Some(index) if index == *variable => Value::number(7.0),
            Some(index) => unknown[index].clone(),
            None => Value::Undefined,
        };
        let scope = Scope { variables: &before, states: &states };
        matches!(term, Term::Expression(_)) && term.all(&scope).contains(&Ok(Value::number(8.0)))
    };
    assign.filter(counts).map(|(variable, _)| *variable).collect()
}

/// An opening gate that does not reset a counter that a later poll goes on with.
fn kept_counter(program: &Program<'_>, asker: NodeId, gate: NodeId) -> Option<Offence> {
    let (_, assign, _) = program.nodes[gate].branches.first()?;
    let shared = |variable: &usize| {
        let others = (0..program.nodes.len()).filter(|other| *other != asker);
        others.into_iter().any(|other| {
            program.nodes[other].assign.iter().any(|(set, _)| set == variable)
                && raises(program, other).contains(variable)
        })
    };
    let zero = |variable: &usize| {
        assign
            .iter()
            .any(|(set, term)| set == variable && matches!(term, Term::Value(value) if *value == Value::number(0.0)))
    };
    let left = raises(program, asker).into_iter().find(|variable| !zero(variable) && shared(variable))?;
    let message = format!(
        "`{}` opens and leaves the counter `${}`; its first branch should set it to 0",
        program.nodes[gate].state.name, program.variables[left]
    );
    Some(offence(gate, message, "the next poll counts on"))
}

/// A gate on a lag or an alarm that does not declare how long the answers stay good.
fn undeclared_hold(program: &Program<'_>, gate: NodeId) -> Option<Offence> {
    let node = &program.nodes[gate];
    let holds = [Effect::LagGate, Effect::AlarmGate].iter().any(|effect| node.effects.contains(effect));
    (holds && node.state.hold.is_none()).then(|| {
        let name = &node.state.name;
        let message =
            format!("`{name}` does not declare how long the answers stay good; its comment should contain `hold`");
        offence(gate, message, "one good answer could open it")
    })
}

/// A gate that opens after fewer good answers than it declares.
fn missing_answers(program: &Program<'_>, asker: NodeId, gate: NodeId) -> Option<Offence> {
    let Some(Hold::Answers(declared)) = program.nodes[gate].state.hold else { return None };
    let node = &program.nodes[asker];
    let needed = crate::workflow::questions::required_answers(node)?;
    (needed < declared as f64).then(|| {
        let message = format!(
            "`{}` opens `{}` after {needed} good answers; it should be {declared}",
            node.state.name, program.nodes[gate].state.name
        );
        offence(asker, message, "the lag is low for a moment only")
    })
}

/// A choice that takes a task that does not run for one that runs.
fn misread_status(program: &Program<'_>, choice: NodeId) -> Option<Offence> {
    let node = &program.nodes[choice];
    let starts = |target: &Target| matches!(target, Target::Node(id) if program.nodes[*id].state.effects.contains(&Effect::StartForward));
    if !matches!(node.state.kind, Kind::Choice { .. }) || !node.branches.iter().any(|(_, _, to)| starts(to)) {
        return None;
    }
    let name = &node.state.name;
    let asker = (0..program.nodes.len()).find(|id| program.nodes[*id].next == Target::Node(choice))?;
    let polls = Polls { quiet: 0.0, turns: 1.0, unknown: 0.0 };
    let answer = |status: &str| json!({ "ReplicationTasks": [{ "Status": status }] });
    for status in ["ready", "stopped", "failed"] {
        let ways = targets(program, (asker, choice), &answer(status), &polls);
        if ways.iter().any(|to| !starts(to) && Some(*to) != Some(node.default)) {
            let message = format!("`{name}` does not start a task that is `{status}`; it should lead to the start");
            return Some(offence(choice, message, "the task does not run"));
        }
    }
    let running = targets(program, (asker, choice), &answer("running"), &polls);
    running.iter().any(starts).then(|| {
        let message = format!("`{name}` starts a task that is `running`; it should lead to its polls");
        offence(choice, message, "the task runs")
    })
}

/// Iterations whose error goes on like their success.
fn goes_on(program: &Program<'_>, map: NodeId) -> Option<Offence> {
    let node = &program.nodes[map];
    let same = node.catches.iter().any(|(_, to)| *to == node.next);
    (matches!(node.state.kind, Kind::Map { .. }) && same).then(|| {
        let message = format!(
            "`{}` goes on after an error of its iterations; the error should lead to the rollback",
            node.state.name
        );
        offence(map, message, "rows are not compared")
    })
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
        "fresh" | "arrived" => Value::text("yes"),
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
fn raised_counter(program: &Program<'_>, asker: NodeId, gate: NodeId) -> Option<Offence> {
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
            let raised = jsonata::all(own, &scope);
            let effects = program.nodes[gate].effects;
            let restarts = effects.contains(&Effect::LagGate) && !effects.contains(&Effect::AlarmGate);
            if restarts && raised.iter().flatten().any(|value| *value != Value::number(0.0)) {
                let message = format!("`{}` keeps its count of good answers when {what}", node.state.name);
                return Some(offence(asker, message, &format!("`${counter}` should be 0 after this answer")));
            }
            if raised.iter().flatten().any(|value| *value == Value::number(8.0)) {
                let message = format!("`{}` counts an answer as good when {what}", node.state.name);
                let seen = format!("`${counter}` should stay, or be 0, after this answer");
                return Some(offence(asker, message, &seen));
            }
        }
    }
    None
}
