//! The logins that a migration uses later: each is tried now, as it will be
//! used. One that fails during the fence would be found out while nobody can
//! write.

use std::time::Duration;

use migspec_events::{Problem, Side, checks as catalogue};
use migspec_fence::{Fence, Scope};
use migspec_function::{Access, Call, Failure, Purpose, Retry, Secrets, Session, Sides};
use migspec_reverse::Reverse;
use tokio_postgres::Client;

use crate::checks;
use crate::facts::Facts;
use crate::port::{Catalog, Limits};
use crate::ways::Ways;

const LOGINS: [(Side, Purpose); 6] = [
    (Side::Source, Purpose::Validation),
    (Side::Target, Purpose::Validation),
    (Side::Source, Purpose::Fence),
    (Side::Target, Purpose::Fence),
    (Side::Target, Purpose::ReverseCapture),
    (Side::Source, Purpose::ReverseApply),
];

/// The logins of the tasks: there, and where there is a way back, those of it.
pub(crate) fn of_tasks(ways: Ways) -> impl Iterator<Item = (Side, Purpose)> {
    let there = [(Side::Source, Purpose::Replication), (Side::Target, Purpose::Replication)];
    let back = [(Side::Target, Purpose::ReverseCapture), (Side::Source, Purpose::ReverseApply)];
    there.into_iter().chain(back.into_iter().filter(move |_| ways == Ways::ThereAndBack))
}

/// How long the workflow lets the function make the slot of the way back.
const SLOT: Duration = Duration::from_secs(15);
/// A lock of another session ends within this time, or is a finding.
const PATIENCE: Duration = Duration::from_secs(15);
/// Kept for the other checks and the report.
const RESERVE: Duration = Duration::from_secs(20);
/// Ends a check that hangs.
pub(crate) const STATEMENT: Duration = Duration::from_secs(60);

/// The problems of the logins that the replication's parameter lists.
pub(crate) async fn problems<P, S>(ports: &P, call: &Call, sides: &Sides) -> Vec<Problem>
where
    P: Secrets,
    S: Catalog + Fence + Reverse,
{
    let mut problems = Vec::new();
    for (side, purpose) in LOGINS.into_iter().filter(|(side, purpose)| sides.has(*side, *purpose)) {
        problems.extend(try_login::<P, S>(ports, call, sides, (side, purpose)).await);
    }
    problems
}

/// The problems of one login. A session that was ended, or a lock of another one, is
/// no finding unless it lasts.
async fn try_login<P, S>(ports: &P, call: &Call, sides: &Sides, login: (Side, Purpose)) -> Vec<Problem>
where
    P: Secrets,
    S: Catalog + Fence + Reverse,
{
    let mut retry = Retry::new(call, PATIENCE, RESERVE);
    loop {
        let mut problems = Vec::new();
        let cause = match attempt::<P, S>(ports, call, sides, login, &mut problems).await {
            Ok(None) => return problems,
            Ok(Some(cause)) => cause,
            Err(failure) => {
                problems.push(login_problem(login.0, login.1, &failure));
                failure
            }
        };
        if retry.wait(cause).await.is_err() {
            return problems;
        }
    }
}

fn login_problem(side: Side, purpose: Purpose, failure: &Failure) -> Problem {
    catalogue::LOGIN.problem(&[("purpose", &purpose.word()), ("side", &side.name()), ("reason", &failure.message())])
}

/// The logins of the tasks that a server does not let in: nothing else can be asked with them. A rollback from an open target
/// leaves that of the forward task locked.
///
/// # Errors
/// A session cannot be opened for another reason.
pub(crate) async fn locked_logins<P, S>(ports: &P, call: &Call, sides: &Sides) -> Result<Vec<Problem>, Failure>
where
    P: Secrets,
    S: Session,
{
    let mut problems = Vec::new();
    for side in [Side::Source, Side::Target] {
        let purpose = Purpose::Replication;
        let opened: Result<S, Failure> =
            sides.open(ports, side, purpose, Access::Read, call.statement(STATEMENT)).await;
        match opened {
            Err(failure) if failure.refuses_login() => {
                problems.push(login_problem(side, purpose, &failure));
            }
            opened => drop(opened?),
        }
    }
    Ok(problems)
}

