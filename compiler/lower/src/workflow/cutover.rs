//! The cutover itself: fence, drain, final check, cut forward, sequences, reverse slot, flip, unfence; then, with the
//! target open, stop forward and start reverse. At most one database accepts writes at any moment, and while none does,
//! no state calls DMS.

use migspec_ir::workflow::{ALL_ERRORS, Api, Argument, Catch, Effect, Kind, Phase, Retry, Side, State, errors};
use migspec_ir::{Origin, arguments};

use super::builder::{Builder, Poll, expression, hasty, insist, verdict};
use super::plan::{Plan, Unit};
use super::replicate::{describe, done_already};
use super::validate::differences;
use super::{checkpoint, evidence, lock, payload};

/// The first state of the cutover.
pub(super) const BEGIN: &str = "ConfirmFence";

/// Polls until a task has stopped or runs.
pub(super) const TASK_TURNS: u64 = 45;
/// Seconds between two polls: DMS takes minutes.
pub(super) const TASK_PAUSE: u64 = 20;
/// The timeout of a call in the write pause, in seconds.
const QUICK: u64 = 10;
/// The timeout of a function that changes a database in the write pause, in seconds.
const QUICK_FUNCTION: u64 = 20;

/// The longest timeout of a call in the write pause, in seconds.
pub(super) fn longest_call(plan: &Plan) -> u64 {
    plan.fence_at_most().secs().max(QUICK_FUNCTION)
}

pub(super) fn add(b: &mut Builder) {
    fence(b);
    drain(b);
    final_check(b);
    cut_forward(b);
    sequences(b);
    if b.plan.reverse {
        reverse_slot(b);
    }
    flip(b);
    unfence(b);
    stop_forward(b);
    if b.plan.reverse {
        start_reverse(b);
    }
}

fn enter(b: &mut Builder, phase: Phase) {
    let node = b.plan.cutover.fence.as_ref().map(|f| ("fence", Origin::derived("workflow", f.place.header)));
    b.enter(phase, node);
}

/// Within the fence, timeouts are short. A short call is repeated once after a timeout of its own; a call that may use
/// the whole fence is not. fact: states-sdk-timeouts
fn quick(mut state: State, api: Api, seconds: u64) -> State {
    state.retry = vec![hasty(api)];
    if seconds <= QUICK_FUNCTION {
        state.retry.push(Retry {
            errors: errors(&["States.Timeout"]),
            interval: 1,
            attempts: 1,
            backoff: 1.0,
            longest: 2,
        });
    }
    state.within(seconds)
}

fn fence(b: &mut Builder) {
    enter(b, Phase::Fence);
    checkpoint::add(b, [BEGIN, "CheckpointFence"], "HoldWrites");
    let plan = b.plan;
    let hold = write_switch(b, "HoldWrites", "none")
        .does("sets the writer switch to none")
        .effect(Effect::HoldWrites)
        .assign("fencedAt", expression("$toMillis($states.context.State.EnteredTime)"))
        .next("WaitForRefresh");
    b.add(quick(hold, Api::PutParameter, QUICK));
    let refresh = Argument::Integer(plan.refresh().secs() as i64);
    let wait = b
        .state("WaitForRefresh", Kind::Wait { seconds: refresh })
        .does("waits until the applications have read the switch and finished their transactions")
        .next(&plan.first("FenceWrites"));
    b.add(wait);
    for (unit, next) in plan.each("FenceWrites", &plan.first("WriteFenceToken")) {
        b.concerning(unit, |b| fence_source(b, unit, &next));
    }
}

fn fence_source(b: &mut Builder, unit: &Unit, next: &str) {
    let source = unit.side("source");
    let message = format!("{source} could not be fenced");
    let fence = b
        .invoke(&unit.state("FenceWrites"), "fence", payload::fence(Side::Source, b.plan, unit))
        .does(format!("revokes the applications' write privileges on {source}"))
        .effect(Effect::Fence(Side::Source))
        .assign("confirmed", insist("$states.result.Payload.fenced = true", &message))
        .next(next);
    b.add(quick(fence, Api::InvokeFunction, b.plan.fence_at_most().secs()));
}

/// The confirmation of the lock and the checkpoint before the flip, and before the opening of the target.
const FLIP: [&str; 2] = ["ConfirmFlip", "CheckpointFlip"];
pub(super) const UNFENCE: [&str; 2] = ["ConfirmUnfence", "CheckpointUnfence"];

