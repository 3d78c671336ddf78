//! Load, replicate, validate: until the target holds what the source holds.

use migspec_ir::workflow::{Api, Argument, Effect, Kind, Phase, Retry, State, errors};
use migspec_ir::{Origin, arguments};

use super::builder::{Builder, Poll, branch, expression, verdict};
use super::cutover::done_already;
use super::validate;

/// Turns of the wait for a full load: about five days.
const LOAD_TURNS: u64 = 720;
/// Minutes that the lag gate waits beyond the time that it demands.
const LAG_PATIENCE: u64 = 480;

pub(super) fn add(b: &mut Builder) {
    start(b);
    wait_for_load(b);
    let lag = b.plan.lag();
    let node = b.plan.replication.lag.as_ref().map(|l| Origin::derived("workflow", l.place.header));
    b.enter(Phase::Replicate, node.map(|origin| ("lag", origin)));
    let quiet = lag.hold.secs().div_ceil(60).max(1);
    let names = ["WaitForLag", "MeasureLag", "CheckLag"];
    lag_gate(b, names, LagLoop { seconds: 60, quiet, turns: quiet + LAG_PATIENCE, next: "PlanValidation" });
    validate::add(b);
}

/// Starts the task, or goes on where it stopped, or finds it running.
fn start(b: &mut Builder) {
    b.enter(Phase::Load, None);
    let task = b.plan.forward_task_arn();
    let status = "$states.result.ReplicationTasks[0].Status";
    let ask = describe(b, "DescribeReplication", &task)
        .does("reads the state of the replication task")
        .assign("status", expression(format!("$exists({status}) ? {status} : \"absent\"")))
        .assign("verdict", settled(status))
        .assign("reason", expression(format!("\"the task is \" & $string({status})")))
        .assign("turns", expression("$turns + 1"));
    let running = branch("$verdict = \"running\"", "WaitForReplication").with("turns", 0).0;
    let startable = branch("$verdict = \"start\"", "StartReplication").with("turns", 0).0;
    let mut check = b.gate("ChooseReplication", "WaitForReplication").does("starts the task unless it runs");
    if let Kind::Choice { branches, .. } = &mut check.kind {
        *branches = vec![running, startable];
    }
    b.poll(Poll { wait: ("WaitForTask", 30.into()), longest: 30, first: None, ask, check, turns: 40 });
    let busy = errors(&["DatabaseMigration.InvalidResourceStateException"]);
    let state = b
        .task(
            "StartReplication",
            Api::StartReplicationTask,
            arguments!({
                "ReplicationTaskArn": task.as_str(),
                "StartReplicationTaskType":
                    expression("$status = \"ready\" ? \"start-replication\" : \"resume-processing\""),
            }),
        )
        .does("starts the full load, or resumes where the task stopped")
        .effect(Effect::StartForward)
        .catch(done_already("WaitForReplication"))
        .retry(Retry { errors: busy, interval: 15, attempts: 4, backoff: 2.0, longest: 120 })
        .next("WaitForReplication");
    b.add(state);
}

/// What the status of a task asks for. A first start is legal only from
/// `ready`; after a run a task is resumed, never reloaded.
fn settled(status: &str) -> Argument {
    expression(format!(
        "{status} in [\"running\", \"starting\"] ? \"running\" : \
         {status} in [\"ready\", \"stopped\", \"failed\"] ? \"start\" : \
         {status} in [\"creating\", \"modifying\", \"testing\", \"stopping\", \"moving\"] and $turns + 1 < 40 \
         ? \"wait\" : \"fail\""
    ))
}

/// A question for one replication task, without its settings: those would
/// pass the payload's limit.
pub(super) fn describe(b: &Builder, name: &str, task: &str) -> State {
    let filter = arguments!({ "Name": "replication-task-arn", "Values": vec![task] });
    b.task(
        name,
        Api::DescribeReplicationTasks,
        arguments!({ "Filters": Argument::List(vec![filter]), "WithoutSettings": true }),
    )
}

