//! Load and replicate, until the target has the rows of the source.

use migspec_ir::workflow::{Api, Argument, Catch, Effect, Hold, Kind, Phase, Retry, State, errors};
use migspec_ir::{Origin, arguments};
use migspec_syntax::value::Duration;

use super::builder::{Builder, Poll, branch, expression, verdict};
use super::plan::{Plan, Unit};
use super::validate;

/// The maximum of polls for a full load, and the seconds between two of them: about five days.
pub(super) const LOAD_TURNS: u64 = 400;
pub(super) const LOAD_PAUSE: u64 = 1200;
/// Minutes for which the lag gate waits beyond its hold.
pub(super) const LAG_PATIENCE: u64 = 480;
/// The maximum of answers of the lag gate during its hold.
const LAG_ANSWERS: u64 = 400;
/// The polls for which a task may still report the errors of tables that it loads again: about five minutes.
pub(super) const RELOAD_TURNS: u64 = 4;

pub(super) fn add(b: &mut Builder) {
    b.enter(Phase::Load, None);
    let plan = b.plan;
    for (unit, next) in plan.each("DescribeReplication", "WaitForReplication") {
        b.concerning(unit, |b| start(b, unit, &next));
    }
    wait_for_load(b);
    let node = plan.units.iter().find_map(Unit::lag).map(|l| Origin::derived("workflow", l.place.header));
    b.enter(Phase::Replicate, node.map(|origin| ("lag", origin)));
    let names = ["WaitForLag", "MeasureLag", "CheckLag"];
    lag_gate(b, names, LagLoop::holding(plan.lag_hold(), &plan.first("PlanValidation")));
    validate::add(b);
}

/// Starts the task, or resumes it where it stopped, or finds it running. A load that has not finished cannot be resumed: it
/// begins anew (fact: dms-start-types). A task that runs on without some of its tables loads these again.
fn start(b: &mut Builder, unit: &Unit, next: &str) {
    let [wait, ask, check] = ["WaitForTask", "DescribeReplication", "ChooseReplication"].map(|name| unit.state(name));
    let [begin, reload] = ["StartReplication", "ReloadTables"].map(|name| unit.state(name));
    let task = b.plan.forward_task_arn(unit);
    let status = "$states.result.ReplicationTasks[0].Status";
    let ask = describe(b, &ask, vec![task.clone()])
        .does("reads the state of the replication task")
        .assign("startType", start_type("$states.result.ReplicationTasks[0]"))
        .assign("verdict", next_step(unit, "$states.result.ReplicationTasks[0]"))
        .assign("reason", expression(format!("\"the task is \" & $string({status})")))
        .assign("turns", expression("$turns + 1"));
    let running = branch("$verdict = \"running\"", next).with("turns", 0).0;
    let startable = branch("$verdict = \"start\"", &begin).with("turns", 0).0;
    let mut check = b.gate(&check, next).does("starts the task unless it runs");
    if let Kind::Choice { branches, .. } = &mut check.kind {
        *branches = vec![running, startable, branch("$verdict = \"reload\"", &reload).with("turns", 0).0];
    }
    b.poll(Poll { wait: (&wait, 30.into()), longest: 30, first: Vec::new(), ask, check, turns: 40 });
    let busy = errors(&["DatabaseMigration.InvalidResourceStateException"]);
    let state = b
        .task(
            &begin,
            Api::StartReplicationTask,
            arguments!({
                "ReplicationTaskArn": task.as_str(),
                "StartReplicationTaskType": expression("$startType"),
            }),
        )
        .does("starts the full load, begins it anew if it has not finished, or resumes where the task stopped")
        .effect(Effect::StartForward)
        .catch(done_already(next))
        .retry(Retry { errors: busy, interval: 15, attempts: 4, backoff: 2.0, longest: 120 })
        .next(next);
    b.add(state);
    reload_tables(b, unit, (&reload, next));
}

/// Loads the tables again that the task has suspended. Preflight has found no rows of them on the target. The poll that
/// follows decides after a call without an answer.
fn reload_tables(b: &mut Builder, unit: &Unit, (name, next): (&str, &str)) {
    let arguments = arguments!({
        "ReplicationTaskArn": b.plan.forward_task_arn(unit),
        "TablesToReload": expression(reload_variable(unit)),
        "ReloadOption": "data-reload",
    });
    let unanswered = errors(&["DatabaseMigration.SdkClientException", "States.Timeout"]);
    let state = b
        .task(name, Api::ReloadTables, arguments)
        .does("loads the tables again that the task has suspended")
        .effect(Effect::ReloadTables)
        .catch(Catch { errors: unanswered, assign: Vec::new(), next: next.into() })
        .next(next);
    b.add(state);
}

/// The variable with the suspended tables that preflight has found empty on the target.
fn reload_variable(unit: &Unit) -> String {
    format!("${}", unit.name_for_database("reload"))
}

/// The way in which a task starts. A first start is legal only from `ready`. A task without statistics has not loaded.
fn start_type(task: &str) -> Argument {
    let stats = format!("{task}.ReplicationTaskStats");
    expression(format!(
        "{task}.Status = \"ready\" ? \"start-replication\" : \
         {stats}.FullLoadProgressPercent = 100 and {stats}.TablesErrored = 0 ? \"resume-processing\" : \"reload-target\""
    ))
}

