use crate::datum::{Datum, Value};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::CloudWatch::Alarm",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_metric_alarm",
        reference: "alarm_name",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("AlarmName", "alarm_name"),
            argument("AlarmDescription", "alarm_description"),
            argument("ActionsEnabled", "actions_enabled"),
            argument("AlarmActions", "alarm_actions"),
            argument("OKActions", "ok_actions"),
            argument("InsufficientDataActions", "insufficient_data_actions"),
            argument("Namespace", "namespace"),
            argument("MetricName", "metric_name"),
            Property::new("Dimensions", DIMENSIONS),
            Property::new("Metrics", Form::Blocks("metric_query", METRICS)),
            argument("Statistic", "statistic"),
            argument("ExtendedStatistic", "extended_statistic"),
            argument("EvaluateLowSampleCountPercentile", "evaluate_low_sample_count_percentiles"),
            argument("Unit", "unit"),
            argument("Period", "period"),
            argument("EvaluationPeriods", "evaluation_periods"),
            argument("DatapointsToAlarm", "datapoints_to_alarm"),
            argument("ComparisonOperator", "comparison_operator"),
            argument("Threshold", "threshold"),
            argument("ThresholdMetricId", "threshold_metric_id"),
            argument("TreatMissingData", "treat_missing_data"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: FACTS,
};

const DIMENSIONS: Form = Form::Pairs { argument: "dimensions", key: "Name", value: "Value" };

const METRICS: &[Property] = &[
    argument("Id", "id"),
    argument("Label", "label"),
    argument("Expression", "expression"),
    argument("AccountId", "account_id"),
    argument("Period", "period"),
    argument("ReturnData", "return_data"),
    Property::new(
        "MetricStat",
        Form::Block(
            "metric",
            &[
                Property::new(
                    "Metric",
                    Form::Inline(&[
                        argument("Namespace", "namespace"),
                        argument("MetricName", "metric_name"),
                        Property::new("Dimensions", DIMENSIONS),
                    ]),
                ),
                argument("Period", "period"),
                argument("Stat", "stat"),
                argument("Unit", "unit"),
            ],
        ),
    ),
];

const FACTS: &[Fact] = &[
    Fact::string("alarmName", "AlarmName", ""),
    Fact::string("namespace", "Namespace", ""),
    Fact::string("metricName", "MetricName", ""),
    Fact::computed("metricNames", FactType::StringSet, metric_names),
    Fact::computed("dimensionNames", FactType::StringSet, |alarm, _| {
        FactValue::set(dimensions(alarm).iter().map(|d| d.get("Name").and_then(|name| name.value.as_str())))
    }),
    Fact::computed("hasDimensions", FactType::Bool, |alarm, _| (!dimensions(alarm).is_empty()).into()),
    Fact::computed("watchesReplication", FactType::Bool, |alarm, _| {
        let namespace = alarm.get("Namespace").and_then(|d| d.value.as_str());
        (namespace == Some("AWS/DMS")).into()
    }),
    Fact::string("treatMissingData", "TreatMissingData", "missing"),
    Fact::string("comparisonOperator", "ComparisonOperator", ""),
    // Rounded up; -1: a band or an expression decides.
    Fact::computed("threshold", FactType::Long, threshold),
    // In seconds.
    Fact::long("period", "Period", 0),
    Fact::long("evaluationPeriods", "EvaluationPeriods", 1),
    Fact::bool("actionsEnabled", "ActionsEnabled", true),
    Fact::computed("hasAction", FactType::Bool, |alarm, _| acts(alarm).into()),
];

/// Whether anything happens when the alarm goes off.
pub(super) fn acts(alarm: &Resource) -> bool {
    let enabled = alarm.get("ActionsEnabled").is_none_or(|d| d.value.as_bool() == Some(true));
    enabled && alarm.get("AlarmActions").and_then(|d| d.value.as_list()).is_some_and(|actions| !actions.is_empty())
}

fn dimensions(alarm: &Resource) -> &[Datum] {
    alarm.get("Dimensions").and_then(|d| d.value.as_list()).unwrap_or_default()
}

/// The metric itself, or those that the expression is made of.
fn metric_names(alarm: &Resource, _: &Index<'_>) -> FactValue {
    let queries = alarm.get("Metrics").and_then(|d| d.value.as_list()).unwrap_or_default();
    let queried = queries.iter().filter_map(|query| query.get("MetricStat.Metric.MetricName"));
    let names = alarm.get("MetricName").into_iter().chain(queried);
    FactValue::set(names.map(|name| name.value.as_str()))
}

fn threshold(alarm: &Resource, _: &Index<'_>) -> FactValue {
    match alarm.get("Threshold").map(|d| &d.value) {
        None => (-1).into(),
        Some(Value::Integer(n)) => (*n).into(),
        // Beyond 2^53 no threshold makes sense; the cast saturates.
        Some(Value::Number(n)) => (n.ceil() as i64).into(),
        Some(_) => FactValue::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn read(name: &str, properties: &str) -> FactValue {
        fact(&TYPE, name, [resource("AWS::CloudWatch::Alarm", "a", properties)])
    }

    #[test]
    fn thresholds_are_rounded_towards_alarm() {
        for (threshold, expected) in [("5", 5), ("4.2", 5), ("-1.5", -1)] {
            let value = read("threshold", &format!(r#"{{"Threshold": {threshold}}}"#));
            assert_eq!(value, FactValue::Long(expected), "{threshold}");
        }
    }

    #[test]
    fn metrics_are_found_inside_expressions() {
        let metrics = r#"{"Metrics": [{"Id": "m", "MetricStat": {"Metric": {"MetricName": "Errors"}}}, {"Id": "e", "Expression": "m*2"}]}"#;
        assert_eq!(read("metricNames", metrics), FactValue::set([Some("Errors")]));
        assert_eq!(
            read("metricNames", r#"{"MetricName": "CDCLatencySource"}"#),
            FactValue::set([Some("CDCLatencySource")])
        );
    }

    #[test]
    fn disabled_actions_are_no_actions() {
        let actions = r#""AlarmActions": [{"Ref": "t"}]"#;
        assert_eq!(read("hasAction", &format!("{{{actions}}}")), FactValue::Bool(true));
        assert_eq!(read("hasAction", &format!(r#"{{{actions}, "ActionsEnabled": false}}"#)), FactValue::Bool(false));
        assert_eq!(read("hasAction", r#"{"AlarmActions": []}"#), FactValue::Bool(false));
    }

    #[test]
    fn missing_data_is_missing_by_default() {
        assert_eq!(read("treatMissingData", "{}"), FactValue::from("missing"));
    }
}
