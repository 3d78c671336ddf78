//! Reads the facts of a server.

use std::collections::BTreeMap;

use migspec_events::Replication;
use migspec_function::Failure;
use tokio_postgres::Client;

use crate::facts::{Facts, Login, Table};
use crate::query::{rows, small};
use crate::{catalog, depend, environment};

/// Reads the facts of a server.
///
/// # Errors
/// The server refuses a query.
pub async fn read(client: &Client, replication: &Replication) -> Result<Facts, Failure> {
    let mut facts = read_of_login(client, replication).await?;
    facts.partitions = facts.tables.values().map(|table| table.partitions).sum();
    facts.bytes = facts.tables.values().map(|table| table.bytes).sum();
    facts.relations = catalog::relations(client, replication).await?;
    facts.used = depend::used_objects(client, &facts.tables).await?;
    facts.objects = depend::objects(client).await?;
    environment::read(client, replication, &mut facts).await?;
    facts.sequences = sequences(client, &facts.tables).await?;
    Ok(facts)
}

/// The facts that differ between the logins of a server: its session, its rights, and the rows that it sees.
///
/// # Errors
/// The server refuses a query.
pub(crate) async fn read_of_login(client: &Client, replication: &Replication) -> Result<Facts, Failure> {
    let mut facts = server(client).await?;
    facts.settings = settings(client).await?;
    facts.tables = catalog::tables(client, replication).await?;
    facts.closed = closed_schemas(client, &facts.tables).await?;
    Ok(facts)
}

/// `reset_val` is the value of a new session; this one has settings of its own.
async fn settings(client: &Client) -> Result<BTreeMap<String, String>, Failure> {
    let sql = "SELECT name::text, coalesce(reset_val, '')::text FROM pg_settings";
    Ok(rows(client, "reading the settings", sql).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// `server_version_num`.
///
/// # Errors
/// The server refuses the query.
pub async fn version(client: &Client) -> Result<u32, Failure> {
    let rows = rows(client, "asking for the version", "SELECT current_setting('server_version_num')").await?;
    Ok(rows.first().and_then(|row| row.get::<_, String>(0).parse().ok()).unwrap_or(0))
}

async fn server(client: &Client) -> Result<Facts, Failure> {
    // The right to set a parameter is granted from version 15 on.
    let version = version(client).await?;
    let silences = match version {
        150_000.. => "has_parameter_privilege('session_replication_role', 'SET')",
        _ => "false",
    };
    let sql = format!(
        "WITH roles AS (SELECT rolname FROM pg_roles WHERE pg_has_role(oid, 'USAGE')),
              own AS (SELECT * FROM pg_roles WHERE rolname = current_user)
         SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_superuser'),
                pg_is_in_recovery(),
                (SELECT count(*) FROM pg_replication_slots),
                (SELECT count(*) FROM pg_stat_replication),
                own.rolname::text, own.rolsuper,
                own.rolsuper OR own.rolreplication OR EXISTS (SELECT FROM roles WHERE rolname = 'rds_replication'),
                own.rolsuper OR EXISTS (SELECT FROM roles WHERE rolname = 'pg_read_all_stats'),
                own.rolsuper OR {silences} OR EXISTS (SELECT FROM roles WHERE rolname = 'rds_superuser'),
                coalesce((SELECT extract(epoch FROM max(clock_timestamp() - xact_start)) FROM pg_stat_activity
                          WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'), 0)::float8,
                (SELECT count(*) FROM pg_prepared_xacts),
                EXISTS (SELECT FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
                        WHERE c.oid = to_regclass('migspec.migspec_fence') AND a.privilege_type = 'INSERT'
                          AND a.grantee <> 0 AND pg_has_role(a.grantee, 'USAGE')),
                (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                coalesce(has_table_privilege(to_regclass('migspec.migspec_rehearsal'), 'SELECT'), false),
                coalesce(has_table_privilege(to_regclass('migspec.migspec_rehearsal'), 'INSERT'), false)
         FROM own"
    );
    let rows = rows(client, "asking the server about itself", &sql).await?;
    let row = rows.first().ok_or_else(|| Failure::configuration("the server does not know the login's role"))?;
    Ok(Facts {
        version,
        managed: row.get(0),
        standby: row.get(1),
        slots_in_use: small(row.get(2)),
        senders_in_use: small(row.get(3)),
        connections_in_use: small(row.get(12)),
        login: Login {
            name: row.get(4),
            superuser: row.get(5),
            replication: row.get(6),
            sees_sessions: row.get(7),
            silences_triggers: row.get(8),
            writes_tokens: row.get(11),
            reads_rehearsal: row.get(13),
            writes_rehearsal: row.get(14),
        },
        oldest_transaction: row.get::<_, f64>(9) as u64,
        prepared_transactions: row.get::<_, i64>(10).unsigned_abs(),
        ..Facts::default()
    })
}

/// Whether the login of a session may make a slot.
pub(crate) async fn may_replicate(client: &Client) -> Result<bool, Failure> {
    let sql = "SELECT coalesce(bool_or(r.rolsuper OR r.rolreplication OR o.rolname = 'rds_replication'), false)
               FROM pg_roles r LEFT JOIN pg_roles o ON o.rolname = 'rds_replication' AND pg_has_role(r.oid, o.oid, 'USAGE')
               WHERE r.rolname = current_user";
    Ok(rows(client, "asking for the right to replicate", sql).await?.first().is_some_and(|row| row.get(0)))
}

async fn sequences(client: &Client, tables: &BTreeMap<String, Table>) -> Result<Vec<String>, Failure> {
    let sql = "SELECT schemaname::text, schemaname || '.' || sequencename FROM pg_sequences ORDER BY 2";
    let schema = |path: &String| path.split('.').next().map(str::to_owned);
    let schemas: Vec<String> = tables.keys().filter_map(schema).collect();
    let rows = rows(client, "reading the sequences", sql).await?;
    Ok(rows.iter().filter(|row| schemas.contains(&row.get::<_, String>(0))).map(|row| row.get(1)).collect())
}

/// Schemas of copied tables whose objects the login cannot name.
async fn closed_schemas(client: &Client, tables: &BTreeMap<String, Table>) -> Result<Vec<String>, Failure> {
    let sql = "SELECT nspname::text FROM pg_namespace WHERE NOT has_schema_privilege(oid, 'USAGE') ORDER BY 1";
    let rows = rows(client, "reading the schemas", sql).await?;
    let copied = |schema: &String| tables.keys().any(|path| path.split('.').next() == Some(schema));
    Ok(rows.iter().map(|row| row.get(0)).filter(copied).collect())
}
