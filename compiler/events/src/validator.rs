use serde::{Deserialize, Serialize};

use crate::Run;

/// The actions of the validator. A pass over all tables is planned as groups of
/// chunks, each group is compared separately, and a summary combines the results
/// of all groups. Every action is idempotent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ValidatorEvent {
    /// Divides all tables into groups. Reply: [`Planned`].
    Plan { run: Run },
    /// Compares a group, while changes stream in: chunks that differ are read
    /// again. Ends well before the function's time does; `cursor` goes on
    /// where the last call ended, and is empty in the first one. The findings
    /// are written down, as evidence and for [`ValidatorEvent::Summarise`].
    /// Reply: [`Compared`].
    Chunk { run: Run, pass: String, group: Group, cursor: String },
    /// Reads the results of all groups, and compares counts and invariants.
    /// Reply: [`ValidatorReply`].
    Summarise {
        run: Run,
        pass: String,
        /// How many groups the pass has, numbered from 0.
        groups: u64,
    },
    /// Compares row counts, invariants and the changes since the last pass during
    /// the fence. One call. Reply: [`ValidatorReply`].
    FenceWindow { run: Run },
    /// Makes the comparison of [`ValidatorEvent::FenceWindow`] before the fence, while
    /// rows change, and measures it. Differences do not count. Reply: [`Measured`].
    MeasureWindow {
        run: Run,
        /// The time that the comparison may take, in milliseconds.
        at_most: u64,
    },
}

/// The time of a comparison.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// It has compared everything within its time, and nothing was unreadable.
    pub complete: bool,
    /// In milliseconds; `at_most` if it did not end.
    pub millis: u64,
    /// Comparisons that could not be made.
    pub errors: u64,
}

/// How a pass is divided. The reply passes through the workflow's state:
/// at most [`Planned::MOST`] groups, and well below 200 KiB together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Planned {
    /// The name of this pass, a part of the keys of its evidence.
    pub pass: String,
    pub groups: Vec<Group>,
}

impl Planned {
    pub const MOST: usize = 1000;
}

/// Rows of one table that lie between two keys. The group divides itself into
/// chunks by the time that they take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Group {
    /// From 0 within the pass.
    pub number: u64,
    /// `schema.table`.
    pub table: String,
    /// The key, as JSON text, that the group's rows come after; empty for the first.
    pub after: String,
    /// The key of its last row; empty for the last group, which is open.
    pub to: String,
}

/// The result of a call for a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Compared {
    /// Whether the whole group has been compared.
    pub complete: bool,
    /// For the next call.
    pub cursor: String,
}

/// The result of a pass.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidatorReply {
    /// Whether everything in scope has been compared.
    pub complete: bool,
    /// Rows that agree.
    pub matched: u64,
    /// Rows, counts or invariants that do not.
    pub mismatched: u64,
    /// Comparisons that could not be made, tables that replication suspended
    /// and rows in `awsdms_apply_exceptions`.
    pub errors: u64,
    /// The key of the evidence in the evidence bucket.
    pub evidence: String,
}
