//! The thresholds that an author may set, by the alarm's name.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Origin};

use crate::cx::{Cx, datum};

/// An alarm's name and its default threshold.
pub(super) struct Threshold {
    name: &'static str,
    above: u32,
}

/// Rows that differ, in five minutes.
pub(super) const VALIDATION_MISMATCH: Threshold = Threshold { name: "validation-mismatch", above: 0 };
/// Answers with a server error, in a minute.
pub(super) const API_ERRORS: Threshold = Threshold { name: "api-errors", above: 5 };
/// Milliseconds that one request in a hundred takes or more.
pub(super) const API_LATENCY: Threshold = Threshold { name: "api-latency", above: 2000 };
/// Failed calls, in a minute.
pub(super) const AUTHORIZER_ERRORS: Threshold = Threshold { name: "authorizer-errors", above: 0 };
/// Percent of the writer's processors.
pub(super) const DATABASE_CPU: Threshold = Threshold { name: "database-cpu", above: 80 };
/// Connections to the writer.
pub(super) const DATABASE_CONNECTIONS: Threshold = Threshold { name: "database-connections", above: 800 };
/// Calls that nobody could serve.
pub(super) const DEAD_LETTERS: Threshold = Threshold { name: "dead-letters", above: 0 };
/// Milliseconds that a copy in another region is behind.
pub(super) const REPLICA_LAG: Threshold = Threshold { name: "replica-lag", above: 5000 };

const ALL: [&Threshold; 8] = [
    &VALIDATION_MISMATCH,
    &API_ERRORS,
    &API_LATENCY,
    &AUTHORIZER_ERRORS,
    &DATABASE_CPU,
    &DATABASE_CONNECTIONS,
    &DEAD_LETTERS,
    &REPLICA_LAG,
];

pub(super) fn check(cx: &mut Cx) {
    let Some(monitor) = &cx.spec.monitor else { return };
    for alarm in monitor.alarm.iter().filter(|alarm| !ALL.iter().any(|t| t.name == alarm.key.as_str())) {
        cx.report(
            Diagnostic::error("unknown-alarm", format!("there is no alarm `{}`", alarm.key.value))
                .at(alarm.key.span(), "not known")
                .suggest(alarm.key.as_str(), ALL.iter().map(|t| t.name)),
        );
    }
}

impl Threshold {
    /// The author's value, else the default.
    pub(super) fn value(&self, cx: &Cx, node: Origin) -> Datum {
        let mut alarms = cx.spec.monitor.iter().flat_map(|monitor| &monitor.alarm);
        match alarms.rfind(|alarm| alarm.key.as_str() == self.name) {
            Some(alarm) => datum(&alarm.above, |count| count.0),
            None => Datum::new(self.above, Origin::Default { of: "alarm", node: node.span() }),
        }
    }
}
