//! Metrics in CloudWatch's embedded format: a line of the log that CloudWatch
//! reads as values. No call of an API, and no right to make one.

use serde_json::{Map, Value, json};

use crate::{Log, Name};

/// Units as CloudWatch names them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Count,
    Milliseconds,
    Seconds,
    Bytes,
    CountPerSecond,
}

impl Unit {
    fn word(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Seconds => "Seconds",
            Self::Bytes => "Bytes",
            Self::CountPerSecond => "Count/Second",
        }
    }
}

/// Values that were measured together.
#[derive(Clone, Debug)]
pub struct Metrics {
    namespace: String,
    dimensions: Vec<(&'static str, Name)>,
    values: Vec<(&'static str, Unit, f64)>,
}

impl Metrics {
    pub fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), dimensions: Vec::new(), values: Vec::new() }
    }

    #[must_use]
    pub fn dimension(mut self, key: &'static str, value: Name) -> Self {
        self.dimensions.push((key, value));
        self
    }

    #[must_use]
    pub fn value(mut self, name: &'static str, unit: Unit, value: f64) -> Self {
        self.values.push((name, unit, value));
        self
    }

    /// Writes them as one line of the log.
    pub fn emit(&self, log: &Log) {
        if !self.values.is_empty() {
            log.line(&self.line(jiff::Timestamp::now().as_millisecond()));
        }
    }

    fn line(&self, millis: i64) -> Value {
        let names: Vec<&str> = self.dimensions.iter().map(|(key, _)| *key).collect();
        let metrics: Vec<Value> =
            self.values.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit.word() })).collect();
        let directive = json!({ "Namespace": self.namespace, "Dimensions": [names], "Metrics": metrics });
        let mut line = Map::new();
        line.insert("_aws".to_owned(), json!({ "Timestamp": millis, "CloudWatchMetrics": [directive] }));
        line.extend(self.dimensions.iter().map(|(key, value)| ((*key).to_owned(), value.as_str().into())));
        line.extend(self.values.iter().map(|(name, _, value)| ((*name).to_owned(), (*value).into())));
        Value::Object(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_embedded_metric_format() {
        let metrics = Metrics::new("Migspec/payments-dev").dimension("Cutover", Name::of("ledger")).value(
            "ValidationChunks",
            Unit::Count,
            12.0,
        );
        assert_eq!(
            metrics.line(1_700_000_000_000),
            json!({
                "_aws": { "Timestamp": 1_700_000_000_000_i64, "CloudWatchMetrics": [{
                    "Namespace": "Migspec/payments-dev",
                    "Dimensions": [["Cutover"]],
                    "Metrics": [{ "Name": "ValidationChunks", "Unit": "Count" }],
                }]},
                "Cutover": "ledger",
                "ValidationChunks": 12.0,
            })
        );
    }

    #[test]
    fn no_value_is_no_line() {
        let log = Log::memory();
        Metrics::new("Migspec/payments-dev").emit(&log);
        assert_eq!(log.written(), "");
    }
}
