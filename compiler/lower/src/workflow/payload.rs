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
    event(serde_json::to_value(events::FenceEvent::Fence { run: run(plan), side, segment: None }))
}

pub(super) fn unfence(side: events::Side, plan: &Plan) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Unfence { run: run(plan), side, segment: None }))
}

pub(super) fn freeze(side: events::Side, plan: &Plan) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Freeze { run: run(plan), side }))
}

pub(super) fn check_schema(side: events::Side, plan: &Plan) -> Argument {
    event(serde_json::to_value(events::FenceEvent::CheckSchema { run: run(plan), side }))
}

pub(super) fn thaw(side: events::Side, plan: &Plan) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Thaw { run: run(plan), side }))
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
    event(serde_json::to_value(events::PreflightEvent { run: run(plan), reverse: plan.reverse, segments: Vec::new() }))
}

pub(super) fn plan_validation(plan: &Plan) -> Argument {
    event(serde_json::to_value(events::ValidatorEvent::Plan { run: run(plan) }))
}

/// The comparison of a group, as the input of its iteration: `item` is an
/// expression for the group. Only the workflow knows the run's name and the
/// pass, so they are filled in outside.
pub(super) fn chunk(plan: &Plan, item: &str) -> Argument {
    let empty = String::new;
    let group = events::Group { number: 0, table: empty(), after: empty(), to: empty() };
    let event_ = events::ValidatorEvent::Chunk { run: run(plan), pass: empty(), group, cursor: empty() };
    let argument = computed(event(serde_json::to_value(event_)), "pass", "$pass");
    computed(argument, "group", item)
}

/// The same event as a call of the function, from inside of the iteration.
pub(super) fn again() -> Argument {
    let fields = [("run", "$chunk.run"), ("pass", "$chunk.pass"), ("group", "$chunk.group"), ("cursor", "$cursor")];
    let action = ("action".into(), "chunk".into());
    let fields = fields.into_iter().map(|(name, text)| (name.into(), expression(text)));
    Argument::Object(std::iter::once(action).chain(fields).collect())
}

pub(super) fn summarise(plan: &Plan) -> Argument {
    let event_ = events::ValidatorEvent::Summarise { run: run(plan), pass: String::new(), groups: 0 };
    let argument = computed(event(serde_json::to_value(event_)), "pass", "$pass");
    computed(argument, "groups", "$groupCount")
}

pub(super) fn final_validate(plan: &Plan) -> Argument {
    event(serde_json::to_value(events::ValidatorEvent::FenceWindow { run: run(plan), segment: None }))
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
        replications: vec![events::Replicated {
            key: plan.key().to_owned(),
            forward_task: plan.forward_task_arn(),
            reverse_task: if plan.reverse { plan.reverse_task_arn() } else { empty() },
        }],
        writers: vec![events::Writer { parameter: plan.writer_parameter.clone(), segment: None }],
        routing_parameter: plan.routing_parameter.clone(),
        traffic: events::Traffic { rules: Vec::new(), source_targets: empty(), target_targets: empty() },
        accept_loss: false,
    };
    let rules: Vec<String> = plan.rules().iter().map(|(variable, _, _)| format!("${variable}")).collect();
    let rules = format!("[{}]", rules.join(", "));
    let fields = [
        ("failure", "$failure"),
        ("traffic.rules", rules.as_str()),
        ("traffic.sourceTargets", "$sourceTargets"),
        ("traffic.targetTargets", "$targetTargets"),
        ("acceptLoss", "$acceptLoss"),
    ];
    fields
        .into_iter()
        .fold(event(serde_json::to_value(event_)), |argument, (path, text)| computed(argument, path, text))
}
