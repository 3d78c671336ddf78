//! Schema freeze during a migration: a trigger of an administrator refuses
//! schema changes as long as a row requires it.

use migspec_function::Failure;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient};

use crate::reach::Scope;

/// Refuses changes of the application's schemas from now on, to everybody but
/// the migration's own logins.
///
/// # Errors
/// PostgreSQL refuses: the table is made together with the trigger.
pub async fn freeze(client: &impl GenericClient, scope: &Scope) -> Result<(), Failure> {
    let insert = "insert into migspec.migspec_frozen (replication, schema, number, relations) \
                  select $1, n.nspname, n.oid, array(select oid from pg_class where relnamespace = n.oid) \
                  from pg_namespace n where n.nspname = any ($2) on conflict do nothing";
    let frozen =
        client.execute_typed(insert, &[(&scope.replication, Type::TEXT), (&scope.schemas, Type::TEXT_ARRAY)]).await;
    frozen.map(drop).map_err(|e| Failure::postgres("freezing schemas", &e))
}

/// Allows changes again, except of schemas that another replication has frozen.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn thaw(client: &impl GenericClient, replication: &str) -> Result<(), Failure> {
    let delete = "delete from migspec.migspec_frozen where replication = $1";
    let thawed = client.execute_typed(delete, &[(&replication, Type::TEXT)]).await;
    thawed.map(drop).map_err(|e| Failure::postgres("thawing schemas", &e))
}

/// Whether changes of all the application's schemas are refused: the rows
/// alone refuse nothing.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn is_frozen(client: &impl GenericClient, scope: &Scope) -> Result<bool, Failure> {
    let row = client
        .query_typed_one(
            "select (select count(*) from pg_event_trigger \
                     where evtname in ('migspec_refuse_changes', 'migspec_refuse_drops') and evtenabled in ('O', 'A')) = 2 \
                    and not exists (select from unnest($1::text[]) s \
                                    where not exists (select from migspec.migspec_frozen f \
                                                      where f.schema = s and f.replication = $2))",
            &[(&scope.schemas, Type::TEXT_ARRAY), (&scope.replication, Type::TEXT)],
        )
        .await
        .map_err(|e| Failure::postgres("asking whether schemas are frozen", &e))?;
    Ok(row.get(0))
}

/// The definition of the application's schemas, as one short text.
///
/// # Errors
/// PostgreSQL refuses.
pub async fn fingerprint(client: &Client, scope: &Scope) -> Result<String, Failure> {
    let row = client
        .query_typed_one(include_str!("sql/fingerprint.sql"), &[(&scope.schemas, Type::TEXT_ARRAY)])
        .await
        .map_err(|e| Failure::postgres("reading the definition of the schemas", &e))?;
    Ok(row.get(0))
}
