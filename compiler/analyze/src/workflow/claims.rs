//! Checks of the calls themselves; comments prove nothing. They find unknown calls, tasks without a bound, and paths to
//! the flip that lack a preparation.

use migspec_ir::aws::migspec::approvals_folder;
use migspec_ir::workflow::{Api, Argument, EXECUTION_LIMIT, Effect, Kind, Pattern, Repeat, Side, State};

use crate::workflow::contracts;
use crate::workflow::explore::Exploration;
use crate::workflow::gates;
use crate::workflow::jsonata::{Expression, Scope, Step};
use crate::workflow::lock;
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Term};
use crate::workflow::turn;
use crate::workflow::value::{Sort, Value};
use crate::workflow::world::World;

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for id in 0..program.nodes.len() {
        found.extend(call(program, id));
        found.extend(endless(program, id));
        found.extend(iterations(program, id));
        found.extend(fallible(program, id));
        found.extend(approvals(program, id));
    }
    found
}

fn offence(program: &Program<'_>, code: &'static str, node: NodeId, message: String, seen: String) -> Offence {
    let help = match code {
        "unknown-call" => "make a call that the compiler makes, and name its effect in the comment",
        "step-without-bound" => "write `TimeoutSeconds`",
        _ => "ask each role in a branch of its own, and record its own answer",
    };
    debug_assert!(node < program.nodes.len());
    Offence { code, node, message, seen, help, path: Vec::new() }
}

/// A call with an unknown effect, or with an effect that the annotation lacks.
fn call(program: &Program<'_>, node: NodeId) -> Option<Offence> {
    let state = program.nodes[node].state;
    let unknown = |message: String, seen: String| Some(offence(program, "unknown-call", node, message, seen));
    let name = &state.name;
    if let Kind::Foreign { resource, .. } = &state.kind {
        return unknown(format!("`{name}` calls `{resource}`, whose effect is unknown"), "this integration".to_owned());
    }
    let Kind::Task { api, pattern, arguments } = &state.kind else { return None };
    match contracts::contract(&state.kind) {
        Some(Err(why)) => {
            let message = format!("`{name}` sends a payload that no function accepts: {why}");
            return unknown(message, why.to_string());
        }
        Some(Ok((function, _))) => {
            let called = arguments.get("FunctionName").and_then(Argument::as_text).unwrap_or_default();
            let own = called.rsplit(':').next().unwrap_or_default();
            // A shortened name may lack the end of its word.
            if own.len() < 56 && !own.contains(function.word()) {
                let message = format!("`{name}` sends a payload of the {} function to `{called}`", function.word());
                return unknown(message, format!("the function's name lacks `{}`", function.word()));
            }
        }
        None => {}
    }
    let changes = match (api, api.info().repeat) {
        (Api::InvokeFunction, _) => changing(state.kind.clone()),
        // The token of an approval waits for its role.
        (Api::PutObject, _) => *pattern != Pattern::WaitForTaskToken && lock::of(&state.kind).is_none(),
        (_, Repeat::Reads | Repeat::Tells) => false,
        _ => !is_note(arguments),
    };
    let announced = state.effects.is_empty();
    if changes && announced {
        let message = format!("`{name}` changes something that its comment does not name");
        return unknown(message, format!("it calls `{}`", api.info().action));
    }
    None
}

/// Whether a function's action changes an effect that the verifier tracks.
fn changing(kind: Kind) -> bool {
    const CHANGES: [&str; 11] = [
        "fence",
        "unfence",
        "write-token",
        "freeze",
        "thaw",
        "cut",
        "restore",
        "create",
        "rehearse",
        "drop",
        "rollback",
    ];
    match contracts::contract(&kind) {
        Some(Ok((function, ""))) => {
            matches!(function, contracts::Function::Sequences | contracts::Function::Rollback)
        }
        Some(Ok((_, action))) => CHANGES.contains(&action),
        _ => false,
    }
}

/// A parameter that is written for people only.
fn is_note(arguments: &Argument) -> bool {
    arguments.get("Name").and_then(Argument::as_text).is_some_and(|name| name.contains("/routing/"))
}

/// A task without a timeout waits for a year.
fn endless(program: &Program<'_>, node: NodeId) -> Option<Offence> {
    let state = program.nodes[node].state;
    let unbounded = state.kind.is_task() && state.timeout.is_none_or(|seconds| seconds > EXECUTION_LIMIT);
    unbounded.then(|| {
        let message = format!("`{}` has no timeout: a call that is never answered holds the execution", state.name);
        offence(
            program,
            "step-without-bound",
            node,
            message,
            "`TimeoutSeconds` is absent or more than a year".to_owned(),
        )
    })
}

