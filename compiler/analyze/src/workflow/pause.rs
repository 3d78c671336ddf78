//! Times: calls and waits while nobody can write fit into the fence; elsewhere, no call times out before its function.

use migspec_ir::workflow::{ALL_ERRORS, Api, Argument, Effect, Kind, Pattern, Phase, Retry, Side, State};

use crate::workflow::contracts::{self, Function};
use crate::workflow::explore::Exploration;
use crate::workflow::jsonata::{self, Expression};
use crate::workflow::lock;
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target, Term};
use crate::workflow::value::{Number, Value};
use crate::workflow::world::World;

/// Seconds of a call in the write pause, at most; a fence with a longer limit allows as much.
const LONGEST_CALL: u64 = 30;
/// Seconds of a call in the write pause with its repetition after a timeout, at most; a longer fence allows as much.
const LONGEST_REPEATED: u64 = 60;
/// Seconds in which a function ends by itself: in the write pause, and elsewhere.
const FUNCTION: u64 = 15;
const ELSEWHERE: u64 = 900;
const ROLLBACK: u64 = 900;
/// Seconds that a person has to answer, at least.
const ANSWER: u64 = 300;

pub(crate) fn offences(exploration: &Exploration<'_>) -> Vec<Offence> {
    let program = &exploration.program;
    let most = fence_seconds(program).unwrap_or(0).max(LONGEST_CALL);
    let goes_on = goes_on(program);
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        found.extend(cut_short(id, node.state));
        found.extend(unanswerable(id, node.state));
        found.extend(hasty(id, node.state));
        found.extend(call_without_retry(id, node.state));
        let paused = goes_on[id] && exploration.worlds(id).any(|world| is_paused(world, node));
        if paused {
            found.extend(too_long(id, node, most));
        }
        if paused || node.effects.contains(&Effect::HoldWrites) {
            found.extend(timeout_without_retry(id, node.state, most.max(LONGEST_REPEATED)));
        }
        if node.effects.contains(&Effect::HoldWrites) {
            found.extend(unread(program, id));
        }
    }
    found.extend(abandoned_rollback(program));
    found
}

/// Calls of the rollback handler, at least: each takes as many steps as its time allows.
const ROLLBACK_CALLS: u64 = 10;
/// Seconds of any call, and of a message to an operator.
const CALL: u64 = 5;
const MESSAGE: u64 = 10;
/// Seconds of a call of a service, at most: longer ones wait for nothing.
const LONGEST: u64 = 3600;
/// Attempts at a message to an operator.
const MESSAGES: u32 = 3;
/// Seconds between all attempts of a call, at most: an hour and a half without an answer.
const PATIENCE: u64 = 5400;

/// A rollback that the workflow gives up early.
fn abandoned_rollback(program: &Program<'_>) -> Option<Offence> {
    let undoes = |name: &std::sync::Arc<str>| {
        program.find(name).is_some_and(|id| program.nodes[id].effects.contains(&Effect::Rollback))
    };
    let all = crate::workflow::loops::loops(program);
    let turning = all.iter().find(|turning| turning.states.iter().any(undoes))?;
    let id = turning.states.iter().find(|name| undoes(name)).and_then(|name| program.find(name))?;
    (turning.turns < ROLLBACK_CALLS).then(|| {
        let message = format!(
            "`{}` gives the rollback up after {} calls; it should make at least {ROLLBACK_CALLS}",
            program.nodes[id].state.name, turning.turns
        );
        offence("call-cut-short", id, message, "steps of the rollback remain", "raise the number of turns")
    })
}

/// A call without time to be answered, and a message that is not repeated.
fn hasty(id: NodeId, state: &State) -> Option<Offence> {
    if matches!(&state.kind, Kind::Wait { seconds: Argument::Integer(..=0) }) {
        let message = format!("`{}` does not wait; it should wait a second at least", state.name);
        return Some(offence("call-cut-short", id, message, "the polls end at once", "raise `Seconds`"));
    }
    if !state.kind.is_task() {
        return None;
    }
    let name = &state.name;
    let pages = state.effects.contains(&Effect::Page);
    let least = if pages { MESSAGE } else { CALL };
    if let Some(seconds) = state.timeout.filter(|seconds| *seconds < least) {
        let message = format!("`{name}` times out after {seconds} s; the timeout should be at least {least} s");
        return Some(offence("call-cut-short", id, message, "a slow answer is an error", "raise `TimeoutSeconds`"));
    }
    let answers = matches!(&state.kind, Kind::Task { pattern: Pattern::RequestResponse, .. });
    if let Some(seconds) = state.timeout.filter(|seconds| answers && *seconds > LONGEST) {
        let message = format!("`{name}` times out after {seconds} s; the timeout should be at most {LONGEST} s");
        return Some(offence(
            "step-without-bound",
            id,
            message,
            "no call of a service takes so long, and nobody learns that it hangs",
            "lower `TimeoutSeconds`",
        ));
    }
    let attempts = state.retry.iter().map(|retry| retry.attempts).max().unwrap_or(0);
    (pages && attempts < MESSAGES).then(|| {
        let message = format!(
            "`{name}` tries {attempts} times more to call an operator; it should try at least {MESSAGES} times"
        );
        offence("call-cut-short", id, message, "nobody learns of the failure", "retry `States.TaskFailed`")
    })
}

