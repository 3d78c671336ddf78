//! Checks that each state has the effects of its annotation, and that a redrive can repeat it.

use migspec_ir::workflow::{Api, Argument, Effect, Kind, Side};

use crate::workflow::contracts::{self, Function};
use crate::workflow::offence::Offence;
use crate::workflow::program::{NodeId, Program};

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        for effect in node.effects {
            if let Some(expected) = contradiction(&node.state.kind, *effect) {
                found.push(untrue(program, id, *effect, expected));
            }
        }
        if let Some(what) = call_without_effect(program, id) {
            found.push(Offence {
                code: "call-without-effect",
                node: id,
                message: format!("`{}` {what}, and its annotation lacks the effect", node.state.name),
                seen: "its comment has no effect".to_owned(),
                help: "name the effect in the comment, such as `shift:0`",
                path: Vec::new(),
            });
        }
        found.extend(unrepeatable(program, id));
    }
    found.extend(crossed_tasks(program));
    found
}

fn untrue(program: &Program<'_>, node: NodeId, effect: Effect, expected: String) -> Offence {
    Offence {
        code: "effect-without-call",
        node,
        message: format!("`{}` has the annotation `{effect}`, but not the effect", program.nodes[node].state.name),
        seen: format!("`{effect}` is {expected}"),
        help: "correct the call, or the annotation",
        path: Vec::new(),
    }
}

/// The call that an effect requires. `None` if the state makes that call, or if other calls can have the effect too.
fn contradiction(kind: &Kind, effect: Effect) -> Option<String> {
    let Kind::Task { api, arguments, .. } = kind else { return effect_without_call(kind, effect) };
    let text = |path: &[&str]| {
        let found = path.iter().try_fold(arguments, |argument, name| argument.get(name));
        found.and_then(Argument::as_text)
    };
    let function = |action: &str| {
        let right = *api == Api::InvokeFunction && text(&["Payload", "action"]) == Some(action);
        (!right).then(|| format!("the action `{action}`"))
    };
    let writes = |value: &str| {
        let right = *api == Api::PutParameter && text(&["Value"]) == Some(value);
        (!right).then(|| format!("a `PutParameter` of `{value}`"))
    };
    let invokes = |action: &str, side: Side| {
        let right = *api == Api::InvokeFunction
            && text(&["Payload", "action"]) == Some(action)
            && text(&["Payload", "side"]) == Some(side.name());
        (!right).then(|| format!("the action `{action}` on the {}", side.name()))
    };
    let asks = |function: Function, action: &str| {
        let right = matches!(contracts::contract(kind), Some(Ok((f, a))) if f == function && a == action);
        (!right).then(|| format!("a call of the {} function", function.word()))
    };
    let sets_sequences = |side: Side| {
        let right = text(&["Payload", "side"]) == Some(side.name());
        asks(Function::Sequences, "").or_else(|| (!right).then(|| format!("done to the {}", side.name())))
    };
    let calls = |expected: Api| (*api != expected).then(|| format!("a call of `{}`", expected.info().action));
    match effect {
        Effect::HoldWrites => writes("none"),
        Effect::Flip(side) => writes(side.name()),
        Effect::Fence(side) => invokes("fence", side),
        Effect::Unfence(side) => invokes("unfence", side),
        Effect::CutForward => invokes("cut", Side::Target),
        Effect::RestoreForward => invokes("restore", Side::Target),
        Effect::FreezeSchema(side) => invokes("freeze", side),
        Effect::ThawSchema(side) => invokes("thaw", side),
        Effect::HoldRotation => writes("held"),
        Effect::ReleaseRotation => writes("allowed"),
        Effect::FenceToken => function("write-token"),
        Effect::ReverseSlot => function("create"),
        Effect::DropSlots => function("drop"),
        Effect::Rehearse => asks(Function::ReverseSlot, "rehearse"),
        Effect::HandOver => calls(Api::Publish).or_else(|| says_where(arguments)),
        Effect::StartForward | Effect::StartReverse => calls(Api::StartReplicationTask),
        Effect::ReloadTables => calls(Api::ReloadTables),
        Effect::StopForward | Effect::StopReverse => calls(Api::StopReplicationTask),
        Effect::Shift(percent) => calls(Api::ModifyRule).or_else(|| share(arguments, percent)),
        Effect::Notify | Effect::Page => calls(Api::Publish),
        Effect::Checkpoint => calls(Api::PutObject),
        Effect::Rollback => asks(Function::Rollback, ""),
        Effect::SyncSequences(side) => sets_sequences(side),
        Effect::AdvanceSequences => sets_sequences(Side::Target),
        Effect::SchemaUnchanged => asks(Function::Fence, "check-schema"),
        Effect::ShiftReads(_) => calls(Api::ModifyRule),
        Effect::Evidence | Effect::Approve => calls(Api::PutObject),
        effect if opens_gate(effect) => Some("a choice on an answer".to_owned()),
        _ => None,
    }
}