/// A wait or a pass has no error route, so its expressions must not fail.
fn fallible(program: &Program<'_>, node: NodeId) -> Option<Offence> {
    let Node { state, assign, output, arguments, .. } = &program.nodes[node];
    let waits = matches!(state.kind, Kind::Wait { .. });
    if !waits && !matches!(state.kind, Kind::Pass) {
        return None;
    }
    let unknown = gates::unknown(program);
    let read = |name: &str| program.variables.get_index_of(name).map_or(Value::Undefined, |i| unknown[i].clone());
    let states = turn::states(Value::Unknown(Sort::Any));
    let scope = Scope { variables: &read, states: &states };
    let fails = |term: &Term| term.all(&scope).iter().any(Result::is_err);
    let seconds = arguments.all(&scope);
    let odd = |outcome: &Result<Value, _>| match outcome {
        Ok(Value::Number(n)) => n.0 < 0.0 || n.0 > 99_999_999.0,
        Ok(value) => value.sort() != Sort::Number,
        Err(_) => true,
    };
    let wrong = waits && seconds.iter().any(odd);
    (wrong || assign.iter().map(|(_, term)| term).chain(output).any(fails)).then(|| {
        let message = format!("`{}` can fail, and has no error route", state.name);
        let seen = if wrong { "its seconds may be no number" } else { "an expression may have no value" };
        Offence {
            code: "choice-that-fails",
            node,
            message,
            seen: seen.to_owned(),
            help: "compute the value in a task, or test it with `$exists`",
            path: Vec::new(),
        }
    })
}

/// The validation compares every group of the plan, unchanged.
fn iterations(program: &Program<'_>, node: NodeId) -> Option<Offence> {
    let Kind::Map { item, .. } = &program.nodes[node].state.kind else { return None };
    let name = &program.nodes[node].state.name;
    let unknown = |message: String, seen: &str| Some(offence(program, "unknown-call", node, message, seen.to_owned()));
    let Term::Expression(items) = &program.nodes[node].arguments else {
        return unknown(format!("`{name}` iterates over a list of its own"), "`Items` is no variable");
    };
    let Expression::Variable(variable) = &**items else {
        return unknown(format!("`{name}` omits a part of the list"), "`Items` is more than a variable");
    };
    if let Some(Err(why)) = item.as_ref().map(contracts::of_payload) {
        return unknown(
            format!("`{name}` passes an input to its iterations that no function accepts: {why}"),
            "`ItemSelector`",
        );
    }
    let planned = |term: &Term| match term {
        Term::Value(_) => true,
        Term::List(items) => items.is_empty(),
        Term::Expression(expression) => is_answer(expression),
        _ => false,
    };
    let index = program.variables.get_index_of(variable)?;
    let sets = program.nodes.iter().flat_map(|node| &node.assign).filter(|(set, _)| *set == index);
    let all = sets.into_iter().all(|(_, term)| planned(term));
    if all { None } else { unknown(format!("`{name}` iterates over a part of the plan"), "the list is cut") }
}

/// A member of an answer, unchanged.
fn is_answer(expression: &Expression) -> bool {
    match expression {
        Expression::Path(base, steps) => {
            let plain = |step: &Step| step.field.is_some() && step.filters.is_empty();
            matches!(&**base, Expression::Variable(name) if &**name == "states") && steps.iter().all(plain)
        }
        _ => false,
    }
}

/// Each branch of an approval asks a role of its own, and passes on that role's answer.
fn approvals(program: &Program<'_>, node: NodeId) -> Vec<Offence> {
    let Kind::Parallel { branches } = &program.nodes[node].state.kind else { return Vec::new() };
    let mut found = Vec::new();
    let mut roles: Vec<String> = Vec::new();
    for branch in branches {
        let mut asked: Vec<String> = Vec::new();
        for state in branch.states.values() {
            let id = program.find(&state.name).unwrap_or(node);
            let Kind::Task { pattern: Pattern::WaitForTaskToken, arguments, .. } = &state.kind else {
                if answers(state) {
                    let message = format!("`{}` approves in the name of the role", state.name);
                    found.push(offence(program, "approval-of-one", id, message, "no role is asked here".to_owned()));
                }
                continue;
            };
            let role = state.output.as_ref().and_then(|output| output.get("role")).and_then(Argument::as_text);
            let answer = state.output.as_ref().and_then(|output| output.get("answer"));
            let own = matches!(answer, Some(Argument::Expression(e)) if e.as_str().trim() == "$states.result");
            let folder = approvals_folder("", role.unwrap_or_default());
            let key = match arguments.get("Key") {
                Some(Argument::Expression(key)) => key.as_str().to_owned(),
                Some(Argument::Text(key)) => key.to_string(),
                _ => String::new(),
            };
            let wrong = match () {
                () if role.is_none() => Some("names no role to ask"),
                () if !own => Some("replaces the answer of its role"),
                () if !key.contains(&format!("{folder}/")) => {
                    Some("writes the token of one role to a key that another role reads")
                }
                () => None,
            };
            if let Some(wrong) = wrong {
                let message = format!("`{}` {wrong}", state.name);
                found.push(offence(
                    program,
                    "approval-of-one",
                    id,
                    message,
                    format!("the role is `{}`", role.unwrap_or_default()),
                ));
            }
            asked.extend(role.map(str::to_owned));
        }
        asked.sort_unstable();
        asked.dedup();
        roles.push(asked.join(", "));
    }
    let name = &program.nodes[node].state.name;
    let mut distinct = roles.clone();
    distinct.sort_unstable();
    distinct.dedup();
    let agrees = program.nodes[node].state.next.as_deref().and_then(|next| program.find(next));
    let asks = agrees.is_some_and(|next| program.nodes[next].effects.contains(&Effect::Approve));
    let few = distinct.len() < roles.len() || roles.len() < 2 || roles.iter().any(String::is_empty);
    if few && (asks || roles.iter().any(|asked| !asked.is_empty())) {
        let message = format!("`{name}` asks one role for both approvals");
        found.push(offence(program, "approval-of-one", node, message, format!("it asks {}", roles.join("; "))));
    }
    found
}

