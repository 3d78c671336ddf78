//! The hour of the cutover: fence, drain, final check, sequences, stop
//! forward, start reverse, flip, unfence. At most one database takes writes
//! at any moment.

use migspec_events::Side as EventSide;
use migspec_ir::workflow::{ALL_ERRORS, Api, Argument, Catch, Effect, Kind, Phase, Side, State, errors};
use migspec_ir::{Origin, arguments};

use super::builder::{Builder, Poll, expression, hasty, insist, verdict};
use super::replicate::describe;
use super::validate::differences;
use super::{checkpoint, evidence, payload, shift};

/// The first state of the cutover.
pub(super) const BEGIN: &str = "CheckpointFence";

/// Added to each sequence's last value and cache: numbers that sessions may
/// have taken without a trace.
const SEQUENCE_MARGIN: u64 = 1000;
/// Questions until a task has stopped or runs, five seconds apart.
const TASK_TURNS: u64 = 30;
/// Seconds that a call may take while nobody can write.
const QUICK: u64 = 10;
/// Seconds for a function that does something to a database meanwhile.
const QUICK_FUNCTION: u64 = 20;

pub(super) fn add(b: &mut Builder) {
    fence(b);
    drain(b);
    final_check(b);
    sequences(b);
    stop_forward(b);
    if b.plan.reverse {
        start_reverse(b);
    }
    flip(b);
    unfence(b);
}

fn enter(b: &mut Builder, phase: Phase) {
    let node = b.plan.cutover.fence.as_ref().map(|f| ("fence", Origin::derived("workflow", f.place.header)));
    b.enter(phase, node);
}

/// Within the fence, patience is short.
fn quick(mut state: State, api: Api, seconds: u64) -> State {
    state.retry = vec![hasty(api)];
    state.within(seconds)
}

fn fence(b: &mut Builder) {
    enter(b, Phase::Fence);
    checkpoint::add(b, BEGIN, "HoldWrites");
    let at_most = b.plan.fence_at_most().secs();
    let hold = write_switch(b, "HoldWrites", "none")
        .does("tells the applications to write to neither database")
        .effect(Effect::HoldWrites)
        .assign("fencedAt", expression("$toMillis($states.context.State.EnteredTime)"))
        .next("WaitForRefresh");
    b.add(quick(hold, Api::PutParameter, QUICK));
    let refresh = Argument::Integer(b.plan.refresh().secs() as i64);
    let wait = b
        .state("WaitForRefresh", Kind::Wait { seconds: refresh })
        .does("lets the applications read it and end what they have begun")
        .next("FenceWrites");
    b.add(wait);
    let fence = b
        .invoke("FenceWrites", "fence", payload::fence(EventSide::Source, b.plan))
        .does("takes the applications' right to write to the source")
        .effect(Effect::Fence(Side::Source))
        .assign("confirmed", insist("$states.result.Payload.fenced = true", "the source could not be fenced"))
        .next("WriteFenceToken");
    b.add(quick(fence, Api::InvokeFunction, at_most));
}

fn fenced_checkpoint(b: &mut Builder, name: &str, next: &str) {
    checkpoint::add(b, name, next);
    hurry(b, name);
}

/// What is written down while nobody can write is written down quickly.
fn hurry(b: &mut Builder, name: &str) {
    if let Some(state) = b.states.shift_remove(name) {
        b.add(quick(state, Api::PutObject, QUICK));
    }
}

/// The parameter that tells applications where to write.
fn write_switch(b: &Builder, name: &str, writer: &str) -> State {
    b.task(
        name,
        Api::PutParameter,
        arguments!({ "Name": b.plan.writer_parameter.as_str(), "Value": writer, "Overwrite": true }),
    )
}

fn drain(b: &mut Builder) {
    enter(b, Phase::Drain);
    let at_most = b.plan.fence_at_most();
    let position = "$states.result.Payload.position";
    let token = b
        .invoke("WriteFenceToken", "fence", payload::write_token(b.plan))
        .does("writes a token into the source, after the last change")
        .effect(Effect::FenceToken)
        .assign("confirmed", insist(&format!("$exists({position})"), "the token has no position"))
        .assign("position", expression(position))
        .next("PollDrain");
    b.add(quick(token, Api::InvokeFunction, at_most.secs()));
    let turns = at_most.secs().max(1);
    let over = format!("{} >= {}", elapsed(), at_most.millis());
    let ask = b
        .invoke("PollDrain", "fence", payload::drain(b.plan))
        .does("asks whether the token is on the target and the source's slot past it")
        .assign("verdict", verdict("$states.result.Payload.drained = true", &over, turns))
        .assign("reason", format!("the target has not caught up {at_most} after writes were held"))
        .assign("turns", expression("$turns + 1"));
    let ask = quick(ask, Api::InvokeFunction, at_most.secs());
    let check = b.gate("CheckDrain", "FinalValidation").effect(Effect::Drain).does("goes on when nothing is under way");
    b.poll(Poll { wait: ("WaitForDrain", 1.into()), longest: 1, first: None, ask, check, turns });
}

