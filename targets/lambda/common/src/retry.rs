//! Repeats calls that a passing failure has ended: a killed session, a lock of
//! another session, a failover. Each attempt opens its own sessions.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::{Call, Failure, Name};

/// Between attempts, growing.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Attempts until an instant.
pub struct Retry<'a> {
    call: &'a Call,
    patience: Duration,
    /// Kept of the call's time for its end.
    reserve: Duration,
    until: Instant,
    pause: Duration,
}

impl<'a> Retry<'a> {
    /// Attempts for `patience`, and no longer than the call lasts without the
    /// reserve.
    pub fn new(call: &'a Call, patience: Duration, reserve: Duration) -> Self {
        let mut retry = Self { call, patience, reserve, until: call.deadline, pause: FIRST_PAUSE };
        retry.reset();
        retry
    }

    /// The last attempt ends by then.
    pub fn until(&self) -> Instant {
        self.until
    }

    /// The patience begins again: the last attempt came further than the one
    /// before.
    pub fn reset(&mut self) {
        self.until = Instant::now() + self.patience.min(self.call.remaining(self.reserve));
        self.pause = FIRST_PAUSE;
    }

    /// Waits before the next attempt.
    ///
    /// # Errors
    /// The failure itself, if it does not pass or the time is over.
    pub async fn wait(&mut self, failure: Failure) -> Result<(), Failure> {
        if !failure.passes() || Instant::now() + self.pause >= self.until {
            return Err(failure);
        }
        self.call.log.warn("trying again", [("failure", Name::of(failure.message().to_owned()).into())]);
        tokio::time::sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}

/// Repeats an attempt until it succeeds, fails for good, or the patience ends.
/// An attempt receives the instant at which it must end.
///
/// # Errors
/// The failure of the last attempt.
pub async fn retry<T, F>(
    call: &Call,
    patience: Duration,
    reserve: Duration,
    mut attempt: impl FnMut(Instant) -> F,
) -> Result<T, Failure>
where
    F: Future<Output = Result<T, Failure>>,
{
    let mut retry = Retry::new(call, patience, reserve);
    loop {
        // The box keeps the layout of the attempt apart from that of its caller.
        match Box::pin(attempt(retry.until())).await {
            Ok(value) => return Ok(value),
            Err(failure) => retry.wait(failure).await?,
        }
    }
}