fn wait_for_load(b: &mut Builder) {
    let task = "$states.result.ReplicationTasks[0]";
    let done = format!(
        "{task}.Status = \"running\" and {task}.ReplicationTaskStats.FullLoadProgressPercent = 100 \
         and {task}.ReplicationTaskStats.TablesErrored = 0"
    );
    let broken = format!(
        "{task}.Status in [\"failed\", \"stopped\", \"stopping\", \"deleting\", \"failed-move\"] \
         or {task}.ReplicationTaskStats.TablesErrored > 0"
    );
    let ask = describe(b, "PollFullLoad", &b.plan.forward_task_arn())
        .does("asks how far the full load is")
        .assign("verdict", verdict(&done, &broken, LOAD_TURNS))
        .assign(
            "reason",
            expression(format!(
                "\"the task is \" & $string({task}.Status) & \", loaded \" & \
                 $string({task}.ReplicationTaskStats.FullLoadProgressPercent) & \" %, tables in error \" & \
                 $string({task}.ReplicationTaskStats.TablesErrored)"
            )),
        )
        .assign("turns", expression("$turns + 1"));
    let check = b.gate("CheckFullLoad", "MeasureLag").does("goes on when all tables are loaded");
    let seconds = expression("$min([600, 30 + 30 * $turns])");
    b.poll(Poll { wait: ("WaitForReplication", seconds), longest: 600, first: None, ask, check, turns: LOAD_TURNS });
}

pub(super) struct LagLoop<'t> {
    /// Between two questions.
    pub(super) seconds: u64,
    /// Answers in a row that must be below the gate.
    pub(super) quiet: u64,
    pub(super) turns: u64,
    pub(super) next: &'t str,
}

/// Lag of source and target together stays below the gate. No value is
/// unknown, never zero: a task that does nothing reports nothing.
pub(super) fn lag_gate(b: &mut Builder, [wait, measure, check]: [&str; 3], lag: LagLoop) {
    let LagLoop { seconds, quiet, turns, next } = lag;
    let gate = seconds_text(b.plan.lag().gate.millis());
    let (source, target) = (lag_value("source"), lag_value("target"));
    let known = format!("$exists({source}) and $exists({target})");
    let below = format!("{known} and {source} + {target} < {gate}");
    let ask = b
        .task(measure, Api::GetMetricData, lag_query(b))
        .does("measures how far the target is behind")
        .assign("verdict", verdict(&format!("{below} and $quiet + 1 >= {quiet}"), "false", turns))
        .assign("quiet", expression(format!("({below}) ? $quiet + 1 : 0")))
        .assign(
            "reason",
            expression(format!(
                "\"lag \" & (({known}) ? $string({source} + {target}) & \" s\" : \"unknown\") & \
                 \", the gate opens below {gate} s after {quiet} values in a row\""
            )),
        )
        .assign("turns", expression("$turns + 1"));
    let check = b.gate(check, next).effect(Effect::LagGate).does("goes on when the lag has stayed below the gate");
    b.poll(Poll { wait: (wait, Argument::Integer(seconds as i64)), longest: seconds, first: None, ask, check, turns });
}

/// The newest value of a side's lag, in seconds.
pub(super) fn lag_value(id: &str) -> String {
    format!("$states.result.MetricDataResults[Id = \"{id}\"].Values[0]")
}

/// The last three minutes, newest value first: CloudWatch has one a minute,
/// about a minute late.
pub(super) fn lag_query(b: &Builder) -> Argument {
    let query = |id: &str, metric: &str| {
        let dimension = |name: &str, value: &str| arguments!({ "Name": name, "Value": value });
        arguments!({
            "Id": id,
            "MetricStat": arguments!({
                "Metric": arguments!({
                    "Namespace": "AWS/DMS",
                    "MetricName": metric,
                    "Dimensions": vec![
                        dimension("ReplicationInstanceIdentifier", &b.plan.replication_instance),
                        dimension("ReplicationTaskIdentifier", b.plan.forward_task()),
                    ],
                }),
                "Period": 60,
                "Stat": "Maximum",
            }),
            "ReturnData": true,
        })
    };
    let now = "$states.context.State.EnteredTime";
    arguments!({
        "StartTime": expression(format!("$fromMillis($toMillis({now}) - 180000)")),
        "EndTime": expression(now),
        "ScanBy": "TimestampDescending",
        "MetricDataQueries": vec![query("source", "CDCLatencySource"), query("target", "CDCLatencyTarget")],
    })
}

/// `5` or `2.5`.
pub(super) fn seconds_text(millis: u64) -> String {
    match millis % 1000 {
        0 => (millis / 1000).to_string(),
        _ => format!("{}.{:03}", millis / 1000, millis % 1000).trim_end_matches('0').to_owned(),
    }
}