/// Milliseconds since writes were held.
fn elapsed() -> &'static str {
    "$toMillis($states.context.State.EnteredTime) - $fencedAt"
}

fn final_check(b: &mut Builder) {
    enter(b, Phase::FinalCheck);
    let at_most = b.plan.fence_at_most();
    let reply = "$states.result.Payload";
    let clean = format!("{reply}.complete = true and {reply}.mismatched = 0 and {reply}.errors = 0");
    let in_time = format!("{} < {}", elapsed(), at_most.millis());
    let ask = b
        .invoke("FinalValidation", "data-validator", payload::final_validate(b.plan))
        .does("compares counts, invariants and what changed last, while nobody writes")
        .assign("verdict", expression(format!("{clean} and {in_time} ? \"pass\" : \"fail\"")))
        .assign("reason", expression(differences(reply)))
        .next("CheckFinalValidation");
    b.add(quick(ask, Api::InvokeFunction, at_most.secs()));
    let check = b
        .gate("CheckFinalValidation", "SyncSequences")
        .effect(Effect::FinalValidate)
        .does(format!("goes on when nothing differs and less than {at_most} have passed"));
    b.add(check);
}

fn sequences(b: &mut Builder) {
    enter(b, Phase::Sequences);
    let state = b
        .invoke("SyncSequences", "sequences", payload::sequences(b.plan, SEQUENCE_MARGIN))
        .does("sets the target's sequences past the source's")
        .effect(Effect::SyncSequences(Side::Target))
        .next("StopForward");
    b.add(quick(state, Api::InvokeFunction, QUICK_FUNCTION));
}

fn stop_forward(b: &mut Builder) {
    enter(b, Phase::StopForward);
    let next = if b.plan.reverse { "CreateReverseSlot" } else { "RecordCutover" };
    let task = b.plan.forward_task_arn();
    let names = ["StopForward", "WaitForStop", "PollStop", "CheckStop"];
    stop(b, names, Stop { task: &task, asks: Effect::StopForward, done: Effect::ForwardStopped, next });
}

pub(super) struct Stop<'t> {
    pub(super) task: &'t str,
    /// The effect of the request.
    pub(super) asks: Effect,
    /// The effect of the gate: it has stopped.
    pub(super) done: Effect,
    pub(super) next: &'t str,
}

/// Stops a task and waits until it has. One that is stopped already is fine.
pub(super) fn stop(b: &mut Builder, [stop, wait, ask, check]: [&str; 4], what: Stop) {
    let Stop { task, asks, done, next } = what;
    let state = b
        .task(stop, Api::StopReplicationTask, arguments!({ "ReplicationTaskArn": task }))
        .does("stops the task and keeps it")
        .effect(asks)
        .catch(done_already(ask))
        .next(ask);
    b.add(quick(state, Api::StopReplicationTask, QUICK));
    let status = "$states.result.ReplicationTasks[0].Status";
    let question = describe(b, ask, task)
        .does("asks whether the task has stopped")
        .assign("verdict", verdict(&format!("{status} = \"stopped\""), &format!("{status} = \"failed\""), TASK_TURNS))
        .assign("reason", expression(format!("\"the task is \" & $string({status})")))
        .assign("turns", expression("$turns + 1"));
    let question = quick(question, Api::DescribeReplicationTasks, QUICK);
    let check = b.gate(check, next).effect(done).does("goes on when it has");
    b.poll(Poll { wait: (wait, 5.into()), longest: 5, first: None, ask: question, check, turns: TASK_TURNS });
}

/// What a call asks for has happened before, as after a redrive: the question
/// that follows tells.
pub(super) fn done_already(next: &str) -> Catch {
    Catch {
        errors: errors(&["DatabaseMigration.InvalidResourceStateException"]),
        assign: Vec::new(),
        next: next.into(),
    }
}