/// A call that a passing error of its service ends, since the workflow does not repeat it.
fn call_without_retry(id: NodeId, state: &State) -> Option<Offence> {
    let Kind::Task { api, .. } = &state.kind else { return None };
    let retriable = api.info().retriable;
    let covers = |error: &str| {
        let named = |name: &str| name == error || matches!(name, "States.ALL" | "States.TaskFailed");
        let retries = state.retry.iter().filter(|retry| retry.attempts > 1);
        retries.flat_map(|retry| &retry.errors).any(|name| named(name))
    };
    let longest = if state.effects.contains(&Effect::Page) { u64::MAX } else { PATIENCE };
    if retries(state) > longest {
        let message = format!(
            "`{}` may wait {} s between its attempts; it should wait at most {longest} s",
            state.name,
            retries(state)
        );
        return Some(offence(
            "call-cut-short",
            id,
            message,
            "nobody learns of the failure",
            "retry for a shorter time",
        ));
    }
    // A refused condition of the lock looks like an error that passes: the lock is read after both.
    let reads = |error: &str| {
        let takes = matches!(lock::of(&state.kind), Some(lock::Use::Take | lock::Use::TakeOver));
        takes && state.catch.iter().any(|catch| catch.errors.iter().any(|name| **name == *error))
    };
    let error = retriable.iter().find(|error| !covers(error) && !reads(error))?;
    let message = format!("`{}` does not repeat the call after `{error}`, which passes", state.name);
    Some(offence("call-without-retry", id, message, "`Retry` lacks it", "retry the errors that `migspec build` names"))
}

fn offence(code: &'static str, node: NodeId, message: String, seen: &str, help: &'static str) -> Offence {
    Offence { code, node, message, seen: seen.to_owned(), help, path: Vec::new() }
}

/// Whether the migration can go on from each state: a state that opens the target follows, and no rollback and no call of
/// an operator precedes it. The other states belong to the rollback, which has times of its own. The edges decide, and
/// never the phase, which a document can annotate as it likes.
fn goes_on(program: &Program<'_>) -> Vec<bool> {
    let opens = |node: &Node<'_>| node.effects.contains(&Effect::Unfence(Side::Target));
    let returns = |node: &Node<'_>| {
        node.effects.iter().any(|e| matches!(e, Effect::Rollback | Effect::RolledBack | Effect::Page))
    };
    let mut goes_on: Vec<bool> = program.nodes.iter().map(opens).collect();
    loop {
        let leads_on = |id: NodeId| {
            // A state inside another one ends where the outer one goes on.
            let outer = program.nodes[id].outer.into_iter().flat_map(|outer| program.ways(outer));
            program.ways(id).chain(outer).any(|to| goes_on[to])
        };
        let more = |id: &NodeId| !goes_on[*id] && !returns(&program.nodes[*id]) && leads_on(*id);
        let more: Vec<NodeId> = (0..program.nodes.len()).filter(more).collect();
        if more.is_empty() {
            return goes_on;
        }
        more.into_iter().for_each(|id| goes_on[id] = true);
    }
}

/// Nobody can write, and no rollback runs.
fn is_paused(world: World, node: &Node<'_>) -> bool {
    let undoes = |effect: &Effect| matches!(effect, Effect::Rollback | Effect::RolledBack);
    let tells = |effect: &Effect| matches!(effect, Effect::Notify | Effect::Page);
    let nobody =
        world.holds(Effect::HoldWrites) || world.holds(Effect::Flip(Side::Target)) && !world.takes_writes(Side::Target);
    // An execution that finds writes held starts with calls outside the pause.
    nobody
        && world.is_touched()
        && !world.holds(Effect::Rollback)
        && !node.effects.iter().any(|e| undoes(e) || tells(e))
        && !world.has_notified()
}

/// The limit of the fence, from the comparisons with its clock.
fn fence_seconds(program: &Program<'_>) -> Option<u64> {
    let terms = program.nodes.iter().flat_map(|node| &node.assign);
    let millis = terms.filter_map(|(_, term)| match term {
        Term::Expression(e) => limit(e),
        _ => None,
    });
    millis.reduce(f64::max).map(|millis| (millis / 1000.0) as u64)
}

fn limit(expression: &Expression) -> Option<f64> {
    match expression {
        Expression::Binary(_, left, right) => match &**right {
            Expression::Literal(Value::Number(Number(n))) if jsonata::text(left).contains("$fencedAt") => Some(*n),
            _ => limit(left).or_else(|| limit(right)),
        },
        Expression::Ternary(a, b, c) => [a, b, c].into_iter().find_map(|inner| limit(inner)),
        _ => None,
    }
}

