//! The queries about a table on one side.

use std::collections::BTreeMap;
use std::pin::Pin;

use futures_core::Stream;
use migspec_events::Side;
use migspec_events::sql::{identifier, literal};
use migspec_function::Failure;
use tokio_postgres::types::{ToSql, Type as SqlType};
use tokio_postgres::{Client, RowStream};

use crate::canonical::{Dialect, Form, Incomparable, Text, expressions, form};
use crate::catalog::{Column, Table};
use crate::port::{Digest, Hashes, Key, Range, Rows};
use crate::shape::Type;

/// Half of the transactions whose order is known.
const HALF_ROUND: u64 = 1 << 30;

/// More rows than a block of any size has.
const LINES: u64 = 1 << 13;

/// One side of a table on PostgreSQL, and the SQL for it.
#[derive(Debug)]
pub struct PostgresRows<'c> {
    client: &'c Client,
    table: String,
    /// The canonical forms of all columns.
    columns: Vec<String>,
    /// The columns of the key.
    key: Vec<String>,
    /// The canonical form, as text, of each column of the key.
    texts: Vec<String>,
    /// The column that orders and bounds rows, and the type of its bounds.
    order: Vec<(String, String)>,
    /// The columns of the key, by which a row is found.
    lookup: Vec<Lookup>,
    /// The columns of the key that may be NULL on this side.
    nullable: Vec<String>,
    dialect: Dialect,
    side: Side,
}

/// Whether an index serves ranges of a key: not where text sorts by the rules
/// of a language, which differ from server to server, and not between whole
/// numbers and `numeric`, whose bounds an index of the other does not serve.
pub fn has_ordered_index(table: &Table) -> bool {
    table.key.iter().all(|&n| {
        let Column { source, target, .. } = &table.columns[n];
        sortable(source) && sortable(target) && (source.base == "numeric") == (target.base == "numeric")
    })
}

/// Values sort alike on every server.
fn sortable(t: &Type) -> bool {
    const TYPES: [&str; 14] = [
        "int2",
        "int4",
        "int8",
        "numeric",
        "float4",
        "float8",
        "bool",
        "uuid",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "bytea",
        "oid",
    ];
    TYPES.contains(&t.base.as_str()) || (t.by_bytes && ["text", "varchar", "bpchar"].contains(&t.base.as_str()))
}

/// The type that holds the values of both: a bound may lie outside of the
/// narrower one.
fn wider<'t>(own: &'t Type, other: &'t Type) -> &'t Type {
    const RISING: [&str; 4] = ["int2", "int4", "int8", "numeric"];
    let rank = |t: &Type| RISING.iter().position(|name| *name == t.base);
    if rank(other) > rank(own) && rank(own).is_some() { other } else { own }
}

/// How rows with a wanted value are found.
#[derive(Debug)]
struct Lookup {
    expression: String,
    /// The type of its values.
    cast: String,
    /// The equality of an extension's type. It finds rows by their index, but takes
    /// different texts for equal, such as those of a `citext`.
    equality: Option<String>,
    /// The canonical form as text.
    text: String,
}

impl Lookup {
    /// A label of an enum may be missing on the other side, so labels are compared as
    /// texts, as are forms that no type reads.
    fn new(quoted: String, form: &Form, own: &Type, other: &Type) -> Self {
        let text = format!("({})::text", form.sql);
        if own.is_enum() || other.is_enum() || form.text == Text::Opaque {
            return Self { expression: text.clone(), cast: "text".to_owned(), equality: None, text };
        }
        let wider = wider(own, other);
        Self { expression: quoted, cast: wider.cast.clone(), equality: wider.equality.clone(), text }
    }

    /// The condition for a value, given as text.
    fn matches(&self, wanted: &str) -> String {
        let Self { expression, cast, equality, text } = self;
        match equality {
            None => format!("{expression} = {wanted}::{cast}"),
            Some(equality) => format!("{expression} {equality} {wanted}::{cast} AND {text} = {wanted}"),
        }
    }
}

fn source(column: &Column) -> (&Type, &Type) {
    (&column.source, &column.target)
}

fn target(column: &Column) -> (&Type, &Type) {
    (&column.target, &column.source)
}

