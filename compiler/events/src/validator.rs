use serde::{Deserialize, Serialize};

use crate::Run;

/// Asks for one round of comparing both sides. A round ends well before the
/// function's time does; `cursor` goes on where the last one ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValidatorEvent {
    pub run: Run,
    pub scope: Scope,
    /// Empty in the first round.
    pub cursor: String,
}

/// What is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// All tables, while changes stream in: chunks that differ are read again.
    Full,
    /// Row counts, invariants and what changed since the last full pass, while
    /// nobody writes. One round.
    FenceWindow,
}

/// What a round found, all rounds of this pass summed up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValidatorReply {
    /// Whether everything in scope has been compared.
    pub complete: bool,
    /// For the next round.
    pub cursor: String,
    /// Rows that agree.
    pub matched: u64,
    /// Rows, counts or invariants that do not.
    pub mismatched: u64,
    /// Comparisons that could not be made, tables that replication suspended
    /// and rows in `awsdms_apply_exceptions`.
    pub errors: u64,
    /// The key of the evidence in the evidence bucket; empty until complete.
    pub evidence: String,
}
