//! Replication slots of one database.

use std::time::{Duration, Instant};

use migspec_events::{ReverseSlot, SlotReport, slot_prefix};
use migspec_function::postgres::Lsn;
use migspec_function::{Failure, name};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

const PAUSE: Duration = Duration::from_millis(200);
/// DMS reads this plugin's output (fact: dms-output-plugins).
const PLUGIN: &str = "test_decoding";

/// Creates the slot. An existing slot is kept, with its confirmed position,
/// unless it is older than `after`: such a slot contains changes of the forward
/// task.
///
/// # Errors
/// PostgreSQL refuses, or the slot belongs to another database or plugin.
pub async fn create(client: &Client, slot: &str, after: Lsn, until: Instant) -> Result<ReverseSlot, Failure> {
    if let Some(found) = existing(client, slot).await? {
        if Lsn::of_text(&found.position)? >= after {
            return Ok(found);
        }
        drop_slot(client, slot, until).await?;
    }
    let made = client
        .query_one("select lsn::text from pg_create_logical_replication_slot($1, $2)", &[&slot, &PLUGIN])
        .await
        .map_err(|e| Failure::postgres("making the slot", &e))?;
    Ok(ReverseSlot { slot: slot.to_owned(), position: made.get(0) })
}

/// The slot, with its confirmed position.
///
/// # Errors
/// The slot does not exist or belongs to another database or plugin; PostgreSQL
/// refuses.
pub async fn find(client: &Client, slot: &str) -> Result<ReverseSlot, Failure> {
    let found = existing(client, slot).await?;
    found.ok_or_else(|| {
        Failure::configuration(format!("the slot {slot} does not exist: nothing keeps the target's changes"))
    })
}

async fn existing(client: &Client, slot: &str) -> Result<Option<ReverseSlot>, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("finding the slot", e);
    let found = client
        .query_opt(
            "select database = current_database() and plugin = $2, confirmed_flush_lsn::text \
             from pg_replication_slots where slot_name = $1",
            &[&slot, &PLUGIN],
        )
        .await
        .map_err(|e| failed(&e))?;
    match found {
        None => Ok(None),
        Some(row) if row.get::<_, Option<bool>>(0) == Some(true) => {
            // It has none while a call that nobody waits for any more makes it. That call ends with its statement.
            let position: Option<String> = row.get(1);
            let making = || Failure::new(name::CONFLICT, format!("the slot {slot} is being made")).that_passes();
            let position = position.ok_or_else(making)?;
            Ok(Some(ReverseSlot { slot: slot.to_owned(), position }))
        }
        Some(_) => Err(Failure::configuration(format!("the slot {slot} is of another database or plugin"))),
    }
}

/// Creates a slot like the rollback, reads its position and its decoded
/// changes, and drops it. The slot is temporary: it ends with the session in
/// any case.
///
/// # Errors
/// PostgreSQL refuses, or answers no position.
pub async fn rehearse(client: &Client) -> Result<Lsn, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("rehearsing the slot of the way back", e);
    let make = "select slot_name::text, lsn::text \
                from pg_create_logical_replication_slot('migspec_rehearsal_' || pg_backend_pid(), $1, true)";
    let row = client.query_one(make, &[&PLUGIN]).await.map_err(|e| failed(&e))?;
    let (slot, position): (String, String) = (row.get(0), row.get(1));
    let read = "select count(*) from pg_logical_slot_peek_changes($1, null, 1)";
    client.query_one(read, &[&slot]).await.map_err(|e| failed(&e))?;
    client.execute("select pg_drop_replication_slot($1)", &[&slot]).await.map_err(|e| failed(&e))?;
    Lsn::of_text(&position)
}

/// Drops a slot, and answers how many there were: none or one. One that is
/// read is waited for.
///
/// # Errors
/// It is still read when the time is over, or PostgreSQL refuses.
pub async fn drop_slot(client: &Client, slot: &str, until: Instant) -> Result<u64, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("dropping the slot", e);
    loop {
        let row = client
            .query_opt("select active from pg_replication_slots where slot_name = $1", &[&slot])
            .await
            .map_err(|e| failed(&e))?;
        match row.map(|row| row.get::<_, bool>(0)) {
            None => return Ok(0),
            Some(false) => match client.execute("select pg_drop_replication_slot($1)", &[&slot]).await {
                Ok(_) => return Ok(1),
                // Its reader was quicker.
                Err(e) if e.code() == Some(&SqlState::OBJECT_IN_USE) && Instant::now() < until => {}
                Err(e) => return Err(failed(&e)),
            },
            Some(true) if Instant::now() >= until => {
                return Err(Failure::configuration(format!("the slot {slot} is still read: stop its task")));
            }
            Some(true) => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The slot that DMS has made for a task, given by its ARN. Its name starts with
/// 16 characters of the task's identifier (fact: dms-slot-name), which another
/// task may share.
///
/// # Errors
/// Several slots start alike: dropping one of another task would lose its
/// changes. PostgreSQL refuses.
pub async fn forward_slot(client: &Client, task: &str) -> Result<Option<String>, Failure> {
    let prefix = format!("{}_", slot_prefix(task));
    let mut found: Vec<String> = others(client).await?.into_iter().filter(|slot| slot.starts_with(&prefix)).collect();
    if found.len() > 1 {
        return Err(Failure::configuration(format!(
            "the slots {} may all belong to the task {task}: drop the slot of this task by hand, then try again",
            found.join(", ")
        )));
    }
    Ok(found.pop())
}

/// The logical slots of this database that remain after the drop.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn others(client: &Client) -> Result<Vec<String>, Failure> {
    let rows = client
        .query(
            "select slot_name::text from pg_replication_slots \
             where slot_type = 'logical' and database = current_database() order by 1",
            &[],
        )
        .await
        .map_err(|e| Failure::postgres("finding slots", &e))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The lag of a slot's reader, and the log that the server keeps for it.
///
/// # Errors
/// There is no such slot, or PostgreSQL refuses.
pub async fn report(client: &Client, slot: &str) -> Result<SlotReport, Failure> {
    let row = client
        .query_opt(
            "select active, pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)::int8, \
             pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::int8, coalesce(wal_status, '') \
             from pg_replication_slots where slot_name = $1",
            &[&slot],
        )
        .await
        .map_err(|e| Failure::postgres("reading the slot", &e))?;
    let row = row.ok_or_else(|| Failure::configuration(format!("there is no slot {slot}")))?;
    let bytes = |column: usize| row.get::<_, Option<i64>>(column).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
    Ok(SlotReport {
        slot: slot.to_owned(),
        active: row.get(0),
        lag_bytes: bytes(1),
        retained_bytes: bytes(2),
        wal_status: row.get(3),
    })
}
