//! Facts of a server beyond the tables: roles, extensions, and writers without
//! an application.

use std::collections::BTreeMap;

use migspec_events::Replication;
use migspec_fence::Automatic;
use migspec_function::Failure;
use tokio_postgres::Client;

use crate::facts::{Facts, Publication, Role};
use crate::query::{rows, small};

pub(crate) async fn read(client: &Client, replication: &Replication, facts: &mut Facts) -> Result<(), Failure> {
    let pairs = async |doing, sql: &str| -> Result<Vec<(String, String)>, Failure> {
        Ok(rows(client, doing, sql).await?.iter().map(|row| (row.get(0), row.get(1))).collect())
    };
    let names = async |doing, sql: &str| -> Result<Vec<String>, Failure> {
        Ok(rows(client, doing, sql).await?.iter().map(|row| row.get(0)).collect())
    };
    let extensions = "SELECT extname::text, extversion FROM pg_extension";
    facts.extensions = pairs("reading the extensions", extensions).await?.into_iter().collect();
    let locale = match facts.version {
        ..150_000 => "'c', NULL",
        150_000..170_000 => "datlocprovider, daticulocale",
        _ => "datlocprovider, datlocale",
    };
    let database = format!(
        "SELECT pg_encoding_to_char(encoding)::text, concat_ws(' ', datcollate, datctype, {locale})
         FROM pg_database WHERE datname = current_database()"
    );
    if let Some((encoding, collation)) = pairs("reading the database", &database).await?.pop() {
        (facts.encoding, facts.collation) = (encoding, collation);
    }
    facts.event_triggers = names(
        "reading the event triggers",
        "SELECT quote_ident(evtname) FROM pg_event_trigger
         WHERE evtenabled <> 'D' AND evtname !~ '^(migspec|awsdms)_' AND evtowner::regrole::text <> 'rdsadmin' ORDER BY 1",
    )
    .await?;
    facts.automatic = Automatic::read(client).await?;
    if facts.version >= 140_000 {
        let log = "SELECT (wal_bytes / greatest(extract(epoch FROM now() - stats_reset), 1) * 3600)::int8::text FROM pg_stat_wal";
        facts.log_bytes_per_hour =
            names("reading the rate of the log", log).await?.first().and_then(|n| n.parse().ok());
    }
    facts.database_limit = database_limit(client).await?;
    facts.publications = publications(client).await?;
    facts.stale_collations = stale_collations(client, facts.version).await?;
    facts.roles = roles(client, replication).await?;
    let absent = replication.roles.iter().filter(|role| !facts.roles.contains_key(*role));
    facts.absent_roles = absent.cloned().collect();
    Ok(())
}

/// The roles that the spec names. Rights and the right to log in are left out:
/// the fence changes them.
async fn roles(client: &Client, replication: &Replication) -> Result<BTreeMap<String, Role>, Failure> {
    let sql = "SELECT r.rolname::text, r.rolsuper,
               concat_ws(' ', CASE WHEN r.rolinherit THEN 'inherit' END, CASE WHEN r.rolcreaterole THEN 'createrole' END,
                         CASE WHEN r.rolcreatedb THEN 'createdb' END, CASE WHEN r.rolbypassrls THEN 'bypassrls' END,
                         CASE WHEN r.rolreplication THEN 'replication' END, 'limit ' || r.rolconnlimit,
                         'until ' || r.rolvaliduntil),
               coalesce((SELECT string_agg(m.roleid::regrole::text, ', ' ORDER BY m.roleid::regrole::text)
                         FROM pg_auth_members m WHERE m.member = r.oid), 'none'),
               coalesce((SELECT string_agg(line, ', ' ORDER BY line) FROM pg_db_role_setting s, unnest(s.setconfig) line
                         WHERE s.setrole = r.oid
                         AND s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))), 'none')
        FROM pg_roles r WHERE r.rolname = ANY ($1)";
    let found = client
        .query(sql, &[&replication.roles])
        .await
        .map_err(|e| Failure::postgres("reading the roles of the applications", &e))?;
    let role = |row: &tokio_postgres::Row| {
        let aspects = [("attributes", row.get(2)), ("memberships", row.get(3)), ("settings", row.get(4))];
        (row.get(0), Role { superuser: row.get(1), aspects: BTreeMap::from(aspects) })
    };
    Ok(found.iter().map(role).collect())
}

async fn database_limit(client: &Client) -> Result<Option<(u32, u32)>, Failure> {
    let sql = "SELECT d.datconnlimit::int8, (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid)
               FROM pg_database d WHERE d.datname = current_database() AND d.datconnlimit >= 0";
    let rows = rows(client, "reading the limit of the database", sql).await?;
    Ok(rows.first().map(|row| (small(row.get(0)), small(row.get(1)))))
}

/// Publications through which a table without an identity refuses changes.
async fn publications(client: &Client) -> Result<Vec<Publication>, Failure> {
    let sql = "SELECT quote_ident(p.pubname), p.puballtables,
                      ARRAY(SELECT format('%I.%I', t.schemaname, t.tablename) FROM pg_publication_tables t
                            WHERE t.pubname = p.pubname AND NOT p.puballtables ORDER BY 1)
               FROM pg_publication p WHERE p.pubupdate OR p.pubdelete ORDER BY 1";
    let rows = rows(client, "reading the publications", sql).await?;
    let publication =
        |row: &tokio_postgres::Row| Publication { name: row.get(0), has_all_tables: row.get(1), tables: row.get(2) };
    Ok(rows.iter().map(publication).collect())
}

/// The version of the database's own collation is recorded from PostgreSQL 15 on.
async fn stale_collations(client: &Client, version: u32) -> Result<Vec<(String, String, String)>, Failure> {
    let own = match version {
        ..150_000 => "",
        _ => {
            "UNION ALL SELECT 'of the database', datcollversion, pg_database_collation_actual_version(oid) \
              FROM pg_database WHERE datname = current_database()"
        }
    };
    let sql = format!(
        "SELECT * FROM (SELECT oid::regcollation::text AS name, collversion AS recorded, pg_collation_actual_version(oid) AS actual
                        FROM pg_collation l
                        WHERE collversion IS NOT NULL AND l.oid IN (SELECT unnest(i.indcollation::oid[]) FROM pg_index i)
                        {own}) v
         WHERE recorded <> actual ORDER BY 1"
    );
    let rows = rows(client, "reading the versions of the collations", &sql).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}
