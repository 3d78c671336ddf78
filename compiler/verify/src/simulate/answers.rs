//! What the world answers where all is well, and where a scenario says
//! otherwise.

use migspec_ir::workflow::{Api, Effect, Kind, Pattern, State};
use serde_json::{Value as Json, json};

use super::scenario::{Answering, Outcome, Scenario};
use crate::world::World;

/// What a call is answered from.
pub(super) struct Asked<'a> {
    pub scenario: &'a Scenario,
    pub state: &'a State,
    pub arguments: &'a Json,
    /// Which call of the state this is, from 1.
    pub nth: u64,
    pub world: World,
    /// Milliseconds since the start.
    pub now: u64,
    /// When the fence token was written.
    pub token_at: u64,
    /// The task of the way back, where the workflow has one.
    pub reverse_task: Option<&'a str>,
    pub reads_writer: bool,
}

/// The answer, and milliseconds until it comes.
pub(super) fn answer(asked: &Asked<'_>) -> (Outcome, u64) {
    let Asked { scenario, state, nth, .. } = asked;
    let of = |list: &[(String, u64)]| list.iter().any(|(name, n)| **name == *state.name && n == nth);
    if of(&scenario.fails) {
        return (Outcome::Error("Custom.Broken".to_owned()), LATENCY);
    }
    if of(&scenario.timeouts) {
        return (Outcome::Timeout, 1000 * state.timeout.unwrap_or(60));
    }
    if scenario.throttles.iter().any(|(name, n)| **name == *state.name && nth <= n) {
        return (Outcome::Error(throttled(&state.kind)), LATENCY);
    }
    if let Some((_, reply)) = scenario.answers.iter().find(|(name, _)| **name == *state.name) {
        return (Outcome::Answer(reply.clone()), LATENCY);
    }
    let Kind::Task { api, pattern, .. } = &state.kind else { return (Outcome::Answer(json!({})), LATENCY) };
    if *pattern == Pattern::WaitForTaskToken {
        return approval(asked);
    }
    (Outcome::Answer(reply(asked, *api)), LATENCY)
}

const LATENCY: u64 = 200;
const HOUR: u64 = 3_600_000;

fn throttled(kind: &Kind) -> String {
    match kind {
        Kind::Task { api, .. } => api.info().retriable.last().copied().unwrap_or("States.TaskFailed").to_owned(),
        _ => "States.TaskFailed".to_owned(),
    }
}

/// The answer stands in the message that asks for it.
fn approval(asked: &Asked<'_>) -> (Outcome, u64) {
    let message = asked.arguments.get("Message").and_then(Json::as_str).unwrap_or_default();
    let output =
        message.split_once("--task-output '").and_then(|(_, rest)| rest.split_once('\'')).map(|(json, _)| json);
    let mut output: Json = output.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_else(|| json!({}));
    match asked.scenario.approve {
        Answering::Agree => {}
        Answering::Late => return (Outcome::Timeout, 1000 * asked.state.timeout.unwrap_or(60)),
        Answering::Refused => return (Outcome::Error("Migration.Refused".to_owned()), HOUR),
        Answering::ByOne => output["approvedBy"] = json!("one-role-for-all"),
    }
    (Outcome::Answer(output), HOUR)
}

fn reply(asked: &Asked<'_>, api: Api) -> Json {
    match api {
        Api::GetParameter => parameter(asked),
        Api::InvokeFunction => json!({ "StatusCode": 200, "Payload": function(asked) }),
        Api::DescribeReplicationTasks => json!({ "ReplicationTasks": [task(asked)] }),
        Api::GetMetricData => {
            let lag = lag(asked) as f64 / 2.0;
            let result = |id: &str| json!({ "Id": id, "Values": [lag] });
            json!({ "MetricDataResults": [result("source"), result("target")] })
        }
        Api::DescribeAlarms => json!({ "CompositeAlarms": [{ "StateValue": "OK" }] }),
        Api::DescribeTargetHealth => {
            json!({ "TargetHealthDescriptions": [{ "TargetHealth": { "State": "healthy" } }] })
        }
        Api::Publish => json!({ "MessageId": "1" }),
        Api::PutObject => json!({ "ETag": "1" }),
        Api::PutParameter => json!({ "Version": 2 }),
        Api::StartReplicationTask => json!({ "ReplicationTask": { "Status": "starting" } }),
        Api::StopReplicationTask => json!({ "ReplicationTask": { "Status": "stopping" } }),
        _ => json!({}),
    }
}

fn parameter(asked: &Asked<'_>) -> Json {
    let value = if asked.reads_writer {
        asked.world.writer_name().to_owned()
    } else {
        let arn = |what: &str| format!("arn:aws:elasticloadbalancing:us-east-1:111111111111:{what}");
        json!({
            "listenerRuleArn": arn("listener-rule/app/a/1/2/3"),
            "sourceTargetGroupArn": arn("targetgroup/source/1"),
            "targetTargetGroupArn": arn("targetgroup/target/2"),
        })
        .to_string()
    };
    json!({ "Parameter": { "Value": value } })
}

/// Seconds that the target is behind.
fn lag(asked: &Asked<'_>) -> u64 {
    asked.scenario.lag.saturating_sub(asked.now / 60_000)
}

fn task(asked: &Asked<'_>) -> Json {
    let arn = asked.arguments.pointer("/Filters/0/Values/0").and_then(Json::as_str);
    let world = asked.world;
    let reverse = arn.is_some() && arn == asked.reverse_task;
    let status = if reverse {
        match (world.holds(Effect::StartReverse), world.holds(Effect::StopReverse)) {
            (_, true) => "stopped",
            (true, false) => "running",
            (false, false) => "ready",
        }
    } else {
        match (world.holds(Effect::StartForward), world.holds(Effect::StopForward)) {
            (_, true) => "stopped",
            (true, false) => "running",
            (false, false) => "ready",
        }
    };
    let stats = json!({ "FullLoadProgressPercent": 100, "TablesErrored": 0 });
    json!({ "Status": status, "ReplicationTaskStats": stats })
}

/// The replies of the runtime functions, by the name of each and what it is
/// asked for.
fn function(asked: &Asked<'_>) -> Json {
    let name = asked.arguments.get("FunctionName").and_then(Json::as_str).unwrap_or_default();
    let name = name.rsplit(':').next().unwrap_or_default();
    let action = asked.arguments.pointer("/Payload/action").and_then(Json::as_str).unwrap_or_default();
    let is = |stem: &str| name.starts_with(stem);
    match action {
        "fence" => json!({ "fenced": true, "sessions": 2 }),
        "unfence" => json!({ "unfenced": true }),
        "write-token" => json!({ "position": "16/B374D848" }),
        "drain" => {
            let drained = asked.now >= asked.token_at + 1000 * lag(asked).min(3600);
            json!({ "drained": drained, "confirmed": "16/B374D848" })
        }
        "create" => json!({ "slot": "migspec_reverse", "position": "0/5" }),
        "drop" => json!({ "dropped": 2 }),
        _ if is("preflight") => json!({ "ready": true, "problems": [] }),
        _ if is("data-validator") => {
            let mismatched = if asked.scenario.mismatch { 3 } else { 0 };
            json!({ "complete": true, "cursor": "", "matched": 20, "mismatched": mismatched, "errors": 0, "evidence": "e" })
        }
        _ if is("sequences") => json!({ "set": 7 }),
        _ if is("rollback-handler") => json!({ "complete": asked.nth > 1, "step": "unfence-source", "loss": "" }),
        _ => json!({}),
    }
}
