//! The progress of the rollback: an object that is written only over the
//! version that was read.

use std::collections::BTreeMap;

use migspec_events::undo::{Step, Way};
use migspec_events::{Phase, RollbackEvent, error, lock};
use migspec_function::{Failure, Key, Objects, Put, name};
use serde::{Deserialize, Serialize};

/// The record of the progress.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The state whose failure is undone.
    pub failed: String,
    pub phase: Phase,
    pub way: Way,
    pub done: Vec<Step>,
    /// The position of the token in each target's log, by the replication's
    /// key.
    pub positions: BTreeMap<String, String>,
    /// How often the source was asked for the target's last writes.
    #[serde(default)]
    pub drain_polls: u32,
    /// The lost writes, as a sentence; empty if none are lost.
    pub loss: String,
    pub given_up: GivenUp,
    /// The targets that were out of reach, by the replication's key.
    #[serde(default)]
    pub targets: BTreeMap<String, TargetFence>,
    /// The workflow's record when this rollback began.
    pub checkpoint: Option<Checkpoint>,
}

/// Whether the way back was given up, so that the target takes writes again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenUp {
    No,
    /// The target may be open already.
    Begun,
    Done,
}

/// The fence of a target that was out of reach before the source opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetFence {
    /// The target is still out of reach.
    Unverified,
    /// The target is back, and nobody could write to it.
    Verified,
    /// The target is back, and roles could write to it.
    FoundOpen,
}

impl Progress {
    /// The targets whose fence is in a state, as a list.
    pub(crate) fn targets_in(&self, state: TargetFence) -> String {
        let keys = self.targets.iter().filter(|(_, found)| **found == state).map(|(key, _)| key.as_str());
        keys.collect::<Vec<_>>().join(", ")
    }

    /// A failure of a step, with the state of both sides once the source takes writes.
    pub(crate) fn describe(&self, failure: Failure, steps: &[Step]) -> Failure {
        if !self.done.contains(&Step::FlipToSource) {
            return failure;
        }
        let mut text = "the source takes writes again".to_owned();
        let unverified = self.targets_in(TargetFence::Unverified);
        if !unverified.is_empty() {
            text.push_str(", but the target's fence is not verified for ");
            text.push_str(&unverified);
        }
        let remaining = steps.iter().filter(|step| !self.done.contains(step)).map(|step| step.word());
        text.push_str("; remaining steps: ");
        text.push_str(&remaining.collect::<Vec<_>>().join(", "));
        failure.behind(&text)
    }
}

/// The progress and the tag of the object that it was read from.
pub(crate) struct Record {
    key: Key,
    etag: String,
    pub(crate) progress: Progress,
}

/// The workflow's record before each phase.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Checkpoint {
    pub phase: Phase,
    pub execution: String,
    /// The instant, in ISO 8601.
    #[serde(default)]
    pub at: String,
}

impl Checkpoint {
    /// The last one, of this run or of an earlier one. One in another form says
    /// as little as none: the switches and the failed phase decide.
    ///
    /// # Errors
    /// S3 refuses.
    pub(crate) async fn read<P: Objects>(ports: &P, event: &RollbackEvent) -> Result<Option<Self>, Failure> {
        let key = Key::new(&event.checkpoint.bucket, event.checkpoint.key.as_str());
        let Some(object) = ports.object(&key).await? else { return Ok(None) };
        Ok(serde_json::from_slice(&object.bytes).ok())
    }
}

/// Stops an execution that does not hold the lock: another one has taken it since, or this one has released it. Before the
/// first write of the lock there is no object, and no other execution.
///
/// # Errors
/// [`error::SUPERSEDED`] if the lock names another execution or none.
pub(crate) async fn confirm_lock<P: Objects>(ports: &P, event: &RollbackEvent) -> Result<(), Failure> {
    let key = Key::new(&event.checkpoint.bucket, lock::key(&event.run.cutover));
    let Some(object) = ports.object(&key).await? else { return Ok(()) };
    let holder = String::from_utf8_lossy(&object.bytes);
    if holder.trim() == event.run.execution {
        return Ok(());
    }
    let text = format!("the lock is held by {}: this execution must not continue", holder.trim());
    Err(Failure::new(error::SUPERSEDED, text))
}

/// The executions that another execution has undone. A redrive of one of them
/// must not undo anything again: the writer may have moved since.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Undone {
    pub(crate) executions: Vec<String>,
}

