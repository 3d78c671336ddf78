//! Cuts replication off from a database: the logins that apply changes can no
//! longer log in, and their sessions have ended. That takes less than a second,
//! where DMS takes minutes to stop a task. DMS handles a lost connection as a
//! temporary error, and continues once the logins may log in again.

use std::fmt::Write;
use std::time::{Duration, Instant, SystemTime};

use migspec_events::Cut;
use migspec_function::Failure;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient};

use crate::reach::{Reach, Roles};
use crate::sessions::{self, Look};
use crate::take::{lock, meets_another, now, prepare};

const PAUSE: Duration = Duration::from_millis(50);
const ATTEMPTS: usize = 5;

/// A login that applies changes.
struct Applier {
    oid: u32,
    /// Quoted.
    name: String,
    may_log_in: bool,
}

/// Cuts off a replication, given by its key.
///
/// # Errors
/// No login could apply changes, so the cut would have no effect; the fence's
/// login may not alter a login; PostgreSQL refuses.
pub async fn cut(client: &mut Client, replication: &str, until: Instant) -> Result<Cut, Failure> {
    prepare(client).await?;
    create_table(client).await?;
    lock(client).await?;
    let logins = lock_out(client, replication).await?;
    let since = now(client).await?;
    let mut ended = 0;
    loop {
        let left = end_sessions(client, &logins, since).await?;
        ended += left.ended;
        let cut = left.obstacles.is_empty();
        if cut || Instant::now() >= until {
            let position = if cut { position(client).await? } else { String::new() };
            return Ok(Cut { cut, sessions: ended, obstacles: left.obstacles, position });
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Lets the logins log in again that no other replication locks out.
///
/// # Errors
/// PostgreSQL refuses: then nothing has changed.
pub async fn restore(client: &mut Client, replication: &str) -> Result<bool, Failure> {
    let sql = "select to_regclass('migspec.migspec_cut') is not null";
    let row = client.query_typed_one(sql, &[]).await;
    let recorded: bool = row.map_err(|e| Failure::postgres("finding the record of the cut", &e))?.get(0);
    if !recorded {
        return Ok(true);
    }
    lock(client).await?;
    let mut attempt = 1;
    loop {
        match unlock_once(client, replication).await {
            Err(failure) if attempt < ATTEMPTS && meets_another(&failure) => attempt += 1,
            result => return result.map(|()| true),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The quoted names of the logins that a cut would lock out. A transaction that
/// is rolled back shows whether the fence's login may alter them.
///
/// # Errors
/// Those of [`cut`].
pub async fn rehearse_cut(client: &mut Client) -> Result<Vec<String>, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("rehearsing the cut", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    prepare(&transaction).await?;
    create_table(&transaction).await?;
    let appliers = appliers(&transaction).await?;
    // fact: postgresql-alter-role, fact: postgresql-alter-replication-role
    transaction.batch_execute(&alter_appliers(&appliers, "NOLOGIN")).await.map_err(|e| failed(&e))?;
    transaction.rollback().await.map_err(|e| failed(&e))?;
    Ok(appliers.into_iter().map(|applier| applier.name).collect())
}

async fn create_table(client: &impl GenericClient) -> Result<(), Failure> {
    let created = client.batch_execute(include_str!("sql/cut.sql")).await;
    created.map_err(|e| Failure::postgres("creating the table of the cut", &e))
}

async fn appliers(client: &impl GenericClient) -> Result<Vec<Applier>, Failure> {
    let rows = client.query_typed(include_str!("sql/appliers.sql"), &[]).await;
    let rows = rows.map_err(|e| Failure::postgres("finding the logins of replication", &e))?;
    if rows.is_empty() {
        return Err(Failure::configuration(
            "no login but the fence's own and administrators may write migspec.migspec_fence: the cut would have no \
             effect; grant the login of replication INSERT on the table, and take its administrator's rights",
        ));
    }
    // A login belongs to the server, and the record of the cut to a database.
    for row in &rows {
        if let (name, Some(databases)) = (row.get::<_, &str>(1), row.get::<_, Option<&str>>(3)) {
            return Err(Failure::configuration(format!(
                "the cut would lock {name} out of other databases of the server too, and their cuts would let it in: it \
                 has sessions, objects or rights in {databases}; let a login of its own apply the changes of each database"
            )));
        }
    }
    Ok(rows.iter().map(applier).collect())
}

fn applier(row: &tokio_postgres::Row) -> Applier {
    Applier { oid: row.get(0), name: row.get(1), may_log_in: row.get(2) }
}

fn alter_appliers(appliers: &[Applier], to: &str) -> String {
    appliers.iter().fold(String::new(), |mut text, applier| {
        let _ = writeln!(text, "ALTER ROLE {} {to};", applier.name);
        text
    })
}

/// Locks out the logins that apply changes, and returns them. The transaction
/// repeats if it conflicts with another one in the catalogue.
async fn lock_out(client: &mut Client, replication: &str) -> Result<Vec<u32>, Failure> {
    let mut attempt = 1;
    loop {
        match lock_out_once(client, replication).await {
            Err(failure) if attempt < ATTEMPTS && meets_another(&failure) => attempt += 1,
            result => return result,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Writes the record before the change, in one transaction.
async fn lock_out_once(client: &mut Client, replication: &str) -> Result<Vec<u32>, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("cutting replication off", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    let appliers = appliers(&transaction).await?;
    let logins: Vec<u32> = appliers.iter().map(|applier| applier.oid).collect();
    let record = "insert into migspec.migspec_cut (replication, login) select $1, l from unnest($2::oid[]) l \
                  on conflict do nothing";
    let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 2] =
        [(&replication, Type::TEXT), (&logins, Type::OID_ARRAY)];
    transaction.execute_typed(record, &values).await.map_err(|e| failed(&e))?;
    let open: Vec<Applier> = appliers.into_iter().filter(|applier| applier.may_log_in).collect();
    transaction.batch_execute(&alter_appliers(&open, "NOLOGIN")).await.map_err(|e| failed(&e))?;
    transaction.commit().await.map_err(|e| failed(&e))?;
    Ok(logins)
}

async fn unlock_once(client: &mut Client, replication: &str) -> Result<(), Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("ending the cut of replication", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    let rows = transaction
        .query_typed(include_str!("sql/restored.sql"), &[(&replication, Type::TEXT)])
        .await
        .map_err(|e| failed(&e))?;
    let again: Vec<Applier> = rows.iter().map(applier).collect();
    transaction.batch_execute(&alter_appliers(&again, "LOGIN")).await.map_err(|e| failed(&e))?;
    transaction.commit().await.map_err(|e| failed(&e))
}

async fn end_sessions(client: &Client, logins: &[u32], since: SystemTime) -> Result<sessions::Left, Failure> {
    let reach = Reach { relations: Vec::new(), schemas: Vec::new() };
    let look = Look { reach: &reach, roles: &Roles(Vec::new()), writers: &[], logins, since };
    sessions::end(client, &look).await
}

/// The position after all changes so far.
async fn position(client: &Client) -> Result<String, Failure> {
    let row = client.query_typed_one("select pg_current_wal_insert_lsn()::text", &[]).await;
    row.map(|row| row.get(0)).map_err(|e| Failure::postgres("reading the position of the cut", &e))
}
