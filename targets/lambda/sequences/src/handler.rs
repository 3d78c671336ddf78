//! The handler: one event, one answer.

use std::time::Duration;

use migspec_events::{SequencesEvent, SequencesReply, Side};
use migspec_fence::Scope;
use migspec_function::postgres::PostgresSession;
use migspec_function::{Access, Call, Failure, Metric, Parameters, Purpose, Secrets, Sides, retry};

use crate::{Margin, Numbers};

/// Ends a statement that hangs.
const STATEMENT: Duration = Duration::from_secs(20);
/// Locks of other sessions end within this time, and servers are back.
const PATIENCE: Duration = Duration::from_secs(15);
/// Kept for the answer.
const RESERVE: Duration = Duration::from_secs(5);

/// # Errors
/// A database cannot be reached or refuses; a sequence has no match.
pub async fn handle<P: Parameters + Secrets>(
    ports: &P,
    call: &Call,
    event: SequencesEvent,
) -> Result<SequencesReply, Failure> {
    let call = call.of(&event.run);
    let sides = retry(&call, PATIENCE, RESERVE, |_| Sides::of(ports, &call.settings, &event.run, "sequences")).await?;
    let moved = retry(&call, PATIENCE, RESERVE, |_| once::<P, PostgresSession>(ports, &call, &sides, &event)).await?;
    call.log.info("sequences set", [("moved", moved.into())]);
    call.metrics().of(event.side.name()).value(Metric::SequencesMoved, moved as f64).emit(&call.log);
    Ok(SequencesReply { set: moved })
}

async fn once<P: Secrets, S: Numbers>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    event: &SequencesEvent,
) -> Result<u64, Failure> {
    let other = match event.side {
        Side::Source => Side::Target,
        Side::Target => Side::Source,
    };
    let limit = call.statement(STATEMENT);
    let (mut set, other): (S, S) = tokio::try_join!(
        sides.open(ports, event.side, Purpose::Fence, Access::Write, limit),
        sides.open(ports, other, Purpose::Fence, Access::Read, limit)
    )?;
    let margin = Margin { wanted: event.margin, at_least: event.at_least };
    set.set_past(&other, &Scope::of(sides), margin).await
}
