//! The ports of the comparison on PostgreSQL.

use migspec_events::{Invariant, Replication, Side};
use migspec_function::Failure;
use migspec_function::postgres::PostgresSession;

use crate::canonical::Dialect;
use crate::catalog::{self, Table};
use crate::port::{Applied, Canonical};
use crate::side::{self, PostgresRows};
use crate::{invariant, objects, pair, plan};

impl Canonical for PostgresSession {
    type Dialect = Dialect;
    type Rows<'c> = PostgresRows<'c>;

    async fn tables(
        source: &Self,
        target: &Self,
        replication: &Replication,
        protected: &[String],
    ) -> Result<Vec<Table>, Failure> {
        catalog::tables(source, target, replication, protected).await
    }

    async fn dialect(source: &Self, target: &Self, seed: i64) -> Result<Dialect, Failure> {
        pair::dialect(source, target, seed).await
    }

    fn rows<'c>(&'c self, table: &Table, side: Side, dialect: Dialect) -> (PostgresRows<'c>, Vec<String>) {
        PostgresRows::new(self, table, side, dialect)
    }

    fn has_ordered_index(table: &Table) -> bool {
        side::has_ordered_index(table)
    }

    async fn horizon(&self) -> Result<u64, Failure> {
        plan::horizon(self).await
    }

    async fn position(&self) -> Result<String, Failure> {
        pair::one(self, "reading the source's position", "SELECT pg_current_wal_lsn()::text").await
    }

    async fn progress(&self, task: &str, position: &str) -> Result<Applied, Failure> {
        pair::progress(self, task, position).await
    }

    async fn apply_exceptions(&self) -> Result<u64, Failure> {
        pair::apply_exceptions(self).await
    }

    async fn object_count(&self) -> Result<String, Failure> {
        pair::one(self, "counting the large objects", objects::COUNT).await
    }

    async fn object_digest(&self) -> Result<String, Failure> {
        pair::one(self, "reading the large objects", objects::DIGEST).await
    }

    async fn ask(&self, invariant: &Invariant) -> Result<Option<String>, Failure> {
        invariant::ask(self, invariant).await
    }
}
