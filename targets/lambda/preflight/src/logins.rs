//! The logins that a migration uses later: each is tried now, as it will be
//! used. One that fails during the fence would be found out while nobody can
//! write.

use std::time::Duration;

use migspec_events::{Problem, Side, checks as catalogue};
use migspec_fence::Scope;
use migspec_function::postgres::Access;
use migspec_function::{Call, Failure, Purpose, Secrets, Sides};
use tokio_postgres::Client;

use crate::checks::{self, Ways};
use crate::facts::{self, Facts};

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
/// Ends a check that hangs.
pub(crate) const STATEMENT: Duration = Duration::from_secs(60);

/// The problems of the logins that the replication's parameter lists.
pub async fn problems<P: Secrets>(ports: &P, call: &Call, sides: &Sides) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (side, purpose) in LOGINS.into_iter().filter(|(side, purpose)| sides.has(*side, *purpose)) {
        let found = attempt(ports, call, sides, side, purpose).await;
        problems.extend(found.unwrap_or_else(|failure| vec![login_problem(side, purpose, &failure)]));
    }
    problems
}

fn login_problem(side: Side, purpose: Purpose, failure: &Failure) -> Problem {
    catalogue::LOGIN.problem(&[("purpose", &purpose.word()), ("side", &side.name()), ("reason", &failure.message())])
}

async fn attempt<P: Secrets>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    side: Side,
    purpose: Purpose,
) -> Result<Vec<Problem>, Failure> {
    let open = |access, limit| sides.open(ports, side, purpose, access, call.statement(limit));
    if purpose == Purpose::Fence {
        let mut client = open(Access::Write, STATEMENT).await?;
        let rehearsed = migspec_fence::rehearse(&mut client, &Scope::of(sides)).await;
        let problem = match rehearsed {
            Ok(()) => uncuttable(ports, sides, side, &mut client).await?,
            Err(failure) => Some(unfenceable(side, &failure)),
        };
        return Ok(problem.into_iter().collect());
    }
    let client = open(Access::Read, STATEMENT).await?;
    let facts = facts::read(&client, &sides.replication).await?;
    let mut problems = match purpose {
        Purpose::ReverseApply => checks::applies(side.name(), &facts),
        Purpose::ReverseCapture => checks::captures(side.name(), &facts),
        _ => checks::reads(side.name(), &facts),
    };
    if purpose == Purpose::ReverseCapture && could_capture(&facts) {
        let client = open(Access::Read, SLOT).await?;
        problems.extend(migspec_reverse::rehearse(&client).await.err().map(|failure| no_slot(&facts, &failure)));
    }
    Ok(problems)
}

/// Checks that a cut would lock the login with which replication writes to a
/// side.
async fn uncuttable<P: Secrets>(
    ports: &P,
    sides: &Sides,
    side: Side,
    client: &mut Client,
) -> Result<Option<Problem>, Failure> {
    let purpose = match side {
        Side::Source => Purpose::ReverseApply,
        Side::Target => Purpose::Replication,
    };
    if !sides.has(side, purpose) {
        return Ok(None);
    }
    let login = sides.credentials(ports, side, purpose).await?.username;
    let reason = match migspec_fence::rehearse_cut(client).await {
        Ok(names) if names.contains(&login) || names.contains(&format!("\"{login}\"")) => return Ok(None),
        Ok(_) => format!("{login} may not write tokens, or is an administrator's"),
        Err(failure) => failure.message().to_owned(),
    };
    let values: [(&str, &dyn std::fmt::Display); 3] = [("side", &side.name()), ("reason", &reason), ("login", &login)];
    Ok(Some(catalogue::CUT.problem(&values)))
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
