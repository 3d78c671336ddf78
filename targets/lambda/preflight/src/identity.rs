//! A trial of the replica identity of each table: the catalog lists the rules, and
//! the log shows whether a deletion names its row.
//!
//! One transaction makes a table like each copied one, writes a row without data
//! to it, deletes the row and drops the table, so that no other session sees them.
//! A temporary slot decodes the transaction.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::time::Duration;

use migspec_events::sql::{identifier, literal};
use migspec_events::{CONTROL_SCHEMA, Problem, Side, checks};
use migspec_function::{Access, Call, Failure, Purpose, Secrets, Sides};
use tokio_postgres::Client;

use crate::catalog::{Column, Table};
use crate::facts::Facts;
use crate::logins::STATEMENT;
use crate::port::{Catalog, Trial};

/// The slot waits for open transactions, which another check reports.
const SLOT: Duration = Duration::from_secs(15);
/// The names of the tables begin like this.
const SCRATCH: &str = "migspec_identity_";

/// Tables whose deletions would be lost, and those that could not be tried. A
/// server that decodes nothing has findings of its own.
///
/// # Errors
/// The session has ended.
pub(crate) async fn problems<P: Secrets, S: Catalog>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    side: Side,
    facts: &Facts,
) -> Result<Vec<Problem>, Failure> {
    let purpose = if side == Side::Source { Purpose::Replication } else { Purpose::ReverseCapture };
    if !sides.has(side, purpose) || !facts.decodes() {
        return Ok(Vec::new());
    }
    let untried = |tables: &str, reason: &str| {
        let values: [(&str, &dyn Display); 3] = [("tables", &tables), ("side", &side.name()), ("reason", &reason)];
        checks::IDENTITY_TRIAL.problem(&values)
    };
    let tried = async {
        let session: S = sides.open(ports, side, purpose, Access::Write, call.statement(SLOT)).await?;
        session.try_identities(&facts.tables).await
    };
    let trials = match tried.await {
        Ok(trials) => trials,
        Err(failure) if failure.ends_session() => return Err(failure),
        Err(failure) => return Ok(vec![untried("the tables", failure.message())]),
    };
    let problem = |(path, trial): (&String, &Trial)| match trial {
        Trial::Named => None,
        Trial::Unnamed => Some(checks::IDENTITY.problem(&[("table", path), ("side", &side.name())])),
        Trial::Refused(code) => Some(untried(path, &format!("SQLSTATE {code}"))),
    };
    Ok(trials.iter().filter_map(problem).collect())
}

/// Tries the tables and partitions that have a key and are in the log. The
/// names are those of the catalog's findings.
///
/// # Errors
/// PostgreSQL refuses the slot or the schema.
pub async fn attempt(client: &Client, tables: &BTreeMap<String, Table>) -> Result<BTreeMap<String, Trial>, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("trying the replica identities", e);
    let candidates = candidates(client, tables).await?;
    if candidates.is_empty() {
        return Ok(BTreeMap::new());
    }
    // Its subscribers would look for the tables of the trial.
    let sql = "SELECT quote_ident(pubname) FROM pg_publication WHERE puballtables LIMIT 1";
    if let Some(row) = client.query_opt(sql, &[]).await.map_err(|e| failed(&e))? {
        let name: String = row.get(0);
        return Err(Failure::configuration(format!("the publication {name} has all tables")));
    }
    let make = "SELECT slot_name::text FROM pg_create_logical_replication_slot('migspec_identity_' || pg_backend_pid(), 'test_decoding', true)";
    let slot: String = client.query_one(make, &[]).await.map_err(|e| failed(&e))?.get(0);
    let limit = format!("SET statement_timeout = {}", STATEMENT.as_millis());
    client.batch_execute(&limit).await.map_err(|e| failed(&e))?;
    client.batch_execute(&format!("DO {}", literal(&block(&candidates)))).await.map_err(|e| failed(&e))?;
    let refused = "SELECT split_part(line, ' ', 1), split_part(line, ' ', 2) \
                   FROM regexp_split_to_table(current_setting('migspec.identity'), ',') line WHERE line <> ''";
    let refused = client.query(refused, &[]).await.map_err(|e| failed(&e))?;
    let refused: BTreeMap<String, String> = refused.iter().map(|row| (row.get(0), row.get(1))).collect();
    let named = client.query(NAMED, &[&slot]).await.map_err(|e| failed(&e))?;
    let named: Vec<String> = named.iter().map(|row| row.get(0)).collect();
    client.execute("SELECT pg_drop_replication_slot($1)", &[&slot]).await.map_err(|e| failed(&e))?;
    let trial = |n: String| match refused.get(&n) {
        Some(code) => Trial::Refused(code.clone()),
        None if named.contains(&n) => Trial::Named,
        None => Trial::Unnamed,
    };
    Ok(candidates.iter().enumerate().map(|(n, candidate)| (candidate.name.clone(), trial(n.to_string()))).collect())
}

