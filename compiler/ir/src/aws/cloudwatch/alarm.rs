use crate::class::{Classes, TEXT};
use crate::datum::{Datum, Value};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::metrics;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

use super::rule;

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
    classes: Classes {
        identity: &["AlarmName"],
        free: &[("AlarmDescription", TEXT)],
        undecided: &["MetricName", "TreatMissingData", "ComparisonOperator", "Period", "EvaluationPeriods"],
        ..Classes::NONE
    },
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
    Fact::string("metricName", "MetricName", ""),
    // Whether the metric exists with these dimensions, and the engine publishes it.
    Fact::computed("metricKnown", FactType::Bool, |alarm, graph| metric_known(alarm, graph).into()),
    Fact::string("treatMissingData", "TreatMissingData", "missing"),
    Fact::string("comparisonOperator", "ComparisonOperator", ""),
    // Rounded up; -1: a band or an expression decides.
    Fact::computed("threshold", FactType::Long, threshold),
    // Between which thresholds an alarm on its metric comes in time.
    Fact::computed("leastThreshold", FactType::Long, |alarm, _| useful(alarm).map(|(least, _)| least).into()),
    Fact::computed("mostThreshold", FactType::Long, |alarm, _| useful(alarm).map(|(_, most)| most).into()),
    // Whether its metric has values for as long as the resource exists.
    Fact::computed("metricIsSteady", FactType::Bool, |alarm, _| {
        metric(alarm).map(|(namespace, name)| metrics::find(namespace, name).is_some_and(|m| m.steady)).into()
    }),
    // In seconds.
    Fact::long("period", "Period", 0),
    Fact::long("evaluationPeriods", "EvaluationPeriods", 1),
    Fact::true_by_default("actionsEnabled", "ActionsEnabled"),
    // It notifies a topic, by itself or by a composite alarm, or it keeps a composite alarm quiet.
    Fact::computed("isHeard", FactType::Bool, |alarm, graph| is_heard(alarm, graph).into()),
];

/// Whether anything happens when the alarm goes off.
pub(super) fn acts(alarm: &Resource) -> bool {
    let enabled = alarm.get("ActionsEnabled").is_none_or(|d| d.value.as_bool() == Some(true));
    enabled && alarm.get("AlarmActions").and_then(|d| d.value.as_list()).is_some_and(|actions| !actions.is_empty())
}

fn is_heard(alarm: &Resource, graph: &Index<'_>) -> bool {
    let has_use = |alarm: &Resource| acts(alarm) || rule::suppresses(alarm, graph);
    has_use(alarm) || rule::composites_of(alarm, graph).any(has_use)
}

/// Whether the metric, or each metric of the expression, is one of AWS's or
/// ours; `None` if unknown.
fn metric_known(alarm: &Resource, graph: &Index<'_>) -> Option<bool> {
    let queries = alarm.get("Metrics").and_then(|d| d.value.as_list()).unwrap_or_default();
    let mut metrics: Vec<[Option<&Datum>; 3]> = queries
        .iter()
        .filter_map(|query| query.get("MetricStat.Metric"))
        .map(|metric| ["Namespace", "MetricName", "Dimensions"].map(|name| metric.get(name)))
        .collect();
    if alarm.get("MetricName").is_some() {
        metrics.push(["Namespace", "MetricName", "Dimensions"].map(|name| alarm.get(name)));
    }
    let mut known = !metrics.is_empty();
    for [namespace, name, dimensions] in metrics {
        let (Some(namespace), Some(name)) = (namespace, name) else { return Some(false) };
        let (namespace, name) = (namespace.value.as_str()?, name.value.as_str()?);
        let dimensions = dimensions.and_then(|d| d.value.as_list()).unwrap_or_default();
        let names = dimensions.iter().map(|d| d.get("Name").and_then(|name| name.value.as_str()));
        let names: Vec<&str> = names.collect::<Option<_>>()?;
        known &= metrics::is_written(namespace, name, &names, engine(dimensions, graph));
    }
    Some(known)
}

