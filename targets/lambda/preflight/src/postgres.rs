//! The port of the catalog facts on PostgreSQL.

use std::collections::BTreeMap;

use migspec_events::Replication;
use migspec_function::Failure;
use migspec_function::postgres::PostgresSession;

use crate::facts::{Facts, Table};
use crate::port::{Catalog, Limits, Measure, Moment, Rights, Trial};
use crate::{dms, identity, logins, objects, pooler, rights, rows, survey};

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
