//! The copied tables as the catalog describes them, in a form that does not
//! depend on the order of their columns or on names of indexes.

use std::collections::{BTreeMap, BTreeSet};

use migspec_events::Replication;
use migspec_function::Failure;
use tokio_postgres::{Client, Row};

use crate::query::rows;

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Table {
    /// Schema and name as a statement writes them.
    pub quoted: String,
    /// The estimate of the statistics, with those of its partitions.
    pub rows: f64,
    pub bytes: u64,
    pub partitions: u64,
    /// Rows outside of its ranges are refused: it is partitioned by range, without
    /// a default partition.
    pub bounded: bool,
    /// It has a primary key that is valid and not deferrable.
    pub primary_key: bool,
    /// The columns of that key.
    pub key: Vec<String>,
    /// It has a unique index over columns that are never NULL: whole, valid and
    /// not deferrable.
    pub unique: bool,
    /// The table, or those of its partitions, whose old rows are not in the log.
    pub unidentified: Vec<String>,
    /// The table, or those of its partitions, whose changes are not in the log.
    pub unlogged: Vec<String>,
    /// Its partitions that are tables of other servers.
    pub foreign: Vec<String>,
    /// Tables that inherit from it and are no partitions.
    pub heirs: Vec<String>,
    /// Access methods of its storage other than `heap`.
    pub methods: Vec<String>,
    pub is_partitioned: bool,
    /// The rows that its partitions accept: `RANGE (day) DEFAULT`, level by level.
    pub bounds: BTreeSet<String>,
    /// Its name has characters with a meaning in patterns.
    pub unclear: bool,
    /// Which of `SELECT`, `INSERT`, `UPDATE`, `DELETE` the login lacks.
    pub lacking: Vec<String>,
    /// A trigger or a foreign key fires for applications.
    pub fires: bool,
    /// A policy hides rows from the login.
    pub hidden: bool,
    pub owner: String,
    /// Its policies, and whether they are enabled and forced.
    pub policies: String,
    /// Columns, expressions and predicates of the indexes that enforce
    /// uniqueness.
    pub uniques: BTreeSet<String>,
    /// Access method, columns and predicates of the other indexes.
    pub indexes: BTreeSet<String>,
    /// Definitions of checks, also of its domains, of exclusions and of foreign
    /// keys.
    pub constraints: BTreeSet<String>,
    /// Those that old rows need not meet.
    pub unvalidated: BTreeSet<String>,
    pub triggers: BTreeMap<String, Trigger>,
    /// Enabled rules.
    pub rules: Vec<String>,
    pub columns: BTreeMap<String, Column>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trigger {
    /// It fires for replication too.
    pub for_replication: bool,
    pub definition: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Column {
    /// `numeric(18,4)`, and `payments.amount over numeric(18,4)` for a domain.
    pub kind: String,
    /// The base type, as `pg_type` names it: `numeric`. That of the elements in
    /// an array, and that below all domains.
    pub base: String,
    pub array: bool,
    /// `pg_type.typtype` of the base type: `e` for an enum, `c` for a composite.
    pub form: String,
    /// Precision and scale, or a length, as `pg_attribute` has them: negative
    /// without one.
    pub modifier: i32,
    /// It refuses NULL.
    pub required: bool,
    /// `pg_attribute.attidentity`: `a` for always.
    pub identity: String,
    pub generated: bool,
    /// Its default as SQL; empty if there is none.
    pub default: String,
    /// The collation, if it is not the database's.
    pub collation: String,
}

/// The tables of applications: partitions belong to their parents.
const TABLES: &str = "
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         CROSS JOIN LATERAL (SELECT n.nspname || '.' || c.relname AS path) p";
const OF_TABLES: &str = "
    c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema')";

/// A table and its partitions, with a text that names the partition.
const PARTS: &str = "
    CROSS JOIN LATERAL (SELECT c.oid AS oid, '' AS place
                        UNION ALL
                        SELECT t.relid, ' of the partition ' || t.relid::regclass::text
                        FROM pg_partition_tree(c.oid) t WHERE t.parentrelid IS NOT NULL) q";

/// The storage of a table: itself, or its partitions. `pg_partition_tree` has no row for an ordinary table.
const STORED: &str = "SELECT c.oid::regclass AS relid WHERE c.relkind <> 'p' \
    UNION SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf";

/// Whether an index identifies rows: its condition of effect.
const EFFECTIVE: &str = "i.indisunique AND i.indisvalid AND i.indisready AND i.indimmediate \
    AND i.indpred IS NULL AND i.indexprs IS NULL";

/// The tables that the replication copies.
pub(crate) async fn tables(client: &Client, replication: &Replication) -> Result<BTreeMap<String, Table>, Failure> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let sql = format!(
        "SELECT p.path,
                ARRAY(SELECT t.relid::regclass::text FROM ({STORED}) t JOIN pg_class k ON k.oid = t.relid
                      WHERE k.relpersistence = 'u' ORDER BY 1),
                EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND {EFFECTIVE}),
                EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND {EFFECTIVE}
                        AND NOT EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid
                                        AND o.attnum = ANY (i.indkey::int2[]) AND NOT o.attnotnull)),
                ARRAY(SELECT r FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) r
                      WHERE NOT has_table_privilege(c.oid, r)),
                EXISTS (SELECT FROM pg_trigger t WHERE t.tgenabled IN ('O', 'A')
                        AND (t.tgrelid = c.oid OR t.tgrelid IN (SELECT relid FROM pg_partition_tree(c.oid)))),
                row_security_active(c.oid), c.relowner::regrole::text,
                concat(c.relrowsecurity, ' ', c.relforcerowsecurity, ' ',
                       (SELECT string_agg(concat_ws(' ', polname, polcmd, polpermissive, pg_get_expr(polqual, polrelid),
                                          '/', pg_get_expr(polwithcheck, polrelid),
                                          (SELECT string_agg(r::regrole::text, ',' ORDER BY r::regrole::text)
                                           FROM unnest(polroles) r)), '; ' ORDER BY polname)
                        FROM pg_policy WHERE polrelid = c.oid)),
                format('%I.%I', n.nspname, c.relname),
                (SELECT coalesce(sum(greatest(k.reltuples, 0)), 0)::float8 FROM ({STORED}) t JOIN pg_class k ON k.oid = t.relid),
                (SELECT coalesce(sum(pg_total_relation_size(t.relid)), 0)::int8 FROM ({STORED}) t),
                (SELECT count(*) FROM pg_partition_tree(c.oid) t WHERE t.parentrelid IS NOT NULL),
                EXISTS (SELECT FROM pg_partitioned_table t
                        WHERE t.partrelid = c.oid AND t.partstrat = 'r' AND t.partdefid = 0),
                ARRAY(SELECT t.relid::regclass::text FROM ({STORED}) t JOIN pg_class k ON k.oid = t.relid
                      WHERE k.relkind = 'f' ORDER BY 1),
                ARRAY(SELECT h.inhrelid::regclass::text FROM pg_inherits h JOIN pg_class k ON k.oid = h.inhrelid
                      WHERE h.inhparent = c.oid AND NOT k.relispartition ORDER BY 1),
                ARRAY(SELECT DISTINCT m.amname::text FROM ({STORED}) t JOIN pg_class k ON k.oid = t.relid
                      JOIN pg_am m ON m.oid = k.relam WHERE m.amname <> 'heap' ORDER BY 1),
                c.relkind = 'p',
                ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
                      WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY a.attnum),
                n.nspname || c.relname ~ '[.*%\\[\\]]'
         {TABLES} WHERE {OF_TABLES}"
    );
    for row in rows(client, "reading the tables", &sql).await? {
        let path: String = row.get(0);
        if replication.copies(&path) {
            tables.insert(path, table(&row));
        }
    }
    columns(client, &mut tables).await?;
    read_identities(client, &mut tables).await?;
    read_bounds(client, &mut tables).await?;
    for (doing, sql, take) in details() {
        for row in rows(client, doing, &sql).await? {
            if let Some(table) = tables.get_mut(row.get::<_, &str>(0)) {
                take(table, &row);
            }
        }
    }
    Ok(tables)
}

