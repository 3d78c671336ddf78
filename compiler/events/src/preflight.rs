use serde::{Deserialize, Serialize};

use crate::Run;

/// Asks whether source and target are ready for the migration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreflightEvent {
    pub run: Run,
    /// Whether the prerequisites of reverse replication are checked too.
    pub reverse: bool,
    /// Segments whose writers move one after the other, in order. Then every
    /// table needs the key, and both tasks must keep changes from going in a
    /// circle.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub segments: Vec<String>,
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
