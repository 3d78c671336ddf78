//! Payloads of the runtime functions, built from the types that they read.

use migspec_events as events;
use migspec_ir::workflow::Argument;

use super::builder::expression;
use super::plan::Plan;

/// The run, with a name that the execution knows only when it runs.
pub(super) fn run(plan: &Plan) -> events::Run {
    events::Run {
        migration: plan.migration.to_string(),
        environment: plan.environment.to_string(),
        cutover: plan.key().to_owned(),
        execution: String::new(),
    }
}

/// An event as an argument. The execution's name is filled in.
pub(super) fn event(json: Result<serde_json::Value, serde_json::Error>) -> Argument {
    let argument = Argument::from(json.expect("an event has text for keys and no map with other keys"));
    computed(argument, "run.execution", "$execution")
}

/// Replaces a field of an event by an expression.
pub(super) fn computed(event: Argument, path: &str, text: &str) -> Argument {
    event.replacing(path, expression(text)).expect("the event's type has the field")
}

pub(super) fn fence(side: events::Side, plan: &Plan) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Fence { run: run(plan), side }))
}

pub(super) fn unfence(side: events::Side, plan: &Plan) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Unfence { run: run(plan), side }))
}

pub(super) fn write_token(plan: &Plan) -> Argument {
    let event_ = events::FenceEvent::WriteToken { run: run(plan), token: String::new() };
    computed(event(serde_json::to_value(event_)), "token", "$execution")
}

pub(super) fn drain(plan: &Plan) -> Argument {
    let event_ = events::FenceEvent::Drain { run: run(plan), token: String::new(), position: String::new() };
    let argument = computed(event(serde_json::to_value(event_)), "token", "$execution");
    computed(argument, "position", "$position")
}

pub(super) fn preflight(plan: &Plan) -> Argument {
    event(serde_json::to_value(events::PreflightEvent { run: run(plan), reverse: plan.reverse }))
}

pub(super) fn validate(plan: &Plan) -> Argument {
    let event_ = events::ValidatorEvent { run: run(plan), scope: events::Scope::Full, cursor: String::new() };
    computed(event(serde_json::to_value(event_)), "cursor", "$cursor")
}

pub(super) fn final_validate(plan: &Plan) -> Argument {
    let scope = events::Scope::FenceWindow;
    event(serde_json::to_value(events::ValidatorEvent { run: run(plan), scope, cursor: String::new() }))
}

pub(super) fn sequences(plan: &Plan, margin: u64) -> Argument {
    let side = events::Side::Target;
    event(serde_json::to_value(events::SequencesEvent { run: run(plan), side, margin }))
}

pub(super) fn create_slot(plan: &Plan) -> Argument {
    event(serde_json::to_value(events::ReverseEvent::Create { run: run(plan) }))
}

pub(super) fn drop_slots(plan: &Plan) -> Argument {
    event(serde_json::to_value(events::ReverseEvent::Drop { run: run(plan) }))
}

pub(super) fn rollback(plan: &Plan) -> Argument {
    let empty = String::new;
    let event_ = events::RollbackEvent {
        run: run(plan),
        failure: events::Failure { state: empty(), phase: events::Phase::Assess, error: empty(), cause: empty() },
        checkpoint: events::Checkpoint { bucket: plan.checkpoints.clone(), key: plan.checkpoint_key() },
        forward_task: plan.forward_task_arn(),
        reverse_task: if plan.reverse { plan.reverse_task_arn() } else { empty() },
        writer_parameter: plan.writer_parameter.clone(),
        traffic: events::Traffic { rule: empty(), source_targets: empty(), target_targets: empty() },
        accept_loss: false,
    };
    let fields = [
        ("failure", "$failure"),
        ("traffic.rule", "$rule"),
        ("traffic.sourceTargets", "$sourceTargets"),
        ("traffic.targetTargets", "$targetTargets"),
        ("acceptLoss", "$acceptLoss"),
    ];
    fields
        .into_iter()
        .fold(event(serde_json::to_value(event_)), |argument, (path, text)| computed(argument, path, text))
}