fn table(row: &Row) -> Table {
    Table {
        unlogged: row.get(1),
        primary_key: row.get(2),
        unique: row.get(3),
        lacking: row.get(4),
        fires: row.get(5),
        hidden: row.get(6),
        owner: row.get(7),
        policies: row.get(8),
        quoted: row.get(9),
        rows: row.get(10),
        bytes: row.get::<_, i64>(11).unsigned_abs(),
        partitions: row.get::<_, i64>(12).unsigned_abs(),
        bounded: row.get(13),
        foreign: row.get(14),
        heirs: row.get(15),
        methods: row.get(16),
        is_partitioned: row.get(17),
        key: row.get(18),
        unclear: row.get(19),
        ..Table::default()
    }
}

type Detail = (&'static str, String, fn(&mut Table, &Row));

/// Queries for parts of tables, each with the place of its rows.
fn details() -> [Detail; 5] {
    // The order of columns has no effect on uniqueness, but a collation of the index and the time of the test have.
    let uniques = format!(
        "SELECT p.path, concat('(', (SELECT string_agg(x.part, ', ' ORDER BY x.part)
                                     FROM generate_series(1, i.indnkeyatts::int) k CROSS JOIN LATERAL (
                                         SELECT pg_get_indexdef(i.indexrelid, k, true) || coalesce(
                                             (SELECT ' COLLATE ' || o.collname FROM pg_collation o
                                              WHERE o.oid = i.indcollation[k - 1] AND o.oid <> 100
                                              AND NOT EXISTS (SELECT FROM pg_attribute a
                                                              WHERE a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1]
                                                              AND a.attcollation = o.oid)), '') AS part) x), ')',
                               ' WHERE ' || pg_get_expr(i.indpred, i.indrelid),
                               substring(pg_get_indexdef(i.indexrelid) FROM ' NULLS NOT DISTINCT'),
                               (SELECT CASE WHEN k.condeferred THEN ' DEFERRABLE INITIALLY DEFERRED' ELSE ' DEFERRABLE' END
                                FROM pg_constraint k
                                WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u') AND k.condeferrable), q.place)
         {TABLES} {PARTS} JOIN pg_index i ON i.indrelid = q.oid
         WHERE {OF_TABLES} AND i.indisunique AND i.indisvalid AND i.indisready
         AND (q.place = '' OR NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid))"
    );
    let indexes = format!(
        "SELECT p.path, regexp_replace(substring(pg_get_indexdef(i.indexrelid) FROM ' (USING .*)'), ' WITH \\([^)]*\\)', '')
         {TABLES} JOIN pg_index i ON i.indrelid = c.oid
         WHERE {OF_TABLES} AND NOT i.indisunique AND NOT i.indisexclusion AND i.indisvalid"
    );
    let constraints = format!(
        "SELECT p.path, pg_get_constraintdef(k.oid) || q.place, k.contype = 'c' AND NOT k.convalidated
         {TABLES} {PARTS} JOIN pg_constraint k ON k.conrelid = q.oid AND k.contype IN ('c', 'x', 'f') AND k.conparentid = 0
         WHERE {OF_TABLES} AND (q.place = '' OR k.coninhcount = 0)
         UNION
         SELECT p.path, pg_get_constraintdef(k.oid) || ' of the domain ' || format_type(k.contypid, NULL), NOT k.convalidated
         {TABLES} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              JOIN ({DOMAINS} SELECT * FROM step) d ON d.domain = a.atttypid
              JOIN pg_constraint k ON k.contypid = d.at AND k.contype = 'c' WHERE {OF_TABLES}"
    );
    // A partition has the triggers of its parent, unless they are enabled in another way.
    let triggers = format!(
        "SELECT p.path, quote_ident(t.tgname) || q.place, t.tgenabled IN ('A', 'R'), pg_get_triggerdef(t.oid, true)
         {TABLES} {PARTS} JOIN pg_trigger t ON t.tgrelid = q.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D'
         WHERE {OF_TABLES}
         AND NOT EXISTS (SELECT FROM pg_trigger o WHERE o.oid = t.tgparentid
                         AND o.tgenabled IN ('A', 'R') = t.tgenabled IN ('A', 'R'))"
    );
    let rules = format!(
        "SELECT p.path, quote_ident(r.rulename) || q.place
         {TABLES} {PARTS} JOIN pg_rewrite r ON r.ev_class = q.oid AND r.ev_enabled <> 'D' WHERE {OF_TABLES}"
    );
    [
        ("reading the indexes", uniques, |table, row| {
            table.uniques.insert(row.get(1));
        }),
        ("reading the indexes", indexes, |table, row| {
            table.indexes.insert(row.get(1));
        }),
        ("reading the constraints", constraints, |table, row| {
            table.constraints.insert(row.get(1));
            if row.get(2) {
                table.unvalidated.insert(row.get(1));
            }
        }),
        ("reading the triggers", triggers, |table, row| {
            let trigger = Trigger { for_replication: row.get(2), definition: row.get(3) };
            table.triggers.insert(row.get(1), trigger);
        }),
        ("reading the rules", rules, |table, row| table.rules.push(row.get(1))),
    ]
}

