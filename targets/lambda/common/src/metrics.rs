//! Metrics in CloudWatch's embedded format: a line of the log that CloudWatch
//! reads as values. No call of an API, and no right to make one.

use serde_json::{Map, Value, json};

use crate::{Log, Name};

/// Units as CloudWatch names them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    Count,
    Milliseconds,
    Bytes,
    CountPerSecond,
}

impl Unit {
    pub fn word(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::Bytes => "Bytes",
            Self::CountPerSecond => "Count/Second",
        }
    }
}

macro_rules! metrics {
    ($($(#[$doc:meta])* $name:ident: $unit:ident $(by $dimension:literal)?,)*) => {
        /// All metrics of the functions. No other metric can be written.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Metric {
            $($(#[$doc])* $name,)*
        }

        impl Metric {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            pub fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)* }
            }

            pub fn unit(self) -> Unit {
                match self { $(Self::$name => Unit::$unit,)* }
            }

            /// The dimension that separates its series; none if there is only one.
            pub fn dimension(self) -> Option<&'static str> {
                let dimensions: &[&str] = match self { $(Self::$name => &[$($dimension)?],)* };
                dimensions.first().copied()
            }
        }
    };
}

metrics! {
    PreflightProblems: Count by "Cutover",
    ValidationChunks: Count by "Table",
    /// Rows that were asked for again.
    ValidationRechecks: Count by "Table",
    /// Rows that the source changes all the time.
    ValidationHotRows: Count by "Table",
    ValidationRowsPerSecond: CountPerSecond by "Table",
    FenceTime: Milliseconds by "Side",
    FenceSessionsEnded: Count by "Side",
    FenceObstacles: Count by "Side",
    SequencesMoved: Count by "Side",
    /// How far the reader of the slot is behind.
    ReverseSlotLag: Bytes by "Slot",
    /// The log that the server keeps for the slot.
    ReverseSlotRetained: Bytes by "Slot",
    RollbackSteps: Count by "Step",
    /// Tables that a task does not replicate, or whose rows differ.
    TablesInError: Count by "Task",
    /// One while a task should have a lag, else zero.
    TasksUnderWay: Count by "Task",
    Rotations: Count,
    RequestsRefused: Count by "Reason",
}

/// Values that were measured together.
#[derive(Clone, Debug)]
pub struct Metrics {
    namespace: String,
    of: Option<Name>,
    values: Vec<(Metric, f64)>,
}

impl Metrics {
    pub fn new(namespace: &str) -> Self {
        Self { namespace: namespace.to_owned(), of: None, values: Vec::new() }
    }

    /// The value of the dimension that the metrics have in common.
    #[must_use]
    pub fn of(mut self, thing: impl Into<String>) -> Self {
        self.of = Some(Name::of(thing));
        self
    }

    #[must_use]
    pub fn value(mut self, metric: Metric, value: f64) -> Self {
        self.values.push((metric, value));
        self
    }

    /// Writes them as one line of the log.
    pub fn emit(&self, log: &Log) {
        if !self.values.is_empty() {
            log.line(&self.line(jiff::Timestamp::now().as_millisecond()));
        }
    }

    fn line(&self, millis: i64) -> Value {
        let dimension = self.values.first().and_then(|(metric, _)| metric.dimension()).zip(self.of.as_ref());
        let names: Vec<&str> = dimension.iter().map(|(key, _)| *key).collect();
        let describe = |(metric, _): &(Metric, f64)| json!({ "Name": metric.name(), "Unit": metric.unit().word() });
        let metrics: Vec<Value> = self.values.iter().map(describe).collect();
        let directive = json!({ "Namespace": self.namespace, "Dimensions": [names], "Metrics": metrics });
        let mut line = Map::new();
        line.insert("_aws".to_owned(), json!({ "Timestamp": millis, "CloudWatchMetrics": [directive] }));
        line.extend(dimension.map(|(key, value)| (key.to_owned(), value.as_str().into())));
        line.extend(self.values.iter().map(|(metric, value)| (metric.name().to_owned(), (*value).into())));
        Value::Object(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_the_embedded_metric_format() {
        let metrics = Metrics::new("Migspec/payments-dev").of("ledger").value(Metric::PreflightProblems, 12.0);
        assert_eq!(
            metrics.line(1_700_000_000_000),
            json!({
                "_aws": { "Timestamp": 1_700_000_000_000_i64, "CloudWatchMetrics": [{
                    "Namespace": "Migspec/payments-dev",
                    "Dimensions": [["Cutover"]],
                    "Metrics": [{ "Name": "PreflightProblems", "Unit": "Count" }],
                }]},
                "Cutover": "ledger",
                "PreflightProblems": 12.0,
            })
        );
        let alone = Metrics::new("Migspec/payments-dev").value(Metric::Rotations, 1.0).line(0);
        assert_eq!(alone["_aws"]["CloudWatchMetrics"][0]["Dimensions"], json!([[]]), "one series, without a dimension");
    }

    #[test]
    fn no_value_is_no_line() {
        let log = Log::memory();
        Metrics::new("Migspec/payments-dev").emit(&log);
        assert_eq!(log.lines(), "");
    }

    #[test]
    fn the_readme_lists_every_metric() {
        let row = |metric: &Metric| {
            let dimension = metric.dimension().map(|dimension| format!("`{dimension}`")).unwrap_or_default();
            format!("| `{}` | {} | {dimension} |", metric.name(), metric.unit().word()).replace("|  |", "| |")
        };
        let table: Vec<String> = Metric::ALL.iter().map(row).collect();
        let readme = include_str!("../../README.md");
        let (_, written) =
            readme.split_once("| metric | unit | dimension |\n|---|---|---|\n").expect("there is a table");
        let written: Vec<&str> = written.lines().take_while(|line| line.starts_with('|')).collect();
        assert_eq!(written, table);
    }
}
