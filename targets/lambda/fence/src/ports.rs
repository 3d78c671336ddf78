//! The ports of the fence on a database, and PostgreSQL's implementation. Their operations are methods of a session of
//! the fence's login.

use std::future::Future;
use std::time::Instant;

use migspec_events::{Cut, Fenced, Side};
use migspec_function::postgres::{Lsn, PostgresSession};
use migspec_function::{Failure, Session};

use crate::reach::Scope;
use crate::{cut, freeze, rehearse, restore, take, token};

/// The fence of a side, and the cut of the replication that writes to it.
pub trait Fence: Session {
    /// Takes the right to write from all but the migration's logins.
    fn fence(&mut self, scope: &Scope, until: Instant) -> impl Future<Output = Result<Fenced, Failure>> + Send;
    /// Opens a side if the other one is fenced. An opening of the target is noted in the source. Returns the changes of others that it kept.
    fn open_side(
        side: Side,
        source: &mut Self,
        target: &mut Self,
        scope: &Scope,
    ) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;
    /// Opens the source without a session to the target, if the target has never opened behind this fence. Returns the
    /// changes of others that it kept.
    fn open_without_target(&mut self, replication: &str) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;
    /// Whether the fence has nothing left to take. Changes nothing.
    fn is_fenced(&mut self, scope: &Scope) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// Takes and returns all rights without an effect.
    fn rehearse(&mut self, scope: &Scope) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Locks out the logins that apply changes.
    fn cut(&mut self, replication: &str, until: Instant) -> impl Future<Output = Result<Cut, Failure>> + Send;
    /// Lets those logins in again.
    fn restore(&mut self, replication: &str) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// The logins that a cut would lock out, quoted.
    fn rehearse_cut(&mut self) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;
}

/// The schema freeze of a side.
pub trait Freeze: Session {
    /// Refuses changes of the schemas, as far as the engine can.
    fn freeze(&self, scope: &Scope) -> impl Future<Output = Result<(), Failure>> + Send;
    fn thaw(&self, replication: &str) -> impl Future<Output = Result<(), Failure>> + Send;
    fn is_frozen(&self, scope: &Scope) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// The definition of the schemas, as one short text.
    fn fingerprint(&self, scope: &Scope) -> impl Future<Output = Result<String, Failure>> + Send;
}

/// The log of a database: a row behind its last write, and the progress of a reader. A position is a text that its own
/// engine alone can compare.
pub trait Positions: Session {
    /// Writes a token, and returns the position before it.
    fn write_token(&self, migration: &str, token: &str) -> impl Future<Output = Result<String, Failure>> + Send;
    /// Whether the token has arrived with the position that it was written at.
    fn has_arrived(&self, token: &str, position: &str) -> impl Future<Output = Result<bool, Failure>> + Send;
    /// The position that a reader has confirmed, compared with another one.
    fn confirmation(
        &self,
        reader: Reader<'_>,
        position: &str,
    ) -> impl Future<Output = Result<Confirmation, Failure>> + Send;
}

/// A reader of the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reader<'a> {
    /// A replication task, by its ARN.
    Task(&'a str),
    /// The way back, by the name under which the target keeps its log.
    WayBack(&'a str),
}

/// The progress of a reader.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Confirmation {
    /// Empty if the log has no such reader.
    pub position: String,
    pub has_passed: bool,
}

impl Fence for PostgresSession {
    async fn fence(&mut self, scope: &Scope, until: Instant) -> Result<Fenced, Failure> {
        take::fence(self, scope, until).await
    }

    async fn open_side(
        side: Side,
        source: &mut Self,
        target: &mut Self,
        scope: &Scope,
    ) -> Result<Vec<String>, Failure> {
        restore::open(side, source, target, scope).await
    }

    async fn open_without_target(&mut self, replication: &str) -> Result<Vec<String>, Failure> {
        restore::open_without_target(self, replication).await
    }

    async fn is_fenced(&mut self, scope: &Scope) -> Result<bool, Failure> {
        restore::is_fenced(self, scope).await
    }

    async fn rehearse(&mut self, scope: &Scope) -> Result<(), Failure> {
        rehearse::rehearse(self, scope).await
    }

    async fn cut(&mut self, replication: &str, until: Instant) -> Result<Cut, Failure> {
        cut::cut(self, replication, until).await
    }

    async fn restore(&mut self, replication: &str) -> Result<bool, Failure> {
        cut::restore(self, replication).await
    }

    async fn rehearse_cut(&mut self) -> Result<Vec<String>, Failure> {
        cut::rehearse_cut(self).await
    }
}

impl Freeze for PostgresSession {
    async fn freeze(&self, scope: &Scope) -> Result<(), Failure> {
        freeze::freeze(self, scope).await
    }

    async fn thaw(&self, replication: &str) -> Result<(), Failure> {
        freeze::thaw(self, replication).await
    }

    async fn is_frozen(&self, scope: &Scope) -> Result<bool, Failure> {
        freeze::is_frozen(self, scope).await
    }

    async fn fingerprint(&self, scope: &Scope) -> Result<String, Failure> {
        freeze::fingerprint(self, scope).await
    }
}

impl Positions for PostgresSession {
    async fn write_token(&self, migration: &str, token: &str) -> Result<String, Failure> {
        token::write_token(self, migration, token).await
    }

    async fn has_arrived(&self, token: &str, position: &str) -> Result<bool, Failure> {
        token::has_arrived(self, token, position).await
    }

    async fn confirmation(&self, reader: Reader<'_>, position: &str) -> Result<Confirmation, Failure> {
        let wanted = Lsn::of_text(position)?;
        let confirmed = match reader {
            Reader::Task(arn) => token::confirmed_position(self, arn).await?,
            Reader::WayBack(slot) => token::confirmed_of_slot(self, slot).await?,
        };
        let text = confirmed.position.map(|p| p.to_string()).unwrap_or_default();
        Ok(Confirmation { position: text, has_passed: confirmed.has_passed(wanted) })
    }
}