impl<'c> PostgresRows<'c> {
    /// The columns that cannot be compared are left out and named.
    pub fn new(client: &'c Client, table: &Table, side: Side, dialect: Dialect) -> (Self, Vec<String>) {
        let pick = if side == Side::Source { source } else { target };
        let (columns, incomparable) = expressions(&table.columns, pick);
        let mut view = Self {
            client,
            table: table.quoted(),
            columns,
            key: Vec::new(),
            texts: Vec::new(),
            order: Vec::new(),
            lookup: Vec::new(),
            nullable: Vec::new(),
            dialect,
            side,
        };
        for &n in &table.key {
            let column = &table.columns[n];
            let (own, other) = pick(column);
            let quoted = identifier(&column.name);
            let form = form(&quoted, own, other)
                .unwrap_or_else(|Incomparable| Form { sql: quoted.clone(), text: Text::Literal });
            view.texts.push(format!("({})::text", form.sql));
            // Both sides sort by bytes unless both sort alike by themselves.
            view.order.push(if sortable(own) && sortable(other) {
                (quoted.clone(), wider(own, other).cast.clone())
            } else {
                (format!("({})::text COLLATE \"C\"", form.sql), "text".to_owned())
            });
            if own.nullable {
                view.nullable.push(quoted.clone());
            }
            view.lookup.push(Lookup::new(quoted.clone(), &form, own, other));
            view.key.push(quoted);
        }
        (view, incomparable.into_iter().map(str::to_owned).collect())
    }

    fn hash(&self) -> String {
        self.dialect.row(&self.columns)
    }

    /// The condition of a range, and its parameters.
    fn within(&self, range: &Range) -> (String, Vec<String>) {
        let mut conditions: Vec<String> = self.known_keys();
        let mut values = Vec::new();
        for (key, operator) in [(&range.after, ">"), (&range.to, "<=")] {
            let Some(key) = key else { continue };
            let (left, right): (Vec<_>, Vec<_>) = self
                .order
                .iter()
                .zip(key)
                .map(|((expression, cast), value)| {
                    values.push(value.clone());
                    (expression.clone(), format!("${}::text::{cast}", values.len()))
                })
                .unzip();
            conditions.push(format!("({}) {operator} ({})", left.join(", "), right.join(", ")));
        }
        match conditions.is_empty() {
            true => (String::new(), values),
            false => (format!(" WHERE {}", conditions.join(" AND ")), values),
        }
    }

    /// Rows whose key is known: only the other side's key excludes NULL, and in
    /// no order NULL has a place.
    fn known_keys(&self) -> Vec<String> {
        self.nullable.iter().map(|column| format!("{column} IS NOT NULL")).collect()
    }

    /// The bucket of a row: one of `buckets`, a power of two, by the hash of its
    /// key.
    fn bucket(&self, buckets: u64) -> String {
        format!("({} & {})", self.dialect.row(&self.texts), buckets.saturating_sub(1))
    }

    async fn rows(&self, doing: &str, sql: &str, values: &[String]) -> Result<Vec<tokio_postgres::Row>, Failure> {
        // With its types, a statement is one message and one answer.
        let values: Vec<(&(dyn ToSql + Sync), SqlType)> =
            values.iter().map(|v| (v as &(dyn ToSql + Sync), SqlType::TEXT)).collect();
        let doing = || format!("{doing} {}", self.table);
        self.client.query_typed(sql, &values).await.map_err(|e| Failure::postgres(&doing(), &e))
    }

    fn key(&self, row: &tokio_postgres::Row) -> Key {
        (0..self.texts.len()).map(|n| row.get::<_, Option<String>>(n).unwrap_or_default()).collect()
    }

    /// Whether reading the rows from one place to before another one fails.
    async fn has_unreadable(&self, part: &str, first: u64, end: u64) -> Result<bool, Failure> {
        let place = |line: u64| format!("'({},{})'::tid", line / LINES, line % LINES);
        let sql = format!(
            "SELECT {} FROM {part} WHERE ctid >= {} AND ctid < {}",
            self.texts.iter().chain([&self.hash()]).cloned().collect::<Vec<_>>().join(", "),
            place(first),
            place(end)
        );
        let failed = |e: &tokio_postgres::Error| Failure::postgres(&format!("reading {}", self.table), e);
        let read = async {
            let rows = self.client.query_typed_raw(&sql, [] as [(&str, SqlType); 0]).await?;
            let mut rows = Box::pin(rows);
            while let Some(row) = std::future::poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
                row?;
            }
            Ok::<_, tokio_postgres::Error>(())
        };
        match read.await.map_err(|e| failed(&e)) {
            Ok(()) => Ok(false),
            Err(failure) if failure.is_of_data() => Ok(true),
            Err(failure) => Err(failure),
        }
    }

    fn collect(&self, rows: Vec<tokio_postgres::Row>) -> BTreeMap<Key, Hashes> {
        let mut map: BTreeMap<Key, Hashes> = BTreeMap::new();
        for row in rows {
            map.entry(self.key(&row)).or_default().push(row.get(self.texts.len()));
        }
        map.values_mut().for_each(|hashes| hashes.sort_unstable());
        map
    }
}

