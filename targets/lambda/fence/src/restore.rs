//! Giving everything back as it was.

use std::fmt::Write;
use std::time::Duration;

use migspec_function::Failure;
use tokio_postgres::{Client, Row};

use crate::acl::{self, Entry, Object, Privilege, Rights};
use crate::holdings::{Address, push};
use crate::take::{lock, meets_another};

const PAUSE: Duration = Duration::from_millis(50);
const ATTEMPTS: usize = 5;

/// Removes the fence: every role gets its former privileges. Objects of the
/// record that no longer exist are skipped. True once the record is empty; a
/// database without a fence is already open.
///
/// # Errors
/// PostgreSQL refuses: then nothing has changed.
pub async fn unfence(client: &mut Client) -> Result<bool, Failure> {
    let recorded = client
        .query_typed_one("select to_regclass('migspec.migspec_taken') is not null", &[])
        .await
        .map_err(|e| Failure::postgres("finding the fence's record", &e))?;
    if !recorded.get::<_, bool>(0) {
        return Ok(true);
    }
    lock(client).await?;
    let mut attempt = 1;
    loop {
        match give_back(client).await {
            Err(failure) if attempt < ATTEMPTS && meets_another(&failure) => attempt += 1,
            result => return result.map(|()| true),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn give_back(client: &mut Client) -> Result<(), Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("giving rights back", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    let rows = transaction.query_typed(include_str!("sql/recorded.sql"), &[]).await.map_err(|e| failed(&e))?;
    let mut statements: String = changes(&rows).iter().flat_map(Change::statements).collect();
    let rows = transaction.query_typed(include_str!("sql/stopped.sql"), &[]).await.map_err(|e| failed(&e))?;
    for row in &rows {
        let _ = writeln!(statements, "{};", row.get::<_, &str>(0));
    }
    statements.push_str("DELETE FROM migspec.migspec_taken;");
    transaction.batch_execute(&statements).await.map_err(|e| failed(&e))?;
    transaction.commit().await.map_err(|e| failed(&e))
}

/// An object with the rights that it had, and those that it has.
struct Change {
    address: Address,
    former: Rights,
    current: Vec<Entry>,
}

impl Change {
    fn statements(&self) -> Vec<String> {
        acl::restore(&self.former, &self.current)
    }
}

fn changes(rows: &[Row]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for row in rows {
        let address = Address { class: row.get(0), oid: row.get(1), part: row.get(2) };
        if changes.last().is_none_or(|last| last.address != address) {
            let object = Object { on: row.get(3), column: row.get(4) };
            let former = Rights { object, owner: row.get(5), entries: Vec::new() };
            changes.push(Change { address, former, current: Vec::new() });
        }
        let Some(change) = changes.last_mut() else { continue };
        let entries = if row.get(6) { &mut change.former.entries } else { &mut change.current };
        let privilege = Privilege { name: row.get(9), grantable: row.get(10) };
        push(entries, row.get(7), row.get(8), privilege);
    }
    changes
}
