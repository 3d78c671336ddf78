//! One alarm on one metric.

use migspec_ir::{Datum, Id, Origin, Resource, Value, list, map};

use crate::cx::Cx;
use crate::names;

/// The metric and the threshold of an alarm.
pub(super) struct Alarm<'s> {
    /// The stem of its id and of its name.
    pub(super) stem: String,
    pub(super) description: String,
    pub(super) metric: Metric<'s>,
    pub(super) rings: Rings,
    /// The treatment of missing data.
    pub(super) silence: Silence,
    pub(super) path: String,
    pub(super) origin: Origin,
}

pub(super) struct Metric<'s> {
    pub(super) namespace: &'s str,
    pub(super) name: &'s str,
    pub(super) dimensions: Vec<(&'static str, Value)>,
    /// `Maximum`, `Sum`, or a percentile such as `p99`.
    pub(super) statistic: &'static str,
}

pub(super) struct Rings {
    pub(super) above: Datum,
    /// The alarm rings below the threshold instead.
    pub(super) below: bool,
    /// Seconds of one measurement.
    pub(super) period: u32,
    /// How many in a row.
    pub(super) periods: u32,
}

impl Rings {
    pub(super) fn above(threshold: Datum, period: u32, periods: u32) -> Self {
        Self { above: threshold, below: false, period, periods }
    }

    pub(super) fn below(threshold: Datum, period: u32, periods: u32) -> Self {
        Self { above: threshold, below: true, period, periods }
    }
}

/// The treatment of missing data.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// Missing data is breaching: the metric must always have values.
    Rings,
    /// Nothing happened.
    IsFine,
    /// The alarm has no state of its own; the gates take that for a failure.
    IsUnknown,
}

impl Silence {
    fn word(self) -> &'static str {
        match self {
            Silence::Rings => "breaching",
            Silence::IsFine => "notBreaching",
            Silence::IsUnknown => "missing",
        }
    }
}

/// The topic of the environment's region.
pub(super) fn home() -> Value {
    Value::reference(names::topic())
}

impl Alarm<'_> {
    /// The alarm's physical name.
    pub(super) fn name(cx: &Cx, stem: &str) -> String {
        cx.physical(names::ALARM, stem)
    }

    /// Adds the alarm, which notifies `topic`.
    pub(super) fn add(self, cx: &mut Cx, topic: &Value) -> Id {
        let resource = self.resource(cx, topic);
        cx.add(resource)
    }

    /// An alarm that notifies `topic`.
    pub(super) fn resource(self, cx: &Cx, topic: &Value) -> Resource {
        let topics = list!(self.origin, [topic.clone()]);
        self.part(cx).set("AlarmActions", topics.clone()).set("OKActions", topics)
    }

    /// An alarm without actions, which composite alarms read.
    pub(super) fn part(self, cx: &Cx) -> Resource {
        let at = self.origin;
        let dimensions: Vec<_> = self
            .metric
            .dimensions
            .into_iter()
            .map(|(name, value)| map!(at, { "Name": name, "Value": value }))
            .collect();
        let comparison = if self.rings.below { "LessThanThreshold" } else { "GreaterThanThreshold" };
        let statistic = if self.metric.statistic.starts_with('p') { "ExtendedStatistic" } else { "Statistic" };
        Resource::new("AWS::CloudWatch::Alarm", names::alarm(&self.stem), self.path, at)
            .set("AlarmName", Self::name(cx, &self.stem))
            .set("AlarmDescription", self.description)
            .set("Namespace", self.metric.namespace)
            .set("MetricName", self.metric.name)
            .set_if("Dimensions", (!dimensions.is_empty()).then_some(dimensions))
            .set(statistic, self.metric.statistic)
            .set("Period", self.rings.period)
            .set("EvaluationPeriods", self.rings.periods)
            .set("DatapointsToAlarm", self.rings.periods)
            .set("ComparisonOperator", comparison)
            .set("Threshold", self.rings.above)
            .set("TreatMissingData", self.silence.word())
            .set("ActionsEnabled", true)
    }
}
