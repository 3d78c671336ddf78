//! The port of the catalog facts of a database. Its operations are methods of a session of the login that is tried.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use migspec_events::Replication;
use migspec_function::{Failure, Session};

use crate::facts::{Facts, Table};

/// The result for one table, or one partition.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trial {
    /// The log names the deleted row.
    Named,
    Unnamed,
    /// PostgreSQL refuses the trial, with this code.
    Refused(String),
}

/// A login with its limits.
pub struct Limits {
    pub(crate) login: String,
    /// Of its sessions.
    pub(crate) sessions: Option<i32>,
    /// The date on which it expires.
    pub(crate) expiry: Option<String>,
}

/// The measurement of a column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Object,
    Varchar,
    /// Values of which one has the text.
    Special(&'static str),
}

/// A column, its measurement, and the result: bytes, or a number of rows.
pub struct Measure<'t> {
    pub(crate) name: &'t str,
    pub(crate) kind: Kind,
    pub(crate) result: u64,
}

/// A moment of a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moment {
    /// As the server writes it.
    pub(crate) text: String,
    /// The server's side of the session began before the moment that was given.
    pub(crate) began_before: bool,
}

/// Role, object and right.
pub(crate) type Right = (String, String, String);

/// The rights of the roles, and the objects beside them.
pub struct Rights {
    pub(crate) rights: BTreeSet<Right>,
    pub(crate) objects: BTreeSet<String>,
}

/// The facts of a server, as the login of a session sees them.
pub trait Catalog: Session {
    fn version(&self) -> impl Future<Output = Result<u32, Failure>> + Send;
    /// All facts.
    fn facts(&self, replication: &Replication) -> impl Future<Output = Result<Facts, Failure>> + Send;
    /// The facts that differ between the logins of a server.
    fn facts_of_login(&self, replication: &Replication) -> impl Future<Output = Result<Facts, Failure>> + Send;
    /// The limits of the login.
    fn limits(&self) -> impl Future<Output = Result<Limits, Failure>> + Send;
    /// The rights of roles on tables and on the objects beside them.
    fn rights(&self, roles: &[&String], tables: &[&String]) -> impl Future<Output = Result<Rights, Failure>> + Send;
    /// Which of some tables have a row, by their numbers.
    fn tables_with_rows(&self, tables: &[&Table]) -> impl Future<Output = Result<Vec<usize>, Failure>> + Send;
    /// The values of a table that DMS may refuse or alter.
    fn measure<'t>(&self, table: &'t Table) -> impl Future<Output = Result<Vec<Measure<'t>>, Failure>> + Send;
    /// Whether the log names the deleted rows of tables like these. Empty if the login reads no log.
    fn try_identities(
        &self,
        tables: &BTreeMap<String, Table>,
    ) -> impl Future<Output = Result<BTreeMap<String, Trial>, Failure>> + Send;
    /// Creates a table of DMS without an effect.
    fn create_control_table(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
    /// The current moment of the server, and whether the server's side of this session is older than another one.
    fn moment(&self, before: Option<&Moment>) -> impl Future<Output = Result<Moment, Failure>> + Send;
}