fn fenced_checkpoint(b: &mut Builder, names: [&str; 2], next: &str) {
    checkpoint::add(b, names, next);
    hurry(b, names[0], Api::GetObject);
    hurry(b, names[1], Api::PutObject);
}

/// Records in the write pause have short timeouts.
fn hurry(b: &mut Builder, name: &str, api: Api) {
    if let Some(state) = b.states.shift_remove(name) {
        b.add(quick(state, api, QUICK));
    }
}

/// Writes the writer switch.
fn write_switch(b: &Builder, name: &str, writer: &str) -> State {
    b.task(
        name,
        Api::PutParameter,
        arguments!({ "Name": b.plan.writer_parameter.as_str(), "Value": writer, "Overwrite": true }),
    )
}

/// Writes all tokens before it waits for the first, so that the drains run concurrently.
fn drain(b: &mut Builder) {
    enter(b, Phase::Drain);
    let plan = b.plan;
    for (unit, next) in plan.each("WriteFenceToken", &plan.first("PollDrain")) {
        b.concerning(unit, |b| write_token(b, unit, &next));
    }
    for (unit, next) in plan.each("PollDrain", &plan.first("FinalValidation")) {
        b.concerning(unit, |b| wait_for_drain(b, unit, &next));
    }
}

fn write_token(b: &mut Builder, unit: &Unit, next: &str) {
    let position = "$states.result.Payload.position";
    let token = b
        .invoke(&unit.state("WriteFenceToken"), "fence", payload::write_token(b.plan, unit))
        .does(format!("writes the fence token to {}, after the last change", unit.side("source")))
        .effect(Effect::FenceToken)
        .assign("confirmed", insist(&format!("$exists({position})"), "the token has no position"))
        .assign(&unit.name_for_database("position"), expression(position))
        .next(next);
    b.add(quick(token, Api::InvokeFunction, b.plan.fence_at_most().secs()));
}

fn wait_for_drain(b: &mut Builder, unit: &Unit, next: &str) {
    let [wait, ask, check] = ["WaitForDrain", "PollDrain", "CheckDrain"].map(|name| unit.state(name));
    let at_most = b.plan.fence_at_most();
    let turns = at_most.secs().max(1);
    let over = format!("{} >= {}", pause_so_far(), at_most.millis());
    let target = unit.side("target");
    let ask = b
        .invoke(&ask, "fence", payload::drain(b.plan, unit))
        .does(format!(
            "checks that the token has reached {target} and that the slot of {} has passed it",
            unit.side("source")
        ))
        .assign("verdict", verdict("$states.result.Payload.drained = true", &over, turns))
        .assign("reason", format!("{target} has not caught up {at_most} after writes were held"))
        .assign("turns", expression("$turns + 1"));
    let ask = quick(ask, Api::InvokeFunction, at_most.secs());
    let check = b.gate(&check, next).effect(Effect::Drain).does("continues when the drain is complete");
    b.poll(Poll { wait: (&wait, 1.into()), longest: 1, first: Vec::new(), ask, check, turns });
}

/// Milliseconds since writes were held.
fn pause_so_far() -> &'static str {
    "$toMillis($states.context.State.EnteredTime) - $fencedAt"
}

fn final_check(b: &mut Builder) {
    enter(b, Phase::FinalCheck);
    let plan = b.plan;
    for (unit, next) in plan.each("FinalValidation", &plan.first("CutForward")) {
        b.concerning(unit, |b| final_validation(b, unit, &next));
    }
}

fn final_validation(b: &mut Builder, unit: &Unit, next: &str) {
    let at_most = b.plan.fence_at_most();
    let reply = "$states.result.Payload";
    let clean = format!("{reply}.complete = true and {reply}.mismatched = 0 and {reply}.errors = 0");
    let in_time = format!("{} < {}", pause_so_far(), at_most.millis());
    let check = unit.state("CheckFinalValidation");
    let ask = b
        .invoke(&unit.state("FinalValidation"), "data-validator", payload::final_validate(b.plan, unit))
        .does("compares counts, invariants and the last changes, in the write pause")
        .assign("verdict", expression(format!("{clean} and {in_time} ? \"pass\" : \"fail\"")))
        .assign("reason", expression(differences(reply)))
        .next(&check);
    b.add(quick(ask, Api::InvokeFunction, at_most.secs()));
    let check = b
        .gate(&check, next)
        .effect(Effect::FinalValidate)
        .does(format!("continues when both sides are equal, within {at_most}"));
    b.add(check);
}

