//! A fence that is taken and never was: whether it could be is known before
//! anything depends on it.

use std::collections::BTreeSet;

use migspec_function::Failure;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, GenericClient};

use crate::plan::Plan;
use crate::reach::{self, Reach, Roles, Scope};
use crate::{freeze, restore, take};

/// Takes all that a fence takes, gives it back, and freezes schemas, in a
/// transaction that is rolled back. Nobody is waited for, and no session ends.
///
/// # Errors
/// The fence's login lacks a privilege, or an object of the setup is missing.
pub async fn rehearse(client: &mut Client, scope: &Scope) -> Result<(), Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("rehearsing the fence", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    take::prepare(&transaction).await?;
    let (reach, roles) = reach::read(&transaction, scope).await?;
    let before = state(&transaction, &reach).await?;
    let own = own_writes(&transaction, &reach, &roles).await?;
    let plan = Plan::make(&transaction, &reach, &roles).await?;
    plan.claim(&transaction, &scope.replication).await?;
    plan.carry_out(&transaction, &scope.replication).await?;
    let left = own_writes(&transaction, &reach, &roles).await?;
    if let Some(lost) = own.difference(&left).next() {
        return Err(Failure::configuration(format!(
            "the fence would take {lost}, which belongs to the migration and has the right as a member of another \
             role: grant it to the login itself"
        )));
    }
    restore::give_back(&transaction, &scope.replication).await?;
    let after = state(&transaction, &reach).await?;
    if let Some(lost) = before.iter().find(|line| !after.contains(*line)) {
        return Err(Failure::configuration(format!("the end of the fence would not restore {lost}")));
    }
    freeze::freeze(&transaction, scope).await?;
    if !freeze::is_frozen(&transaction, scope).await? {
        return Err(Failure::configuration("the triggers that keep schemas as they are do not exist or are disabled"));
    }
    freeze::thaw(&transaction, &scope.replication).await?;
    signals(&transaction).await?;
    sequences(&transaction, &reach).await?;
    transaction.rollback().await.map_err(|e| failed(&e))
}

/// The rights on the protected objects, the logins and the functions that write as
/// their owners: one line each.
async fn state(client: &impl GenericClient, reach: &Reach) -> Result<BTreeSet<String>, Failure> {
    let rows = client
        .query_typed(
            include_str!("sql/state.sql"),
            &[(&reach.relations, Type::OID_ARRAY), (&reach.schemas, Type::OID_ARRAY)],
        )
        .await
        .map_err(|e| Failure::postgres("rehearsing the end of the fence", &e))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// The rights to write of the migration's own logins: a right of a group falls with
/// the group's.
async fn own_writes(client: &impl GenericClient, reach: &Reach, roles: &Roles) -> Result<BTreeSet<String>, Failure> {
    let own: Vec<u32> =
        roles.0.iter().filter(|role| role.login && role.own() && !role.admin).map(|role| role.oid).collect();
    let sql = "select format('%s on %s from %s', p, c.oid::regclass, r.rolname) \
               from pg_roles r cross join pg_class c cross join unnest(array['INSERT', 'UPDATE', 'DELETE']) p \
               where r.oid = any ($1) and c.oid = any ($2) and c.relkind in ('r', 'p') and has_table_privilege(r.oid, c.oid, p)";
    let rows = client
        .query_typed(sql, &[(&own, Type::OID_ARRAY), (&reach.relations, Type::OID_ARRAY)])
        .await
        .map_err(|e| Failure::postgres("reading the rights of the migration's logins", &e))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn signals(client: &impl GenericClient) -> Result<(), Failure> {
    let row = client.query_typed_one("select pg_has_role(current_user, 'pg_signal_backend', 'USAGE')", &[]).await;
    match row.map_err(|e| Failure::postgres("rehearsing the fence", &e))?.get(0) {
        true => Ok(()),
        false => {
            let why = "the fence's login is no member of pg_signal_backend: it could end nobody's session";
            Err(Failure::configuration(why))
        }
    }
}

/// The same login carries the positions of sequences over.
async fn sequences(client: &impl GenericClient, reach: &Reach) -> Result<(), Failure> {
    let sql = "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace \
               where c.relkind = 'S' and c.oid = any ($1) and not (has_sequence_privilege(c.oid, 'SELECT') and has_sequence_privilege(c.oid, 'UPDATE')) \
               order by 1";
    let rows = client
        .query_typed(sql, &[(&reach.relations, Type::OID_ARRAY)])
        .await
        .map_err(|e| Failure::postgres("rehearsing the fence", &e))?;
    match rows.first() {
        None => Ok(()),
        Some(row) => {
            let name: String = row.get(0);
            Err(Failure::configuration(format!("the fence's login may not read and set the sequence {name}")))
        }
    }
}