/// Tries a login once. A step that fails is a finding, and its failure is the answer.
async fn attempt<P, S>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    (side, purpose): (Side, Purpose),
    problems: &mut Vec<Problem>,
) -> Result<Option<Failure>, Failure>
where
    P: Secrets,
    S: Catalog + Fence + Reverse,
{
    let open = |access, limit| sides.open(ports, side, purpose, access, call.statement(limit));
    if purpose == Purpose::Fence {
        let mut session: S = open(Access::Write, STATEMENT).await?;
        problems.extend(limits(side, &session).await?);
        return match Fence::rehearse(&mut session, &Scope::of(sides)).await {
            Ok(()) => uncuttable(ports, sides, side, &mut session, problems).await,
            Err(failure) => {
                problems.push(unfenceable(side, &failure));
                Ok(Some(failure))
            }
        };
    }
    let session: S = open(Access::Read, STATEMENT).await?;
    let facts = session.facts_of_login(&sides.replication).await?;
    problems.extend(match purpose {
        Purpose::ReverseApply => checks::applies(side.name(), &facts),
        Purpose::ReverseCapture => checks::captures(side.name(), &facts),
        _ => checks::reads(side.name(), &facts),
    });
    if sides.replication.rehearsal_task.is_some()
        && matches!((side, purpose), (Side::Source, Purpose::ReverseApply) | (Side::Target, Purpose::ReverseCapture))
    {
        problems.extend(checks::rehearses(side, &facts));
    }
    problems.extend(limits(side, &session).await?);
    if purpose == Purpose::ReverseCapture && could_capture(&facts) {
        let session: S = open(Access::Read, SLOT).await?;
        let failed = Reverse::rehearse(&session).await.err();
        problems.extend(failed.iter().map(|failure| no_slot(&facts, failure)));
        return Ok(failed);
    }
    Ok(None)
}

/// The limits of the login of a session: its time, and its number of sessions.
///
/// # Errors
/// The server refuses.
pub(crate) async fn limits(side: Side, session: &impl Catalog) -> Result<Vec<Problem>, Failure> {
    let Limits { login, sessions, expiry } = session.limits().await?;
    let mut problems = Vec::new();
    if let Some(limit) = sessions {
        problems.push(catalogue::LOGIN_LIMIT.problem(&[("login", &login), ("side", &side.name()), ("limit", &limit)]));
    }
    if let Some(date) = expiry {
        problems.push(catalogue::LOGIN_EXPIRY.problem(&[("login", &login), ("side", &side.name()), ("date", &date)]));
    }
    Ok(problems)
}

pub(crate) async fn read_limits(client: &Client) -> Result<Limits, Failure> {
    let sql = "SELECT rolname::text, nullif(rolconnlimit, -1), \
               CASE WHEN isfinite(rolvaliduntil) THEN to_char(rolvaliduntil, 'YYYY-MM-DD HH24:MI TZ') END \
               FROM pg_roles WHERE rolname = current_user";
    let row = client.query_one(sql, &[]).await.map_err(|e| Failure::postgres("reading the limits of the login", &e))?;
    Ok(Limits { login: row.get(0), sessions: row.get(1), expiry: row.get(2) })
}

/// Checks that a cut would lock the login with which replication writes to a
/// side.
async fn uncuttable<P: Secrets>(
    ports: &P,
    sides: &Sides,
    side: Side,
    session: &mut impl Fence,
    problems: &mut Vec<Problem>,
) -> Result<Option<Failure>, Failure> {
    let purpose = match side {
        Side::Source => Purpose::ReverseApply,
        Side::Target => Purpose::Replication,
    };
    if !sides.has(side, purpose) {
        return Ok(None);
    }
    let login = sides.credentials(ports, side, purpose).await?.username;
    let (reason, cause) = match session.rehearse_cut().await {
        Ok(names) if names.contains(&login) || names.contains(&format!("\"{login}\"")) => return Ok(None),
        Ok(_) => (format!("{login} may not write tokens, or is an administrator's"), None),
        Err(failure) => (failure.message().to_owned(), Some(failure)),
    };
    let values: [(&str, &dyn std::fmt::Display); 3] = [("side", &side.name()), ("reason", &reason), ("login", &login)];
    problems.push(catalogue::CUT.problem(&values));
    Ok(cause)
}

/// Whether a slot can be created; if not, another check reports the cause.
fn could_capture(facts: &Facts) -> bool {
    facts.login.replication && facts.settings.get("wal_level").is_some_and(|level| level == "logical")
}

fn unfenceable(side: Side, failure: &Failure) -> Problem {
    catalogue::FENCE.problem(&[("side", &side.name()), ("reason", &failure.message())])
}

fn no_slot(facts: &Facts, failure: &Failure) -> Problem {
    catalogue::REVERSE_SLOT.problem(&[
        ("login", &facts.login.name),
        ("reason", &failure.message()),
        ("seconds", &SLOT.as_secs()),
    ])
}
