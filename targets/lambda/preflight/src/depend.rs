//! The objects that the copied tables use: `pg_depend`, followed to its ends, and
//! the names in the texts of functions, which it does not contain.

use std::collections::BTreeMap;

use migspec_function::Failure;
use tokio_postgres::Client;

use crate::facts::{Definition, Object, Table};
use crate::query::rows;

/// The edges of `pg_depend`, those from a table to its parts, and those from a
/// function to the relations that its text names with their schemas: the text may
/// speak of something else, so that these are not firm. A partition is copied with
/// its parent.
const USED: &str = "
WITH RECURSIVE edges AS MATERIALIZED (
    SELECT classid, objid, refclassid, refobjid, true AS firm FROM pg_depend WHERE deptype IN ('n', 'a', 'i')
    UNION ALL SELECT 'pg_class'::regclass, adrelid, 'pg_attrdef'::regclass, oid, true FROM pg_attrdef
    UNION ALL SELECT 'pg_class'::regclass, conrelid, 'pg_constraint'::regclass, oid, true FROM pg_constraint WHERE conrelid <> 0
    UNION ALL SELECT 'pg_class'::regclass, tgrelid, 'pg_trigger'::regclass, oid, true FROM pg_trigger
    UNION ALL SELECT 'pg_class'::regclass, ev_class, 'pg_rewrite'::regclass, oid, true FROM pg_rewrite
    UNION ALL SELECT 'pg_class'::regclass, polrelid, 'pg_policy'::regclass, oid, true FROM pg_policy
    UNION ALL SELECT 'pg_type'::regclass, contypid, 'pg_constraint'::regclass, oid, true FROM pg_constraint WHERE contypid <> 0
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 'pg_class'::regclass, to_regclass(m.name[1])::oid, false
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang AND l.lanname IN ('sql', 'plpgsql')
    CROSS JOIN LATERAL (
        SELECT DISTINCT name
        FROM regexp_matches(regexp_replace(p.prosrc, '--[^\\n]*', '', 'g'),
                            '((?:[[:alpha:]_][[:alnum:]_$]*|\"[^\"]+\")\\.(?:[[:alpha:]_][[:alnum:]_$]*|\"[^\"]+\"))', 'g') AS name) m
    WHERE p.oid >= 16384 AND to_regclass(m.name[1]) IS NOT NULL
), used AS (
    SELECT 'pg_class'::regclass::oid AS classid, c.oid AS objid, true AS firm
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = ANY ($1)
    UNION
    SELECT e.refclassid, e.refobjid, u.firm AND e.firm
    FROM used u JOIN edges e ON e.classid = u.classid AND e.objid = u.objid
)
SELECT i.type, i.identity,
       coalesce((SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE u.classid = 'pg_class'::regclass AND c.oid = coalesce(pg_partition_root(u.objid), u.objid)), i.identity),
       bool_or(u.firm)
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
    let sql = format!("{USED} WHERE {NAMED} GROUP BY 1, 2, 3 ORDER BY 1, 2");
    let rows = client
        .query(&sql, &[&paths])
        .await
        .map_err(|e| Failure::postgres("following the dependencies of the tables", &e))?;
    let object = |row: &tokio_postgres::Row| Object {
        kind: row.get(0),
        identity: row.get(1),
        path: row.get(2),
        is_certain: row.get(3),
    };
    Ok(rows.iter().map(object).collect())
}

/// The meaning of an object, as a text that servers of all versions write alike, except
/// for the query of a view. The fence turns a function that acts as its owner into
/// one that acts as its caller, so that this property is left out.
const DEFINITION: &str = "
    CASE u.classid
    WHEN 'pg_proc'::regclass THEN
        (SELECT concat_ws(' ', l.lanname, p.prosrc, p.provolatile, p.proisstrict, p.proretset, p.proconfig,
                          format_type(p.prorettype, NULL))
         FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.oid = u.objid)
    WHEN 'pg_collation'::regclass THEN
        (SELECT concat_ws(' ', l.collprovider, l.collisdeterministic,
                          coalesce(j ->> 'colllocale', j ->> 'colliculocale', j ->> 'collcollate'))
         FROM pg_collation l CROSS JOIN LATERAL to_jsonb(l) j WHERE l.oid = u.objid)
    WHEN 'pg_type'::regclass THEN
        (SELECT concat_ws(' ', t.typtype, format_type(nullif(t.typbasetype, 0), t.typtypmod), t.typnotnull, t.typdefault,
                          (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
                          (SELECT string_agg(concat(a.attname, ' ', format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum)
                           FROM pg_attribute a WHERE a.attrelid = nullif(t.typrelid, 0) AND NOT a.attisdropped),
                          (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid))
         FROM pg_type t WHERE t.oid = u.objid)
    WHEN 'pg_class'::regclass THEN
        (SELECT CASE c.relkind
                WHEN 'S' THEN (SELECT concat_ws(' ', format_type(s.seqtypid, NULL), s.seqmin, s.seqmax, s.seqcycle)
                               FROM pg_sequence s WHERE s.seqrelid = c.oid)
                WHEN 'v' THEN {QUERY}
                WHEN 'm' THEN {QUERY} END
         FROM pg_class c WHERE c.oid = u.objid)
    END";

/// The lines of a view's query in an order of their own, as the columns of tables
/// have none.
const QUERY: &str = "
    (SELECT string_agg(line, ' ' ORDER BY line COLLATE \"C\")
     FROM (SELECT regexp_replace(btrim(line, ' ,;'), '^SELECT ', '') AS line
           FROM regexp_split_to_table(pg_get_viewdef(c.oid), E'\\n') AS line) lines)";

/// All objects of applications, by kind and identity.
pub(crate) async fn objects(client: &Client) -> Result<BTreeMap<(String, String), Definition>, Failure> {
    let classes = ["pg_class", "pg_type", "pg_proc", "pg_collation", "pg_operator"];
    let all = classes.map(|class| format!("SELECT '{class}'::regclass::oid AS classid, oid AS objid FROM {class}"));
    let definition = DEFINITION.replace("{QUERY}", QUERY);
    let sql = format!(
        "SELECT i.type, i.identity, n.nspname::text, md5({definition})
         FROM ({}) u CROSS JOIN LATERAL pg_identify_object(u.classid, u.objid, 0) i
         JOIN pg_namespace n ON quote_ident(n.nspname) = i.schema
         WHERE u.objid >= 16384 AND {NAMED}",
        all.join(" UNION ALL ")
    );
    let rows = rows(client, "reading the objects", &sql).await?;
    let object = |row: &tokio_postgres::Row| Definition { schema: row.get(2), text: row.get(3) };
    Ok(rows.iter().map(|row| ((row.get(0), row.get(1)), object(row))).collect())
}
