use serde::{Deserialize, Serialize};

use crate::Run;

/// Asks whether source and target are ready for the migration.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PreflightEvent {
    pub run: Run,
    /// Whether the prerequisites of reverse replication are checked too.
    pub reverse: bool,
    /// The demands on the source's server: of this replication first, then of the
    /// other replications on that server.
    pub source: Vec<Demand>,
    /// The same of the target's.
    pub target: Vec<Demand>,
}

/// The demands of one replication on a server.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Demand {
    /// The ARN of the task that is served: one that runs has its part already.
    pub task: String,
    /// Replication slots, and as many senders of the log; none where the task
    /// only writes.
    pub slots: u32,
    /// Connections at once.
    pub connections: u32,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreflightReply {
    /// True if each problem is harmless.
    pub ready: bool,
    /// At most twenty, the gravest first; the report in the checkpoints bucket
    /// has all.
    pub problems: Vec<Problem>,
    /// The tables that the forward task has suspended while it runs on, if the
    /// target has no rows of them.
    pub reload: Vec<TableToReload>,
}

/// A table as `dms:ReloadTables` takes it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TableToReload {
    pub schema_name: String,
    pub table_name: String,
}

/// A prerequisite that does not hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The check of the catalogue: `wal-level`.
    pub check: String,
    pub grade: Grade,
    /// Such as `wal_level is replica`.
    pub what: String,
    /// The change to make.
    pub fix: String,
}

/// The consequence of a problem. All but the last stop the migration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    Refuses,
    Loses,
    Differs,
    Harmless,
}
