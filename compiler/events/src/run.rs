use serde::{Deserialize, Serialize};

/// Which run of which migration an event belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Run {
    /// The migration's key.
    pub migration: String,
    pub environment: String,
    /// The key of the replication that the event concerns. A cutover that
    /// moves several sends an event for each; the way back is asked for all of
    /// them at once, with the cutover's own key.
    pub cutover: String,
    /// The name of the workflow's execution. A redrive keeps it.
    pub execution: String,
}

/// The names of errors of functions that the workflow handles in different ways.
/// All other errors have the same handling.
pub mod error {
    /// Reverse replication is not healthy: a rollback would lose writes.
    pub const REVERSE_BROKEN: &str = "Migration.ReverseBroken";
    /// The migration is past the point of no return.
    pub const TOO_LATE: &str = "Migration.TooLate";
    /// An execution was started to roll back.
    pub const ROLLBACK_REQUESTED: &str = "Migration.RollbackRequested";
    /// Roles can still write to the other database.
    pub const OTHER_SIDE_OPEN: &str = "Migration.OtherSideOpen";
    /// Another execution has undone this one or holds the lock.
    pub const SUPERSEDED: &str = "Migration.Superseded";
}
