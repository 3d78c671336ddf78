use std::collections::BTreeSet;

use crate::datum::{Datum, Value};
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
    let end = format!(":task:{identifier}\"");
    let text =
        |rule: &Resource, path: &str| rule.get(path).and_then(|d| d.value.as_str()).unwrap_or_default().to_owned();
    graph.all("AWS::Events::Rule").any(|rule| {
        let every_minute = text(rule, "ScheduleExpression") == "rate(1 minute)" && text(rule, "State") != "DISABLED";
        let targets = rule.get("Targets").and_then(|d| d.value.as_list()).unwrap_or_default();
        every_minute && targets.iter().any(|target| names_task(target, &end) && calls_monitor(target, graph))
    })
}

fn names_task(target: &Datum, end: &str) -> bool {
    let input = target.get("Input").map(|input| match &input.value {
        Value::JsonText(document) => json::of(&document.value).to_string(),
        value => json::of(value).to_string().replace("\\\"", "\""),
    });
    input.is_some_and(|input| input.contains(end))
}

fn calls_monitor(target: &Datum, graph: &Index<'_>) -> bool {
    let function = target.get("Arn").and_then(|arn| graph.resources.get(arn.value.target()?));
    let role = function.and_then(|function| graph.role(function, "Role"));
    role.is_some_and(|role| graph.actors.get(&role.id) == Some(&Actor::Monitor))
}
