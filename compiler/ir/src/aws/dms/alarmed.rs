use std::collections::BTreeSet;

use crate::fact::FactValue;
use crate::graph::Resource;
use crate::index::Index;

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
