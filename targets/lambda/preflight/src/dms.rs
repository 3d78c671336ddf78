//! DMS's own tables: a task creates them when it starts, and stops without them.

use std::fmt::Display;

use migspec_events::{CONTROL_SCHEMA, Problem, checks};
use migspec_function::{Access, Call, Failure, Secrets, Sides};
use tokio_postgres::Client;

use crate::logins::{STATEMENT, of_tasks};
use crate::port::Catalog;
use crate::ways::Ways;

/// The logins that cannot create the tables, and tables that would be copied. A
/// login that cannot connect is another finding.
///
/// # Errors
/// A session was ended, or waits for a lock.
pub(crate) async fn problems<P: Secrets, S: Catalog>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    ways: Ways,
) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for (side, purpose) in of_tasks(ways).filter(|(side, purpose)| sides.has(*side, *purpose)) {
        let limit = call.statement(STATEMENT);
        let opened: Result<S, Failure> = sides.open(ports, side, purpose, Access::Write, limit).await;
        let Ok(mut session) = opened else { continue };
        let Ok(credentials) = sides.credentials(ports, side, purpose).await else { continue };
        if let Err(failure) = session.create_control_table().await {
            if failure.passes() {
                return Err(failure);
            }
            let values: [(&str, &dyn Display); 4] = [
                ("login", &credentials.username),
                ("side", &side.name()),
                ("schema", &CONTROL_SCHEMA),
                ("reason", &failure.message()),
            ];
            problems.push(checks::DMS_OBJECTS.problem(&values));
        }
    }
    for table in sides.replication.copied_control_tables() {
        problems.push(checks::DMS_COPIED.problem(&[("table", &table), ("schema", &CONTROL_SCHEMA)]));
    }
    Ok(problems)
}

/// Creates a table in DMS's schema, and the schema where it is missing, in a
/// transaction that is rolled back.
pub(crate) async fn create(client: &mut Client) -> Result<(), Failure> {
    let failed = |e: &tokio_postgres::Error| Failure::postgres("creating a table", e);
    let transaction = client.transaction().await.map_err(|e| failed(&e))?;
    let exists = "SELECT to_regnamespace($1) IS NOT NULL";
    let exists: bool = transaction.query_one(exists, &[&CONTROL_SCHEMA]).await.map_err(|e| failed(&e))?.get(0);
    if !exists {
        transaction.batch_execute(&format!("CREATE SCHEMA {CONTROL_SCHEMA}")).await.map_err(|e| failed(&e))?;
    }
    let table = format!("CREATE TABLE {CONTROL_SCHEMA}.migspec_rehearsal (id int)");
    transaction.batch_execute(&table).await.map_err(|e| failed(&e))?;
    transaction.rollback().await.map_err(|e| failed(&e))
}