/// Whether a choice has the effect, once its gate is open.
fn opens_gate(effect: Effect) -> bool {
    matches!(
        effect,
        Effect::Exclusive
            | Effect::Preflight
            | Effect::FullLoad
            | Effect::Rehearsed
            | Effect::TargetHealth
            | Effect::LagGate
            | Effect::AlarmGate
            | Effect::RequestGate
            | Effect::Validate
            | Effect::FinalValidate
            | Effect::FinalCheckMeasured
            | Effect::Drain
            | Effect::Window
            | Effect::ForwardStopped
            | Effect::ReverseRunning
            | Effect::ReverseStopped
            | Effect::RolledBack
    )
}

/// A state without a call changes nothing. Only a choice has an effect: it opens a gate.
fn effect_without_call(kind: &Kind, effect: Effect) -> Option<String> {
    match kind {
        Kind::Choice { .. } if opens_gate(effect) => None,
        Kind::Choice { .. } => Some("an effect of a call, and this state makes none".to_owned()),
        Kind::Foreign { .. } => Some("an effect of a known call".to_owned()),
        _ => Some("an effect of a call or of a choice".to_owned()),
    }
}

/// The document with the release instructions.
const RUNBOOK: &str = "RUNBOOK.md";

fn says_where(arguments: &Argument) -> Option<String> {
    let says = match arguments.get("Message") {
        Some(Argument::Text(text)) => text.contains(RUNBOOK),
        Some(Argument::Expression(text)) => text.as_str().contains(RUNBOOK),
        _ => false,
    };
    (!says).then(|| format!("a message that names `{RUNBOOK}`"))
}

/// The weight of the second group is the share.
fn share(arguments: &Argument, percent: u8) -> Option<String> {
    let item = |argument: &Argument, i: usize| match argument {
        Argument::List(items) => items.get(i).cloned(),
        _ => None,
    };
    let action = arguments.get("Actions").and_then(|actions| item(actions, 0))?;
    let target = item(action.get("ForwardConfig")?.get("TargetGroups")?, 1)?;
    let right = target.get("Weight") == Some(&Argument::Integer(percent.into()));
    (!right).then(|| format!("a weight of {percent} for the target"))
}

/// Calls whose effect the annotation must name.
fn call_without_effect(program: &Program<'_>, node: NodeId) -> Option<&'static str> {
    let state = program.nodes[node].state;
    let Kind::Task { api, arguments, .. } = &state.kind else { return None };
    if !state.effects.is_empty() {
        return None;
    }
    match api {
        Api::ModifyRule => Some("moves requests"),
        Api::StartReplicationTask => Some("starts a replication task"),
        Api::StopReplicationTask => Some("stops a replication task"),
        Api::ReloadTables => Some("loads tables again"),
        Api::PutParameter => {
            let name = arguments.get("Name").and_then(Argument::as_text);
            (name.is_some() && name == program.writer_parameter).then_some("moves the writer")
        }
        _ => None,
    }
}

/// A redrive runs the failed state again, whether or not it had its effect.
fn unrepeatable(program: &Program<'_>, node: NodeId) -> Option<Offence> {
    const BUSY: &str = "DatabaseMigration.InvalidResourceStateException";
    let state = program.nodes[node].state;
    let Kind::Task { api, arguments, .. } = &state.kind else { return None };
    let (seen, help) = match api {
        Api::StartReplicationTask | Api::StopReplicationTask => {
            let retried = state.retry.iter().any(|r| r.errors.iter().any(|e| &**e == BUSY));
            let caught = state.catch.iter().any(|c| c.errors.iter().any(|e| &**e == BUSY));
            if retried || caught {
                return None;
            }
            (
                "the second call of a task that has started or stopped is an error",
                "catch `DatabaseMigration.InvalidResourceStateException`, and read the task's state",
            )
        }
        Api::PutParameter if arguments.get("Overwrite") != Some(&Argument::Bool(true)) => {
            ("the parameter exists already", "write `Overwrite: true`")
        }
        _ => return None,
    };
    Some(Offence {
        code: "step-not-repeatable",
        node,
        message: format!("`{}` fails when a redrive repeats it", state.name),
        seen: seen.to_owned(),
        help,
        path: Vec::new(),
    })
}

/// The started task of a direction equals the stopped task.
fn crossed_tasks(program: &Program<'_>) -> Vec<Offence> {
    let forward = [Effect::StartForward, Effect::ReloadTables, Effect::StopForward];
    let reverse = [Effect::StartReverse, Effect::StopReverse];
    let task = |node: NodeId| match &program.nodes[node].state.kind {
        Kind::Task { arguments, .. } => arguments.get("ReplicationTaskArn").and_then(Argument::as_text),
        _ => None,
    };
    let of = |effects: &[Effect]| -> Vec<NodeId> {
        let does = |id: &NodeId| program.nodes[*id].effects.iter().any(|e| effects.contains(e));
        (0..program.nodes.len()).filter(does).collect()
    };
    let (forward, reverse) = (of(&forward), of(&reverse));
    let backwards: Vec<Option<&str>> = reverse.iter().map(|id| task(*id)).collect();
    let crossed = forward.iter().filter(|id| task(**id).is_some() && backwards.contains(&task(**id)));
    crossed
        .map(|id| Offence {
            code: "effect-without-call",
            node: *id,
            message: format!("`{}` handles the task of the other direction", program.nodes[*id].state.name),
            seen: format!("the task is `{}`", task(*id).unwrap_or_default()),
            help: "name the task of this direction",
            path: Vec::new(),
        })
        .collect()
}
