//! Taking the right to write: until nothing is left to take, and nobody left
//! who began before.

use std::time::{Duration, Instant, SystemTime};

use migspec_events::Fenced;
use migspec_function::Failure;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient};

use crate::LOCK;
use crate::automatic::Automatic;
use crate::plan::Plan;
use crate::reach::{self, Reach, Roles, Scope};
use crate::sessions::{self, Look};

/// Between two looks at who is left.
const PAUSE: Duration = Duration::from_millis(50);
/// Attempts at a transaction that meets another one in the catalogue.
const ATTEMPTS: usize = 5;

/// Fences a database. `fenced` is true once no login but the migration's own
/// has an open transaction that wrote a protected object, and none but these
/// and administrators can begin one.
///
/// # Errors
/// A right cannot be taken; a schema does not exist; PostgreSQL refuses.
pub async fn fence(client: &mut Client, scope: &Scope, until: Instant) -> Result<Fenced, Failure> {
    prepare(client).await?;
    // Held until the session ends, so that no unfence comes in between.
    lock(client).await?;
    let mut sessions = 0;
    let mut taken = pass(client, scope).await?;
    let mut since = now(client).await?;
    loop {
        let Pass { reach, roles, writers, logins, .. } = &taken;
        let mut left = sessions::end(client, &Look { reach, roles, writers, logins, since }).await?;
        left.obstacles.extend(Automatic::read(client).await?.obstacles());
        sessions += left.ended;
        let clear = left.obstacles.is_empty();
        if !clear && Instant::now() >= until {
            return Ok(Fenced { fenced: false, sessions, obstacles: left.obstacles });
        }
        if !clear {
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        // Whoever was under way may have made or granted something meanwhile.
        taken = pass(client, scope).await?;
        if taken.nothing {
            return Ok(Fenced { fenced: true, sessions, obstacles: Vec::new() });
        }
        since = now(client).await?;
        if Instant::now() >= until {
            let obstacles = vec!["rights are granted as fast as they are taken".to_owned()];
            return Ok(Fenced { fenced: false, sessions, obstacles });
        }
    }
}

/// The tables of the fence. That of the tokens is made with the logins: who
/// may write it belongs to the migration.
pub(crate) async fn prepare(client: &impl GenericClient) -> Result<(), Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("making the fence's tables", e);
    let row = client
        .query_typed_one(
            "select to_regclass('migspec.migspec_fence') is not null, to_regclass('migspec.migspec_taken') is not null, \
             pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')",
            &[],
        )
        .await
        .map_err(|e| failed(&e))?;
    let [tokens, taken, sees]: [bool; 3] = [row.get(0), row.get(1), row.get(2)];
    if !tokens {
        return Err(Failure::configuration(
            "the table migspec.migspec_fence does not exist: set the database up with the function secret-rotation or a file of setup/",
        ));
    }
    if !sees {
        return Err(Failure::configuration(
            "the fence's login is no member of pg_read_all_stats: it sees no sessions; set the database up again",
        ));
    }
    if !taken {
        client.batch_execute(include_str!("sql/taken.sql")).await.map_err(|e| failed(&e))?;
    }
    Ok(())
}

/// One fence or unfence at a time.
pub(crate) async fn lock(client: &Client) -> Result<(), Failure> {
    let sql = "select pg_advisory_lock($1, $2)";
    let locked = client.execute_typed(sql, &[(&LOCK.0, Type::INT4), (&LOCK.1, Type::INT4)]).await;
    locked.map(drop).map_err(|e| Failure::postgres("waiting for another fence", &e))
}

pub(crate) async fn now(client: &Client) -> Result<SystemTime, Failure> {
    let row = client.query_typed_one("select clock_timestamp()", &[]).await;
    row.map(|row| row.get(0)).map_err(|e| Failure::postgres("asking for the time", &e))
}

/// The privileges to revoke, and the previous writers.
struct Pass {
    nothing: bool,
    reach: Reach,
    roles: Roles,
    /// Logins whose sessions end.
    writers: Vec<u32>,
    /// Logins that are stopped at the door.
    logins: Vec<u32>,
}

/// One transaction, again where it meets another one in the catalogue.
async fn pass(client: &mut Client, scope: &Scope) -> Result<Pass, Failure> {
    let mut attempt = 1;
    loop {
        match pass_once(client, scope).await {
            Err(failure) if attempt < ATTEMPTS && meets_another(&failure) => attempt += 1,
            result => return result,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// `tuple concurrently updated`, a deadlock, a serialization failure.
pub(crate) fn meets_another(failure: &Failure) -> bool {
    failure.code().is_some_and(|code| ["XX000", "40P01", "40001"].contains(&code.code()))
}

async fn pass_once(client: &mut Client, scope: &Scope) -> Result<Pass, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("taking rights", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    let (reach, roles) = reach::read(&transaction, scope).await?;
    let plan = Plan::make(&transaction, &reach, &roles).await?;
    // The record of another fence comes first: it has rights that are gone by now.
    plan.claim(&transaction, &scope.replication).await?;
    if !plan.is_empty() {
        plan.carry_out(&transaction, &scope.replication).await?;
    }
    let (writers, logins) = read_record(&transaction, &scope.replication).await?;
    transaction.commit().await.map_err(|e| failed(&e))?;
    Ok(Pass { nothing: plan.is_empty(), reach, roles, writers, logins })
}

/// The writers and the logins that this and earlier passes have recorded.
async fn read_record(client: &impl GenericClient, replication: &str) -> Result<(Vec<u32>, Vec<u32>), Failure> {
    let sql = "select array(select object from migspec.migspec_taken where what = 'writer' and replication = $1 order by 1), \
               array(select object from migspec.migspec_taken where what = 'login' and replication = $1 order by 1)";
    let row = client.query_typed_one(sql, &[(&replication, Type::TEXT)]).await;
    row.map(|row| (row.get(0), row.get(1))).map_err(|e| Failure::postgres("reading the record of the fence", &e))
}
