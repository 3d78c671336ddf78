use serde::{Deserialize, Serialize};

use crate::Run;

/// Asks whether source and target are ready for the migration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreflightEvent {
    pub run: Run,
    /// Whether the prerequisites of reverse replication are checked too.
    pub reverse: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreflightReply {
    /// True if there is no problem.
    pub ready: bool,
    /// At most twenty; the report in the checkpoints bucket has all.
    pub problems: Vec<Problem>,
}

/// A prerequisite that does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Such as `wal_level is replica`.
    pub what: String,
    /// What to change.
    pub fix: String,
}
