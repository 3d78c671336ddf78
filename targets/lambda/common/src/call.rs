//! One call of a function: its settings, its log and the time it has.

use std::time::{Duration, Instant};

use migspec_events::Run;

#[cfg(feature = "aws")]
use crate::Level;
use crate::{Failure, Log, Metrics, Name};

/// The environment of a function: names, never a secret.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settings {
    pub environment: String,
    pub migration: String,
    /// The path below which each replication's parameter lies.
    pub parameters: String,
    /// The namespace of the functions' metrics.
    pub metrics: String,
    /// The name of the bucket of checkpoints; empty if there is none.
    pub checkpoints: String,
    /// The name of the bucket of evidence; empty if there is none.
    pub evidence: String,
    /// The ARN of the topic that notifies the operations team.
    pub topic: String,
    /// A file with the authorities to trust in the place of those of Amazon's
    /// that came with the package; empty if there is none.
    pub authorities: String,
}

impl Settings {
    /// # Errors
    /// A variable that every function has is missing.
    pub fn from_environment() -> Result<Self, Failure> {
        let optional = |name: &str| std::env::var(name).unwrap_or_default();
        let required = |name: &str| {
            std::env::var(name).map_err(|_| Failure::configuration(format!("the variable {name} is not set")))
        };
        Ok(Self {
            environment: required("MIGSPEC_ENVIRONMENT")?,
            migration: required("MIGSPEC_MIGRATION")?,
            parameters: required("MIGSPEC_PARAMETERS")?,
            metrics: required("MIGSPEC_METRICS")?,
            checkpoints: optional("MIGSPEC_CHECKPOINTS"),
            evidence: optional("MIGSPEC_EVIDENCE"),
            topic: optional("MIGSPEC_TOPIC"),
            authorities: optional("MIGSPEC_AUTHORITIES"),
        })
    }
}

/// One call of a function.
#[derive(Clone)]
pub struct Call {
    pub settings: Settings,
    pub log: Log,
    /// When Lambda ends the function.
    pub deadline: Instant,
}

impl Call {
    /// A call that has `time`, as a test makes one.
    pub fn lasting(settings: Settings, log: Log, time: Duration) -> Self {
        Self { settings, log, deadline: Instant::now() + time }
    }

    /// The same call with the run on every line of its log.
    #[must_use]
    pub fn of(&self, run: &Run) -> Self {
        let log = self
            .log
            .with("migration", Name::of(run.migration.as_str()))
            .with("environment", Name::of(run.environment.as_str()))
            .with("cutover", Name::of(run.cutover.as_str()))
            .with("execution", Name::of(run.execution.as_str()));
        Self { log, ..self.clone() }
    }

    /// How long the call may still take if `reserve` is kept for its end.
    pub fn remaining(&self, reserve: Duration) -> Duration {
        self.deadline.saturating_duration_since(Instant::now()).saturating_sub(reserve)
    }

    /// The timeout of a statement: at most `most`, and no longer than the call,
    /// since a server continues a statement after its client is gone.
    pub fn statement(&self, most: Duration) -> Duration {
        const RESERVE: Duration = Duration::from_secs(1);
        // Zero would be no limit at all.
        most.min(self.remaining(RESERVE)).max(Duration::from_millis(1))
    }

    /// Metrics of this migration.
    pub fn metrics(&self) -> Metrics {
        Metrics::new(&self.settings.metrics)
    }
}

/// The log of a function, at the level of Lambda's configuration.
#[cfg(feature = "aws")]
pub(crate) fn log() -> Log {
    Log::standard(std::env::var("AWS_LAMBDA_LOG_LEVEL").map_or(Level::Info, |word| Level::of_word(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_ends_before_the_call_does() {
        let call = |seconds| Call::lasting(Settings::default(), Log::memory(), Duration::from_secs(seconds));
        let most = Duration::from_secs(20);
        assert_eq!(call(300).statement(most), most);
        let bound = call(15).statement(most);
        assert!(bound <= Duration::from_secs(14) && bound > Duration::from_secs(10), "{bound:?}");
        assert_eq!(call(0).statement(most), Duration::from_millis(1), "no limit would be the contrary");
    }
}
