//! Ends running sessions, and verifies that no writer is left.

use std::collections::BTreeSet;
use std::time::SystemTime;

use migspec_function::Failure;
use tokio_postgres::Client;
use tokio_postgres::types::Type;

use crate::reach::{Reach, Role, Roles};

/// Who may not be left.
pub(crate) struct Look<'a> {
    pub(crate) reach: &'a Reach,
    pub(crate) roles: &'a Roles,
    /// Logins whose sessions from before end.
    pub(crate) writers: &'a [u32],
    /// Logins of which no session may be.
    pub(crate) logins: &'a [u32],
    /// After the rights were taken.
    pub(crate) since: SystemTime,
}

pub(crate) struct Left {
    pub(crate) ended: u64,
    /// Who is left, as sentences without data.
    pub(crate) obstacles: Vec<String>,
}

/// Ends sessions and returns the remaining ones. The locks are read first: a
/// process that is about to start a session holds the lock of its own
/// transaction until it is among the sessions. So a session that began before
/// the fence is in one list or in the other.
pub(crate) async fn end(client: &Client, look: &Look<'_>) -> Result<Left, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("ending sessions", e);
    let rows = client
        .query_typed(
            "select pid from pg_locks where locktype = 'virtualxid' and pid is not null and pid <> pg_backend_pid()",
            &[],
        )
        .await
        .map_err(|e| failed(&e))?;
    let busy: BTreeSet<i32> = rows.iter().map(|row| row.get(0)).collect();
    let rows = client
        .query_typed(
            include_str!("sql/sessions.sql"),
            &[(&look.since, Type::TIMESTAMPTZ), (&look.reach.relations, Type::OID_ARRAY)],
        )
        .await
        .map_err(|e| failed(&e))?;
    let mut seen = BTreeSet::new();
    let mut ending: Vec<i32> = Vec::new();
    let mut obstacles = BTreeSet::new();
    for row in &rows {
        let session =
            Session { pid: row.get(0), role: row.get(1), here: row.get(2), older: row.get(3), writes: row.get(4) };
        seen.insert(session.pid);
        match session.judge(look) {
            SessionAction::Fine => {}
            SessionAction::End => ending.push(session.pid),
            SessionAction::Wait => {
                let name = session.role.map_or("a process of the server", |role| look.roles.name(role));
                obstacles.insert(format!("a transaction of {name} has written"));
            }
        }
    }
    if !look.logins.is_empty() && !busy.is_subset(&seen) {
        obstacles.insert("a login is under way".to_owned());
    }
    if !ending.is_empty() {
        obstacles.insert(format!("{} sessions are ending", ending.len()));
    }
    let prepared = client
        .query_typed_one(include_str!("sql/prepared.sql"), &[(&look.reach.relations, Type::OID_ARRAY)])
        .await
        .map_err(|e| failed(&e))?;
    if prepared.get::<_, i64>(0) > 0 {
        obstacles.insert("a prepared transaction has written".to_owned());
    }
    let ended = if ending.is_empty() { 0 } else { terminate(client, &ending).await.map_err(|e| failed(&e))? };
    Ok(Left { ended, obstacles: obstacles.into_iter().collect() })
}

/// Terminates sessions, and returns the number of sessions that were
/// terminated.
async fn terminate(client: &Client, sessions: &Vec<i32>) -> Result<u64, tokio_postgres::Error> {
    let sql = "select pg_terminate_backend(pid) from unnest($1) pid";
    let signalled = client.query_typed(sql, &[(sessions, Type::INT4_ARRAY)]).await?;
    Ok(signalled.iter().filter(|row| row.get(0)).count() as u64)
}

struct Session {
    pid: i32,
    /// Processes of the server have none.
    role: Option<u32>,
    /// In this database.
    here: bool,
    /// It began before the rights were taken.
    older: bool,
    /// It holds a lock with which protected rows are written.
    writes: bool,
}

enum SessionAction {
    Fine,
    End,
    Wait,
}

impl Session {
    fn judge(&self, look: &Look) -> SessionAction {
        let has = |roles: &[u32]| self.role.is_some_and(|role| roles.contains(&role));
        let own = self.role.and_then(|role| look.roles.get(role)).is_some_and(Role::own);
        if self.here && (has(look.logins) || has(look.writers) && self.older) {
            SessionAction::End
        } else if self.here && self.writes && !own {
            SessionAction::Wait
        } else {
            SessionAction::Fine
        }
    }
}
