//! The token: a row behind the last write of one side, seen on the other.

use migspec_events::slot_prefix;
use migspec_function::Failure;
use migspec_function::postgres::Lsn;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

/// Writes the token, and returns the log position before it: all earlier
/// commits have lower positions. An existing token gets a new position, so that
/// the token of an earlier attempt proves nothing.
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
pub async fn has_arrived(client: &Client, token: &str, position: &str) -> Result<bool, Failure> {
    let row = client
        .query_typed_one(
            "select exists (select from migspec.migspec_fence where token = $1 and position = $2)",
            &[(&token, Type::TEXT), (&position, Type::TEXT)],
        )
        .await
        .map_err(|e| Failure::postgres("looking for the token", &e))?;
    Ok(row.get(0))
}

/// The confirmed position of a replication task's slot. Without a slot, no
/// position is confirmed: other slots of the database do not count.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmed {
    /// The least position; none without a slot.
    pub position: Option<Lsn>,
}

impl Confirmed {
    pub fn has_passed(&self, position: Lsn) -> bool {
        self.position.is_some_and(|confirmed| confirmed >= position)
    }
}

/// The position that all slots of a task have confirmed. DMS has created them;
/// the task's ARN gives their names.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn confirmed_position(client: &Client, task: &str) -> Result<Confirmed, Failure> {
    confirmed_by(client, &slot_prefix(task), SlotName::Prefix).await
}

/// The confirmed position of a slot, given by its name.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn confirmed_of_slot(client: &Client, slot: &str) -> Result<Confirmed, Failure> {
    confirmed_by(client, slot, SlotName::Whole).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SlotName {
    Whole,
    Prefix,
}

async fn confirmed_by(client: &Client, name: &str, form: SlotName) -> Result<Confirmed, Failure> {
    let whole = form == SlotName::Whole;
    let row = client
        .query_typed_one(include_str!("sql/confirmed.sql"), &[(&name, Type::TEXT), (&whole, Type::BOOL)])
        .await
        .map_err(|e| Failure::postgres("reading the confirmed position of the slot", &e))?;
    let position: Option<&str> = row.get(0);
    Ok(Confirmed { position: position.map(Lsn::of_text).transpose()? })
}
