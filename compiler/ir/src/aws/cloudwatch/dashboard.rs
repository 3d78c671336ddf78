use std::collections::BTreeSet;
use std::sync::Arc;

use crate::class::Classes;
use crate::datum::{Datum, Value};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::json;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::CloudWatch::Dashboard",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_dashboard",
        reference: "dashboard_name",
        properties: &[
            argument("DashboardName", "dashboard_name"),
            Property::new("DashboardBody", Form::Json("dashboard_body")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("dashboardName", "DashboardName", ""),
        Fact::computed("metricNames", FactType::StringSet, metric_names),
    ],
    classes: Classes { identity: &["DashboardName"], ..Classes::NONE },
};

/// The metrics of all widgets: `widgets[].properties.metrics[]` is a list of
/// namespace, metric, and dimensions.
pub(in crate::aws) fn metric_names(dashboard: &Resource, _: &Index<'_>) -> FactValue {
    let Some(body) = dashboard.get("DashboardBody").and_then(json::document) else { return FactValue::Unknown };
    let widgets = body.get("widgets").and_then(|d| d.value.as_list()).unwrap_or_default();
    let names: BTreeSet<Arc<str>> = widgets.iter().flat_map(metrics).filter_map(name).collect();
    FactValue::StringSet(names)
}

fn metrics(widget: &Datum) -> &[Datum] {
    widget.get("properties.metrics").and_then(|d| d.value.as_list()).unwrap_or_default()
}

/// The second word of a metric; an expression has none.
fn name(metric: &Datum) -> Option<Arc<str>> {
    match &metric.get("1")?.value {
        Value::String(name) => Some(name.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn metrics_of_all_widgets_are_found() {
        let body = r#"{"DashboardBody": {"widgets": [
            {"properties": {"metrics": [["AWS/DMS", "CDCLatencySource", "ReplicationTaskIdentifier", "X"]]}},
            {"properties": {"metrics": [[{"expression": "m1"}], ["AWS/RDS", "CPUUtilization"]]}},
            {"properties": {"markdown": "text"}}]}}"#;
        let dashboard = resource("AWS::CloudWatch::Dashboard", "d", body);
        let expected = FactValue::set([Some("CDCLatencySource"), Some("CPUUtilization")]);
        assert_eq!(fact(&TYPE, "metricNames", [dashboard]), expected);
    }
}
