//! The handler: one event, one measurement of each task.

use std::time::Duration;

use migspec_events::{MonitorEvent, MonitorReply, task_identifier};
use migspec_function::{Call, Failure, Metric, Name, TableStatistics, Task, Tasks, retry};

/// DMS throttles requests for this time at most.
const PATIENCE: Duration = Duration::from_secs(10);
/// Kept for the answer.
const RESERVE: Duration = Duration::from_secs(5);

/// Measures each task, also after a failure of an earlier one. Repeats the requests that AWS throttles.
///
/// # Errors
/// DMS does not answer for a task, or knows none of that ARN. The metrics of the other tasks are written.
pub async fn handle<P: Tasks>(ports: &P, call: &Call, event: MonitorEvent) -> Result<MonitorReply, Failure> {
    let mut problems = Vec::new();
    let mut failure = None;
    for arn in &event.tasks {
        match retry(call, PATIENCE, RESERVE, |_| measure(ports, call, arn)).await {
            Ok(found) => problems.extend(found),
            Err(error) => failure = Some(error),
        }
    }
    match failure {
        Some(failure) => Err(failure),
        None => Ok(MonitorReply { problems }),
    }
}

/// Writes the metrics of a task. Returns its tables in error.
async fn measure<P: Tasks>(ports: &P, call: &Call, arn: &str) -> Result<Vec<String>, Failure> {
    let identifier = task_identifier(arn);
    let absent = || Failure::configuration(format!("there is no task {identifier}"));
    let task = ports.task(arn).await?.ok_or_else(absent)?;
    // A task that never ran has no statistics.
    let tables = if has_run(&task) { ports.table_statistics(arn).await? } else { Vec::new() };
    let problems: Vec<String> = tables.iter().filter_map(TableStatistics::problem).collect();
    call.metrics()
        .of(identifier)
        .value(Metric::TablesInError, problems.len() as f64)
        .value(Metric::TasksUnderWay, f64::from(u8::from(is_under_way(&task))))
        .emit(&call.log);
    if !problems.is_empty() {
        let tables = problems.len();
        call.log.warn("tables in error", [("task", Name::of(identifier).into()), ("tables", tables.into())]);
    }
    Ok(problems)
}

fn has_run(task: &Task) -> bool {
    !matches!(task.status.as_str(), "creating" | "ready")
}

/// Whether the task should have a lag: it runs, it has failed, or an error has stopped it. A task that was never started or
/// that the workflow has stopped is not under way (fact: dms-stop-reasons).
fn is_under_way(task: &Task) -> bool {
    match task.status.as_str() {
        "creating" | "ready" | "deleting" => false,
        "stopped" => task.stop_reason != "Stop Reason NORMAL",
        _ => true,
    }
}
