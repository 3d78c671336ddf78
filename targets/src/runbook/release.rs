//! The commands for the manual equivalent of the workflow's last calls, with
//! the same payloads.

use migspec_ir::workflow::{Argument, Effect, Kind, State, Workflow};
use serde_json::{Map, Value as Json, json};

/// Releases both schema freezes and the rotation hold.
pub(super) fn commands(workflow: &Workflow, region: &str) -> Vec<String> {
    let releases = |effect: &Effect| matches!(effect, Effect::ThawSchema(_) | Effect::ReleaseRotation);
    commands_of(workflow, releases, |arguments| command(arguments, region, None))
}

/// Ends reverse replication. Empty if there is none.
pub(super) fn ending_reverse(workflow: &Workflow, region: &str) -> Vec<String> {
    let starts = |effect: &Effect| *effect == Effect::StartReverse;
    let mut all = commands_of(workflow, starts, |arguments| {
        let task = arguments.get("ReplicationTaskArn").and_then(Argument::as_text)?;
        Some(format!(
            "aws dms stop-replication-task --region {region} --replication-task-arn {task}\n\
             aws dms wait replication-task-stopped --region {region} \\\n  --filters Name=replication-task-arn,Values={task}"
        ))
    });
    // The slot that is made is the one to be dropped.
    let slot = |effect: &Effect| *effect == Effect::ReverseSlot;
    all.extend(commands_of(workflow, slot, |arguments| command(arguments, region, Some("drop"))));
    all
}

/// The forward tasks, by their ARNs.
pub(super) fn forward_tasks(workflow: &Workflow) -> Vec<String> {
    let starts = |effect: &Effect| *effect == Effect::StartForward;
    commands_of(workflow, starts, |arguments| {
        arguments.get("ReplicationTaskArn").and_then(Argument::as_text).map(str::to_owned)
    })
}

/// Unlocks the logins of the forward tasks on the target.
pub(super) fn unlocking_forward(workflow: &Workflow, region: &str) -> Vec<String> {
    let restores = |effect: &Effect| *effect == Effect::RestoreForward;
    commands_of(workflow, restores, |arguments| command(arguments, region, None))
}

/// Each once, in the order of the states.
fn commands_of(
    workflow: &Workflow,
    wanted: impl Fn(&Effect) -> bool,
    command: impl Fn(&Argument) -> Option<String>,
) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let states = workflow.all_states();
    let wanted = |state: &&&State| state.effects.iter().any(&wanted);
    for state in states.iter().filter(wanted) {
        let Kind::Task { arguments, .. } = &state.kind else { continue };
        all.extend(command(arguments).filter(|command| !all.contains(command)));
    }
    all
}

/// The command for a call of a function, with another action if given, or for a
/// parameter.
fn command(arguments: &Argument, region: &str, action: Option<&str>) -> Option<String> {
    let text = |name: &str| arguments.get(name).and_then(Argument::as_text);
    if let (Some(name), Some(value)) = (text("Name"), text("Value")) {
        return Some(format!("aws ssm put-parameter --region {region} --name {name} --value {value} --overwrite"));
    }
    let payload = match (by_hand(arguments.get("Payload")?), action) {
        (payload, None) => payload,
        // Another action of the function asks for the run alone.
        (payload, Some(action)) => json!({ "action": action, "run": payload["run"] }),
    };
    Some(format!(
        "aws lambda invoke --region {region} --function-name {} \\\n  --cli-binary-format raw-in-base64-out --payload '{payload}' /dev/stdout",
        text("FunctionName")?
    ))
}

/// The command for another action of a function on a side.
pub(super) fn by_side(arguments: &Argument, region: &str, action: &str, side: &str) -> Option<String> {
    let function = arguments.get("FunctionName").and_then(Argument::as_text)?;
    let run = &by_hand(arguments.get("Payload")?)["run"];
    let payload = json!({ "action": action, "run": run, "side": side });
    Some(format!(
        "aws lambda invoke --region {region} --function-name {function} \\\n  --cli-binary-format raw-in-base64-out --payload '{payload}' /dev/stdout"
    ))
}

/// Only the execution's name is unknown until it runs.
fn by_hand(argument: &Argument) -> Json {
    match argument {
        Argument::Null => Json::Null,
        Argument::Bool(value) => (*value).into(),
        Argument::Integer(value) => (*value).into(),
        Argument::Text(text) => (&**text).into(),
        Argument::Expression(_) => "by-hand".into(),
        Argument::List(items) => items.iter().map(by_hand).collect(),
        Argument::Object(members) => {
            Json::Object(members.iter().map(|(name, value)| (name.to_string(), by_hand(value))).collect::<Map<_, _>>())
        }
    }
}
