//! Both sides, connected, and the progress of replication.

use std::time::Duration;

use migspec_events::sql::{identifier, literal};
use migspec_events::{Run, Side, Validation, slot_prefix};
use migspec_function::postgres::{Lsn, PostgresSession};
use migspec_function::{Access, Call, Failure, Parameters, Purpose, Secrets, Sides};
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use crate::canonical::{Dialect, Hash};
use crate::catalog::Table;
use crate::port::{Applied, Canonical};

/// Settings that must be equal on both sides for equal hashes.
const PROBE: &str = "SELECT array_agg(hashtextextended(t COLLATE \"C\", 42) ORDER BY t COLLATE \"C\")::text \
     FROM unnest(ARRAY['', 'a', 'migspec', repeat('0123456789', 10)]) AS t";

/// Both sides of a replication on PostgreSQL.
pub type Pair = PairOf<PostgresSession>;

/// Both sides of a replication and how they are compared.
#[derive(Debug)]
pub struct PairOf<S: Canonical> {
    pub sides: Sides,
    pub source: S,
    pub target: S,
    pub validation: Validation,
    /// The pass, which seeds the hashes.
    pub pass: String,
    dialect: S::Dialect,
}

impl<S: Canonical> PairOf<S> {
    /// Logs in to both sides. Hashes are seeded by `pass`, so that nobody can
    /// prepare a row that hides behind another.
    ///
    /// # Errors
    /// A parameter is missing, or a side cannot be reached.
    pub async fn open<P>(ports: &P, call: &Call, run: &Run, pass: &str) -> Result<Self, Failure>
    where
        P: Parameters + Secrets,
    {
        let sides = Sides::of(ports, &call.settings, run, "data-validator").await?;
        let name = format!("{}/{}/validation", call.settings.parameters, run.cutover);
        let text = ports.parameter(&name).await?;
        let text = text.ok_or_else(|| {
            Failure::configuration(format!("there is no parameter {name}: deploy the build of this environment"))
        })?;
        let validation = serde_json::from_str(&text)
            .map_err(|e| Failure::configuration(format!("the parameter {name} does not describe a validation: {e}")))?;
        let limit = call.statement(Duration::MAX);
        let open = |side| sides.open(ports, side, Purpose::Validation, Access::Read, limit);
        let (source, target): (S, S) = (open(Side::Source).await?, open(Side::Target).await?);
        let dialect = S::dialect(&source, &target, seed(pass)).await?;
        Ok(Self { sides, source, target, validation, pass: pass.to_owned(), dialect })
    }

    pub fn session(&self, side: Side) -> &S {
        match side {
            Side::Source => &self.source,
            Side::Target => &self.target,
        }
    }

    /// The tables that the replication copies.
    ///
    /// # Errors
    /// A catalogue cannot be read.
    pub async fn tables(&self) -> Result<Vec<Table>, Failure> {
        S::tables(&self.source, &self.target, &self.sides.replication, &self.validation.protected).await
    }

    /// A table on both sides, and its columns that cannot be compared.
    pub fn views(&self, table: &Table) -> ([S::Rows<'_>; 2], Vec<String>) {
        let (source, incomparable) = self.source.rows(table, Side::Source, self.dialect);
        let (target, _) = self.target.rows(table, Side::Target, self.dialect);
        let types = incomparable.iter().map(|column| format!("the types of {column} cannot be compared"));
        let gaps = table.gaps.iter().cloned().chain(types).collect();
        ([source, target], gaps)
    }
}

/// How far a replication task has come. Slots of others do not count.
pub(crate) async fn progress(source: &Client, task: &str, position: &str) -> Result<Applied, Failure> {
    let slot = literal(&slot_prefix(task));
    let sql = format!(
        "SELECT CASE WHEN count(*) = 0 THEN 'none' ELSE \
         coalesce((min(confirmed_flush_lsn) FILTER (WHERE active))::text, 'paused') END \
         FROM pg_replication_slots WHERE slot_type = 'logical' AND database = current_database() AND NOT temporary \
         AND (slot_name = {slot} OR starts_with(slot_name, {slot} || '_'))"
    );
    match one(source, "reading the source's replication slots", &sql).await?.as_str() {
        "none" => Ok(Applied::Nothing),
        "paused" => Ok(Applied::Paused),
        confirmed if Lsn::of_text(confirmed)? >= Lsn::of_text(position)? => Ok(Applied::Past),
        _ => Ok(Applied::Behind),
    }
}

/// The rows of `awsdms_apply_exceptions`; 0 where DMS has made no such table.
pub(crate) async fn apply_exceptions(target: &Client) -> Result<u64, Failure> {
    let doing = "reading awsdms_apply_exceptions";
    let sql = "SELECT coalesce(string_agg(n.nspname, ','), '') FROM pg_class c \
               JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'awsdms_apply_exceptions'";
    let schemas = one(target, doing, sql).await?;
    let mut rows = 0;
    for schema in schemas.split(',').filter(|s| !s.is_empty()) {
        let sql = format!("SELECT count(*)::text FROM {}.awsdms_apply_exceptions", identifier(schema));
        rows += one(target, doing, &sql).await?.parse().unwrap_or(0);
    }
    Ok(rows)
}

/// The one text that a query answers.
pub(crate) async fn one(client: &Client, doing: &str, sql: &str) -> Result<String, Failure> {
    let row = client.query_one(sql, &[]).await.map_err(|e| Failure::postgres(doing, &e))?;
    row.try_get(0).map_err(|e| Failure::postgres(doing, &e))
}

/// How both sides hash: as fast as they can if they agree, else portably.
pub(crate) async fn dialect(source: &Client, target: &Client, seed: i64) -> Result<Dialect, Failure> {
    let facts = async |client: &Client| {
        let encoding = "SELECT current_setting('server_encoding')";
        let encoding = one(client, "asking for the server's encoding", encoding).await?;
        let probe = one(client, "asking for the server's hashes", PROBE).await?;
        Ok::<_, Failure>((encoding, probe))
    };
    let (ours, theirs) = tokio::try_join!(facts(source), facts(target))?;
    Ok(Dialect { hash: if ours == theirs { Hash::Extended } else { Hash::Portable }, seed })
}

/// The first eight bytes of the pass's SHA-256.
fn seed(pass: &str) -> i64 {
    let digest = Sha256::digest(pass);
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_le_bytes(bytes)
}
