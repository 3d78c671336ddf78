//! The rehearsal of the start of the reverse task, while the source is the writer
//! and the forward task runs. The reverse task itself would return the forward
//! task's changes. So a task of its own, with the same endpoints, copies a table
//! that no other task copies. It proves the form of the position, the rights of
//! both logins, and the tables that DMS creates on both sides.

use std::time::{Duration, Instant};

use migspec_events::{Rehearsed, Run, Side};
use migspec_fence::{Fence, Scope};
use migspec_function::{
    Access, Call, Failure, Parameters, Purpose, Secrets, Sides, StartType, TableStatistics, Task, Tasks,
};
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::port::Reverse;

/// Ends a statement that hangs.
const STATEMENT: Duration = Duration::from_secs(20);

/// The inputs of a step.
pub(crate) struct Rehearsal<'a, P, S> {
    ports: &'a P,
    task: &'a str,
    /// The key of the row: an execution has one for each replication.
    token: String,
    source: S,
    target: S,
}

impl<'a, P: Parameters + Secrets + Tasks, S: Fence + Reverse> Rehearsal<'a, P, S> {
    /// # Errors
    /// The replication has no task for it; a database cannot be reached; the source
    /// is fenced, so that the slot may keep writes of the target.
    pub(crate) async fn open(ports: &'a P, call: &Call, sides: &'a Sides, run: &Run) -> Result<Self, Failure> {
        let task = sides.replication.rehearsal_task.as_deref();
        let task = task.ok_or_else(|| Failure::configuration("this replication has no task for a rehearsal"))?;
        let open = |side| sides.open(ports, side, Purpose::Fence, Access::Write, call.statement(STATEMENT));
        let (mut source, target): (S, S) = tokio::try_join!(open(Side::Source), open(Side::Target))?;
        if source.is_fenced(&Scope::of(sides)).await? {
            return Err(Failure::configuration(
                "the source is fenced: its slot on the target is no rehearsal's to drop",
            ));
        }
        Ok(Self { ports, task, token: format!("{}/{}", run.execution, run.cutover), source, target })
    }

    /// Does the next step, and does not wait for DMS. `reader` is a session of the
    /// login that reads the slot.
    ///
    /// # Errors
    /// The task has failed or suspended its table; DMS or a database refuses.
    pub(crate) async fn take_step(&self, reader: &S, slot: &str, until: Instant) -> Result<Rehearsed, Failure> {
        let task = self.ports.task(self.task).await?;
        let task = task.ok_or_else(|| Failure::configuration(format!("the task {} does not exist", self.task)))?;
        let arrived = self.source.has_row(&self.token).await?;
        let mut complete = false;
        if arrived {
            complete = self.finish(&task, reader, slot, until).await?;
        } else if self.target.has_row(&self.token).await? {
            self.continue_with(&task, reader, slot).await?;
        } else {
            self.begin(&task, reader, slot, until).await?;
        }
        Ok(Rehearsed { complete, arrived, status: task.status })
    }

    /// A task of an earlier rehearsal stops first. The row follows the slot's position, so that the task must carry it.
    async fn begin(&self, task: &Task, reader: &S, slot: &str, until: Instant) -> Result<(), Failure> {
        match task.status.as_str() {
            "running" | "starting" => self.ports.stop_task(self.task).await,
            "ready" | "stopped" | "failed" => {
                let made = reader.keep(slot, &reader.end_of_log().await?, until).await?;
                self.target.write_row(&self.token).await?;
                self.start(&made.position).await
            }
            _ => Ok(()),
        }
    }

    /// The row is on the target only: the task carries it, or has failed.
    async fn continue_with(&self, task: &Task, reader: &S, slot: &str) -> Result<(), Failure> {
        match task.status.as_str() {
            "failed" => {
                let Task { stop_reason, last_failure, .. } = task;
                Err(Failure::configuration(format!(
                    "the rehearsal of the reverse start failed: {stop_reason} {last_failure}"
                )))
            }
            // The call that wrote the row did not start the task.
            "ready" | "stopped" => self.start(&reader.find(slot).await?.position).await,
            "running" => {
                let tables = self.ports.table_statistics(self.task).await?;
                match tables.iter().find_map(TableStatistics::problem) {
                    Some(problem) => {
                        Err(Failure::configuration(format!("the rehearsal of the reverse start: {problem}")))
                    }
                    None => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Whether the task has stopped and its slot is gone.
    async fn finish(&self, task: &Task, reader: &S, slot: &str, until: Instant) -> Result<bool, Failure> {
        match task.status.as_str() {
            "ready" | "stopped" | "failed" => reader.release(slot, until).await.map(|_dropped| true),
            "stopping" => Ok(false),
            _ => self.ports.stop_task(self.task).await.map(|()| false),
        }
    }

    async fn start(&self, position: &str) -> Result<(), Failure> {
        self.ports.start_task(self.task, StartType::StartReplication, Some(position)).await
    }
}

/// The position of the log's end: a slot of an earlier rehearsal is older.
pub(crate) async fn position(client: &Client) -> Result<String, Failure> {
    let row = client
        .query_one("select pg_current_wal_insert_lsn()::text", &[])
        .await
        .map_err(|e| Failure::postgres("reading the end of the log", &e))?;
    Ok(row.get(0))
}

pub(crate) async fn exists(client: &Client, token: &str) -> Result<bool, Failure> {
    let row = client
        .query_typed_one(
            "select exists (select from migspec.migspec_rehearsal where token = $1)",
            &[(&token, Type::TEXT)],
        )
        .await
        .map_err(|e| Failure::postgres("looking for the row of the rehearsal", &e))?;
    Ok(row.get(0))
}

pub(crate) async fn write(client: &Client, token: &str) -> Result<(), Failure> {
    client
        .execute_typed(
            "insert into migspec.migspec_rehearsal (token, written) values ($1, clock_timestamp()) \
             on conflict (token) do nothing",
            &[(&token, Type::TEXT)],
        )
        .await
        .map_err(|e| Failure::postgres("writing the row of the rehearsal", &e))?;
    Ok(())
}