impl Undone {
    /// The maximum of names; the oldest goes first.
    const MOST: usize = 100;

    /// Stops an execution that was undone. A requested rollback adds the execution
    /// that it undoes, before its first step.
    ///
    /// # Errors
    /// [`error::SUPERSEDED`] if the event's own execution was undone;
    /// [`name::CONFLICT`] if another rollback begins at the same moment.
    pub(crate) async fn claim<P: Objects>(
        ports: &P,
        event: &RollbackEvent,
        latest: Option<&Checkpoint>,
    ) -> Result<(), Failure> {
        let key = Key::new(&event.checkpoint.bucket, format!("{}/rollback/undone/list.json", event.run.cutover));
        let object = ports.object(&key).await?;
        let (mut undone, put) = match object {
            None => (Self::default(), Put::IfAbsent),
            Some(object) => {
                let found = serde_json::from_slice(&object.bytes).map_err(|e| {
                    Failure::configuration(format!("the object {} is no list of executions: {e}", key.key))
                })?;
                (found, Put::IfMatches(object.etag))
            }
        };
        if undone.executions.contains(&event.run.execution) {
            let text = "another execution has rolled back since: this one must not continue; start a new execution";
            return Err(Failure::new(error::SUPERSEDED, text));
        }
        let latest = latest.filter(|_| event.failure.error == error::ROLLBACK_REQUESTED);
        let other = latest.map(|c| &c.execution).filter(|other| **other != event.run.execution);
        let Some(other) = other.filter(|other| !undone.executions.contains(other)) else { return Ok(()) };
        undone.executions.push(other.clone());
        let surplus = undone.executions.len().saturating_sub(Self::MOST);
        undone.executions.drain(..surplus);
        let bytes = serde_json::to_vec(&undone)
            .map_err(|e| Failure::new(name::CONFIGURATION, format!("writing a list of executions: {e}")))?;
        ports.put_object(&key, &bytes, put).await.map(drop)
    }
}

impl Record {
    /// Goes on with the progress that is written down for this failure, or
    /// begins with `progress`.
    ///
    /// # Errors
    /// S3 refuses; or another execution began at the same moment, or has
    /// progressed since, so that this one's record is stale.
    pub(crate) async fn begin<P: Objects>(
        ports: &P,
        event: &RollbackEvent,
        progress: Progress,
    ) -> Result<Self, Failure> {
        let key = key(event);
        let Some(object) = ports.object(&key).await? else {
            let etag = ports.put_object(&key, &bytes(&progress)?, Put::IfAbsent).await?;
            return Ok(Self { key, etag, progress });
        };
        let found: Progress = serde_json::from_slice(&object.bytes)
            .map_err(|e| Failure::configuration(format!("the object {} is no progress: {e}", key.key)))?;
        let mut record = Self { key, etag: object.etag, progress: found };
        let latest = progress.checkpoint.as_ref();
        if latest != record.progress.checkpoint.as_ref() && latest.is_some_and(|c| c.execution != event.run.execution) {
            return Err(Failure::new(error::TOO_LATE, "another run has begun since this way back did"));
        }
        let same = record.progress.failed == progress.failed && record.progress.way == progress.way;
        if !same || record.progress.phase < progress.phase {
            // Another failure of the same run has more to undo. Steps that were
            // done are done again, which changes nothing. An open target stays known.
            let targets = std::mem::take(&mut record.progress.targets);
            record.progress = Progress { targets, ..progress };
            record.save(ports).await?;
        }
        Ok(record)
    }

    /// Writes the progress over the version that was read.
    ///
    /// # Errors
    /// [`name::CONFLICT`] if somebody else has written meanwhile.
    pub(crate) async fn save<P: Objects>(&mut self, ports: &P) -> Result<(), Failure> {
        let put = Put::IfMatches(self.etag.clone());
        self.etag = ports.put_object(&self.key, &bytes(&self.progress)?, put).await?;
        Ok(())
    }
}

fn key(event: &RollbackEvent) -> Key {
    Key::new(&event.checkpoint.bucket, format!("{}/rollback/{}.json", event.run.cutover, event.run.execution))
}

fn bytes(progress: &Progress) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(progress).map_err(|e| Failure::new(name::CONFIGURATION, format!("writing progress: {e}")))
}