fn too_long(id: NodeId, node: &Node<'_>, most: u64) -> Option<Offence> {
    let name = &node.state.name;
    let say = |what: String| {
        let message = format!("`{name}` {what} while nobody can write; at most {most} s fit into the fence");
        Some(offence(
            "pause-too-long",
            id,
            message,
            "every second here is a second without a writer",
            "shorten it, or move the state before the write hold",
        ))
    };
    if let Kind::Wait { .. } = &node.state.kind {
        return match &node.arguments {
            Term::Value(Value::Number(Number(seconds))) if *seconds <= most as f64 => None,
            Term::Value(Value::Number(Number(seconds))) => say(format!("waits {seconds} s")),
            _ => say("waits for a computed time".to_owned()),
        };
    }
    if !node.state.kind.is_task() {
        return None;
    }
    if let Kind::Task { pattern: Pattern::WaitForTaskToken, .. } = &node.state.kind {
        return say("waits for a person".to_owned());
    }
    match node.state.timeout {
        Some(seconds) if seconds > most => return say(format!("may take {seconds} s")),
        _ => {}
    }
    let waited = retries(node.state);
    (waited > most).then(|| say(format!("may wait {waited} s between its attempts"))).flatten()
}

/// The write pause: a call is repeated after its timeout if both fit into the fence, and not beyond.
fn timeout_without_retry(id: NodeId, state: &State, most: u64) -> Option<Offence> {
    let seconds = state.timeout.filter(|_| state.kind.is_task())?;
    let repeats = |retry: &&Retry| retry.errors.iter().any(|error| matches!(&**error, "States.Timeout" | ALL_ERRORS));
    let again = state.retry.iter().find(repeats).map_or(0, |retry| u64::from(retry.attempts));
    let name = &state.name;
    if again == 0 {
        let fits = 2 * seconds < most;
        let message = format!("`{name}` does not repeat the call after `States.Timeout`, while nobody can write");
        let help = "retry `States.Timeout` once";
        return fits.then(|| offence("call-without-retry", id, message, "one slow answer undoes the cutover", help));
    }
    let all = seconds.saturating_mul(again + 1).saturating_add(retries(state));
    let message = format!(
        "`{name}` may take {all} s with its repetitions while nobody can write; at most {most} s fit into the fence"
    );
    let help = "lower `MaxAttempts` for `States.Timeout`, or the timeout";
    (all > most).then(|| offence("pause-too-long", id, message, "every second here is a second without a writer", help))
}

/// The seconds between all attempts of a call, by its longest retrier.
fn retries(state: &State) -> u64 {
    let all = state.retry.iter().map(|retry| {
        let mut pause = retry.interval as f64;
        let mut sum = 0.0;
        for _ in 0..retry.attempts.min(1000) {
            sum += pause.min(retry.longest as f64).max(retry.interval as f64);
            pause *= retry.backoff;
        }
        sum as u64
    });
    all.max().unwrap_or(0)
}

/// A call that times out before its function ends leaves a function that works on.
fn cut_short(id: NodeId, state: &State) -> Option<Offence> {
    let Kind::Task { api: Api::InvokeFunction, .. } = &state.kind else { return None };
    let least = match contracts::contract(&state.kind) {
        Some(Ok((Function::Rollback, _))) => ROLLBACK,
        _ if (Phase::Fence..=Phase::Unfence).contains(&state.phase) => FUNCTION,
        _ => ELSEWHERE,
    };
    let seconds = state.timeout.filter(|seconds| *seconds < least)?;
    let message = format!(
        "`{}` times out after {seconds} s, and its function may work for {least} s; the timeout should be at least {least} s",
        state.name
    );
    Some(offence(
        "call-cut-short",
        id,
        message,
        "the function works on, and no state waits for it",
        "raise `TimeoutSeconds`",
    ))
}

/// A question that nobody can answer in time.
fn unanswerable(id: NodeId, state: &State) -> Option<Offence> {
    let Kind::Task { pattern: Pattern::WaitForTaskToken, .. } = &state.kind else { return None };
    let seconds = state.timeout?;
    let name = &state.name;
    if seconds < ANSWER {
        let message = format!("`{name}` waits {seconds} s for a person; it should wait at least {ANSWER} s");
        return Some(offence("call-cut-short", id, message, "silence is a refusal", "raise `TimeoutSeconds`"));
    }
    let beat = state.heartbeat.filter(|beat| *beat >= seconds)?;
    let message =
        format!("`{name}` has a heartbeat of {beat} s and a timeout of {seconds} s; the heartbeat should be shorter");
    Some(offence("call-cut-short", id, message, "the reminder never comes", "shorten `HeartbeatSeconds`"))
}

/// Applications read the switch before the fence ends their sessions.
fn unread(program: &Program<'_>, hold: NodeId) -> Option<Offence> {
    let Target::Node(next) = program.nodes[hold].next else { return None };
    let node = &program.nodes[next];
    let waits = match (&node.state.kind, &node.arguments) {
        (Kind::Wait { .. }, Term::Value(Value::Number(Number(seconds)))) => *seconds >= 1.0,
        _ => false,
    };
    (!waits).then(|| {
        let message = format!(
            "`{}` waits for no refresh of the applications; the state after `{}` should wait at least 1 s",
            node.state.name, program.nodes[hold].state.name
        );
        offence("call-cut-short", next, message, "applications still write", "wait for `refresh` here")
    })
}
