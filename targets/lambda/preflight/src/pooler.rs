//! Poolers before a database. They lend sessions of the server to several
//! clients: the settings, locks and slots of a function need a session of its own.

use std::fmt::Display;

use migspec_events::{Problem, Side, checks};
use migspec_function::{Access, Call, Failure, Purpose, Secrets, Sides};
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::logins::STATEMENT;
use crate::port::{Catalog, Moment};

/// A pooler may not have taken a session back yet when the next one begins.
const SESSIONS: usize = 4;

/// The sides that a pooler answers for.
///
/// # Errors
/// A side cannot be reached.
pub(crate) async fn problems<P: Secrets, S: Catalog>(
    ports: &P,
    call: &Call,
    sides: &Sides,
) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for side in [Side::Source, Side::Target] {
        if is_pooled::<P, S>(ports, call, sides, side).await? {
            let end = sides.end(side);
            let values: [(&str, &dyn Display); 3] = [("side", &side.name()), ("host", &end.host), ("port", &end.port)];
            problems.push(checks::POOLER.problem(&values));
        }
    }
    Ok(problems)
}

/// Whether a session of the server is older than the session of the client that
/// uses it. A server starts a process for each connection, so only a pooler has
/// older ones. All times are the server's. fact: postgresql-process-per-connection
async fn is_pooled<P: Secrets, S: Catalog>(ports: &P, call: &Call, sides: &Sides, side: Side) -> Result<bool, Failure> {
    let mut last: Option<Moment> = None;
    for _ in 0..SESSIONS {
        let limit = call.statement(STATEMENT);
        let session: S = sides.open(ports, side, Purpose::Replication, Access::Read, limit).await?;
        let moment = session.moment(last.as_ref()).await?;
        if moment.began_before {
            return Ok(true);
        }
        last = Some(moment);
    }
    Ok(false)
}

/// A pooler of transactions knows no prepared statements.
pub(crate) async fn read_moment(client: &Client, before: Option<&Moment>) -> Result<Moment, Failure> {
    let older = before.map_or("false".to_owned(), |moment| format!("backend_start < to_timestamp({})", moment.text));
    let sql = format!(
        "SELECT {older}, extract(epoch FROM clock_timestamp()) FROM pg_stat_activity WHERE pid = pg_backend_pid()"
    );
    let answers = client.simple_query(&sql).await.map_err(|e| Failure::postgres("looking for a pooler", &e))?;
    let row = answers.iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let row = row.ok_or_else(|| Failure::configuration("the server does not list the session that asks"))?;
    Ok(Moment { text: row.get(1).unwrap_or_default().to_owned(), began_before: row.get(0) == Some("t") })
}
