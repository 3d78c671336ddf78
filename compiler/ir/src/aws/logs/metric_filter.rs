use serde_json::{Value as Json, json};

use super::pattern;
use crate::Resource;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Logs::MetricFilter",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_log_metric_filter",
        reference: "name",
        properties: &[
            argument("FilterName", "name"),
            argument("FilterPattern", "pattern"),
            argument("LogGroupName", "log_group_name"),
            argument("ApplyOnTransformedLogs", "apply_on_transformed_logs"),
            Property::new("MetricTransformations", Form::Blocks("metric_transformation", TRANSFORMATION)),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("logGroup", "LogGroupName", "AWS::Logs::LogGroup"),
        Fact::computed("metricNames", FactType::StringSet, |filter, _| {
            let made = filter.get("MetricTransformations").and_then(|d| d.value.as_list()).unwrap_or_default();
            FactValue::set(made.iter().map(|one| one.get("MetricName").and_then(|d| d.value.as_str())))
        }),
        // Results of comparisons that its metrics do not count.
        Fact::computed("missedResults", FactType::StringSet, |filter, _| missed_results(filter)),
    ],
    classes: Classes {
        identity: &["FilterName", "LogGroupName"],
        judged: &[("FilterPattern", "missedResults"), ("MetricTransformations.MetricValue", "missedResults")],
        ..Classes::NONE
    },
};

/// The metrics of comparisons, each with the field of the validator's line that it counts.
const COUNTED: &[(&str, &str)] =
    &[("ValidationErrors", "errors"), ("ValidationMatches", "matched"), ("ValidationMismatches", "mismatched")];

/// One row that differs is enough for an alarm, and many count as many.
const COUNTS: [u32; 2] = [1, 250];

fn missed_results(filter: &Resource) -> FactValue {
    let made = filter.get("MetricTransformations").and_then(|d| d.value.as_list()).unwrap_or_default();
    let pattern = filter.get("FilterPattern").and_then(|d| d.value.as_str());
    let mut missed = Vec::new();
    for one in made {
        let text = |name: &str| one.get(name).and_then(|d| d.value.as_str());
        let Some((_, field)) = COUNTED.iter().find(|(known, _)| text("MetricName") == Some(known)) else { continue };
        for count in COUNTS {
            let line = line(field, count);
            let Some(is_caught) = pattern.and_then(|pattern| pattern::matches(pattern, &line)) else {
                return FactValue::Unknown;
            };
            let is_counted = text("MetricValue").and_then(|value| count_of(value, &line)) == Some(f64::from(count));
            if !(is_caught && is_counted) {
                missed.push(format!("{field}: {count}"));
            }
        }
    }
    FactValue::set(missed.iter().map(Some))
}

/// The validator's line about a comparison with this result.
fn line(field: &str, count: u32) -> Json {
    let mut line = json!({
        "level": "INFO", "message": "validated", "event": "validation", "matched": 0, "mismatched": 0, "errors": 0,
    });
    line[field] = count.into();
    line
}

/// The value of a metric: a field of the line, or a number.
fn count_of(value: &str, line: &Json) -> Option<f64> {
    pattern::select(value, line).map_or_else(|| value.parse().ok(), Json::as_f64)
}

const TRANSFORMATION: &[Property] = &[
    argument("MetricName", "name"),
    argument("MetricNamespace", "namespace"),
    argument("MetricValue", "value"),
    Property::new("DefaultValue", Form::Text("default_value")),
    Property::new("Dimensions", Form::Tags("dimensions")),
    argument("Unit", "unit"),
];
