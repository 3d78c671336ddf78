//! The port of the way back on a database. Its operations are methods of a session.

use std::future::Future;
use std::time::Instant;

use migspec_events::{ReverseSlot, SlotReport};
use migspec_function::{Failure, Session};

/// The log of a database, kept under a name for the reverse task.
pub trait Reverse: Session {
    /// Keeps the log from now on. A log that is kept since `after` or later stays as it is.
    fn keep(
        &self,
        name: &str,
        after: &str,
        until: Instant,
    ) -> impl Future<Output = Result<ReverseSlot, Failure>> + Send;
    /// The position from which the log is kept.
    fn find(&self, name: &str) -> impl Future<Output = Result<ReverseSlot, Failure>> + Send;
    /// Releases the log, and returns how many names kept it: none or one.
    fn release(&self, name: &str, until: Instant) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// The name under which a task keeps the log, by the task's ARN.
    fn name_of_task(&self, task: &str) -> impl Future<Output = Result<Option<String>, Failure>> + Send;
    /// All names under which the log is kept.
    fn names(&self) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;
    /// The lag of the reader, and the size of the log that the server keeps for it.
    fn report(&self, name: &str) -> impl Future<Output = Result<SlotReport, Failure>> + Send;
    /// Keeps, reads and releases the log without an effect.
    fn rehearse(&self) -> impl Future<Output = Result<(), Failure>> + Send;
    /// The position of the log's end.
    fn end_of_log(&self) -> impl Future<Output = Result<String, Failure>> + Send;
    /// Whether the table of the rehearsal has a row.
    fn has_row(&self, token: &str) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Writes a row to the table of the rehearsal.
    fn write_row(&self, token: &str) -> impl Future<Output = Result<(), Failure>> + Send;
}
