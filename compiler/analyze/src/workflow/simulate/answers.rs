//! The answers of AWS and of the databases: good ones, unless the scenario has others.

use migspec_events as events;
use migspec_ir::workflow::{Api, Argument, Effect, Kind, Pattern, S3_REFUSED, State};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::described;
use super::scenario::{Answering, CallResult, Scenario};
use super::worlds::{self, Worlds};
use crate::workflow::contracts::{self, Function};
use crate::workflow::jsonata;
use crate::workflow::lock::{self, Use};
use crate::workflow::program::Program;

/// The inputs of an answer.
pub(super) struct CallContext<'a> {
    pub scenario: &'a Scenario,
    pub state: &'a State,
    pub arguments: &'a Json,
    /// The number of the call of the state, from 1.
    pub nth: u64,
    pub worlds: &'a Worlds,
    /// Milliseconds since the start.
    pub now: u64,
    /// The time at which the polled fence token was written.
    pub token_at: u64,
    pub tasks: &'a [Task<'a>],
    /// The time of the last request to start or stop each task, in milliseconds.
    pub told: &'a FxHashMap<(usize, Way), u64>,
    pub reads_writer: bool,
    /// The name of the execution.
    pub execution: &'a str,
    /// The execution that holds the lock, if its object exists.
    pub holder: Option<&'a str>,
    /// Whether the role has been context before without an answer.
    pub reminded: bool,
}

/// A replication task that the workflow starts.
pub(super) struct Task<'a> {
    arn: &'a str,
    /// The database that it belongs to.
    unit: usize,
    way: Way,
}

/// The direction of a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Way {
    Forward,
    Back,
}

impl Way {
    /// The direction of the task that an effect starts or stops.
    pub(super) fn of(effect: Effect) -> Option<Self> {
        match effect {
            Effect::StartForward | Effect::StopForward => Some(Way::Forward),
            Effect::StartReverse | Effect::StopReverse => Some(Way::Back),
            _ => None,
        }
    }
}

/// The tasks of a workflow, by the states that start them.
pub(super) fn tasks<'w>(program: &Program<'w>) -> Vec<Task<'w>> {
    let states = program.nodes.iter().map(|node| node.state);
    let started = states.filter_map(|state| {
        let way = state.effects.iter().find_map(|effect| match effect {
            Effect::StartForward => Some(Way::Forward),
            Effect::StartReverse => Some(Way::Back),
            _ => None,
        })?;
        let Kind::Task { arguments, .. } = &state.kind else { return None };
        let arn = arguments.get("ReplicationTaskArn")?.as_text()?;
        Some(Task { arn, unit: worlds::unit(program.workflow, state).unwrap_or(0), way })
    });
    started.collect()
}

/// The answer, and milliseconds until it comes.
pub(super) fn answer(context: &CallContext<'_>) -> (CallResult, u64) {
    let CallContext { scenario, state, nth, .. } = context;
    let of = |list: &[(String, u64)]| list.iter().any(|(name, n)| **name == *state.name && n == nth);
    if of(&scenario.fails) {
        return (CallResult::Error("Custom.Broken".to_owned()), LATENCY);
    }
    if of(&scenario.timeouts) {
        return (CallResult::Timeout, 1000 * state.timeout.unwrap_or(60));
    }
    if scenario.throttles.iter().any(|(name, n)| **name == *state.name && nth <= n) {
        return (CallResult::Error(throttling_error(&state.kind)), LATENCY);
    }
    if let Some((_, reply)) = scenario.answers.iter().find(|(name, _)| **name == *state.name) {
        return (CallResult::Answer(reply.clone()), LATENCY);
    }
    let Kind::Task { api, pattern, .. } = &state.kind else { return (CallResult::Answer(json!({})), LATENCY) };
    if *pattern == Pattern::WaitForTaskToken {
        return approval(context);
    }
    if refuses(context, &state.kind) {
        return (CallResult::Error(S3_REFUSED.to_owned()), LATENCY);
    }
    (CallResult::Answer(reply(context, *api)), latency(context, *api))
}