/// Each domain with the types below it, down to the bottom.
const DOMAINS: &str = "WITH RECURSIVE step AS (
    SELECT d.oid AS domain, d.oid AS at, d.typbasetype AS base, d.typtypmod AS typmod, d.typnotnull AS filled
    FROM pg_type d WHERE d.typtype = 'd'
    UNION ALL
    SELECT s.domain, d.oid, d.typbasetype, d.typtypmod, d.typnotnull
    FROM step s JOIN pg_type d ON d.oid = s.base AND d.typtype = 'd')";

async fn columns(client: &Client, tables: &mut BTreeMap<String, Table>) -> Result<(), Failure> {
    // Generated columns exist from version 12 on; the functions need a newer one.
    let sql = format!(
        "{DOMAINS}, bottom AS (SELECT s.domain, s.base, s.typmod,
                                      (SELECT bool_or(o.filled) FROM step o WHERE o.domain = s.domain) AS filled
                               FROM step s JOIN pg_type b ON b.oid = s.base AND b.typtype <> 'd')
         SELECT p.path, a.attname::text,
                format_type(a.atttypid, a.atttypmod) || coalesce(' over ' || format_type(d.base, d.typmod), '')
                || coalesce(' of elements over ' || format_type(f.base, f.typmod), ''),
                e.typname::text, e.typtype::text, b.typcategory = 'A' AND b.typelem <> 0,
                coalesce(f.typmod, d.typmod, a.atttypmod),
                a.attnotnull OR coalesce(d.filled, false), a.attidentity::text,
                coalesce(to_jsonb(a) ->> 'attgenerated', '') <> '', coalesce(pg_get_expr(v.adbin, v.adrelid), o.typdefault, ''),
                coalesce((SELECT l.collname::text FROM pg_collation l
                          WHERE l.oid = a.attcollation AND l.collname <> 'default'), '')
         {TABLES} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              JOIN pg_type o ON o.oid = a.atttypid
              LEFT JOIN bottom d ON d.domain = a.atttypid
              JOIN pg_type b ON b.oid = coalesce(d.base, a.atttypid)
              LEFT JOIN bottom f ON f.domain = b.typelem AND b.typcategory = 'A'
              JOIN pg_type e ON e.oid = CASE WHEN b.typcategory = 'A' AND b.typelem <> 0
                                             THEN coalesce(f.base, b.typelem) ELSE b.oid END
              LEFT JOIN pg_attrdef v ON v.adrelid = c.oid AND v.adnum = a.attnum
         WHERE {OF_TABLES}"
    );
    for row in rows(client, "reading the columns", &sql).await? {
        let Some(table) = tables.get_mut(row.get::<_, &str>(0)) else { continue };
        let column = Column {
            kind: row.get(2),
            base: row.get(3),
            form: row.get(4),
            array: row.get(5),
            modifier: row.get(6),
            required: row.get(7),
            identity: row.get(8),
            generated: row.get(9),
            default: row.get(10),
            collation: row.get(11),
        };
        table.columns.insert(row.get(1), column);
    }
    Ok(())
}

