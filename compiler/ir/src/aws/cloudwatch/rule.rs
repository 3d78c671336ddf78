//! Rules of composite alarms: the alarms that a rule reads, and the alarms in whose ALARM a composite alarm is quiet
//! (fact: cloudwatch-suppressor).

use crate::graph::Resource;
use crate::index::Index;
use crate::metrics::OWN_NAMESPACE;

const ALARM: &str = "AWS::CloudWatch::Alarm";
const COMPOSITE: &str = "AWS::CloudWatch::CompositeAlarm";
/// The longest seconds in which a suppressor follows its tasks, and in which a task that starts has its first lag.
const PERIODS: [(&str, i64); 2] = [("ActionsSuppressorWaitPeriod", 300), ("ActionsSuppressorExtensionPeriod", 900)];

/// The composite alarms that ring when an alarm does.
pub(super) fn composites_of<'g>(alarm: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    let wanted = text(alarm, "AlarmName").map(in_alarm);
    graph.all(COMPOSITE).filter(move |composite| {
        wanted.as_ref().is_some_and(|wanted| text(composite, "AlarmRule").is_some_and(|rule| rule.contains(wanted)))
    })
}

/// Whether a composite alarm is quiet while this alarm is in ALARM.
pub(super) fn suppresses(alarm: &Resource, graph: &Index<'_>) -> bool {
    graph.referring(&alarm.id, COMPOSITE, "ActionsSuppressor").next().is_some()
}

/// Whether it has a suppressor that is in ALARM while one of its own tasks is under way, or that keeps it quiet for longer
/// than the metrics need.
pub(super) fn is_silenced(composite: &Resource, graph: &Index<'_>) -> bool {
    if composite.get("ActionsSuppressor").is_none() {
        return false;
    }
    let tasks: Vec<&str> = parts(composite, graph).filter_map(task).collect();
    let rests = graph.follow(composite, "ActionsSuppressor").is_some_and(|alarm| is_rest(alarm, &tasks, graph));
    let is_short = |(property, most): (&str, i64)| {
        composite.get(property).and_then(|d| d.value.as_integer()).is_some_and(|seconds| seconds <= most)
    };
    !rests || !PERIODS.into_iter().all(is_short)
}

/// Whether an alarm is in ALARM only while none of the tasks that it reads is under way. They are among those of the
/// composite alarm; one that reads no task at all has lost its parts, which is not for this fact to judge.
fn is_rest(alarm: &Resource, tasks: &[&str], graph: &Index<'_>) -> bool {
    if alarm.type_name == ALARM {
        return is_idle(alarm) && task(alarm).is_some_and(|task| tasks.is_empty() || tasks.contains(&task));
    }
    let Some(rule) = text(alarm, "AlarmRule") else { return false };
    rule.split(" AND ").all(|wanted| {
        let named = |part: &&Resource| text(part, "AlarmName").map(in_alarm).as_deref() == Some(wanted);
        graph.all(ALARM).find(named).is_some_and(|part| is_rest(part, tasks, graph))
    })
}

/// Whether the monitor of the tasks says that the task is not under way.
fn is_idle(alarm: &Resource) -> bool {
    let own = text(alarm, "Namespace").is_some_and(|namespace| namespace.starts_with(OWN_NAMESPACE));
    let is = |(property, value)| text(alarm, property) == Some(value);
    own && alarm.get("Threshold").and_then(|d| d.value.as_integer()) == Some(1)
        && [
            ("MetricName", "TasksUnderWay"),
            ("ComparisonOperator", "LessThanThreshold"),
            ("Statistic", "Maximum"),
            ("TreatMissingData", "notBreaching"),
        ]
        .into_iter()
        .all(is)
}

/// The alarms in whose ALARM a composite alarm rings.
fn parts<'g>(composite: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    let rule = text(composite, "AlarmRule").unwrap_or_default().to_owned();
    let is_read = move |alarm: &&Resource| text(alarm, "AlarmName").is_some_and(|name| rule.contains(&in_alarm(name)));
    graph.all(ALARM).filter(is_read)
}

/// The task of an alarm: the value of its dimension.
fn task(alarm: &Resource) -> Option<&str> {
    let dimensions = alarm.get("Dimensions").and_then(|d| d.value.as_list()).unwrap_or_default();
    let of_task = |name: Option<&str>| matches!(name, Some("Task" | "ReplicationTaskIdentifier"));
    let dimension = dimensions.iter().find(|d| of_task(d.get("Name").and_then(|name| name.value.as_str())))?;
    dimension.get("Value")?.value.as_str()
}

fn in_alarm(name: &str) -> String {
    format!("ALARM(\"{name}\")")
}

fn text<'r>(resource: &'r Resource, property: &str) -> Option<&'r str> {
    resource.get(property)?.value.as_str()
}
