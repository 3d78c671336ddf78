//! The handler: one event, one answer.

use std::time::{Duration, Instant};

use migspec_events::{Cut, Drained, FenceEvent, Fenced, Frozen, Restored, Run, Side, Thawed, TokenWritten, Unfenced};
use migspec_function::postgres::PostgresSession;
use migspec_function::{Access, Call, Failure, Metric, Name, Parameters, Purpose, Secrets, Session, Sides, retry};
use serde::Serialize;

use crate::ports::{Fence, Freeze, Positions, Reader};
use crate::reach::Scope;

/// Ends a statement that hangs.
const STATEMENT: Duration = Duration::from_secs(20);
/// Kept for the answer.
const RESERVE: Duration = Duration::from_secs(5);
/// Sessions end within this time or something is wrong.
const PATIENCE: Duration = Duration::from_secs(15);

/// The answer to an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    Fenced(Fenced),
    TokenWritten(TokenWritten),
    Drained(Drained),
    Unfenced(Unfenced),
    Cut(Cut),
    Restored(Restored),
    Frozen(Frozen),
    Thawed(Thawed),
}

/// Each event may be repeated: what an ended session has left undone, the next
/// one does.
///
/// # Errors
/// A database cannot be reached or refuses, and does so for as long as there is
/// patience.
pub async fn handle<P: Parameters + Secrets>(ports: &P, call: &Call, event: FenceEvent) -> Result<Reply, Failure> {
    let run = run(&event);
    let call = call.of(run);
    let sides = retry(&call, PATIENCE, RESERVE, |_| Sides::of(ports, &call.settings, run, "fence")).await?;
    retry(&call, PATIENCE, RESERVE, |until| once::<P, PostgresSession>(ports, &call, &sides, &event, until)).await
}

/// One attempt. It ends by `until`.
async fn once<P: Parameters + Secrets, S: Fence + Freeze + Positions>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    event: &FenceEvent,
    until: Instant,
) -> Result<Reply, Failure> {
    match *event {
        FenceEvent::Fence { side, .. } => {
            let mut session: S = open(ports, call, sides, side, Access::Write).await?;
            let scope = Scope::of(sides);
            let begun = Instant::now();
            let fenced = session.fence(&scope, until).await?;
            tell(call, side, &fenced, begun.elapsed());
            Ok(Reply::Fenced(fenced))
        }
        FenceEvent::WriteToken { ref run, ref token } => {
            let session: S = open(ports, call, sides, Side::Source, Access::Write).await?;
            let position = session.write_token(&run.migration, token).await?;
            call.log.info("token written", [("position", Name::of(position.as_str()).into())]);
            Ok(Reply::TokenWritten(TokenWritten { position }))
        }
        FenceEvent::Drain { ref token, ref position, .. } => {
            drain::<P, S>(ports, call, sides, token, position).await.map(Reply::Drained)
        }
        FenceEvent::Unfence { side, .. } => {
            let target = if side == Side::Target { Access::Write } else { Access::Read };
            let (mut source, mut target): (S, S) = tokio::try_join!(
                open(ports, call, sides, Side::Source, Access::Write),
                open(ports, call, sides, Side::Target, target)
            )?;
            let kept = S::open_side(side, &mut source, &mut target, &Scope::of(sides)).await?;
            for change in kept {
                call.log.warn("kept a change of another session", [("change", Name::of(change).into())]);
            }
            call.log.info("unfenced", [("side", side.name().into())]);
            Ok(Reply::Unfenced(Unfenced { unfenced: true }))
        }
        FenceEvent::Cut { side, ref run } => {
            let mut session: S = open(ports, call, sides, side, Access::Write).await?;
            let done = session.cut(&run.cutover, until).await?;
            let fields = [("side", side.name().into()), ("cut", done.cut.into()), ("sessions", done.sessions.into())];
            call.log.info("replication cut off", fields);
            Ok(Reply::Cut(done))
        }
        FenceEvent::Restore { side, ref run } => {
            let mut session: S = open(ports, call, sides, side, Access::Write).await?;
            let restored = session.restore(&run.cutover).await?;
            call.log.info("replication restored", [("side", side.name().into())]);
            Ok(Reply::Restored(Restored { restored }))
        }
        FenceEvent::Freeze { side, .. } => {
            let session: S = open(ports, call, sides, side, Access::Write).await?;
            session.freeze(&Scope::of(sides)).await?;
            frozen(&session, sides).await
        }
        FenceEvent::CheckSchema { side, .. } => {
            let session: S = open(ports, call, sides, side, Access::Read).await?;
            frozen(&session, sides).await
        }
        FenceEvent::Thaw { side, .. } => {
            let session: S = open(ports, call, sides, side, Access::Write).await?;
            session.thaw(&sides.key).await?;
            Ok(Reply::Thawed(Thawed { thawed: true }))
        }
    }
}

fn run(event: &FenceEvent) -> &Run {
    match event {
        FenceEvent::Fence { run, .. }
        | FenceEvent::WriteToken { run, .. }
        | FenceEvent::Drain { run, .. }
        | FenceEvent::Unfence { run, .. }
        | FenceEvent::Cut { run, .. }
        | FenceEvent::Restore { run, .. }
        | FenceEvent::Freeze { run, .. }
        | FenceEvent::CheckSchema { run, .. }
        | FenceEvent::Thaw { run, .. } => run,
    }
}

async fn frozen(session: &impl Freeze, sides: &Sides) -> Result<Reply, Failure> {
    let scope = Scope::of(sides);
    let frozen = session.is_frozen(&scope).await?;
    Ok(Reply::Frozen(Frozen { frozen, fingerprint: session.fingerprint(&scope).await? }))
}

async fn open<P: Secrets, S: Session>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    side: Side,
    access: Access,
) -> Result<S, Failure> {
    sides.open(ports, side, Purpose::Fence, access, call.statement(STATEMENT)).await
}

async fn drain<P: Secrets, S: Positions>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    token: &str,
    position: &str,
) -> Result<Drained, Failure> {
    let (source, target): (S, S) = tokio::try_join!(
        open(ports, call, sides, Side::Source, Access::Read),
        open(ports, call, sides, Side::Target, Access::Read)
    )?;
    let (confirmed, arrived) = tokio::try_join!(
        source.confirmation(Reader::Task(&sides.replication.forward_task), position),
        target.has_arrived(token, position)
    )?;
    Ok(Drained { drained: arrived && confirmed.has_passed, confirmed: confirmed.position })
}

fn tell(call: &Call, side: Side, fenced: &Fenced, took: Duration) {
    call.log.info("fence", [("fenced", fenced.fenced.into()), ("sessions", fenced.sessions.into())]);
    for obstacle in &fenced.obstacles {
        call.log.warn("not fenced", [("obstacle", Name::of(obstacle.as_str()).into())]);
    }
    call.metrics()
        .of(side.name())
        .value(Metric::FenceTime, took.as_millis() as f64)
        .value(Metric::FenceSessionsEnded, fenced.sessions as f64)
        .value(Metric::FenceObstacles, fenced.obstacles.len() as f64)
        .emit(&call.log);
}