/// The next step for a state of the task.
fn next_step(unit: &Unit, task: &str) -> Argument {
    let (status, reload) = (format!("{task}.Status"), reload_variable(unit));
    expression(format!(
        "{status} = \"running\" and {task}.ReplicationTaskStats.TablesErrored > 0 and $count({reload}) > 0 ? \"reload\" : \
         {status} in [\"running\", \"starting\"] ? \"running\" : \
         {status} in [\"ready\", \"stopped\", \"failed\"] ? \"start\" : \
         {status} in [\"creating\", \"modifying\", \"testing\", \"stopping\", \"moving\"] and $turns + 1 < 40 \
         ? \"wait\" : \"fail\""
    ))
}

/// After a redrive, the requested change may have happened already; the poll that follows decides.
pub(super) fn done_already(next: &str) -> Catch {
    Catch {
        errors: errors(&["DatabaseMigration.InvalidResourceStateException"]),
        assign: Vec::new(),
        next: next.into(),
    }
}

/// Describes replication tasks, without their settings, which would exceed the payload's limit.
pub(super) fn describe(b: &Builder, name: &str, tasks: Vec<String>) -> State {
    let filter = arguments!({ "Name": "replication-task-arn", "Values": tasks });
    b.task(
        name,
        Api::DescribeReplicationTasks,
        arguments!({ "Filters": Argument::List(vec![filter]), "WithoutSettings": true }),
    )
}

/// All loads run concurrently, and one call polls them.
fn wait_for_load(b: &mut Builder) {
    let plan = b.plan;
    let loaded = Loaded::of(&plan.units);
    let ask = describe(b, "PollFullLoad", plan.units.iter().map(|unit| plan.forward_task_arn(unit)).collect())
        .does("reads the progress of the full load")
        .assign("verdict", verdict(&loaded.done, &loaded.broken, LOAD_TURNS))
        .assign("reason", expression(loaded.reason))
        .assign("turns", expression("$turns + 1"));
    let check =
        b.gate("CheckFullLoad", "MeasureLag").effect(Effect::FullLoad).does("continues when all tables are loaded");
    let seconds = expression(format!("$min([{LOAD_PAUSE}, 30 + 30 * $turns])"));
    b.poll(Poll {
        wait: ("WaitForReplication", seconds),
        longest: LOAD_PAUSE,
        first: Vec::new(),
        ask,
        check,
        turns: LOAD_TURNS,
    });
}

/// Expressions on the answer about the full loads.
struct Loaded {
    done: String,
    broken: String,
    reason: String,
}

impl Loaded {
    fn of(units: &[Unit]) -> Self {
        let tasks = units.len();
        let lists: Vec<String> = units.iter().map(reload_variable).collect();
        let none = match &lists[..] {
            [list] => format!("$count({list}) = 0"),
            _ => format!("$count([{}]) = 0", lists.join(", ")),
        };
        let done = |task: &str| {
            format!(
                "{task}Status = \"running\" and {task}ReplicationTaskStats.FullLoadProgressPercent = 100 \
                 and {task}ReplicationTaskStats.TablesErrored = 0"
            )
        };
        let broken = |task: &str| {
            format!(
                "{task}Status in [\"failed\", \"stopped\", \"stopping\", \"deleting\", \"failed-move\"] \
                 or {task}ReplicationTaskStats.TablesErrored > 0 and ({none} or $turns >= {RELOAD_TURNS})"
            )
        };
        let found = "$states.result.ReplicationTasks";
        if tasks == 1 {
            let task = format!("{found}[0]");
            let reason = format!(
                "\"the task is \" & $string({task}.Status) & \", loaded \" & \
                 $string({task}.ReplicationTaskStats.FullLoadProgressPercent) & \" %, tables in error \" & \
                 $string({task}.ReplicationTaskStats.TablesErrored)"
            );
            return Self { done: done(&format!("{task}.")), broken: broken(&format!("{task}.")), reason };
        }
        Self {
            done: format!("$count({found}[{}]) = {tasks}", done("")),
            broken: format!("$count({found}[{}]) > 0", broken("")),
            reason: format!(
                "\"the tasks are \" & $join([{found}.Status], \", \") & \", loaded \" & \
                 $string({found}.ReplicationTaskStats.FullLoadProgressPercent) & \" %, tables in error \" & \
                 $string({found}.ReplicationTaskStats.TablesErrored)"
            ),
        }
    }
}

pub(super) struct LagLoop<'t> {
    /// Seconds between two polls.
    pub(super) seconds: u64,
    /// The required number of consecutive answers below the gate.
    pub(super) quiet: u64,
    pub(super) turns: u64,
    pub(super) next: &'t str,
}