impl Rows for PostgresRows<'_> {
    type Changes = Pin<Box<RowStream>>;

    fn side(&self) -> Side {
        self.side
    }

    async fn without_key(&self) -> Result<Option<String>, Failure> {
        if self.nullable.is_empty() {
            return Ok(None);
        }
        let columns: Vec<String> = self.nullable.iter().map(|column| format!("{column} IS NULL")).collect();
        let sql = format!("SELECT count(*) FROM {} WHERE {}", self.table, columns.join(" OR "));
        let rows = self.rows("counting the rows without a key of", &sql, &[]).await?;
        let number = rows.first().map_or(0, |row| count(row.get(0)));
        Ok((number > 0).then(|| format!("{number} rows of the {} have NULL in their key", self.side.name())))
    }

    async fn within_count(&self, range: &Range) -> Result<u64, Failure> {
        let (within, values) = self.within(range);
        let sql = format!("SELECT count(*) FROM {}{within}", self.table);
        Ok(self.rows("counting rows of", &sql, &values).await?.first().map_or(0, |row| count(row.get(0))))
    }

    async fn by_bucket(&self, range: &Range, buckets: u64) -> Result<BTreeMap<i64, Digest>, Failure> {
        let (within, values) = self.within(range);
        let sql = format!(
            "SELECT {}, count(*), coalesce(sum({}), 0)::text FROM {}{within} GROUP BY 1",
            self.bucket(buckets),
            self.hash(),
            self.table
        );
        let rows = self.rows("reading the parts of", &sql, &values).await?;
        Ok(rows.iter().map(|row| (row.get(0), Digest { rows: count(row.get(1)), sum: row.get(2) })).collect())
    }

    async fn of_buckets(&self, range: &Range, buckets: u64, of: &[i64]) -> Result<BTreeMap<Key, Hashes>, Failure> {
        let (within, values) = self.within(range);
        let numbers: Vec<String> = of.iter().map(i64::to_string).collect();
        let sql = format!(
            "SELECT {}, {} FROM {}{within}{} {} = ANY ('{{{}}}'::bigint[])",
            self.texts.join(", "),
            self.hash(),
            self.table,
            if within.is_empty() { " WHERE" } else { " AND" },
            self.bucket(buckets),
            numbers.join(",")
        );
        Ok(self.collect(self.rows("reading rows of", &sql, &values).await?))
    }

    async fn digest(&self, range: &Range) -> Result<Digest, Failure> {
        let (within, values) = self.within(range);
        let sql = format!("SELECT count(*), coalesce(sum({}), 0)::text FROM {}{within}", self.hash(), self.table);
        let rows = self.rows("reading a chunk of", &sql, &values).await?;
        Ok(rows.first().map(|row| Digest { rows: count(row.get(0)), sum: row.get(1) }).unwrap_or_default())
    }

    async fn nth(&self, range: &Range, n: u64) -> Result<Option<Key>, Failure> {
        let (within, values) = self.within(range);
        let order: Vec<&str> = self.order.iter().map(|(expression, _)| expression.as_str()).collect();
        // Only this one row becomes text: without the query within, each that is skipped would too.
        let sql = format!(
            "SELECT {} FROM (SELECT {} FROM {}{within} ORDER BY {} OFFSET {} LIMIT 1) AS bound",
            self.texts.join(", "),
            self.key.join(", "),
            self.table,
            order.join(", "),
            n.saturating_sub(1)
        );
        let rows = self.rows("finding a chunk of", &sql, &values).await?;
        Ok(rows.first().map(|row| self.key(row)))
    }

    async fn each(&self, range: &Range) -> Result<BTreeMap<Key, Hashes>, Failure> {
        let (within, values) = self.within(range);
        let sql = format!("SELECT {}, {} FROM {}{within}", self.texts.join(", "), self.hash(), self.table);
        Ok(self.collect(self.rows("reading rows of", &sql, &values).await?))
    }

    async fn these(&self, keys: &[Key]) -> Result<BTreeMap<Key, Hashes>, Failure> {
        let columns: Vec<Vec<&str>> =
            (0..self.lookup.len()).map(|n| keys.iter().map(|key| key[n].as_str()).collect()).collect();
        let names: Vec<String> = (1..=columns.len()).map(|n| format!("migspec_key_{n}")).collect();
        let arrays: Vec<String> = (1..=columns.len()).map(|n| format!("${n}::text[]")).collect();
        let matching: Vec<String> =
            self.lookup.iter().zip(&names).map(|(lookup, name)| lookup.matches(&format!("wanted.{name}"))).collect();
        let sql = format!(
            "SELECT {}, {} FROM unnest({}) AS wanted ({}) JOIN {} ON {}",
            self.texts.join(", "),
            self.hash(),
            arrays.join(", "),
            names.join(", "),
            self.table,
            matching.join(" AND ")
        );
        let values: Vec<(&(dyn ToSql + Sync), SqlType)> =
            columns.iter().map(|c| (c as &(dyn ToSql + Sync), SqlType::TEXT_ARRAY)).collect();
        let doing = || format!("reading rows of {} again", self.table);
        Ok(self.collect(self.client.query_typed(&sql, &values).await.map_err(|e| Failure::postgres(&doing(), &e))?))
    }

    /// `age` counts from the next transaction of the server, which moves with the
    /// traffic of all databases; so the ages of a row's `xmin` and of the horizon
    /// are compared, and the next transaction cancels. Both ages are differences
    /// modulo 2^32 with a sign. A row with `xmin` ≥ horizon lies between the
    /// horizon and the next transaction, so its age is the smaller one, as long as
    /// the horizon is less than 2^31 transactions old; behind 2^30, all rows are
    /// read. An older row may be read in vain, where its number has come round.
    /// A savepoint has a number of its own, above that of its transaction, which
    /// is not below the horizon if it was open at the horizon or began later.
    async fn since(&self, horizon: u64) -> Result<Self::Changes, Failure> {
        // A row without a key can be looked up nowhere: the sums over the keys show it.
        let keyed: String = self.known_keys().iter().map(|condition| format!(" AND {condition}")).collect();
        let sql = format!(
            "SELECT {}, {} FROM {} WHERE (age(xmin) <= age('{}'::xid) \
             OR txid_snapshot_xmax(txid_current_snapshot()) - {horizon} > {HALF_ROUND}){keyed}",
            self.texts.join(", "),
            self.hash(),
            self.table,
            // The first three numbers of a round name no transaction.
            (horizon & 0xffff_ffff).max(3),
        );
        let rows = self.client.query_typed_raw(&sql, [] as [(&str, SqlType); 0]).await;
        Ok(Box::pin(rows.map_err(|e| Failure::postgres(&format!("reading the changed rows of {}", self.table), &e))?))
    }

    async fn unreadable_place(&self) -> Result<Option<String>, Failure> {
        let table = literal(&self.table);
        let sql = format!(
            "SELECT p.relid::regclass::text, pg_relation_size(p.relid) / current_setting('block_size')::int8 \
             FROM (SELECT {table}::regclass AS relid UNION SELECT relid FROM pg_partition_tree({table})) p ORDER BY 1"
        );
        for row in self.rows("finding the parts of", &sql, &[]).await? {
            let (part, blocks): (String, i64) = (row.get(0), row.get(1));
            let (mut first, mut end) = (0, count(blocks) * LINES);
            if !self.has_unreadable(&part, first, end).await? {
                continue;
            }
            while end - first > 1 {
                let middle = first.midpoint(end);
                if self.has_unreadable(&part, first, middle).await? { end = middle } else { first = middle }
            }
            return Ok(Some(format!("({},{}) of {part}", first / LINES, first % LINES)));
        }
        Ok(None)
    }

    async fn some(&self, rows: &mut Self::Changes, most: usize) -> Result<(BTreeMap<Key, Hashes>, bool), Failure> {
        let mut batch = Vec::new();
        while batch.len() < most {
            match std::future::poll_fn(|cx| rows.as_mut().poll_next(cx)).await {
                Some(row) => batch.push(row.map_err(|e| Failure::postgres(&format!("reading {}", self.table), &e))?),
                None => return Ok((self.collect(batch), false)),
            }
        }
        Ok((self.collect(batch), true))
    }

    async fn count(&self) -> Result<u64, Failure> {
        let sql = format!("SELECT count(*) FROM {}", self.table);
        let rows = self.rows("counting the rows of", &sql, &[]).await?;
        Ok(rows.first().map_or(0, |row| count(row.get(0))))
    }

    async fn keys(&self) -> Result<Digest, Failure> {
        let hash = self.dialect.row(&self.texts);
        let sql = format!("SELECT count(*), coalesce(sum({hash}), 0)::text FROM {}", self.table);
        let rows = self.rows("reading the keys of", &sql, &[]).await?;
        Ok(rows.first().map(|row| Digest { rows: count(row.get(0)), sum: row.get(1) }).unwrap_or_default())
    }

    async fn sample(&self, wanted: f64, estimate: f64) -> Result<Vec<Key>, Failure> {
        let percent = (100.0 * wanted / estimate.max(1.0)).clamp(0.001, 100.0);
        let order: Vec<&str> = self.order.iter().map(|(expression, _)| expression.as_str()).collect();
        let sql = format!(
            "SELECT {} FROM {} TABLESAMPLE SYSTEM ({percent}) REPEATABLE (1) ORDER BY {}",
            self.texts.join(", "),
            self.table,
            order.join(", ")
        );
        Ok(self.rows("sampling", &sql, &[]).await?.iter().map(|row| self.key(row)).collect())
    }
}

pub(crate) fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
