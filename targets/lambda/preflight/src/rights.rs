//! The rights of the application's roles on both sides.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use migspec_events::{Problem, Side, checks};
use migspec_function::Failure;
use tokio_postgres::Client;

use crate::facts::Facts;
use crate::port::{Catalog, Rights};

/// A right of a role on an object: `pay_app`, `INSERT`, `payments.payment`.
/// The rights that one side alone gives a role. Only the fence's logins may read
/// the record of a fence: a right that it has taken counts as the role's.
///
/// # Errors
/// A side refuses.
pub(crate) async fn problems(
    [ours, theirs]: [&impl Catalog; 2],
    [source, target]: [&Facts; 2],
) -> Result<Vec<Problem>, Failure> {
    let tables: Vec<&String> = source.tables.keys().filter(|path| target.tables.contains_key(*path)).collect();
    let roles: Vec<&String> = source.roles.keys().filter(|role| target.roles.contains_key(*role)).collect();
    let (ours, theirs) = (ours.rights(&roles, &tables).await?, theirs.rights(&roles, &tables).await?);
    let mut problems = Vec::new();
    for (side, more, less) in [(Side::Source, &ours, &theirs), (Side::Target, &theirs, &ours)] {
        let mut objects: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for (role, right, object) in more.rights.difference(&less.rights) {
            // An object that the other side lacks has a finding of its own.
            if less.objects.contains(object) {
                objects.entry((role, object)).or_default().insert(right);
            }
        }
        let mut alike: BTreeMap<(&str, Vec<&str>), Vec<&str>> = BTreeMap::new();
        for ((role, object), rights) in objects {
            alike.entry((role, rights.into_iter().collect())).or_default().push(object);
        }
        problems.extend(alike.into_iter().map(|((role, rights), objects)| {
            let (rights, objects) = (rights.join(", "), objects.join(", "));
            let values: [(&str, &dyn Display); 4] =
                [("role", &role), ("rights", &rights), ("objects", &objects), ("side", &side.name())];
            checks::ROLE_RIGHTS.problem(&values)
        }));
    }
    Ok(problems)
}

pub(crate) async fn read(client: &Client, roles: &[&String], tables: &[&String]) -> Result<Rights, Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("reading the rights of the applications", e);
    let recorded = "SELECT coalesce(has_table_privilege(to_regclass('migspec.migspec_taken'), 'SELECT'), false)";
    let recorded: bool = client.query_one(recorded, &[]).await.map_err(|e| failed(&e))?.get(0);
    let taken = match recorded {
        true => "SELECT class, object, part, acl FROM migspec.migspec_taken WHERE what = 'rights'",
        false => "SELECT 0::oid AS class, 0::oid AS object, 0 AS part, NULL::aclitem[] AS acl WHERE false",
    };
    let sql = RIGHTS.replace("{taken}", taken);
    let rows = client.query(&sql, &[&roles, &tables]).await.map_err(|e| failed(&e))?;
    let mut found = Rights { rights: BTreeSet::new(), objects: BTreeSet::new() };
    for row in &rows {
        let object: String = row.get(2);
        found.objects.insert(object.clone());
        if let Some(role) = row.get::<_, Option<String>>(0) {
            found.rights.insert((role, row.get(1), object));
        }
    }
    Ok(found)
}

/// The rights of the roles $1, by themselves, as members or as everybody, on the
/// tables $2 and their columns, and on the schemas, sequences and functions beside
/// them. A right on a whole table is not one on its columns.
const RIGHTS: &str = "
WITH taken AS ({taken}), home AS (
    SELECT DISTINCT c.relnamespace AS oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = ANY ($2)
), object AS (
    SELECT 'pg_class'::regclass::oid AS class, c.oid, 0 AS part, c.oid::regclass::text AS name,
           coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::\"char\" ELSE 'r' END, c.relowner)) AS acl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = ANY ($2) OR c.relkind IN ('S', 'v') AND n.oid IN (SELECT oid FROM home)
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attnum, c.oid::regclass || '.' || quote_ident(a.attname), a.attacl
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE n.nspname || '.' || c.relname = ANY ($2)
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, 0, 'SCHEMA ' || quote_ident(n.nspname),
           coalesce(n.nspacl, acldefault('n', n.nspowner))
    FROM pg_namespace n WHERE n.oid IN (SELECT oid FROM home)
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0, 'ROUTINE ' || p.oid::regprocedure, coalesce(p.proacl, acldefault('f', p.proowner))
    FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM home)
), entry AS (
    SELECT o.class, o.oid, o.part, o.name, a.grantee, a.privilege_type
    FROM object o CROSS JOIN LATERAL aclexplode(o.acl) a
    UNION
    SELECT o.class, o.oid, o.part, o.name, a.grantee, a.privilege_type
    FROM object o JOIN taken t ON t.class = o.class AND t.object = o.oid AND t.part = o.part
         CROSS JOIN LATERAL aclexplode(t.acl) a
)
SELECT DISTINCT r.rolname::text, e.privilege_type, e.name
FROM entry e JOIN pg_roles r ON r.rolname = ANY ($1) AND (e.grantee = 0 OR pg_has_role(r.oid, e.grantee, 'USAGE'))
WHERE e.privilege_type <> 'MAINTAIN'
UNION ALL
SELECT NULL, NULL, o.name FROM object o";