/// Changes are in the log with the identity of the partition that has the row.
async fn read_identities(client: &Client, tables: &mut BTreeMap<String, Table>) -> Result<(), Failure> {
    let sql = format!(
        "WITH RECURSIVE roots AS (SELECT p.path, c.oid {TABLES} WHERE {OF_TABLES}),
              parts AS (SELECT path, oid FROM roots UNION ALL
                        SELECT u.path, i.inhrelid FROM parts u JOIN pg_inherits i ON i.inhparent = u.oid
                        JOIN pg_class k ON k.oid = i.inhrelid AND k.relispartition)
         SELECT u.path, c.oid::regclass::text FROM parts u JOIN pg_class c ON c.oid = u.oid AND c.relkind = 'r'
         WHERE NOT CASE c.relreplident
               WHEN 'f' THEN true
               WHEN 'd' THEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND {EFFECTIVE})
               WHEN 'i' THEN EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisreplident AND {EFFECTIVE}
                                     AND NOT EXISTS (SELECT FROM pg_index k CROSS JOIN unnest((k.indkey::int2[])[0:k.indnkeyatts - 1]) AS n
                                                     WHERE k.indrelid = c.oid AND k.indisprimary
                                                     AND n <> ALL ((i.indkey::int2[])[0:i.indnkeyatts - 1])))
               ELSE false END
         ORDER BY 2"
    );
    for row in rows(client, "reading the replica identities", &sql).await? {
        if let Some(table) = tables.get_mut(row.get::<_, &str>(0)) {
            table.unidentified.push(row.get(1));
        }
    }
    Ok(())
}