/// Locks the forward task out of the target. To stop the task would take minutes
/// without a writer, and a task that continues would overwrite the application's
/// writes after a restart.
fn cut_forward(b: &mut Builder) {
    enter(b, Phase::CutForward);
    let plan = b.plan;
    for (unit, next) in plan.each("CutForward", &plan.first("SyncSequences")) {
        b.concerning(unit, |b| {
            let reply = "$states.result.Payload";
            let target = unit.side("target");
            let cut = format!("{reply}.cut = true and $exists({reply}.position)");
            let message = format!("the forward task could not be cut off from {target}");
            let state = b
                .invoke(&unit.state("CutForward"), "fence", payload::cut(Side::Target, plan, unit))
                .does(format!("locks the forward task's login out of {target}"))
                .effect(Effect::CutForward)
                .assign("confirmed", insist(&cut, &message))
                .assign(&unit.name_for_database("cutAt"), expression(format!("{reply}.position")))
                .next(&next);
            b.add(quick(state, Api::InvokeFunction, QUICK_FUNCTION));
        });
    }
}

fn sequences(b: &mut Builder) {
    enter(b, Phase::Sequences);
    let plan = b.plan;
    let next = if plan.reverse { plan.first("CreateReverseSlot") } else { "RecordCutover".to_owned() };
    for (unit, next) in plan.each("SyncSequences", &next) {
        b.concerning(unit, |b| {
            let state = b
                .invoke(&unit.state("SyncSequences"), "sequences", payload::sequences(plan, unit))
                .does(format!(
                    "verifies that {}'s sequences are past {}'s, and sets those that are not",
                    unit.side("target"),
                    unit.side("source")
                ))
                .effect(Effect::SyncSequences(Side::Target))
                .next(&next);
            b.add(quick(state, Api::InvokeFunction, QUICK_FUNCTION));
        });
    }
}

/// With the target open, the forward tasks stop. Then their logins are unlocked,
/// because other replications may use them.
fn stop_forward(b: &mut Builder) {
    enter(b, Phase::StopForward);
    let plan = b.plan;
    stop_each(b, FORWARD, &plan.first("RestoreForward"));
    let next = if plan.reverse { plan.first("FindReverseSlot") } else { "WatchTarget".to_owned() };
    for (unit, next) in plan.each("RestoreForward", &next) {
        b.concerning(unit, |b| {
            let target = unit.side("target");
            let message = format!("the forward task's login is still locked out of {target}");
            let state = b
                .invoke(&unit.state("RestoreForward"), "fence", payload::restore(Side::Target, plan, unit))
                .does(format!("unlocks the forward task's login on {target}"))
                .effect(Effect::RestoreForward)
                .assign("confirmed", insist("$states.result.Payload.restored = true", &message))
                .next(&next);
            b.add(state);
        });
    }
}

