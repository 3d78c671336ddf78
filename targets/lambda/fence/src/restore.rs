//! Giving everything back as it was.

use std::fmt::Write;
use std::time::Duration;

use migspec_events::{Side, error};
use migspec_function::Failure;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient, Row};

use crate::acl::{self, Entry, Object, Privilege, Rights};
use crate::holdings::Address;
use crate::plan::Plan;
use crate::reach::{self, Scope};
use crate::take::{lock, meets_another};

const PAUSE: Duration = Duration::from_millis(50);
const ATTEMPTS: usize = 5;

/// Opens a side after it has found the other side fenced. The session keeps the
/// locks of both fences, the source's first, so that of two openings at the
/// same time the second finds the first side open. The fence's record in the
/// source precedes an opening of the target. Returns the changes of other
/// sessions, as [`unfence`].
///
/// # Errors
/// [`error::OTHER_SIDE_OPEN`] if a role can still write to the other side;
/// PostgreSQL refuses. Then nothing has changed.
pub async fn open(side: Side, source: &mut Client, target: &mut Client, scope: &Scope) -> Result<Vec<String>, Failure> {
    lock(source).await?;
    lock(target).await?;
    let (other, name) = match side {
        Side::Source => (&mut *target, Side::Target.name()),
        Side::Target => (&mut *source, Side::Source.name()),
    };
    if !is_fenced(other, scope).await? {
        let text = format!("the {} stays fenced, because roles can still write to the {name}", side.name());
        return Err(Failure::new(error::OTHER_SIDE_OPEN, text));
    }
    match side {
        Side::Source => unfence(source, &scope.replication).await,
        Side::Target => {
            record_opening(source, &scope.replication).await?;
            unfence(target, &scope.replication).await
        }
    }
}

/// Opens the source without a session to the target, if the target has never opened
/// behind this fence of the source. An opening of the target needs the lock of the
/// source, finds the source fenced, and is in the record of its fence. So one that
/// came first is in the record, and one that comes later finds the source open.
/// Returns the changes of other sessions, as [`unfence`].
///
/// # Errors
/// [`error::OTHER_SIDE_OPEN`] if the target was opened behind this fence;
/// PostgreSQL refuses. Then nothing has changed.
pub async fn open_without_target(source: &mut Client, replication: &str) -> Result<Vec<String>, Failure> {
    lock(source).await?;
    if has_record(source).await? {
        let sql = "select exists (select from migspec.migspec_taken where replication = $1 and what = 'opened')";
        let row = source.query_typed_one(sql, &[(&replication, Type::TEXT)]).await;
        let opened: bool = row.map_err(|e| Failure::postgres("reading the record of the fence", &e))?.get(0);
        if opened {
            let text = "the source stays fenced: the target was opened behind its fence, may have taken writes, and \
                        cannot be reached";
            return Err(Failure::new(error::OTHER_SIDE_OPEN, text));
        }
    }
    unfence(source, replication).await
}

/// Notes in the source that the target opens behind its fence. The note ends with the fence.
async fn record_opening(source: &Client, replication: &str) -> Result<(), Failure> {
    let sql = "insert into migspec.migspec_taken (replication, what, class, object) \
               values ($1, 'opened', 'pg_database'::regclass, 0) on conflict do nothing";
    let noted = source.execute_typed(sql, &[(&replication, Type::TEXT)]).await;
    noted.map(drop).map_err(|e| Failure::postgres("noting the opening of the target in the source", &e))
}

/// Whether a side has the table of the fence's record. A side without it was never fenced.
async fn has_record(client: &Client) -> Result<bool, Failure> {
    let row = client.query_typed_one("select to_regclass('migspec.migspec_taken') is not null", &[]).await;
    row.map(|row| row.get(0)).map_err(|e| Failure::postgres("finding the fence's record", &e))
}

/// Whether the fence has nothing left to take: no role but the migration's own
/// and administrators can begin to write. Changes nothing.
///
/// # Errors
/// PostgreSQL refuses, or a schema of the application does not exist.
pub async fn is_fenced(client: &mut Client, scope: &Scope) -> Result<bool, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("looking for a fence", e);
    if !has_record(client).await? {
        return Ok(false);
    }
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    let (reach, roles) = reach::read(&transaction, scope).await?;
    let plan = Plan::make(&transaction, &reach, &roles).await?;
    transaction.rollback().await.map_err(|e| failed(&e))?;
    Ok(plan.is_empty())
}

