//! An emulator of DMS. The forward task is PostgreSQL's own logical replication.
//! The reverse task reads the slot of the function with DMS's plugin, and
//! applies its changes.

use std::sync::Arc;
use std::time::Duration;

use migspec_events::Side;
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::stage::{FORWARD, REVERSE, SLOT, Stage};

const PAUSE: Duration = Duration::from_millis(20);

/// Follows the commands of the tasks until the stage stops.
pub fn start(stage: &Arc<Stage>) -> JoinHandle<()> {
    let stage = stage.clone();
    tokio::spawn(async move {
        let forward = tokio::spawn(forward(stage.clone()));
        back(&stage).await;
        forward.await.unwrap();
    })
}

async fn forward(stage: Arc<Stage>) {
    let world = &stage.world;
    let target = world.open(Side::Target).await;
    let mut made = false;
    let mut enabled = false;
    while !stage.is_stopped() {
        match stage.status(FORWARD).as_str() {
            "starting" if !made => {
                let publication = "create publication forward for table migspec.migspec_fence, payments.payment, payments.entry, payments.account";
                world.run(Side::Source, publication).await;
                let conninfo = world.source.conninfo(&world.database);
                let subscription = format!(
                    "create subscription forward connection '{conninfo}' publication forward with (slot_name = 'ledger_fwd_dev_0001')"
                );
                target.batch_execute(&subscription).await.unwrap();
                (made, enabled) = (true, true);
                stage.set_status(FORWARD, "running");
            }
            "starting" | "running" if !enabled => {
                target.batch_execute("alter subscription forward enable").await.unwrap();
                enabled = true;
                stage.set_status(FORWARD, "running");
            }
            "stopping" | "stopped" if enabled => {
                target.batch_execute("alter subscription forward disable").await.unwrap();
                let applies = "select count(*) from pg_stat_subscription where pid is not null";
                while target.query_one(applies, &[]).await.unwrap().get::<_, i64>(0) > 0 {
                    tokio::time::sleep(PAUSE).await;
                }
                enabled = false;
                stage.set_status(FORWARD, "stopped");
            }
            _ => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
    if made {
        // Its slot may be gone: whoever decommissions drops it.
        let _ = target.batch_execute("alter subscription forward disable; alter subscription forward set (slot_name = none); drop subscription forward").await;
    }
}

/// Per cent of the tables that are loaded.
pub async fn loaded(stage: &Stage) -> u32 {
    let target = stage.world.open(Side::Target).await;
    let rows = "select count(*) filter (where srsubstate = 'r'), count(*) from pg_subscription_rel";
    let row = target.query_one(rows, &[]).await.unwrap();
    let (ready, all): (i64, i64) = (row.get(0), row.get(1));
    if all == 0 { 0 } else { u32::try_from(100 * ready / all).unwrap() }
}

async fn back(stage: &Stage) {
    let source = stage.world.open(Side::Source).await;
    source.batch_execute("set session_replication_role = replica").await.unwrap();
    let target = stage.world.open(Side::Target).await;
    while !stage.is_stopped() {
        match stage.status(REVERSE).as_str() {
            "starting" => stage.set_status(REVERSE, "running"),
            "running" => pump(&source, &target).await,
            "stopping" => stage.set_status(REVERSE, "stopped"),
            _ => {}
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Applies the changes of the slot, then confirms them.
async fn pump(source: &Client, target: &Client) {
    let peek = "select lsn::text, data from pg_logical_slot_peek_changes($1, null, null, 'skip-empty-xacts', '1')";
    let Ok(rows) = target.query(peek, &[&SLOT]).await else { return };
    let Some(last) = rows.last() else { return };
    let statements: Vec<String> = rows.iter().filter_map(|row| statement(row.get(1))).collect();
    let text = format!("begin; {}; commit", statements.join("; "));
    source.batch_execute(&text).await.unwrap_or_else(|e| panic!("{e:?}\n{text}"));
    // Everything up to the end of the last transaction is applied.
    let end: &str = last.get(0);
    let advance = "select pg_replication_slot_advance($1, ($2::text)::pg_lsn)";
    target.execute(advance, &[&SLOT, &end]).await.unwrap();
}

/// `table payments.payment: INSERT: id[bigint]:1 key[text]:'a'` as SQL. The
/// first column of every table is its key.
fn statement(line: &str) -> Option<String> {
    let rest = line.strip_prefix("table ")?;
    let (table, rest) = rest.split_once(": ")?;
    let (verb, rest) = rest.split_once(": ")?;
    if table.starts_with("migspec.migspec_taken") {
        return None;
    }
    let columns = columns(rest);
    let (key, value) = columns.first()?;
    Some(match verb {
        "INSERT" => {
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let values: Vec<&str> = columns.iter().map(|(_, value)| value.as_str()).collect();
            format!("insert into {table} ({}) values ({})", names.join(", "), values.join(", "))
        }
        "UPDATE" => {
            let changes: Vec<String> = columns.iter().map(|(name, value)| format!("{name} = {value}")).collect();
            format!("update {table} set {} where {key} = {value}", changes.join(", "))
        }
        "DELETE" => format!("delete from {table} where {key} = {value}"),
        other => panic!("{other} is not replicated"),
    })
}

/// Names and literals of `id[bigint]:1 key[text]:'a''b'`.
fn columns(mut text: &str) -> Vec<(String, String)> {
    let mut columns = Vec::new();
    while let Some((name, rest)) = text.split_once('[') {
        let (_, rest) = rest.split_once("]:").unwrap();
        let mut end = 0;
        let mut quoted = false;
        for (at, c) in rest.char_indices() {
            end = at + c.len_utf8();
            match c {
                '\'' => quoted = !quoted,
                ' ' if !quoted => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        columns.push((name.to_owned(), rest[..end].to_owned()));
        text = rest[end..].trim_start();
    }
    columns
}
