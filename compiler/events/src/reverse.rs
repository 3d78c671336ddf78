use serde::{Deserialize, Serialize};

use crate::Run;

/// The actions of the reverse-slot function, all of them idempotent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ReverseEvent {
    /// Creates the slot on the target; one that exists is kept. Reply: [`ReverseSlot`].
    Create { run: Run },
    /// Drops the replication slots on both sides, so that no log is kept for
    /// them any longer. Reply: [`SlotsDropped`].
    Drop { run: Run },
    /// Asks how far the slot's reader is behind. Reply: [`SlotReport`].
    Report { run: Run },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReverseSlot {
    pub slot: String,
    /// From which the reverse task reads: `16/B374D848`.
    pub position: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotsDropped {
    pub dropped: u64,
    /// Logical slots of either database that are still there: others keep the
    /// log too.
    pub left: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotReport {
    pub slot: String,
    /// Whether somebody reads it.
    pub active: bool,
    /// Of the log, not confirmed yet.
    pub lag_bytes: u64,
    /// Of the log, kept for it.
    pub retained_bytes: u64,
    /// PostgreSQL's own word: `reserved`, `extended`, `unreserved` or `lost`.
    pub wal_status: String,
}

/// How DMS begins the name of a slot that it makes for a task, given by the
/// task's ARN.
pub fn slot_prefix(task: &str) -> String {
    task.rsplit(':').next().unwrap_or_default().replace('-', "_")
}