/// Removes the fence of a replication: every role gets its former privileges, and
/// changes that other sessions have made since stay. Returns these changes as
/// sentences. Objects of the record that no longer exist are skipped, and objects
/// that another replication fences too stay fenced. A database without a fence is
/// already open.
///
/// # Errors
/// PostgreSQL refuses: then nothing has changed.
pub async fn unfence(client: &mut Client, replication: &str) -> Result<Vec<String>, Failure> {
    if !has_record(client).await? {
        return Ok(Vec::new());
    }
    lock(client).await?;
    let mut attempt = 1;
    loop {
        match give_back_once(client, replication).await {
            Err(failure) if attempt < ATTEMPTS && meets_another(&failure) => attempt += 1,
            result => return result,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn give_back_once(client: &mut Client, replication: &str) -> Result<Vec<String>, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("giving rights back", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    let kept = give_back(&transaction, replication).await?;
    transaction.commit().await.map_err(|e| failed(&e))?;
    Ok(kept)
}

/// Gives everything back within a transaction.
pub(crate) async fn give_back(client: &impl GenericClient, replication: &str) -> Result<Vec<String>, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("giving rights back", e);
    let key: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 1] = [(&replication, Type::TEXT)];
    let rows = client.query_typed(include_str!("sql/recorded.sql"), &key).await.map_err(|e| failed(&e))?;
    let (mut statements, mut kept) = (String::new(), Vec::new());
    for change in changes(&rows) {
        kept.extend(change.kept_differences());
        change.statements().iter().for_each(|statement| statements.push_str(statement));
    }
    let rows = client.query_typed(include_str!("sql/stopped.sql"), &key).await.map_err(|e| failed(&e))?;
    for row in &rows {
        let (unchanged, name, statement): (bool, &str, &str) = (row.get(0), row.get(1), row.get(2));
        if unchanged {
            let _ = writeln!(statements, "{statement};");
        } else {
            kept.push(format!("{name} was replaced"));
        }
    }
    client.batch_execute(&statements).await.map_err(|e| failed(&e))?;
    let delete = "delete from migspec.migspec_taken where replication = $1";
    client.execute_typed(delete, &key).await.map_err(|e| failed(&e))?;
    Ok(kept)
}

/// An object with the rights that it had, those that the fence left, and those
/// that it has.
struct Change {
    address: Address,
    former: Rights,
    behind: Vec<Entry>,
    current: Vec<Entry>,
    /// Rights on single columns exist, which a `REVOKE` on the table takes too.
    columns: bool,
}

impl Change {
    fn statements(&self) -> Vec<String> {
        let mut former = self.former.clone();
        // A right that somebody has revoked behind the fence stays revoked.
        for (grantee, grantor, privilege) in acl::missing(&self.behind, &self.current) {
            let of = former.entries.iter_mut().filter(|e| e.grantee == grantee && e.grantor == grantor);
            of.for_each(|entry| entry.privileges.retain(|p| p.name != privilege));
        }
        former.entries.retain(|entry| !entry.privileges.is_empty());
        let order = if self.columns { acl::Order::Any } else { acl::Order::Former };
        acl::restore(&former, &self.current, order)
    }

    /// The differences between the fence's work and the current state.
    fn kept_differences(&self) -> Vec<String> {
        let text = |verb: &str, to: &str, (grantee, _, privilege): (String, String, String)| {
            format!("{privilege} on {} was {verb} {to} {grantee}", self.former.object.on)
        };
        let revoked = acl::missing(&self.behind, &self.current).into_iter().map(|right| text("revoked", "from", right));
        let granted = acl::missing(&self.current, &self.behind).into_iter().map(|right| text("granted", "to", right));
        revoked.chain(granted).collect()
    }
}

fn changes(rows: &[Row]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for row in rows {
        let address = Address { class: row.get(0), oid: row.get(1), part: row.get(2) };
        if changes.last().is_none_or(|last| last.address != address) {
            let object = Object { on: row.get(3), column: row.get(4) };
            let former = Rights { object, owner: row.get(5), entries: Vec::new() };
            changes.push(Change { address, former, behind: Vec::new(), current: Vec::new(), columns: row.get(6) });
        }
        let Some(change) = changes.last_mut() else { continue };
        let entries = match row.get::<_, i32>(7) {
            1 => &mut change.former.entries,
            2 => &mut change.behind,
            _ => &mut change.current,
        };
        let privilege = Privilege { name: row.get(10), grantable: row.get(11) };
        acl::add(entries, row.get(8), row.get(9), privilege);
    }
    changes
}
