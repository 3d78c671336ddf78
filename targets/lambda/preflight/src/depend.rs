//! The objects that the copied tables use: `pg_depend`, followed to its ends.

use std::collections::{BTreeMap, BTreeSet};

use migspec_function::Failure;
use tokio_postgres::Client;

use crate::facts::{Object, Table, rows};

/// The edges of `pg_depend`, and those from a table to its parts. A partition is
/// copied with its parent.
const USED: &str = "
WITH RECURSIVE edges AS (
    SELECT classid, objid, refclassid, refobjid FROM pg_depend WHERE deptype IN ('n', 'a', 'i')
    UNION ALL SELECT 'pg_class'::regclass, adrelid, 'pg_attrdef'::regclass, oid FROM pg_attrdef
    UNION ALL SELECT 'pg_class'::regclass, conrelid, 'pg_constraint'::regclass, oid FROM pg_constraint WHERE conrelid <> 0
    UNION ALL SELECT 'pg_class'::regclass, tgrelid, 'pg_trigger'::regclass, oid FROM pg_trigger
    UNION ALL SELECT 'pg_class'::regclass, ev_class, 'pg_rewrite'::regclass, oid FROM pg_rewrite
    UNION ALL SELECT 'pg_class'::regclass, polrelid, 'pg_policy'::regclass, oid FROM pg_policy
    UNION ALL SELECT 'pg_type'::regclass, contypid, 'pg_constraint'::regclass, oid FROM pg_constraint WHERE contypid <> 0
), used AS (
    SELECT 'pg_class'::regclass::oid AS classid, c.oid AS objid
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = ANY ($1)
    UNION
    SELECT e.refclassid, e.refobjid FROM used u JOIN edges e ON e.classid = u.classid AND e.objid = u.objid
)
SELECT DISTINCT i.type, i.identity,
       coalesce((SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE u.classid = 'pg_class'::regclass AND c.oid = coalesce(pg_partition_root(u.objid), u.objid)), i.identity)
FROM used u CROSS JOIN LATERAL pg_identify_object(u.classid, u.objid, 0) i";

/// Objects of applications that may be used: neither the server's nor those of
/// an extension, and no types that belong to a table or an array.
const NAMED: &str = "
    i.schema NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    AND i.type IN ('table', 'foreign table', 'view', 'materialized view', 'sequence', 'type', 'function', 'procedure',
                   'aggregate', 'collation', 'operator')
    AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = u.classid AND x.objid = u.objid AND x.deptype = 'e')
    AND NOT (u.classid = 'pg_type'::regclass
             AND EXISTS (SELECT FROM pg_type t LEFT JOIN pg_class k ON k.oid = t.typrelid
                         WHERE t.oid = u.objid AND (k.relkind <> 'c' OR t.typelem <> 0 AND t.typcategory = 'A')))";

/// The objects that tables use.
pub(crate) async fn used_objects(client: &Client, tables: &BTreeMap<String, Table>) -> Result<Vec<Object>, Failure> {
    let paths: Vec<&String> = tables.keys().collect();
    let sql = format!("{USED} WHERE {NAMED} ORDER BY 1, 2");
    let rows = client
        .query(&sql, &[&paths])
        .await
        .map_err(|e| Failure::postgres("following the dependencies of the tables", &e))?;
    let object = |row: &tokio_postgres::Row| Object { kind: row.get(0), identity: row.get(1), path: row.get(2) };
    Ok(rows.iter().map(object).collect())
}

/// All objects of applications, by kind and identity.
pub(crate) async fn objects(client: &Client) -> Result<BTreeSet<(String, String)>, Failure> {
    let classes = ["pg_class", "pg_type", "pg_proc", "pg_collation", "pg_operator"];
    let all = classes.map(|class| format!("SELECT '{class}'::regclass::oid AS classid, oid AS objid FROM {class}"));
    let sql = format!(
        "SELECT i.type, i.identity FROM ({}) u CROSS JOIN LATERAL pg_identify_object(u.classid, u.objid, 0) i
         WHERE u.objid >= 16384 AND {NAMED}",
        all.join(" UNION ALL ")
    );
    let rows = rows(client, "reading the objects", &sql).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
