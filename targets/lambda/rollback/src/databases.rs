//! The operations of the rollback on both databases.

use std::future::Future;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use migspec_events::{RollbackEvent, Run, Side, ValidatorReply};
use migspec_fence::{Fence, Positions, Reader, Scope};
use migspec_function::postgres::PostgresSession;
use migspec_function::{Access, Call, Failure, Objects, Parameters, Purpose, Secrets, Session, Sides, retry};
use migspec_reverse::Reverse;
use migspec_sequences::{Margin, Numbers};
use migspec_validator::Window;
use migspec_validator::port::Canonical;

/// Ends a statement that hangs.
const STATEMENT: Duration = Duration::from_secs(20);
/// Sessions end, and readers let go, within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// Kept for the steps.
const RESERVE: Duration = Duration::from_secs(60);

/// Both databases of a replication. The tests implement it in memory.
pub trait Databases {
    /// Whether nobody but the migration can write to a side.
    fn fence(&self, side: Side) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Opens a side, if the other side is fenced.
    fn unfence(&self, side: Side) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Opens the source without a session to the target, if the target has never opened
    /// behind the source's fence.
    fn reopen_source(&self) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Whether the fence of a side has nothing left to take. Changes nothing.
    fn is_fenced(&self, side: Side) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Writes a token into the target, and answers the position.
    fn write_token(&self, token: &str) -> impl Future<Output = Result<String, Failure>> + Send;
    /// Whether the token is on the source and the slot past the position.
    fn is_drained(&self, token: &str, position: &str) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Locks the login of the task that applies changes to a side, and returns
    /// whether it has no session left.
    fn cut(&self, side: Side) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Unlocks the login of the task that applies changes to a side.
    fn restore(&self, side: Side) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// The confirmed position of the reverse task's slot.
    fn reverse_position(&self) -> impl Future<Output = Result<String, Failure>> + Send;
    /// Sets the source's sequences past the target's.
    fn sync_sequences(&self, margin: u64) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// The difference between the rows of both sides, in words; `None` if they
    /// are equal, or if the spec has no validation.
    fn difference(&self) -> impl Future<Output = Result<Option<String>, Failure>> + Send;
    /// The task that rehearses the start of the reverse task, as an ARN. It reads the
    /// slot of the way back.
    fn rehearsal_task(&self) -> Option<&str>;
    /// Drops the slot of the way back, if there is one.
    fn drop_reverse_slot(&self) -> impl Future<Output = Result<u64, Failure>> + Send;
}

/// Both databases over sessions of one engine.
#[derive(Clone)]
pub struct Real<'a, P, S> {
    pub ports: &'a P,
    pub call: Call,
    /// The run, with the replication's key.
    pub run: Run,
    pub sides: Sides,
    engine: PhantomData<S>,
}

/// The replications of an event, on PostgreSQL.
pub type Postgres<'a, P> = Real<'a, P, PostgresSession>;

impl<'a, P: Parameters + Secrets + Sync, S: Session> Real<'a, P, S> {
    /// The databases of an event's replications, in its order.
    ///
    /// # Errors
    /// A parameter is missing or invalid.
    pub async fn all(ports: &'a P, call: &Call, event: &RollbackEvent) -> Result<Vec<Self>, Failure> {
        let mut databases = Vec::new();
        for replication in &event.replications {
            let run = Run { cutover: replication.key.clone(), ..event.run.clone() };
            let once = |_| Sides::of(ports, &call.settings, &run, "rollback-handler");
            let sides = retry(call, PATIENCE, RESERVE, once).await?;
            databases.push(Self { ports, call: call.of(&run), run, sides, engine: PhantomData });
        }
        Ok(databases)
    }
}

impl<P: Secrets + Sync, S: Session> Real<'_, P, S> {
    async fn open(&self, side: Side, purpose: Purpose, access: Access) -> Result<S, Failure> {
        self.sides.open(self.ports, side, purpose, access, STATEMENT).await
    }
}

