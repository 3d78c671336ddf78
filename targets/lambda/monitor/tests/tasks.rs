//! The metrics of tasks, from the ports in memory.

use std::time::Duration;

use migspec_events::{MonitorEvent, MonitorReply};
use migspec_function::{Call, Failure, Log, Metric, Settings, TableStatistics, Task};
use migspec_function_testing::{Memory, block_on, lines, metric_values};
use migspec_monitor::handle;

const FORWARD: &str = "arn:aws:dms:us-east-1:111111111111:task:forward";
const REVERSE: &str = "arn:aws:dms:us-east-1:111111111111:task:reverse";

fn task(status: &str, reason: &str) -> Task {
    Task { status: status.to_owned(), stop_reason: reason.to_owned(), ..Task::default() }
}

fn table(state: &str) -> TableStatistics {
    TableStatistics {
        schema: "payments".into(),
        table: "event".into(),
        state: state.into(),
        ..TableStatistics::default()
    }
}

fn call(seconds: u64) -> Call {
    let settings = Settings { metrics: "Migspec/payments/dev".to_owned(), ..Settings::default() };
    Call::lasting(settings, Log::memory(), Duration::from_secs(seconds))
}

/// The metrics of a task: its identifier, its tables in error, and whether it is under way.
type Measured = (String, f64, f64);

/// The answer for tasks, each with the state of its table, and the metrics.
fn measure(tasks: &[(&str, Task, &str)]) -> (Result<MonitorReply, Failure>, Vec<Measured>) {
    let memory = Memory::default();
    for (arn, task, state) in tasks {
        memory.state().tasks.insert((*arn).to_owned(), task.clone());
        memory.state().statistics.insert((*arn).to_owned(), vec![table("Table completed"), table(state)]);
    }
    let call = call(50);
    let event = MonitorEvent { tasks: vec![FORWARD.to_owned(), REVERSE.to_owned()] };
    let reply = block_on(handle(&memory, &call, event));
    let lines = lines(&call.log.lines());
    let tables = metric_values(&lines, Metric::TablesInError);
    let under_way = metric_values(&lines, Metric::TasksUnderWay);
    let tasks = lines.iter().filter_map(|line| line.get("_aws").and_then(|_| line["Task"].as_str()));
    let metrics = tasks.zip(tables).zip(under_way).map(|((task, tables), way)| (task.to_owned(), tables, way));
    (reply, metrics.collect())
}

#[test]
fn a_suspended_table_of_a_running_task_is_counted() {
    let running = task("running", "");
    let ready = task("ready", "");
    let (reply, metrics) = measure(&[(FORWARD, running, "Table error"), (REVERSE, ready, "Table error")]);
    assert_eq!(metrics, [("forward".to_owned(), 1.0, 1.0), ("reverse".to_owned(), 0.0, 0.0)]);
    let problems = reply.expect("an answer").problems;
    assert_eq!(problems, ["DMS: payments.event: Table error, 0 rows failed, 0 suspended"]);
}

#[test]
fn a_state_that_nobody_knows_is_an_error() {
    for (state, wrong) in [
        ("Before load", 0.0),
        ("Full load", 0.0),
        ("Table completed", 0.0),
        ("Table is being reloaded", 0.0),
        ("Table cancelled", 1.0),
        ("Table does not exist", 1.0),
        ("Table error", 1.0),
        ("", 1.0),
    ] {
        let (_, metrics) = measure(&[(FORWARD, task("running", ""), state), (REVERSE, task("ready", ""), state)]);
        assert_eq!(metrics.first(), Some(&("forward".to_owned(), wrong, 1.0)), "{state}");
    }
}

#[test]
fn a_task_is_under_way_unless_nobody_expects_a_lag() {
    for (status, reason, under_way) in [
        ("creating", "", 0.0),
        ("ready", "", 0.0),
        ("starting", "", 1.0),
        ("running", "", 1.0),
        ("stopping", "", 1.0),
        ("stopped", "Stop Reason NORMAL", 0.0),
        ("stopped", "Stop Reason RECOVERABLE_ERROR", 1.0),
        ("stopped", "", 1.0),
        ("failed", "Stop Reason FATAL_ERROR", 1.0),
        ("deleting", "", 0.0),
        ("an unknown status", "", 1.0),
    ] {
        let state = "Table completed";
        let (_, metrics) = measure(&[(FORWARD, task(status, reason), state), (REVERSE, task("ready", ""), state)]);
        assert_eq!(metrics.first(), Some(&("forward".to_owned(), 0.0, under_way)), "{status} {reason}");
    }
}

#[test]
fn a_missing_task_has_no_metric_and_leaves_the_others_measured() {
    let (reply, metrics) = measure(&[(REVERSE, task("running", ""), "Table completed")]);
    assert_eq!(metrics, [("reverse".to_owned(), 0.0, 1.0)]);
    let failure = reply.expect_err("no task");
    assert!(failure.to_string().contains("there is no task forward"), "{failure}");
}

#[test]
fn throttled_requests_are_repeated() {
    let memory = Memory::default();
    memory.state().tasks.insert(FORWARD.to_owned(), task("running", ""));
    memory.state().statistics.insert(FORWARD.to_owned(), vec![table("Table error")]);
    memory.state().throttled = 3;
    let call = call(50);
    let event = MonitorEvent { tasks: vec![FORWARD.to_owned()] };
    let reply = block_on(handle(&memory, &call, event)).expect("DMS throttles three requests");
    assert_eq!((reply.problems.len(), memory.state().throttled), (1, 0));
    assert_eq!(metric_values(&lines(&call.log.lines()), Metric::TablesInError), [1.0], "one measurement");
}

/// The next minute measures again.
#[test]
fn requests_that_stay_throttled_end_with_the_time_of_the_call() {
    let memory = Memory::default();
    memory.state().throttled = u32::MAX;
    let call = call(6);
    let event = MonitorEvent { tasks: vec![FORWARD.to_owned()] };
    let failure = block_on(handle(&memory, &call, event)).expect_err("DMS throttles all requests");
    assert!(failure.passes() && failure.message().contains("ThrottlingException"), "{failure}");
}