/// Whether the condition of a write of the lock does not hold. The tag of the object is its text.
fn refuses(context: &CallContext<'_>, kind: &Kind) -> bool {
    match lock::of(kind) {
        Some(Use::Take) => context.holder.is_some(),
        Some(Use::TakeOver | Use::Release | Use::Confirm) => {
            context.arguments.get("IfMatch").and_then(Json::as_str) != context.holder
        }
        _ => false,
    }
}

/// Milliseconds of most calls.
const LATENCY: u64 = 200;

/// Milliseconds of a call. Those of the functions are measurements
/// (`targets/lambda/README.md`).
fn latency(context: &CallContext<'_>, api: Api) -> u64 {
    let action = context.arguments.pointer("/Payload/action").and_then(Json::as_str);
    match (api, action) {
        (Api::InvokeFunction, Some("fence")) => 1500,
        (Api::InvokeFunction, Some("cut")) => 1000,
        (Api::InvokeFunction, Some("fence-window" | "measure-window")) => 3000,
        (Api::InvokeFunction, Some("create" | "unfence")) => 500,
        (Api::InvokeFunction, None) if context.arguments.pointer("/Payload/margin").is_some() => 1500,
        _ => LATENCY,
    }
}

/// Another execution that is active.
pub(super) const BESIDE: &str = "run-of-yesterday";

const HOUR: u64 = 3_600_000;

fn throttling_error(kind: &Kind) -> String {
    match kind {
        Kind::Task { api, .. } => api.info().retriable.last().copied().unwrap_or("States.TaskFailed").to_owned(),
        _ => "States.TaskFailed".to_owned(),
    }
}

/// The answer of a task with a token.
fn approval(context: &CallContext<'_>) -> (CallResult, u64) {
    let silence = 1000 * context.state.heartbeat.or(context.state.timeout).unwrap_or(60);
    let soon = HOUR.min(silence / 2);
    let agrees = || (CallResult::Answer(json!({ "decision": "approve" })), soon);
    let silent = || (CallResult::Error("States.HeartbeatTimeout".to_owned()), silence);
    match context.scenario.approve {
        Answering::Agree => agrees(),
        Answering::Late if context.reminded => agrees(),
        Answering::Late | Answering::Expired => silent(),
        Answering::Refused => (CallResult::Error("Migration.Refused".to_owned()), soon),
    }
}

fn reply(context: &CallContext<'_>, api: Api) -> Json {
    match api {
        Api::GetParameter => json!({ "Parameter": { "Value": parameter(context) } }),
        Api::ListExecutions => {
            let others = if context.scenario.beside { &[BESIDE][..] } else { &[] };
            let names = std::iter::once(context.execution).chain(others.iter().copied());
            json!({ "Executions": names.map(|name| json!({ "Name": name })).collect::<Vec<_>>() })
        }
        Api::InvokeFunction => json!({ "StatusCode": 200, "Payload": function(context) }),
        Api::DescribeReplicationTasks => {
            let arns = context.arguments.pointer("/Filters/0/Values").and_then(Json::as_array);
            let arns = arns.into_iter().flatten().filter_map(Json::as_str);
            json!({ "ReplicationTasks": arns.map(|arn| task(context, arn)).collect::<Vec<_>>() })
        }
        Api::GetMetricData => {
            // Source and target of each task lag by half of it.
            let lag = lag(context) as f64 / 2.0;
            let queries = context.arguments.get("MetricDataQueries").and_then(Json::as_array);
            let values = |query: &Json| match query.pointer("/MetricStat/Metric/MetricName").and_then(Json::as_str) {
                Some("RequestCount") => requests(context),
                _ => json!([lag]),
            };
            let results =
                queries.into_iter().flatten().map(|query| json!({ "Id": query["Id"], "Values": values(query) }));
            json!({ "MetricDataResults": results.collect::<Vec<_>>() })
        }
        Api::DescribeAlarms => json!({ "CompositeAlarms": [{ "StateValue": "OK" }] }),
        Api::DescribeTargetHealth => {
            json!({ "TargetHealthDescriptions": [{ "TargetHealth": { "State": "healthy" } }] })
        }
        Api::Publish => json!({ "MessageId": "1" }),
        Api::GetObject => match context.holder {
            Some(holder) => json!({ "Body": holder, "ETag": holder }),
            None => json!({}),
        },
        Api::PutObject => json!({ "ETag": "1" }),
        Api::PutParameter => json!({ "Version": 2 }),
        Api::StartReplicationTask => json!({ "ReplicationTask": { "Status": "starting" } }),
        Api::StopReplicationTask => json!({ "ReplicationTask": { "Status": "stopping" } }),
        Api::ReloadTables => json!({}),
        _ => described::answer(context.state).unwrap_or_else(|| json!({})),
    }
}

