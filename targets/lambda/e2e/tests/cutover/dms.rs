//! An emulator of DMS: tasks that read a slot with DMS's plugin, and apply its
//! changes with DMS's login. Like DMS, a task needs time to start and to stop, and
//! retries after a lost connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use migspec_events::Side;
use migspec_function_testing::decoding::columns;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::stage::{FORWARD, REHEARSAL, REVERSE, SLOT, Stage};

const PAUSE: Duration = Duration::from_millis(20);
/// The seconds that a task takes to start or to stop. They exceed the longest allowed
/// time without a payment, so a workflow that waits for a task in the pause fails.
const USUAL: u64 = 20;
/// The name that DMS would give the slot of the task `fqzc2m-payments-ledger-fwd-dev`.
const FORWARD_SLOT: &str = "fqzc2m_payments__0001";
const COPIED: [&str; 4] = ["payments.payment", "payments.entry", "payments.account", "migspec.migspec_fence"];
const REHEARSED: [&str; 1] = ["migspec.migspec_rehearsal"];

/// The time that a task takes to start or to stop: `DMS_SECONDS`, as long as DMS itself if that takes minutes.
pub fn slow() -> Duration {
    let seconds = std::env::var("DMS_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(USUAL).max(USUAL))
}

/// Follows the commands of the tasks until the stage stops.
pub fn start(stage: &Arc<Stage>) -> JoinHandle<()> {
    let stage = stage.clone();
    tokio::spawn(async move {
        let there = Applier { slot: FORWARD_SLOT, from: Side::Source, login: "dms", tables: &COPIED };
        let forward = tokio::spawn(follow(stage.clone(), FORWARD, there));
        let back = |tables| Applier { slot: SLOT, from: Side::Target, login: "migspec_apply", tables };
        let rehearsal = tokio::spawn(follow(stage.clone(), REHEARSAL, back(&REHEARSED)));
        follow(stage, REVERSE, back(&COPIED)).await;
        rehearsal.await.unwrap();
        forward.await.unwrap();
    })
}

/// One direction.
struct Applier {
    slot: &'static str,
    from: Side,
    /// The login on the other side.
    login: &'static str,
    tables: &'static [&'static str],
}

async fn follow(stage: Arc<Stage>, task: &str, applier: Applier) {
    let reads = stage.world.open(applier.from).await;
    let mut applies: Option<Client> = None;
    let mut changing: Option<Instant> = None;
    while !stage.is_stopped() {
        let status = stage.status(task);
        let over = changing.is_some_and(|since| since.elapsed() >= slow());
        match status.as_str() {
            // The load is not part of the pause.
            "starting" if task == FORWARD => {
                load(&stage, &reads, &applier).await;
                stage.set_status(task, "running");
            }
            "starting" | "stopping" if over => {
                changing = None;
                applies = None;
                stage.set_status(task, if status == "starting" { "running" } else { "stopped" });
            }
            "starting" | "stopping" => {
                changing.get_or_insert_with(Instant::now);
            }
            _ => {}
        }
        // A stopping task applies changes until it has stopped.
        if ["running", "stopping"].contains(&status.as_str()) {
            if applies.is_none() {
                applies = session(&stage, &applier).await;
            }
            if let Some(client) = &applies
                && pump(&reads, client, &applier).await.is_err()
            {
                applies = None;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// `None` while the login is locked.
async fn session(stage: &Stage, applier: &Applier) -> Option<Client> {
    let to = if applier.from == Side::Source { Side::Target } else { Side::Source };
    let password = format!("{}-password", applier.login);
    let client = stage.world.cluster(to).open_as(&stage.world.database, applier.login, &password).await.ok()?;
    client.batch_execute("set session_replication_role = replica").await.ok()?;
    Some(client)
}

/// Copies the rows. The slot keeps the changes in the meantime.
async fn load(stage: &Stage, reads: &Client, applier: &Applier) {
    let make = "select pg_create_logical_replication_slot($1, 'test_decoding')";
    reads.execute(make, &[&applier.slot]).await.unwrap();
    let client = session(stage, applier).await.unwrap();
    for table in COPIED {
        let rows = format!("select coalesce(json_agg(t), '[]')::text from {table} t");
        let rows: String = reads.query_one(&rows, &[]).await.unwrap().get(0);
        let insert =
            format!("insert into {table} select * from json_populate_recordset(null::{table}, $1::text::json)");
        client.execute(&insert, &[&rows]).await.unwrap_or_else(|e| panic!("{table}: {e:?}"));
    }
    stage.loaded.store(true, Ordering::SeqCst);
}

/// Applies the changes of the slot, then confirms them.
async fn pump(reads: &Client, applies: &Client, applier: &Applier) -> Result<(), tokio_postgres::Error> {
    let peek = "select lsn::text, data from pg_logical_slot_peek_changes($1, null, null, 'skip-empty-xacts', '1')";
    let Ok(rows) = reads.query(peek, &[&applier.slot]).await else { return Ok(()) };
    let Some(last) = rows.last() else { return Ok(()) };
    let statements: Vec<String> = rows.iter().filter_map(|row| statement(row.get(1), applier.tables)).collect();
    let text = format!("begin; {}; commit", statements.join("; "));
    if let Err(e) = applies.batch_execute(&text).await {
        assert!(applies.is_closed() || e.is_closed() || ended(&e), "{e:?}\n{text}");
        return Err(e);
    }
    // Everything up to the end of the last transaction is applied.
    let end: &str = last.get(0);
    let advance = "select pg_replication_slot_advance($1, ($2::text)::pg_lsn)";
    reads.execute(advance, &[&applier.slot, &end]).await.map(drop)
}

/// Whether another session terminated this one.
fn ended(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&tokio_postgres::error::SqlState::ADMIN_SHUTDOWN)
}

/// `table payments.payment: INSERT: id[bigint]:1 key[text]:'a'` as SQL. The
/// first column of every table is its key.
fn statement(line: &str, tables: &[&str]) -> Option<String> {
    let rest = line.strip_prefix("table ")?;
    let (table, rest) = rest.split_once(": ")?;
    let (verb, rest) = rest.split_once(": ")?;
    if !tables.contains(&table) {
        return None;
    }
    let columns = columns(rest);
    let (key, value) = columns.first()?;
    Some(match verb {
        "INSERT" => {
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            let values: Vec<&str> = columns.iter().map(|(_, value)| *value).collect();
            // A change that was applied but not confirmed is applied again.
            let (names, values) = (names.join(", "), values.join(", "));
            format!("insert into {table} ({names}) values ({values}) on conflict do nothing")
        }
        "UPDATE" => {
            let changes: Vec<String> = columns.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("update {table} set {} where {key} = {value}", changes.join(", "))
        }
        "DELETE" => format!("delete from {table} where {key} = {value}"),
        other => panic!("{other} is not replicated"),
    })
}