/// The engine of the database that the dimensions name, if it is in the graph.
fn engine<'g>(dimensions: &[Datum], graph: &Index<'g>) -> Option<&'g str> {
    let named = |name: &str| dimensions.iter().find(|d| d.get("Name").and_then(|n| n.value.as_str()) == Some(name));
    ["DBClusterIdentifier", "DBInstanceIdentifier"].iter().find_map(|property| {
        let value = &named(property)?.get("Value")?.value;
        let type_name = if *property == "DBClusterIdentifier" { "AWS::RDS::DBCluster" } else { "AWS::RDS::DBInstance" };
        let is_named =
            |r: &&Resource| value.target() == Some(&r.id) || r.get(property).is_some_and(|d| d.value == *value);
        graph.all(type_name).find(is_named)?.get("Engine")?.value.as_str()
    })
}

/// Namespace and name of its metric, empty where an expression decides; nothing
/// where they are not known.
fn metric(alarm: &Resource) -> Option<(&str, &str)> {
    let text = |name: &str| alarm.get(name).map_or(Some(""), |d| d.value.as_str());
    Some((text("Namespace")?, text("MetricName")?))
}

fn useful(alarm: &Resource) -> Option<(i64, i64)> {
    metric(alarm).map(|(namespace, name)| metrics::useful(namespace, name))
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
    fn metrics_are_looked_up_inside_expressions_too() {
        let of = |dimension: &str, name: &str| {
            format!(
                r#""Namespace": "AWS/Lambda", "MetricName": "{name}", "Dimensions": [{{"Name": "{dimension}", "Value": "f"}}]"#
            )
        };
        let inside = |metric: &str| {
            format!(r#"{{"Metrics": [{{"MetricStat": {{"Metric": {{{metric}}}}}}}, {{"Expression": "m*2"}}]}}"#)
        };
        for (dimension, name, expected) in
            [("FunctionName", "Errors", true), ("Function", "Errors", false), ("FunctionName", "Error", false)]
        {
            let metric = of(dimension, name);
            assert_eq!(read("metricKnown", &format!("{{{metric}}}")), FactValue::Bool(expected), "{metric}");
            assert_eq!(read("metricKnown", &inside(&metric)), FactValue::Bool(expected), "{metric}");
        }
        assert_eq!(read("metricKnown", "{}"), FactValue::Bool(false));
    }

    #[test]
    fn what_an_alarm_is_good_for_follows_from_its_metric() {
        let lag = r#"{"Namespace": "AWS/DMS", "MetricName": "CDCLatencyTarget"}"#;
        let own = r#"{"Namespace": "Migspec/Validation", "MetricName": "ValidationErrors"}"#;
        let expression = r#"{"Metrics": [{"Expression": "m*2"}]}"#;
        for (alarm, steady, most) in [(lag, true, 3_600), (own, false, 100), (expression, false, i64::MAX)] {
            assert_eq!(read("metricIsSteady", alarm), FactValue::Bool(steady), "{alarm}");
            assert_eq!(read("mostThreshold", alarm), FactValue::Long(most), "{alarm}");
        }
    }

    #[test]
    fn disabled_actions_are_no_actions() {
        let actions = r#""AlarmActions": [{"Ref": "t"}]"#;
        assert_eq!(read("isHeard", &format!("{{{actions}}}")), FactValue::Bool(true));
        assert_eq!(read("isHeard", &format!(r#"{{{actions}, "ActionsEnabled": false}}"#)), FactValue::Bool(false));
        assert_eq!(read("isHeard", r#"{"AlarmActions": []}"#), FactValue::Bool(false));
    }

    #[test]
    fn a_composite_alarm_is_the_voice_of_its_parts() {
        let of = |rule: &str, actions: &str| {
            let composite = format!(r#"{{"AlarmRule": {rule:?}, "AlarmActions": {actions}}}"#);
            let alarm = resource("AWS::CloudWatch::Alarm", "a", r#"{"AlarmName": "lag"}"#);
            fact(&TYPE, "isHeard", [alarm, resource("AWS::CloudWatch::CompositeAlarm", "c", &composite)])
        };
        let topic = r#"[{"Ref": "t"}]"#;
        assert_eq!(of(r#"ALARM("lag") OR ALARM("cpu")"#, topic), FactValue::Bool(true));
        assert_eq!(of(r#"ALARM("lag")"#, "[]"), FactValue::Bool(false));
        assert_eq!(of(r#"ALARM("lag-2")"#, topic), FactValue::Bool(false));
        assert_eq!(of(r#"OK("lag")"#, topic), FactValue::Bool(false));
    }

    #[test]
    fn missing_data_is_missing_by_default() {
        assert_eq!(read("treatMissingData", "{}"), FactValue::from("missing"));
    }
}