impl<P, S> Databases for Real<'_, P, S>
where
    P: Parameters + Secrets + Objects + Sync,
    S: Canonical + Fence + Positions + Numbers + Reverse,
{
    async fn fence(&self, side: Side) -> Result<bool, Failure> {
        let mut session = self.open(side, Purpose::Fence, Access::Write).await?;
        let scope = Scope::of(&self.sides);
        Ok(session.fence(&scope, Instant::now() + PATIENCE).await?.fenced)
    }

    async fn unfence(&self, side: Side) -> Result<bool, Failure> {
        let access = if side == Side::Target { Access::Write } else { Access::Read };
        let (mut source, mut target) = tokio::try_join!(
            self.open(Side::Source, Purpose::Fence, Access::Write),
            self.open(Side::Target, Purpose::Fence, access)
        )?;
        let scope = Scope::of(&self.sides);
        S::open_side(side, &mut source, &mut target, &scope).await.map(|_kept| true)
    }

    async fn reopen_source(&self) -> Result<bool, Failure> {
        let mut source = self.open(Side::Source, Purpose::Fence, Access::Write).await?;
        source.open_without_target(&self.sides.key).await.map(|_kept| true)
    }

    async fn is_fenced(&self, side: Side) -> Result<bool, Failure> {
        let mut session = self.open(side, Purpose::Fence, Access::Read).await?;
        session.is_fenced(&Scope::of(&self.sides)).await
    }

    async fn write_token(&self, token: &str) -> Result<String, Failure> {
        let session = self.open(Side::Target, Purpose::Fence, Access::Write).await?;
        session.write_token("rollback", token).await
    }

    async fn is_drained(&self, token: &str, position: &str) -> Result<bool, Failure> {
        let slot = self.sides.replication.reverse_slot.as_deref().unwrap_or_default();
        let (source, target) = tokio::try_join!(
            self.open(Side::Source, Purpose::Fence, Access::Read),
            self.open(Side::Target, Purpose::Fence, Access::Read)
        )?;
        let (confirmed, arrived) = tokio::try_join!(
            target.confirmation(Reader::WayBack(slot), position),
            source.has_arrived(token, position)
        )?;
        Ok(arrived && confirmed.has_passed)
    }

    async fn cut(&self, side: Side) -> Result<bool, Failure> {
        let mut session = self.open(side, Purpose::Fence, Access::Write).await?;
        Ok(session.cut(&self.run.cutover, Instant::now() + PATIENCE).await?.cut)
    }

    async fn restore(&self, side: Side) -> Result<bool, Failure> {
        let mut session = self.open(side, Purpose::Fence, Access::Write).await?;
        session.restore(&self.run.cutover).await
    }

    async fn reverse_position(&self) -> Result<String, Failure> {
        let slot = self.sides.replication.reverse_slot.as_deref().unwrap_or_default();
        let session = self.open(Side::Target, Purpose::ReverseCapture, Access::Read).await?;
        Ok(session.find(slot).await?.position)
    }

    async fn sync_sequences(&self, margin: u64) -> Result<u64, Failure> {
        let (mut source, target) = tokio::try_join!(
            self.open(Side::Source, Purpose::Fence, Access::Write),
            self.open(Side::Target, Purpose::Fence, Access::Read)
        )?;
        let margin = Margin { wanted: margin, at_least: margin };
        source.set_past(&target, &Scope::of(&self.sides), margin).await
    }

    async fn difference(&self) -> Result<Option<String>, Failure> {
        let name = format!("{}/{}/validation", self.call.settings.parameters, self.run.cutover);
        if self.ports.parameter(&name).await?.is_none() {
            return Ok(None);
        }
        let found =
            migspec_validator::compare_fenced::<P, S>(self.ports, &self.call, &self.run, Window::Rollback).await?;
        let equal = found.complete && found.mismatched == 0 && found.errors == 0;
        Ok((!equal).then(|| {
            let ValidatorReply { mismatched, errors, evidence, .. } = found;
            format!(
                "{}: {mismatched} rows differ, {errors} errors; see {evidence} in the evidence bucket",
                self.run.cutover
            )
        }))
    }

    fn rehearsal_task(&self) -> Option<&str> {
        self.sides.replication.rehearsal_task.as_deref()
    }

    async fn drop_reverse_slot(&self) -> Result<u64, Failure> {
        let Some(slot) = &self.sides.replication.reverse_slot else { return Ok(0) };
        let session = self.open(Side::Target, Purpose::ReverseCapture, Access::Write).await?;
        session.release(slot, Instant::now() + PATIENCE).await
    }
}