/// The trials whose deletion names the row. Only their numbers leave the server.
const NAMED: &str = "SELECT DISTINCT substring(data FROM 'migspec_identity_([0-9]+): DELETE:') \
    FROM pg_logical_slot_peek_changes($1, pg_current_wal_insert_lsn(), NULL) \
    WHERE data LIKE 'table awsdms\\_control.migspec\\_identity\\_%: DELETE:%' AND data NOT LIKE '%: (no-tuple-data)'";

/// A table or a partition that stores rows.
struct Candidate<'t> {
    /// As PostgreSQL writes it: `payments.payment`.
    name: String,
    /// `pg_class.relreplident`.
    identity: String,
    /// The columns of the index that is the identity, in its order.
    index: Vec<String>,
    /// Columns of the primary key and of that index.
    keys: Vec<String>,
    /// Columns that refuse NULL.
    required: Vec<String>,
    columns: &'t BTreeMap<String, Column>,
}

async fn candidates<'t>(client: &Client, tables: &'t BTreeMap<String, Table>) -> Result<Vec<Candidate<'t>>, Failure> {
    let sql = "WITH RECURSIVE parts AS (
                   SELECT n.nspname || '.' || c.relname AS path, c.oid
                   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname || '.' || c.relname = ANY ($1)
                   UNION ALL
                   SELECT u.path, i.inhrelid FROM parts u JOIN pg_inherits i ON i.inhparent = u.oid
                   JOIN pg_class k ON k.oid = i.inhrelid AND k.relispartition)
               SELECT u.path, c.oid::regclass::text, c.relreplident::text,
                      ARRAY(SELECT a.attname::text
                            FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
                            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
                            WHERE i.indrelid = c.oid AND i.indisreplident ORDER BY k.place),
                      ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND EXISTS (
                            SELECT FROM pg_index i WHERE i.indrelid = c.oid AND (i.indisprimary OR i.indisreplident)
                            AND a.attnum = ANY (i.indkey::int2[]))),
                      ARRAY(SELECT a.attname::text FROM pg_attribute a
                            WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull AND NOT a.attisdropped)
               FROM parts u JOIN pg_class c ON c.oid = u.oid AND c.relkind = 'r' ORDER BY 2";
    let captured = |(_, table): &(&String, &Table)| table.unlogged.is_empty() && (table.primary_key || table.unique);
    let paths: Vec<&String> = tables.iter().filter(captured).map(|(path, _)| path).collect();
    let failed = |e| Failure::postgres("reading the keys of the tables", &e);
    let mut candidates = Vec::new();
    for row in client.query(sql, &[&paths]).await.map_err(failed)? {
        let Some(table) = tables.get(row.get::<_, &str>(0)) else { continue };
        candidates.push(Candidate {
            name: row.get(1),
            identity: row.get(2),
            index: row.get(3),
            keys: row.get(4),
            required: row.get(5),
            columns: &table.columns,
        });
    }
    Ok(candidates)
}

