//! The tables of a replication: their columns on both sides and their keys.

use std::collections::BTreeMap;

use migspec_events::Replication;
use migspec_function::Failure;
use tokio_postgres::Client;

use crate::shape::{Type, Types};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Column {
    pub name: String,
    pub source: Type,
    pub target: Type,
    /// Its values appear nowhere.
    pub protected: bool,
}

/// A table of both sides.
#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    pub schema: String,
    pub name: String,
    pub columns: Vec<Column>,
    /// Which columns are the key, in its order; empty if there is none.
    pub key: Vec<usize>,
    /// Roughly how many rows it has.
    pub estimate: f64,
    /// Why it cannot be compared in full: columns or the table are missing.
    pub gaps: Vec<String>,
}

impl Table {
    /// `schema.table`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }

    /// As SQL writes it.
    pub fn quoted(&self) -> String {
        let identifier = migspec_events::sql::identifier;
        format!("{}.{}", identifier(&self.schema), identifier(&self.name))
    }

    /// Whether a value of the key may not be shown or stored.
    pub fn key_is_protected(&self) -> bool {
        self.key.iter().any(|&n| self.columns[n].protected)
    }
}

/// A table as one side has it.
#[derive(Clone, PartialEq, Debug, Default)]
struct SideTable {
    columns: BTreeMap<String, Type>,
    /// Names in the order of the columns.
    order: Vec<String>,
    key: Vec<String>,
    estimate: f64,
}

/// One row for each column. Partitions are left to their parent; an own key is
/// the primary key, else the shortest unique index over columns that are
/// never NULL. Text sorts by its bytes under the collations `C` and `POSIX`
/// (950, 951) of the C library, and under the database's (100) where that is one
/// of them: with ICU, the name in `datcollate` decides nothing.
/// fact: postgresql-locale-provider
const COLUMNS: &str = "
SELECT n.nspname::text, c.relname::text, a.attname::text, a.atttypid, a.atttypmod,
       coalesce(CASE WHEN a.attcollation <> 100 THEN a.attcollation IN (950, 951)
                     WHEN coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c' THEN d.datcollate IN ('C', 'POSIX')
                     ELSE false END, false),
       k.place::int4,
       greatest(CASE WHEN c.relkind = 'p'
                     THEN (SELECT sum(greatest(p.reltuples, 0)) FROM pg_inherits h JOIN pg_class p ON p.oid = h.inhrelid
                           WHERE h.inhparent = c.oid)
                     ELSE greatest(c.reltuples, pg_relation_size(c.oid) / 400) END, 0)::float8,
       NOT a.attnotnull
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_database d ON d.datname = current_database()
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN LATERAL (
    SELECT i.indkey::int2[] AS columns, i.indnkeyatts AS length
    FROM pg_index i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
      AND i.indpred IS NULL AND i.indexprs IS NULL
      AND NOT EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attnum = ANY (i.indkey::int2[])
                      AND NOT o.attnotnull)
    ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid::regclass::text
    LIMIT 1) AS x ON true
LEFT JOIN LATERAL (
    SELECT u.place FROM unnest(x.columns) WITH ORDINALITY AS u (number, place)
    WHERE u.number = a.attnum AND u.place <= x.length LIMIT 1) AS k ON true
WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
ORDER BY 1, 2, a.attnum";

/// Schema and name.
type Path = (String, String);

/// The tables of one side.
async fn read(client: &Client) -> Result<BTreeMap<Path, SideTable>, Failure> {
    let columns = async { client.query(COLUMNS, &[]).await.map_err(|e| Failure::postgres("reading the tables", &e)) };
    let (rows, types) = tokio::try_join!(columns, Types::read(client))?;
    let mut tables: BTreeMap<Path, (SideTable, Vec<(i32, String)>)> = BTreeMap::new();
    for row in rows {
        let (found, key) = tables.entry((row.get(0), row.get(1))).or_default();
        let name: String = row.get(2);
        let t = Type { by_bytes: row.get(5), nullable: row.get(8), ..types.resolve(row.get(3), row.get(4)) };
        if let Some(place) = row.get::<_, Option<i32>>(6) {
            key.push((place, name.clone()));
        }
        found.estimate = row.get(7);
        found.order.push(name.clone());
        found.columns.insert(name, t);
    }
    Ok(tables
        .into_iter()
        .map(|(path, (mut found, mut key))| {
            key.sort();
            found.key = key.into_iter().map(|(_, name)| name).collect();
            (path, found)
        })
        .collect())
}

/// The replicated tables, with the columns of both sides.
///
/// # Errors
/// A side's catalogue cannot be read.
pub async fn tables(
    source: &Client,
    target: &Client,
    replication: &Replication,
    protected: &[String],
) -> Result<Vec<Table>, Failure> {
    let (ours, theirs) = tokio::try_join!(read(source), read(target))?;
    Ok(ours
        .into_iter()
        .filter(|((schema, name), _)| replication.copies(&format!("{schema}.{name}")))
        .map(|((schema, name), found)| {
            let other = theirs.get(&(schema.clone(), name.clone()));
            pair(schema, name, found, other, protected)
        })
        .collect())
}

fn pair(schema: String, name: String, found: SideTable, other: Option<&SideTable>, protected: &[String]) -> Table {
    let mut gaps = Vec::new();
    let mut columns = Vec::new();
    for column in &found.order {
        let is_protected = protected.iter().any(|p| *p == format!("{schema}.{name}.{column}"));
        match other.and_then(|other| other.columns.get(column)) {
            Some(target) => columns.push(Column {
                name: column.clone(),
                source: found.columns[column].clone(),
                target: target.clone(),
                protected: is_protected,
            }),
            None if other.is_some() => gaps.push(format!("the target has no column {column}")),
            None => {}
        }
    }
    if other.is_none() {
        gaps.push("the target has no such table".to_owned());
    }
    let place = |column: &String| columns.iter().position(|c| c.name == *column);
    let key: Option<Vec<usize>> = found.key.iter().map(place).collect();
    Table { schema, name, columns, key: key.unwrap_or_default(), estimate: found.estimate, gaps }
}
