//! The fence of a target that has taken no write, and may be out of reach.
//!
//! In the phases before the opening of the target, the source opens without a
//! target that cannot be reached. The proof that nobody writes there: its fence
//! was verified before the load and is part of its catalog; the record of the
//! source's fence shows that the migration has not opened it since; and the
//! writer switch is `none` until the source is open.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use migspec_events::{Side, error};
use migspec_function::{Failure, Name, Notices, Parameters, Tasks, Traffic, name};
use tokio::time::Instant;

use crate::databases::Databases;
use crate::progress::{Progress, TargetFence};
use crate::step::{PAUSE, StepStatus, Walk};

/// A target that answers within this time is not out of reach.
const PATIENCE: Duration = Duration::from_secs(30);
/// A healthy database answers within this time, also if its fence ends sessions.
const ANSWER: Duration = Duration::from_secs(45);
/// Kept for the opening of the source and the reply.
const RESERVE: Duration = Duration::from_secs(60);

/// The result of an attempt to verify the fence of a target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reach {
    Fenced,
    /// It answers, and a session still writes.
    Writing,
    Lost,
}

impl<P: Parameters + Tasks + Traffic + Notices, D: Databases> Walk<'_, P, D> {
    /// Verifies the fences of all targets, and records those out of reach.
    pub(crate) async fn try_targets(&self, progress: &mut Progress) -> Result<StepStatus, Failure> {
        let found = self.reach_targets(&progress.targets).await?;
        Ok(found.map_or(StepStatus::NextCall, |found| note(&found, progress)))
    }

    /// Opens the sources. A target is recorded as unverified before its source opens.
    pub(crate) async fn reopen_sources(&self, progress: &mut Progress) -> Result<StepStatus, Failure> {
        let known = progress.targets.clone();
        let Some(found) = self.reach_targets(&known).await? else { return Ok(StepStatus::NextCall) };
        let mut status = note(&found, progress);
        if progress.targets != known {
            return Ok(StepStatus::NextCall);
        }
        if status != StepStatus::Done {
            return Ok(status);
        }
        for ((_, database), (_, reach)) in self.each().zip(&found) {
            let opened = match reach {
                Reach::Lost => database.reopen_source().await,
                _ => answer(database.unfence(Side::Source)).await,
            };
            // The next attempt shows which of them is lost.
            let opened = opened.map_err(|failure| match failure.lacks_session() {
                true => failure.that_passes(),
                false => failure,
            })?;
            if !opened {
                status = StepStatus::Wait;
            }
        }
        Ok(status)
    }

    /// Verifies the fences that are still unverified. A target that was open beside the
    /// source is fenced, and an operator decides.
    pub(crate) async fn confirm_targets(&self, progress: &mut Progress) -> Result<StepStatus, Failure> {
        let (mut status, mut open) = (StepStatus::Done, Vec::new());
        for (replication, database) in self.each() {
            let Some(target) = progress.targets.get_mut(&replication.key) else { continue };
            if *target == TargetFence::Unverified && !answer(database.is_fenced(Side::Target)).await? {
                // That is written down before the fence hides it.
                *target = TargetFence::FoundOpen;
                status = StepStatus::NextCall;
                continue;
            }
            match (close(database).await?, *target) {
                (Reach::Fenced, TargetFence::FoundOpen) => open.push(replication.key.as_str()),
                (Reach::Fenced, _) => *target = TargetFence::Verified,
                _ => status = status.max(StepStatus::Wait),
            }
        }
        if status != StepStatus::Done || open.is_empty() {
            return Ok(status);
        }
        let text = format!(
            "the target of {} was open beside the source, and is fenced now: compare both sides, and load the target anew",
            open.join(", ")
        );
        Err(Failure::new(error::OTHER_SIDE_OPEN, text))
    }

    /// The fences of all targets, with one patience for all; `None` if the call has no
    /// time for it.
    async fn reach_targets(
        &self,
        known: &BTreeMap<String, TargetFence>,
    ) -> Result<Option<Vec<(String, Reach)>>, Failure> {
        if self.call.remaining(RESERVE) < PATIENCE + ANSWER {
            return Ok(None);
        }
        let until = Instant::now() + PATIENCE;
        let mut found = Vec::new();
        for (replication, database) in self.each() {
            let reach = match known.get(&replication.key) {
                Some(TargetFence::Unverified) => self.reach(database, Instant::now()).await?,
                // It has taken writes, perhaps: nothing opens without it.
                Some(TargetFence::FoundOpen) => close(database).await?,
                Some(TargetFence::Verified) | None => self.reach(database, until).await?,
            };
            found.push((replication.key.clone(), reach));
        }
        Ok(Some(found))
    }

    async fn reach(&self, database: &D, until: Instant) -> Result<Reach, Failure> {
        loop {
            match close(database).await {
                Ok(reach) => return Ok(reach),
                Err(failure) if !failure.lacks_session() => return Err(failure),
                Err(failure) => {
                    let reason = Name::of(failure.message().to_owned());
                    self.call.log.warn("the target is out of reach", [("failure", reason.into())]);
                    if !failure.passes() || Instant::now() + PAUSE >= until {
                        return Ok(Reach::Lost);
                    }
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Fences a target that can be reached.
async fn close(database: &impl Databases) -> Result<Reach, Failure> {
    let fenced = answer(database.fence(Side::Target)).await?;
    Ok(if fenced { Reach::Fenced } else { Reach::Writing })
}

/// Records the targets out of reach.
fn note(found: &[(String, Reach)], progress: &mut Progress) -> StepStatus {
    let mut status = StepStatus::Done;
    for (key, reach) in found {
        match reach {
            Reach::Writing => status = StepStatus::Wait,
            Reach::Lost => {
                progress.targets.insert(key.clone(), TargetFence::Unverified);
            }
            Reach::Fenced => {}
        }
    }
    status
}

/// A result, or a failure that passes if none comes. A server that has stopped
/// answering does not end the connection.
async fn answer(result: impl Future<Output = Result<bool, Failure>>) -> Result<bool, Failure> {
    match tokio::time::timeout(ANSWER, result).await {
        Ok(result) => result,
        Err(_) => {
            let text = format!("the database did not answer in {} s", ANSWER.as_secs());
            Err(Failure::new(name::UNREACHABLE, text).that_passes())
        }
    }
}
