//! Payloads of the runtime functions, built from the types that they read.

use migspec_events as events;
use migspec_ir::arguments;
use migspec_ir::workflow::{Argument, Expression};

use super::builder::expression;
use super::plan::{Plan, Share, Unit};

/// Added before the write pause, while the source's applications take further numbers.
const SEQUENCE_LEAD: u64 = 100_000;

/// The run, with the name of the execution, which is known at run time only. `key` is the replication's, or the
/// cutover's for an event of the whole cutover.
pub(super) fn run(plan: &Plan, key: &str) -> events::Run {
    events::Run {
        migration: plan.migration.to_string(),
        environment: plan.environment.to_string(),
        cutover: key.to_owned(),
        execution: String::new(),
    }
}

/// An event as an argument. The execution's name is filled in.
pub(super) fn event(json: Result<serde_json::Value, serde_json::Error>) -> Argument {
    let argument = Argument::from(json.expect("an event has text for keys and no map with other keys"));
    with_expression(argument, "run.execution", "$execution")
}

/// Replaces a field of an event by an expression.
pub(super) fn with_expression(event: Argument, path: &str, text: &str) -> Argument {
    event.replacing(path, expression(text)).expect("the event's type has the field")
}

pub(super) fn fence(side: events::Side, plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Fence { run: run(plan, unit.key()), side }))
}

pub(super) fn unfence(side: events::Side, plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Unfence { run: run(plan, unit.key()), side }))
}

pub(super) fn cut(side: events::Side, plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Cut { run: run(plan, unit.key()), side }))
}

pub(super) fn restore(side: events::Side, plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Restore { run: run(plan, unit.key()), side }))
}

pub(super) fn freeze(side: events::Side, plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Freeze { run: run(plan, unit.key()), side }))
}

pub(super) fn check_schema(side: events::Side, plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::FenceEvent::CheckSchema { run: run(plan, unit.key()), side }))
}

pub(super) fn thaw(side: events::Side, plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::FenceEvent::Thaw { run: run(plan, unit.key()), side }))
}

pub(super) fn write_token(plan: &Plan, unit: &Unit) -> Argument {
    let event_ = events::FenceEvent::WriteToken { run: run(plan, unit.key()), token: String::new() };
    with_expression(event(serde_json::to_value(event_)), "token", &token(unit))
}

/// The fence token: one for each database that moves, since two of them may be on one server.
fn token(unit: &Unit) -> String {
    unit.of().map_or_else(
        || "$execution".to_owned(),
        |key| format!("$execution & {}", Expression::quote(&format!("/{key}"))),
    )
}

pub(super) fn drain(plan: &Plan, unit: &Unit) -> Argument {
    let event_ =
        events::FenceEvent::Drain { run: run(plan, unit.key()), token: String::new(), position: String::new() };
    let argument = with_expression(event(serde_json::to_value(event_)), "token", &token(unit));
    with_expression(argument, "position", &format!("${}", unit.name_for_database("position")))
}

pub(super) fn preflight(plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::PreflightEvent {
        run: run(plan, unit.key()),
        reverse: plan.reverse,
        source: demands(plan, &unit.at_source),
        target: demands(plan, &unit.at_target),
    }))
}

fn demands(plan: &Plan, shares: &[Share]) -> Vec<events::Demand> {
    let demand = |share: &Share| events::Demand {
        task: plan.arn("dms", &format!("task:{}", share.task)),
        slots: share.slots,
        connections: share.connections,
    };
    shares.iter().map(demand).collect()
}

pub(super) fn plan_validation(plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::ValidatorEvent::Plan { run: run(plan, unit.key()) }))
}

/// The comparison of a group, as the input of its iteration: `item` is an
/// expression for the group. Only the workflow knows the run's name and the
/// pass, so they are filled in outside.
pub(super) fn chunk(plan: &Plan, unit: &Unit, item: &str) -> Argument {
    let empty = String::new;
    let group = events::Group { number: 0, table: empty(), after: empty(), to: empty() };
    let event_ = events::ValidatorEvent::Chunk { run: run(plan, unit.key()), pass: empty(), group, cursor: empty() };
    let argument = with_expression(event(serde_json::to_value(event_)), "pass", "$pass");
    with_expression(argument, "group", item)
}