impl<'t> LagLoop<'t> {
    /// A hold of the author's length. A long hold has fewer polls, so that they fit into the history; each answer then
    /// covers every minute since the last.
    fn holding(hold: Duration, next: &'t str) -> Self {
        let minutes = hold.secs().div_ceil(60).max(1);
        let step = minutes.div_ceil(LAG_ANSWERS);
        let quiet = minutes.div_ceil(step);
        Self { seconds: 60 * step, quiet, turns: quiet + LAG_PATIENCE.div_ceil(step), next }
    }
}

/// The lag of all databases stays below their gates, source and target together. A missing value is unknown, never
/// zero: an idle task reports no metrics.
pub(super) fn lag_gate(b: &mut Builder, [wait, measure, check]: [&str; 3], lag: LagLoop) {
    let LagLoop { seconds, quiet, turns, next } = lag;
    let plan = b.plan;
    let minutes = seconds.div_ceil(60);
    let known: Vec<String> = plan.units.iter().map(|unit| lag_known(unit, minutes)).collect();
    let below: Vec<String> = plan
        .units
        .iter()
        .map(|u| format!("{} < {}", lag_sum(u, minutes), seconds_text(u.lag_gate().millis())))
        .collect();
    let below = format!("{} and {}", known.join(" and "), below.join(" and "));
    let ask = b
        .task(measure, Api::GetMetricData, lag_query(b, 120 + 60 * minutes))
        .does("measures the lag of the target")
        .assign("verdict", verdict(&format!("{below} and $quiet + 1 >= {quiet}"), "false", turns))
        .assign("quiet", expression(format!("({below}) ? $quiet + 1 : 0")))
        .assign("reason", expression(lag_reason(plan, minutes, quiet)))
        .assign("turns", expression("$turns + 1"));
    let check = b
        .gate(check, next)
        .effect(Effect::LagGate)
        .holds(Hold::Answers(quiet))
        .does("continues when the lag has stayed below the gate");
    b.poll(Poll {
        wait: (wait, Argument::Integer(seconds as i64)),
        longest: seconds,
        first: Vec::new(),
        ask,
        check,
        turns,
    });
}

/// The lag in words, for people.
fn lag_reason(plan: &Plan, minutes: u64, quiet: u64) -> String {
    let parts: Vec<String> = plan
        .units
        .iter()
        .map(|unit| {
            let of = unit.of().map_or_else(String::new, |key| format!("of {key} "));
            format!(
                "\"lag {of}\" & (({}) ? $string({}) & \" s\" : \"unknown\") & \", the gate opens below {} s after {quiet} values in a row\"",
                lag_known(unit, minutes),
                lag_sum(unit, minutes),
                seconds_text(unit.lag_gate().millis()),
            )
        })
        .collect();
    parts.join(" & \"; \" & ")
}

/// Whether there is a value for every minute.
pub(super) fn lag_known(unit: &Unit, minutes: u64) -> String {
    let known = |side: &str| match minutes {
        0 | 1 => format!("$exists({}[0])", lag_values(unit, side)),
        _ => format!("$count({}) >= {minutes}", lag_values(unit, side)),
    };
    format!("{} and {}", known("source"), known("target"))
}

/// The lag in seconds: the newest value, or the maximum of several minutes.
pub(super) fn lag_sum(unit: &Unit, minutes: u64) -> String {
    let value = |side: &str| match minutes {
        0 | 1 => format!("{}[0]", lag_values(unit, side)),
        _ => format!("$max({})", lag_values(unit, side)),
    };
    format!("{} + {}", value("source"), value("target"))
}

/// The values of a side's lag, in seconds, the newest first.
fn lag_values(unit: &Unit, side: &str) -> String {
    format!("$states.result.MetricDataResults[Id = \"{}\"].Values", unit.name_for_database(side))
}

/// The values of the last `seconds`, newest first: CloudWatch has one a
/// minute, about a minute late.
pub(super) fn lag_query(b: &Builder, seconds: u64) -> Argument {
    let query = |unit: &Unit, id: &str, metric: &str| {
        let dimensions = unit.dimensions().map(|(name, value)| arguments!({ "Name": name, "Value": value }));
        arguments!({
            "Id": unit.name_for_database(id),
            "MetricStat": arguments!({
                "Metric": arguments!({
                    "Namespace": "AWS/DMS",
                    "MetricName": metric,
                    "Dimensions": dimensions.to_vec(),
                }),
                "Period": 60,
                "Stat": "Maximum",
            }),
            "ReturnData": true,
        })
    };
    let queries = |unit| [query(unit, "source", "CDCLatencySource"), query(unit, "target", "CDCLatencyTarget")];
    let now = "$states.context.State.EnteredTime";
    arguments!({
        "StartTime": expression(format!("$fromMillis($toMillis({now}) - {})", 1000 * seconds)),
        "EndTime": expression(now),
        "ScanBy": "TimestampDescending",
        "MetricDataQueries": b.plan.units.iter().flat_map(queries).collect::<Vec<_>>(),
    })
}

/// `5` or `2.5`.
pub(super) fn seconds_text(millis: u64) -> String {
    match millis % 1000 {
        0 => (millis / 1000).to_string(),
        _ => format!("{}.{:03}", millis / 1000, millis % 1000).trim_end_matches('0').to_owned(),
    }
}
