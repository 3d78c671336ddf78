use serde::{Deserialize, Serialize};

use crate::Run;

/// The actions of the reverse-slot function, all of them idempotent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ReverseEvent {
    /// Creates the slot on the target. A slot at or after the position is kept. An
    /// older slot contains changes of the forward task and is replaced. Reply:
    /// [`ReverseSlot`].
    Create {
        run: Run,
        /// The target's position at the cut of the forward task: `16/B374D848`.
        after: String,
    },
    /// Reads the slot's confirmed position. Changes nothing. Reply:
    /// [`ReverseSlot`].
    Find { run: Run },
    /// Rehearses the start of the reverse task, before requests move: a task of its
    /// own carries one row from the target to the source, from the position of a
    /// slot, and stops. Each call takes the next step; the last one drops the slot.
    /// Reply: [`Rehearsed`].
    Rehearse { run: Run },
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

/// The progress of a rehearsal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rehearsed {
    /// The row has arrived on the source, the task has stopped, and the slot is dropped.
    pub complete: bool,
    /// Whether the row has arrived on the source.
    pub arrived: bool,
    /// DMS's word for the state of the task: `starting`.
    pub status: String,
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

/// Characters of a task's identifier in the name of a slot that DMS creates.
const SLOT_IDENTIFIER: usize = 16;

/// How DMS begins the name of a slot that it makes for a task, given by the
/// task's ARN: the first characters of its identifier, in lower case and with
/// underscores. Behind another underscore the number of the database and an id
/// follow (fact: dms-slot-name).
pub fn slot_prefix(task: &str) -> String {
    crate::task_identifier(task).chars().take(SLOT_IDENTIFIER).collect::<String>().to_lowercase().replace('-', "_")
}