/// Whether a state that asks no role has an answer that can approve.
fn answers(state: &State) -> bool {
    let answer = state.output.as_ref().and_then(|output| output.get("answer"));
    match answer.map(|answer| answer.get("decision")) {
        None => false,
        Some(Some(Argument::Text(decision))) => &**decision == "approve",
        Some(_) => true,
    }
}

/// The effects that every path to the flip needs, beyond the fence and the drain.
const PREPARED: &[Effect] = &[
    Effect::Exclusive,
    Effect::Preflight,
    Effect::HoldRotation,
    Effect::FreezeSchema(Side::Source),
    Effect::FreezeSchema(Side::Target),
    Effect::FullLoad,
    Effect::LagGate,
    Effect::Validate,
    Effect::Window,
    Effect::SchemaUnchanged,
    Effect::FinalCheckMeasured,
    Effect::AdvanceSequences,
    Effect::Evidence,
    Effect::FinalValidate,
];

/// Paths to the flip that lack a preparation, and shares of requests that grow without a bake.
pub fn preparations(exploration: &Exploration<'_>) -> Vec<Offence> {
    let program = &exploration.program;
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        if node.effects.contains(&Effect::Flip(Side::Target)) {
            for effect in PREPARED {
                let Some(world) = exploration.worlds(id).find(|world| !world.holds(*effect)) else { continue };
                found.push(Offence {
                    code: "flip-unprepared",
                    node: id,
                    message: format!("`{}` moves the writer on a path without `{effect}`", node.state.name),
                    seen: format!("`{effect}` is missing here"),
                    help: "route every path to the flip through the state with this effect",
                    path: exploration.path(id, world),
                });
            }
        }
        let asks = matches!(contracts::contract(&node.state.kind), Some(Ok((contracts::Function::Fence, "drain"))));
        let early = exploration
            .worlds(id)
            .find(|world| asks && !(world.holds(Effect::FenceToken) && world.holds(Effect::Fence(Side::Source))));
        if let Some(world) = early {
            found.push(Offence {
                code: "gate-without-question",
                node: id,
                message: format!("`{}` asks for a token that no state has written behind the fence", node.state.name),
                seen: "the fence of the source and the token should come before".to_owned(),
                help: "fence the source, then write the token, then ask for it",
                path: exploration.path(id, world),
            });
        }
        found.extend(shares(exploration, id));
    }
    found
}

/// Requests that move on a path without healthy targets, or more requests or the writer that move before the last step
/// is proven.
fn shares(exploration: &Exploration<'_>, id: NodeId) -> Vec<Offence> {
    let node = &exploration.program.nodes[id];
    let name = &node.state.name;
    let grows = node.effects.iter().any(|e| matches!(e, Effect::Shift(n) | Effect::ShiftReads(n) if *n > 0));
    let flips = node.effects.contains(&Effect::Flip(Side::Target));
    let moved = |world: &World| world.shifts_traffic() || world.holds(Effect::ShiftReads(0));
    let without = |effect: Effect| exploration.worlds(id).find(|world| moved(world) && !world.holds(effect));
    let offence = |world: World, message: String, seen: &str, help: &'static str| Offence {
        code: "flip-unprepared",
        node: id,
        message,
        seen: seen.to_owned(),
        help,
        path: exploration.path(id, world),
    };
    let mut found = Vec::new();
    if let Some(world) = exploration.worlds(id).find(|world| !world.holds(Effect::TargetHealth)).filter(|_| grows) {
        found.push(offence(
            world,
            format!("`{name}` moves requests on a path without `{}`", Effect::TargetHealth),
            "the target's compute may be unhealthy",
            "put the gate on the health of the target's compute before the first step",
        ));
    }
    if let Some(world) = without(Effect::AlarmGate).filter(|_| grows) {
        found.push(offence(
            world,
            format!("`{name}` moves more requests before the last step has baked"),
            "no `alarm-gate` has opened since the last step",
            "put the alarm gate between two steps",
        ));
    } else if let Some(world) = without(Effect::RequestGate).filter(|_| grows || flips) {
        let what = if flips { "the writer" } else { "more requests" };
        found.push(offence(
            world,
            format!("`{name}` moves {what} before enough requests of the last step have reached the target's compute"),
            "no `request-gate` has opened since the last step",
            "count the requests in the bake of each step",
        ));
    }
    found
}