/// The stop of a kind of task.
pub(super) struct Stop {
    /// Request, wait, poll, gate.
    names: [&'static str; 4],
    /// The confirmation of the lock after the minutes that DMS needs.
    confirm: &'static str,
    task: fn(&Plan, &Unit) -> String,
    /// The effect of the request.
    asks: Effect,
    /// The effect of the gate: it has stopped.
    done: Effect,
}

const FORWARD: Stop = Stop {
    names: ["StopForward", "WaitForStop", "PollStop", "CheckStop"],
    confirm: "ConfirmStop",
    task: |plan, unit| plan.forward_task_arn(unit),
    asks: Effect::StopForward,
    done: Effect::ForwardStopped,
};

pub(super) const REVERSE: Stop = Stop {
    names: ["StopReverse", "WaitForReverseStop", "PollReverseStop", "CheckReverseStop"],
    confirm: "ConfirmReverseStop",
    task: |plan, unit| plan.reverse_task_arn(unit),
    asks: Effect::StopReverse,
    done: Effect::ReverseStopped,
};

/// Stops the task of every database and waits for all of them. A stopped task is no error.
pub(super) fn stop_each(b: &mut Builder, how: Stop, next: &str) {
    let plan = b.plan;
    let Stop { names: [stop, _, ask, _], .. } = how;
    for (unit, next) in plan.each(stop, &plan.first(ask)) {
        b.concerning(unit, |b| tell_to_stop(b, unit, &how, &next));
    }
    for (unit, next) in plan.each(ask, how.confirm) {
        b.concerning(unit, |b| wait_for_stop(b, unit, &how, &next));
    }
    lock::confirm(b, how.confirm, next);
}

fn tell_to_stop(b: &mut Builder, unit: &Unit, how: &Stop, next: &str) {
    let task = (how.task)(b.plan, unit);
    let state = b
        .task(&unit.state(how.names[0]), Api::StopReplicationTask, arguments!({ "ReplicationTaskArn": task }))
        .does("stops the task and keeps it")
        .effect(how.asks)
        .catch(done_already(next))
        .next(next);
    b.add(state);
}

/// A failed task applies no changes either.
fn wait_for_stop(b: &mut Builder, unit: &Unit, how: &Stop, next: &str) {
    let [_, wait, ask, check] = how.names.map(|name| unit.state(name));
    let status = "$states.result.ReplicationTasks[0].Status";
    let question = describe(b, &ask, vec![(how.task)(b.plan, unit)])
        .does("checks whether the task has stopped")
        .assign("verdict", verdict(&format!("{status} in [\"stopped\", \"failed\"]"), "false", TASK_TURNS))
        .assign("reason", expression(format!("\"the task is \" & $string({status})")))
        .assign("turns", expression("$turns + 1"));
    let check = b.gate(&check, next).effect(how.done).does("continues when it has stopped");
    wait_for_task(b, &wait, question, check);
}

fn wait_for_task(b: &mut Builder, wait: &str, ask: State, check: State) {
    let pause = Argument::Integer(TASK_PAUSE as i64);
    b.poll(Poll { wait: (wait, pause), longest: TASK_PAUSE, first: Vec::new(), ask, check, turns: TASK_TURNS });
}

/// Creates the slots after the cut, so that they contain no change of the forward
/// tasks, and before the targets accept writes, so that they contain all of them.
fn reverse_slot(b: &mut Builder) {
    enter(b, Phase::ReverseSlot);
    let plan = b.plan;
    for (unit, next) in plan.each("CreateReverseSlot", "RecordCutover") {
        b.concerning(unit, |b| {
            let slot = b
                .invoke(&unit.state("CreateReverseSlot"), "reverse-slot", payload::create_slot(plan, unit))
                .does("creates the slot that keeps the target's changes")
                .effect(Effect::ReverseSlot)
                .assign("confirmed", insist(SLOT_POSITION.0, "the slot has no position"))
                .next(&next);
            b.add(quick(slot, Api::InvokeFunction, QUICK_FUNCTION));
        });
    }
}

/// The condition that a slot has a position, and the position.
const SLOT_POSITION: (&str, &str) = ("$exists($states.result.Payload.position)", "$states.result.Payload.position");

/// Starts the reverse tasks after the forward tasks have stopped, so that no
/// change goes in a circle.
fn start_reverse(b: &mut Builder) {
    enter(b, Phase::StartReverse);
    let plan = b.plan;
    for (unit, next) in plan.each("FindReverseSlot", &plan.first("PollReverse")) {
        b.concerning(unit, |b| {
            find_slot(b, unit);
            start(b, unit, &next);
        });
    }
    for (unit, next) in plan.each("PollReverse", "WatchTarget") {
        b.concerning(unit, |b| wait_for_reverse(b, unit, &next));
    }
}

/// An execution that resumes after the flip has no position in its variables, so
/// the slot's own position counts.
fn find_slot(b: &mut Builder, unit: &Unit) {
    let find = b
        .invoke(&unit.state("FindReverseSlot"), "reverse-slot", payload::find_slot(b.plan, unit))
        .does("reads the slot's position")
        .assign("confirmed", insist(SLOT_POSITION.0, "the slot has no position"))
        .assign(&unit.name_for_database("slotPosition"), expression(SLOT_POSITION.1))
        .next(&unit.state("StartReverse"));
    b.add(find);
}

fn start(b: &mut Builder, unit: &Unit, next: &str) {
    let start = b
        .task(
            &unit.state("StartReverse"),
            Api::StartReplicationTask,
            arguments!({
                "ReplicationTaskArn": b.plan.reverse_task_arn(unit),
                "StartReplicationTaskType": "start-replication",
                "CdcStartPosition": expression(format!("${}", unit.name_for_database("slotPosition"))),
            }),
        )
        .does("starts replication from the target back to the source")
        .effect(Effect::StartReverse)
        .catch(done_already(next))
        .next(next);
    b.add(start);
}

fn wait_for_reverse(b: &mut Builder, unit: &Unit, next: &str) {
    let [wait, ask, check] = ["WaitForReverse", "PollReverse", "CheckReverse"].map(|name| unit.state(name));
    let status = "$states.result.ReplicationTasks[0].Status";
    let running = format!("{status} = \"running\"");
    let broken = format!("{status} in [\"failed\", \"stopped\", \"stopping\"]");
    let ask = describe(b, &ask, vec![b.plan.reverse_task_arn(unit)])
        .does("checks whether it runs")
        .assign("verdict", verdict(&running, &broken, TASK_TURNS))
        .assign("reason", expression(format!("\"the reverse task is \" & $string({status})")))
        .assign("turns", expression("$turns + 1"));
    let check = b.gate(&check, next).effect(Effect::ReverseRunning).does("continues when it runs");
    wait_for_task(b, &wait, ask, check);
}

fn flip(b: &mut Builder) {
    let node = b.plan.cutover.writer_switch.as_ref();
    let node = node.map(|w| ("writer-switch", Origin::derived("workflow", w.place.header)));
    b.enter(Phase::Flip, node);
    evidence::add(b, "RecordCutover", "ConfirmFlip");
    hurry(b, "RecordCutover", Api::PutObject);
    fenced_checkpoint(b, FLIP, "FlipRouting");
    // After a shift of compute, all requests are on the target.
    let atomic = !b.plan.compute_first();
    let state = write_switch(b, "FlipRouting", "target")
        .does("sets the writer switch to target")
        .effect(Effect::Flip(Side::Target))
        .next(if atomic { "MoveTraffic" } else { UNFENCE[0] });
    b.add(quick(state, Api::PutParameter, QUICK));
    if atomic {
        let traffic = b
            .task("MoveTraffic", Api::ModifyRule, payload::weights("rule", 100))
            .does("sends all requests to the target's compute")
            .effect(Effect::Shift(100))
            .next(UNFENCE[0]);
        b.add(quick(traffic, Api::ModifyRule, QUICK));
    }
}

fn unfence(b: &mut Builder) {
    // The target has no writes yet, so an error here undoes the flip.
    let routes = UNFENCE.map(|name| b.route(name));
    enter(b, Phase::Unfence);
    let plan = b.plan;
    fenced_checkpoint(b, UNFENCE, &plan.first("UnfenceTarget"));
    for (name, route) in UNFENCE.into_iter().zip(routes) {
        if let Some(state) = b.states.get_mut(name) {
            state.catch = vec![route];
        }
    }
    for (unit, next) in plan.each("UnfenceTarget", "RecordRouting") {
        let target = unit.side("target");
        b.concerning(unit, |b| {
            let message = format!("{target} could not be opened");
            let state = b
                .invoke(&unit.state("UnfenceTarget"), "fence", payload::unfence(Side::Target, plan, unit))
                .does(format!("unfences {target}"))
                .effect(Effect::Unfence(Side::Target))
                .assign("confirmed", insist("$states.result.Payload.unfenced = true", &message))
                .next(&next);
            b.add(quick(state, Api::InvokeFunction, QUICK_FUNCTION));
        });
    }
    record_routing(b);
}

/// For people and dashboards: no decision depends on it, so that no error here undoes a cutover.
fn record_routing(b: &mut Builder) {
    let next = b.plan.first("StopForward");
    let state = b
        .task(
            "RecordRouting",
            Api::PutParameter,
            arguments!({ "Name": b.plan.routing_parameter.as_str(), "Value": "target", "Overwrite": true }),
        )
        .does("records that the target serves requests")
        .next(&next);
    let onwards = Catch { errors: errors(&[ALL_ERRORS]), assign: Vec::new(), next: next.into() };
    b.add(State { catch: vec![onwards], ..state });
}