fn parameter(context: &CallContext<'_>) -> String {
    if context.reads_writer {
        return context.worlds.writer_name().to_owned();
    }
    let name = context.arguments.get("Name").and_then(Json::as_str).unwrap_or_default();
    // The writer switch of an earlier cutover.
    if name.ends_with("/writer") {
        return if context.scenario.unmoved { "source" } else { "target" }.to_owned();
    }
    let arn = |what: &str| format!("arn:aws:elasticloadbalancing:us-east-1:111111111111:{what}");
    json!({
        "listenerRuleArn": arn("listener-rule/app/a/1/2/3"),
        "readsRuleArn": arn("listener-rule/app/a/1/2/4"),
        "sourceTargetGroupArn": arn("targetgroup/source/1"),
        "targetTargetGroupArn": arn("targetgroup/target/2"),
        "loadBalancerFullName": "app/a/1",
        "targetTargetGroupFullName": "targetgroup/target/2",
    })
    .to_string()
}

/// The requests since the step: none in the idle time, then as many as any step needs.
fn requests(context: &CallContext<'_>) -> Json {
    let time = |name: &str| context.arguments.get(name).and_then(Json::as_str).and_then(jsonata::to_millis);
    let since = time("EndTime").zip(time("StartTime")).map_or(0, |(end, start)| end - start);
    let idle = i64::try_from(1000 * context.scenario.idle).unwrap_or(i64::MAX);
    if since < idle { json!([]) } else { json!([u32::MAX]) }
}

/// The lag of the target, in seconds.
fn lag(context: &CallContext<'_>) -> u64 {
    context.scenario.lag.saturating_sub(context.now / 60_000)
}

fn task(context: &CallContext<'_>, arn: &str) -> Json {
    let known = context.tasks.iter().find(|task| task.arn == arn);
    let (unit, way) = known.map_or((0, Way::Forward), |task| (task.unit, task.way));
    let world = context.worlds.of(unit);
    let (started, stopped) = match way {
        Way::Forward => (Effect::StartForward, Effect::StopForward),
        Way::Back => (Effect::StartReverse, Effect::StopReverse),
    };
    let told = context.told.get(&(unit, way)).copied();
    let within = |seconds: u64| told.is_some_and(|at| context.now < at + 1000 * seconds);
    let status = match (world.holds(started), world.holds(stopped)) {
        (_, true) if within(context.scenario.dms_stop) => "stopping",
        (_, true) => "stopped",
        (true, false) if within(context.scenario.dms_start) => "starting",
        (true, false) => "running",
        (false, false) => "ready",
    };
    let reloaded = world.holds(Effect::ReloadTables) || world.holds(Effect::FullLoad);
    let errors = u8::from(context.scenario.suspended && way == Way::Forward && !reloaded);
    let stats = json!({ "FullLoadProgressPercent": 100, "TablesErrored": errors });
    json!({ "Status": status, "ReplicationTaskStats": stats })
}

