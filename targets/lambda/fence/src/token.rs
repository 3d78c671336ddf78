//! The token: a row behind the last write of one side, seen on the other.

use migspec_events::slot_prefix;
use migspec_function::Failure;
use migspec_function::postgres::Lsn;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

/// Writes the token, and answers the position before it: everything that was
/// committed before lies below. A token that stands there gets a new position,
/// so that one of an earlier attempt proves nothing.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn write_token(client: &Client, migration: &str, token: &str) -> Result<String, Failure> {
    let row = client
        .query_typed_one(
            "insert into migspec.migspec_fence (token, migration, position, written) \
             values ($1, $2, pg_current_wal_insert_lsn()::text, clock_timestamp()) \
             on conflict (token) do update \
             set migration = excluded.migration, position = excluded.position, written = excluded.written \
             returning position",
            &[(&token, Type::TEXT), (&migration, Type::TEXT)],
        )
        .await
        .map_err(|e| Failure::postgres("writing the token", &e))?;
    Ok(row.get(0))
}

/// Whether the token has arrived with the position that it was written at.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn arrived(client: &Client, token: &str, position: &str) -> Result<bool, Failure> {
    let row = client
        .query_typed_one(
            "select exists (select from migspec.migspec_fence where token = $1 and position = $2)",
            &[(&token, Type::TEXT), (&position, Type::TEXT)],
        )
        .await
        .map_err(|e| Failure::postgres("looking for the token", &e))?;
    Ok(row.get(0))
}

/// What the slot of a replication task has confirmed. DMS begins the name of a
/// slot that it makes with that of the task; where none is named so, every
/// slot of this database that is read has to be there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmed {
    /// The least position; none without a slot.
    pub position: Option<Lsn>,
}

impl Confirmed {
    pub fn passed(&self, position: Lsn) -> bool {
        self.position.is_some_and(|confirmed| confirmed >= position)
    }
}

/// What the slot of a task has confirmed, given by its ARN or the slot's name.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn confirmed(client: &Client, task: &str) -> Result<Confirmed, Failure> {
    let row = client
        .query_typed_one(include_str!("sql/confirmed.sql"), &[(&slot_prefix(task), Type::TEXT)])
        .await
        .map_err(|e| Failure::postgres("reading what the slot has confirmed", &e))?;
    let position: Option<&str> = row.get(0);
    Ok(Confirmed { position: position.map(Lsn::of_text).transpose()? })
}
