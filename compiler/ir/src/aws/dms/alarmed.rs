use std::collections::BTreeSet;

use crate::datum::Datum;
use crate::fact::FactValue;
use crate::graph::{Actor, Resource};
use crate::index::Index;
use crate::json;

/// The metrics that alarms watch of a resource, which they name by the text of
/// `identifier` or by a reference. Terraform and CloudFormation know no other
/// link between the two.
pub(in crate::aws) fn metrics(resource: &Resource, identifier: &str, graph: &Index<'_>) -> FactValue {
    let text = resource.get(identifier).and_then(|d| d.value.as_str()).unwrap_or_default();
    let alarms = graph.alarms_on(text).chain(graph.alarms_on(resource.id.as_str()));
    let names = alarms.filter_map(|alarm| match &alarm.get("MetricName")?.value {
        crate::Value::String(name) => Some(name.clone()),
        _ => None,
    });
    FactValue::StringSet(names.collect::<BTreeSet<_>>())
}

/// The metrics among them whose alarm keeps its last state when the resource
/// falls silent.
pub(super) fn patient_metrics(resource: &Resource, identifier: &str, graph: &Index<'_>) -> FactValue {
    let text = resource.get(identifier).and_then(|d| d.value.as_str()).unwrap_or_default();
    let alarms = graph.alarms_on(text).chain(graph.alarms_on(resource.id.as_str()));
    let patient = alarms.filter(|alarm| alarm.get("TreatMissingData").and_then(|d| d.value.as_str()) == Some("ignore"));
    FactValue::set(patient.map(|alarm| alarm.get("MetricName").and_then(|d| d.value.as_str())))
}

/// Whether an enabled rule sends the ARN of a task to the task monitor every minute.
pub(super) fn is_monitored(task: &Resource, graph: &Index<'_>) -> bool {
    let Some(identifier) = task.get("ResourceIdentifier").and_then(|d| d.value.as_str()) else { return false };
    let arn_end = format!(":task:{identifier}");
    graph.all("AWS::Events::Rule").any(|rule| {
        let text = |property: &str| rule.get(property).and_then(|d| d.value.as_str());
        let every_minute = text("ScheduleExpression") == Some("rate(1 minute)") && text("State") != Some("DISABLED");
        let targets = rule.get("Targets").and_then(|d| d.value.as_list()).unwrap_or_default();
        every_minute && targets.iter().any(|target| names_task(target, &arn_end) && calls_monitor(target, graph))
    })
}

fn names_task(target: &Datum, arn_end: &str) -> bool {
    let Some(input) = target.get("Input").and_then(json::document) else { return false };
    let tasks = input.get("tasks").and_then(|tasks| tasks.value.as_list()).unwrap_or_default();
    tasks.iter().any(|arn| arn.value.as_str().is_some_and(|arn| arn.ends_with(arn_end)))
}

fn calls_monitor(target: &Datum, graph: &Index<'_>) -> bool {
    let function = target.get("Arn").and_then(|arn| graph.resources.get(arn.value.target()?));
    let role = function.and_then(|function| graph.role(function, "Role"));
    role.is_some_and(|role| graph.actors.get(&role.id) == Some(&Actor::Monitor))
}