/// The body of the transaction. A table that PostgreSQL refuses leaves its number
/// and the code in a setting of the session.
fn block(candidates: &[Candidate]) -> String {
    let mut text = format!(
        "DECLARE refused text := ''; found name; made boolean := to_regnamespace('{CONTROL_SCHEMA}') IS NULL; BEGIN \
         IF made THEN CREATE SCHEMA {CONTROL_SCHEMA}; END IF;\n"
    );
    for (n, candidate) in candidates.iter().enumerate() {
        let _ = writeln!(
            text,
            "BEGIN {} EXCEPTION WHEN OTHERS THEN refused := refused || '{n} ' || SQLSTATE || ','; END;",
            candidate.statements(&format!("{CONTROL_SCHEMA}.{SCRATCH}{n}"))
        );
    }
    let _ = write!(
        text,
        "IF made THEN DROP SCHEMA {CONTROL_SCHEMA}; END IF; PERFORM set_config('migspec.identity', refused, false); END"
    );
    text
}

impl Candidate<'_> {
    fn statements(&self, scratch: &str) -> String {
        let mut text = format!("CREATE TABLE {scratch} (LIKE {} INCLUDING INDEXES); ", self.name);
        for column in self.required.iter().filter(|column| !self.keys.contains(column)) {
            let _ = write!(text, "ALTER TABLE {scratch} ALTER {} DROP NOT NULL; ", identifier(column));
        }
        text.push_str(&self.identify(scratch));
        // A domain may refuse NULL.
        let filled: Vec<&String> = self
            .columns
            .iter()
            .filter(|(name, c)| self.keys.contains(name) || c.required)
            .map(|(name, _)| name)
            .collect();
        let names: Vec<String> = filled.iter().map(|name| identifier(name)).collect();
        let values: Vec<String> =
            filled.iter().map(|name| self.columns.get(*name).map_or("NULL".to_owned(), value)).collect();
        let _ = match names.is_empty() {
            true => write!(text, "INSERT INTO {scratch} DEFAULT VALUES; "),
            false => write!(text, "INSERT INTO {scratch} ({}) VALUES ({}); ", names.join(", "), values.join(", ")),
        };
        let _ = write!(text, "DELETE FROM {scratch}; DROP TABLE {scratch};");
        text
    }

    /// `LIKE` copies indexes and no identity.
    fn identify(&self, scratch: &str) -> String {
        match self.identity.as_str() {
            "f" => format!("ALTER TABLE {scratch} REPLICA IDENTITY FULL; "),
            "n" => format!("ALTER TABLE {scratch} REPLICA IDENTITY NOTHING; "),
            "i" => {
                let columns: Vec<String> = self.index.iter().map(|name| literal(name)).collect();
                format!(
                    "SELECT x.relname INTO found FROM pg_index d JOIN pg_class x ON x.oid = d.indexrelid \
                     WHERE d.indrelid = '{scratch}'::regclass AND d.indisunique AND d.indimmediate \
                     AND ARRAY(SELECT a.attname::text FROM unnest(d.indkey::int2[]) WITH ORDINALITY AS k (number, place) \
                     JOIN pg_attribute a ON a.attrelid = d.indrelid AND a.attnum = k.number ORDER BY k.place) \
                     = ARRAY[{}]::text[] LIMIT 1; \
                     IF found IS NULL THEN ALTER TABLE {scratch} REPLICA IDENTITY NOTHING; \
                     ELSE EXECUTE format('ALTER TABLE {scratch} REPLICA IDENTITY USING INDEX %I', found); END IF; ",
                    columns.join(", ")
                )
            }
            _ => String::new(),
        }
    }
}

/// A value of the type that no application wrote.
fn value(column: &Column) -> String {
    let text = match column.base.as_str() {
        _ if column.array => "{}",
        "date" | "time" | "timetz" | "timestamp" | "timestamptz" => "2000-01-01 00:00:00+00",
        "bool" => "true",
        "uuid" => "00000000-0000-0000-0000-000000000001",
        "interval" => "1 day",
        "inet" | "cidr" => "10.0.0.0",
        "macaddr" => "00:00:00:00:00:01",
        "json" | "jsonb" => "1",
        "xml" => "<a/>",
        _ => "1",
    };
    literal(text)
}

impl Facts {
    /// Whether the server can make a slot now. The facts are of the login that copies rows, on the target another one
    /// than that of the slot.
    fn decodes(&self) -> bool {
        let slots: u32 = self.setting("max_replication_slots").parse().unwrap_or(0);
        !self.standby && self.setting("wal_level") == "logical" && slots > self.slots_in_use
    }
}
