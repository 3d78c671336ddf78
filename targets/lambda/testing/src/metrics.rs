//! CloudWatch's embedded metric format, as its specification describes it:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>.
//! A line that is not of it is a line of the log, and its values are lost
//! without a word.

use serde_json::Value;

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html>
const UNITS: [&str; 27] = [
    "Seconds",
    "Microseconds",
    "Milliseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Percent",
    "Count",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
    "Count/Second",
    "None",
];
/// Dimensions of one set, and metrics of one line.
const MOST: (usize, usize) = (30, 100);

/// What CloudWatch would not take of a line with metrics; nothing for a line
/// that has none.
pub fn metric_problems(line: &Value) -> Vec<String> {
    let Some(metadata) = line.get("_aws") else { return Vec::new() };
    let mut problems = Vec::new();
    let mut demand = |holds: bool, what: &str| {
        if !holds {
            problems.push(format!("{what}: {line}"));
        }
    };
    demand(metadata["Timestamp"].as_u64().is_some_and(|ms| ms > 1_600_000_000_000), "the timestamp is no time in ms");
    let directives = metadata["CloudWatchMetrics"].as_array().cloned().unwrap_or_default();
    demand(!directives.is_empty(), "there is no directive");
    for directive in &directives {
        let namespace = directive["Namespace"].as_str().unwrap_or_default();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-/#:".contains(c);
        demand((1..256).contains(&namespace.len()) && namespace.chars().all(allowed), "the namespace");
        demand(!namespace.starts_with("AWS/"), "the namespace is of AWS's own");
        let sets = directive["Dimensions"].as_array().cloned().unwrap_or_default();
        demand(!sets.is_empty(), "there is no set of dimensions");
        for set in &sets {
            let names: Vec<&str> = set.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            demand(names.len() <= MOST.0 && set.as_array().is_some_and(|s| s.len() == names.len()), "a dimension set");
            let given = |name: &&str| line[*name].as_str().is_some_and(|v| !v.is_empty() && v.len() <= 1024);
            demand(names.iter().all(given), "a dimension without its value");
        }
        let metrics = directive["Metrics"].as_array().cloned().unwrap_or_default();
        demand((1..=MOST.1).contains(&metrics.len()), "the number of metrics");
        for metric in &metrics {
            let name = metric["Name"].as_str().unwrap_or_default();
            demand((1..=1024).contains(&name.len()), "the name of a metric");
            demand(line[name].as_f64().is_some_and(f64::is_finite), "a metric without its value");
            demand(metric["Unit"].as_str().is_some_and(|unit| UNITS.contains(&unit)), "the unit");
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn line() -> Value {
        json!({
            "_aws": { "Timestamp": 1_700_000_000_000_u64, "CloudWatchMetrics": [{
                "Namespace": "Migspec/payments-dev", "Dimensions": [["Table"]],
                "Metrics": [{ "Name": "Rows", "Unit": "Count" }],
            }]},
            "Table": "payments.payment", "Rows": 3.0,
        })
    }

    #[test]
    fn a_line_of_the_format_has_no_problem() {
        assert_eq!(metric_problems(&line()), [""; 0]);
        assert_eq!(metric_problems(&json!({ "level": "INFO" })), [""; 0]);
    }

    #[test]
    fn what_cloudwatch_would_not_take_is_said() {
        for (path, value) in [
            ("/_aws/Timestamp", json!("2026-01-01")),
            ("/_aws/CloudWatchMetrics", json!([])),
            ("/_aws/CloudWatchMetrics/0/Namespace", json!("")),
            ("/_aws/CloudWatchMetrics/0/Namespace", json!("AWS/Lambda")),
            ("/_aws/CloudWatchMetrics/0/Namespace", json!("two words")),
            ("/_aws/CloudWatchMetrics/0/Dimensions", json!([])),
            ("/_aws/CloudWatchMetrics/0/Dimensions/0/0", json!("Other")),
            ("/_aws/CloudWatchMetrics/0/Dimensions/0/0", json!(1)),
            ("/_aws/CloudWatchMetrics/0/Metrics", json!([])),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Name", json!("Other")),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Unit", json!("Rows")),
            ("/Rows", json!("3")),
            ("/Table", json!("")),
        ] {
            let mut line = line();
            *line.pointer_mut(path).expect("a path of the line") = value.clone();
            assert_ne!(metric_problems(&line), [""; 0], "{path} {value}");
        }
    }
}