/// The replies of the runtime functions, by function and action.
fn function(context: &CallContext<'_>) -> Json {
    let payload = context.arguments.get("Payload").cloned().unwrap_or_default();
    let told = |path: &str| context.arguments.pointer(path).and_then(Json::as_str).unwrap_or_default();
    let (action, side) = (told("/Payload/action"), told("/Payload/side"));
    // The event decides, and never the name, which follows the company's own scheme.
    let function = contracts::of_payload(&Argument::from(payload)).ok().map(|(function, _)| function);
    match function {
        Some(Function::Fence) => fence(context, action, side),
        Some(Function::Validator) => validator(context, action, told("/Payload/cursor")),
        Some(Function::ReverseSlot) => match action {
            "create" | "find" => {
                reply_of(&events::ReverseSlot { slot: "migspec_reverse".into(), position: "0/5".into() })
            }
            "rehearse" => {
                let (complete, arrived) = (context.nth > 2, context.nth > 1);
                let status = if complete { "stopped" } else { "running" }.into();
                reply_of(&events::Rehearsed { complete, arrived, status })
            }
            _ => reply_of(&events::SlotsDropped { dropped: 2, left: Vec::new() }),
        },
        Some(Function::Preflight) => {
            let table = || events::TableToReload { schema_name: "ledger".to_owned(), table_name: "entry".to_owned() };
            let reload = context.scenario.suspended.then(table).into_iter().collect();
            reply_of(&events::PreflightReply { ready: true, problems: Vec::new(), reload })
        }
        Some(Function::Sequences) => reply_of(&events::SequencesReply { set: 7 }),
        Some(Function::Rollback) => {
            let step = "unfence-source".into();
            reply_of(&events::RollbackReply { complete: context.nth > 1, step, loss: String::new() })
        }
        None => json!({}),
    }
}

fn reply_of(reply: &impl Serialize) -> Json {
    serde_json::to_value(reply).unwrap_or_default()
}

fn fence(context: &CallContext<'_>, action: &str, side: &str) -> Json {
    let frozen = |version: &str| events::Frozen { frozen: true, fingerprint: format!("{side}-{version}") };
    let position = || "16/B374D848".to_owned();
    match action {
        "fence" => reply_of(&events::Fenced { fenced: true, sessions: 2, obstacles: Vec::new() }),
        "unfence" => reply_of(&events::Unfenced { unfenced: true }),
        "cut" => {
            let cut = events::Cut { cut: true, sessions: 4, obstacles: Vec::new(), position: "0/5".into() };
            reply_of(&cut)
        }
        "restore" => reply_of(&events::Restored { restored: true }),
        "write-token" => reply_of(&events::TokenWritten { position: position() }),
        "drain" => {
            let drained = context.now >= context.token_at + 1000 * lag(context).min(3600);
            reply_of(&events::Drained { drained, confirmed: position() })
        }
        "freeze" => reply_of(&frozen("1")),
        "check-schema" => reply_of(&frozen(if context.scenario.migrated { "2" } else { "1" })),
        "thaw" => reply_of(&events::Thawed { thawed: true }),
        _ => json!({}),
    }
}

/// Two groups, of which the second takes two calls.
fn validator(context: &CallContext<'_>, action: &str, cursor: &str) -> Json {
    let number = context.arguments.pointer("/Payload/group/number").and_then(Json::as_u64);
    match action {
        "plan" => {
            let group = |number, after: &str, to: &str| events::Group {
                number,
                table: "ledger.entry".into(),
                after: after.into(),
                to: to.into(),
            };
            let groups = vec![group(0, "", "[500]"), group(1, "[500]", "")];
            reply_of(&events::Planned { pass: "pass-1".into(), groups })
        }
        "chunk" if number == Some(1) && cursor.is_empty() => {
            reply_of(&events::Compared { complete: false, cursor: "[700]".into() })
        }
        "chunk" => reply_of(&events::Compared { complete: true, cursor: String::new() }),
        "measure-window" => reply_of(&events::Measured { complete: true, millis: 3000, errors: 0 }),
        _ => reply_of(&events::ValidatorReply {
            complete: true,
            matched: 20,
            mismatched: if context.scenario.mismatch { 3 } else { 0 },
            errors: 0,
            evidence: "e".into(),
        }),
    }
}
