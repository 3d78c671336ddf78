//! The port of the catalog facts of a database, and PostgreSQL's implementation. Its operations are methods of a session
//! of the login that is tried.

use std::collections::BTreeMap;
use std::future::Future;

use migspec_events::Replication;
use migspec_function::postgres::PostgresSession;
use migspec_function::{Failure, Session};

use crate::facts::{Facts, Table};
use crate::identity::{self, Trial};
use crate::logins::{self, Limits};
use crate::objects::{self, Measure};
use crate::pooler::{self, Moment};
use crate::rights::{self, Rights};
use crate::{dms, rows, survey};

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

impl Catalog for PostgresSession {
    async fn version(&self) -> Result<u32, Failure> {
        survey::version(self).await
    }

    async fn facts(&self, replication: &Replication) -> Result<Facts, Failure> {
        survey::read(self, replication).await
    }

    async fn facts_of_login(&self, replication: &Replication) -> Result<Facts, Failure> {
        survey::read_of_login(self, replication).await
    }

    async fn limits(&self) -> Result<Limits, Failure> {
        logins::read_limits(self).await
    }

    async fn rights(&self, roles: &[&String], tables: &[&String]) -> Result<Rights, Failure> {
        rights::read(self, roles, tables).await
    }

    async fn tables_with_rows(&self, tables: &[&Table]) -> Result<Vec<usize>, Failure> {
        rows::tables_with_rows(self, tables).await
    }

    async fn measure<'t>(&self, table: &'t Table) -> Result<Vec<Measure<'t>>, Failure> {
        objects::measure(self, table).await
    }

    async fn try_identities(&self, tables: &BTreeMap<String, Table>) -> Result<BTreeMap<String, Trial>, Failure> {
        match survey::may_replicate(self).await? {
            true => identity::attempt(self, tables).await,
            false => Ok(BTreeMap::new()),
        }
    }

    async fn create_control_table(&mut self) -> Result<(), Failure> {
        dms::create(self).await
    }

    async fn moment(&self, before: Option<&Moment>) -> Result<Moment, Failure> {
        pooler::read_moment(self, before).await
    }
}
