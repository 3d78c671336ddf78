//! CloudWatch's embedded metric format (fact: cloudwatch-embedded-metrics).
//! A line that is not of it is a line of the log, and its values are lost
//! without a word.

use migspec_function::Metric;
use serde_json::Value;

/// fact: cloudwatch-units
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

/// The lines of a log.
///
/// # Panics
/// One is no JSON, or has metrics that CloudWatch would not take.
pub fn lines(log: &str) -> Vec<Value> {
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect();
    let problems: Vec<String> = lines.iter().flat_map(metric_problems).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    lines
}

/// The values of a metric, in the order in which they were written.
pub fn metric_values(lines: &[Value], metric: Metric) -> Vec<f64> {
    let measured = lines.iter().filter(|line| line.get("_aws").is_some());
    measured.filter_map(|line| line[metric.name()].as_f64()).collect()
}

/// Errors in a line with metrics: values that CloudWatch would reject, and
/// metrics that are not in the table. Empty for a line without metrics.
fn metric_problems(line: &Value) -> Vec<String> {
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
            let known = Metric::ALL.iter().find(|known| known.name() == name);
            let dimensions = known.map(|known| serde_json::json!([known.dimension().as_slice()]));
            demand(
                dimensions.as_ref() == Some(&directive["Dimensions"]),
                "a metric with other dimensions than its own",
            );
            demand(known.is_some_and(|known| known.unit().word() == metric["Unit"]), "a metric with another unit");
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use serde_json::json;

    use super::*;

    fn line() -> Value {
        json!({
            "_aws": { "Timestamp": 1_700_000_000_000_u64, "CloudWatchMetrics": [{
                "Namespace": "Migspec/payments-dev", "Dimensions": [["Table"]],
                "Metrics": [{ "Name": "ValidationChunks", "Unit": "Count" }],
            }]},
            "Table": "payments.payment", "ValidationChunks": 3.0, "Side": "source",
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
            ("/_aws/CloudWatchMetrics/0/Dimensions/0/0", json!("Side")),
            ("/_aws/CloudWatchMetrics/0/Dimensions/0", json!([])),
            ("/_aws/CloudWatchMetrics/0/Dimensions/0/0", json!(1)),
            ("/_aws/CloudWatchMetrics/0/Metrics", json!([])),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Name", json!("Other")),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Unit", json!("Rows")),
            ("/_aws/CloudWatchMetrics/0/Metrics/0/Unit", json!("Bytes")),
            ("/ValidationChunks", json!("3")),
            ("/Table", json!("")),
        ] {
            let mut line = line();
            *line.pointer_mut(path).expect("a path of the line") = value.clone();
            assert_ne!(metric_problems(&line), [""; 0], "{path} {value}");
        }
    }
    #[test]
    fn values_come_in_the_order_of_the_log() {
        let (first, mut second) = (line(), line());
        second["ValidationChunks"] = json!(4.0);
        let log = format!("{first}\n{second}\n{}\n", json!({ "level": "INFO", "ValidationChunks": 5.0 }));
        assert_eq!(metric_values(&lines(&log), Metric::ValidationChunks), [3.0, 4.0], "a line of the log is no metric");
    }

    /// A metric that no test looks for could end without a word.
    #[test]
    fn every_metric_is_looked_for_by_a_test() {
        let mut tests = String::new();
        for package in read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")) {
            sources(&package.join("tests"), &mut tests);
        }
        let missing: Vec<&Metric> =
            Metric::ALL.iter().filter(|metric| !tests.contains(&format!("Metric::{})", metric.name()))).collect();
        assert_eq!(missing, Vec::<&Metric>::new());
    }

    fn read(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("an entry").path()).collect()
    }

    fn sources(folder: &Path, text: &mut String) {
        for path in read(folder) {
            match path.is_dir() {
                true => sources(&path, text),
                false if path.extension().is_some_and(|extension| extension == "rs") => {
                    text.push_str(&std::fs::read_to_string(&path).expect("a source can be read"));
                }
                false => {}
            }
        }
    }
}