/// The same event as a call of the function, from inside of the iteration.
pub(super) fn next_chunk() -> Argument {
    let fields = [("run", "$chunk.run"), ("pass", "$chunk.pass"), ("group", "$chunk.group"), ("cursor", "$cursor")];
    let action = ("action".into(), "chunk".into());
    let fields = fields.into_iter().map(|(name, text)| (name.into(), expression(text)));
    Argument::Object(std::iter::once(action).chain(fields).collect())
}

pub(super) fn summarise(plan: &Plan, unit: &Unit) -> Argument {
    let event_ = events::ValidatorEvent::Summarise { run: run(plan, unit.key()), pass: String::new(), groups: 0 };
    let argument = with_expression(event(serde_json::to_value(event_)), "pass", "$pass");
    with_expression(argument, "groups", "$groupCount")
}

pub(super) fn final_validate(plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::ValidatorEvent::FenceWindow { run: run(plan, unit.key()) }))
}

/// The comparisons of all databases take half of the fence together.
pub(super) fn measure_window(plan: &Plan, unit: &Unit) -> Argument {
    let at_most = plan.fence_at_most().millis() / 2 / plan.units.len() as u64;
    event(serde_json::to_value(events::ValidatorEvent::MeasureWindow { run: run(plan, unit.key()), at_most }))
}

/// In the write pause: nobody takes numbers from the source.
pub(super) fn sequences(plan: &Plan, unit: &Unit) -> Argument {
    sequences_by(plan, unit, events::SEQUENCE_MARGIN)
}

/// Before the write pause: the source's applications take further numbers.
pub(super) fn advance_sequences(plan: &Plan, unit: &Unit) -> Argument {
    sequences_by(plan, unit, SEQUENCE_LEAD)
}

fn sequences_by(plan: &Plan, unit: &Unit, margin: u64) -> Argument {
    let (side, at_least) = (events::Side::Target, events::SEQUENCE_MARGIN);
    event(serde_json::to_value(events::SequencesEvent { run: run(plan, unit.key()), side, margin, at_least }))
}

pub(super) fn create_slot(plan: &Plan, unit: &Unit) -> Argument {
    let event_ = events::ReverseEvent::Create { run: run(plan, unit.key()), after: String::new() };
    with_expression(event(serde_json::to_value(event_)), "after", &format!("${}", unit.name_for_database("cutAt")))
}

pub(super) fn find_slot(plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::ReverseEvent::Find { run: run(plan, unit.key()) }))
}

pub(super) fn rehearse(plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::ReverseEvent::Rehearse { run: run(plan, unit.key()) }))
}

pub(super) fn drop_slots(plan: &Plan, unit: &Unit) -> Argument {
    event(serde_json::to_value(events::ReverseEvent::Drop { run: run(plan, unit.key()) }))
}

pub(super) fn rollback(plan: &Plan) -> Argument {
    let empty = String::new;
    let event_ = events::RollbackEvent {
        run: run(plan, plan.key()),
        failure: events::FailedState { state: empty(), phase: events::Phase::Assess, error: empty(), cause: empty() },
        checkpoint: events::Checkpoint { bucket: plan.checkpoints.clone(), key: plan.checkpoint_key() },
        replications: plan.units.iter().map(|unit| replication_of(plan, unit)).collect(),
        writers: vec![events::Writer { parameter: plan.writer_parameter.clone() }],
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
        .fold(event(serde_json::to_value(event_)), |argument, (path, text)| with_expression(argument, path, text))
}

fn replication_of(plan: &Plan, unit: &Unit) -> events::Replicated {
    events::Replicated {
        key: unit.key().to_owned(),
        forward_task: plan.forward_task_arn(unit),
        reverse_task: if plan.reverse { plan.reverse_task_arn(unit) } else { String::new() },
    }
}

/// Both target groups are always named: the call replaces the whole list.
pub(super) fn weights(rule: &str, target: u8) -> Argument {
    let group = |variable: &str, weight: u8| arguments!({ "TargetGroupArn": expression(variable), "Weight": weight });
    let forward = arguments!({
        "TargetGroups": vec![group("$sourceTargets", 100 - target), group("$targetTargets", target)],
    });
    let action = arguments!({ "Type": "forward", "ForwardConfig": forward });
    arguments!({ "RuleArn": expression(format!("${rule}")), "Actions": Argument::List(vec![action]) })
}