/// The slot is made after the forward task has stopped: what that has applied
/// is not sent back.
fn start_reverse(b: &mut Builder) {
    enter(b, Phase::StartReverse);
    let position = "$states.result.Payload.position";
    let slot = b
        .invoke("CreateReverseSlot", "reverse-slot", payload::create_slot(b.plan))
        .does("makes the slot from which changes flow back")
        .effect(Effect::ReverseSlot)
        .assign("confirmed", insist(&format!("$exists({position})"), "the slot has no position"))
        .assign("position", expression(position))
        .next("StartReverse");
    b.add(quick(slot, Api::InvokeFunction, QUICK_FUNCTION));
    let task = b.plan.reverse_task_arn();
    let start = b
        .task(
            "StartReverse",
            Api::StartReplicationTask,
            arguments!({
                "ReplicationTaskArn": task.as_str(),
                "StartReplicationTaskType": "start-replication",
                "CdcStartPosition": expression("$position"),
            }),
        )
        .does("starts replication from the target back to the source")
        .effect(Effect::StartReverse)
        .catch(done_already("PollReverse"))
        .next("PollReverse");
    b.add(quick(start, Api::StartReplicationTask, QUICK));
    let status = "$states.result.ReplicationTasks[0].Status";
    let running = format!("{status} = \"running\"");
    let broken = format!("{status} in [\"failed\", \"stopped\", \"stopping\"]");
    let ask = describe(b, "PollReverse", &task)
        .does("asks whether it runs")
        .assign("verdict", verdict(&running, &broken, TASK_TURNS))
        .assign("reason", expression(format!("\"the reverse task is \" & $string({status})")))
        .assign("turns", expression("$turns + 1"));
    let ask = quick(ask, Api::DescribeReplicationTasks, QUICK);
    let check = b.gate("CheckReverse", "RecordCutover").effect(Effect::ReverseRunning).does("goes on when it does");
    b.poll(Poll { wait: ("WaitForReverse", 5.into()), longest: 5, first: None, ask, check, turns: TASK_TURNS });
}

fn flip(b: &mut Builder) {
    let node = b.plan.cutover.writer_switch.as_ref();
    let node = node.map(|w| ("writer-switch", Origin::derived("workflow", w.place.header)));
    b.enter(Phase::Flip, node);
    evidence::add(b, "RecordCutover", "CheckpointFlip");
    hurry(b, "RecordCutover");
    fenced_checkpoint(b, "CheckpointFlip", "FlipRouting");
    // Where compute has shifted already, all requests are on the target.
    let atomic = !b.plan.compute_first();
    let state = write_switch(b, "FlipRouting", "target")
        .does("tells the applications to write to the target")
        .effect(Effect::Flip(Side::Target))
        .next(if atomic { "MoveTraffic" } else { "CheckpointUnfence" });
    b.add(quick(state, Api::PutParameter, QUICK));
    if atomic {
        let traffic = b
            .task("MoveTraffic", Api::ModifyRule, shift::weights("rule", 100))
            .does("sends all requests to the target's compute")
            .effect(Effect::Shift(100))
            .next("CheckpointUnfence");
        b.add(quick(traffic, Api::ModifyRule, QUICK));
    }
}

fn unfence(b: &mut Builder) {
    // Nothing is written to the target yet: an error here undoes the flip.
    let route = b.route("CheckpointUnfence");
    enter(b, Phase::Unfence);
    fenced_checkpoint(b, "CheckpointUnfence", "UnfenceTarget");
    if let Some(checkpoint) = b.states.get_mut("CheckpointUnfence") {
        checkpoint.catch = vec![route];
    }
    let state = b
        .invoke("UnfenceTarget", "fence", payload::unfence(EventSide::Target, b.plan))
        .does("lets the applications write to the target")
        .effect(Effect::Unfence(Side::Target))
        .assign("confirmed", insist("$states.result.Payload.unfenced = true", "the target could not be opened"))
        .next("RecordRouting");
    b.add(quick(state, Api::InvokeFunction, QUICK_FUNCTION));
    record_routing(b);
}

/// For people and dashboards: nothing is decided by it, so that no error here
/// undoes a cutover.
fn record_routing(b: &mut Builder) {
    let state = b
        .task(
            "RecordRouting",
            Api::PutParameter,
            arguments!({ "Name": b.plan.routing_parameter.as_str(), "Value": "target", "Overwrite": true }),
        )
        .does("writes down that the target serves requests")
        .next("WatchTarget");
    let onwards = Catch { errors: errors(&[ALL_ERRORS]), assign: Vec::new(), next: "WatchTarget".into() };
    b.add(State { catch: vec![onwards], ..state });
}