/// The rows that each partition accepts, from the table down to the leaf.
async fn read_bounds(client: &Client, tables: &mut BTreeMap<String, Table>) -> Result<(), Failure> {
    let sql = format!(
        "WITH RECURSIVE parts AS (
             SELECT p.path, c.oid, '' COLLATE \"C\" AS bound {TABLES} WHERE {OF_TABLES} AND c.relkind = 'p'
             UNION ALL
             SELECT u.path, k.oid, ltrim(concat_ws(' ', u.bound, pg_get_partkeydef(u.oid), pg_get_expr(k.relpartbound, k.oid))) COLLATE \"C\"
             FROM parts u JOIN pg_inherits i ON i.inhparent = u.oid JOIN pg_class k ON k.oid = i.inhrelid AND k.relispartition)
         SELECT u.path, u.bound FROM parts u JOIN pg_class k ON k.oid = u.oid AND k.relkind <> 'p'"
    );
    for row in rows(client, "reading the partitions", &sql).await? {
        if let Some(table) = tables.get_mut(row.get::<_, &str>(0)) {
            table.bounds.insert(row.get(1));
        }
    }
    Ok(())
}

/// Foreign tables and materialised views that the patterns match.
pub(crate) async fn relations(client: &Client, replication: &Replication) -> Result<Vec<(String, String)>, Failure> {
    let sql = format!("SELECT p.path, c.relkind::text {TABLES} WHERE c.relkind IN ('f', 'm') ORDER BY 1");
    let rows = rows(client, "reading views and foreign tables", &sql).await?;
    let found = rows.iter().map(|row| (row.get::<_, String>(0), row.get::<_, String>(1)));
    Ok(found.filter(|(path, _)| replication.copies(path)).collect())
}
