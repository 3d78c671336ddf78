//! Rows of the target from before a load, which the load keeps; and the tables that a running task loads again.

use migspec_events::{Problem, TableToReload, checks};
use migspec_function::{Failure, Task, Tasks};
use tokio_postgres::Client;

use crate::facts::{Facts, Table};
use crate::port::Catalog;

/// Tables that one statement asks.
const TOGETHER: usize = 200;

/// What DMS loads at once beside a running task. fact: dms-reload-tables
const RELOADED: usize = 10;

/// The problems that the rows cause, and the tables that the workflow may load again.
pub(crate) struct Rows {
    pub(crate) problems: Vec<Problem>,
    pub(crate) reload: Vec<TableToReload>,
}

/// The tables of the target with a row, of those that are loaded next: all if the load begins or begins anew, and the
/// suspended ones of a task that runs. A task that has loaded is resumed; its rows are there. fact: dms-kept-rows
///
/// # Errors
/// AWS or the target refuses.
pub(crate) async fn look<P: Tasks>(
    ports: &P,
    arn: &str,
    at_target: &impl Catalog,
    [source, target]: [&Facts; 2],
) -> Result<Rows, Failure> {
    let task = ports.task(arn).await?.unwrap_or_default();
    let suspended = if runs_without_tables(&task) { suspended_tables(ports, arn).await? } else { Vec::new() };
    if suspended.len() > RELOADED {
        let values: [(&str, &dyn std::fmt::Display); 2] = [("count", &suspended.len()), ("task", &arn)];
        return Ok(Rows { problems: vec![checks::TABLES_IN_ERROR.problem(&values)], reload: Vec::new() });
    }
    let all = loads(&task);
    let path = |table: &TableToReload| format!("{}.{}", table.schema_name, table.table_name);
    let is_loaded = |name: &String| all || suspended.iter().any(|table| path(table) == *name);
    let readable = |(path, table): &(&String, &Table)| {
        source.tables.contains_key(*path) && !table.hidden && !table.lacking.iter().any(|right| right == "SELECT")
    };
    let schema = |path: &String| path.split('.').next().unwrap_or_default().to_owned();
    let tables: Vec<_> = target
        .tables
        .iter()
        .filter(|(path, _)| is_loaded(path))
        .filter(readable)
        .filter(|(path, _)| !target.closed.contains(&schema(path)))
        .collect();
    let problems = with_rows(at_target, &tables).await?;
    // Only a table that was looked at is known to be empty.
    let known = |table: &TableToReload| tables.iter().any(|(name, _)| **name == path(table));
    Ok(Rows { problems, reload: suspended.into_iter().filter(known).collect() })
}

async fn with_rows(at_target: &impl Catalog, tables: &[(&String, &Table)]) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for some in tables.chunks(TOGETHER) {
        let asked: Vec<&Table> = some.iter().map(|(_, table)| *table).collect();
        let filled = at_target.tables_with_rows(&asked).await?.into_iter().filter_map(|n| some.get(n));
        problems.extend(filled.map(|(path, _)| checks::TARGET_ROWS.problem(&[("table", path)])));
    }
    Ok(problems)
}

/// The tables that a running task has suspended.
async fn suspended_tables<P: Tasks>(ports: &P, arn: &str) -> Result<Vec<TableToReload>, Failure> {
    let tables = ports.table_statistics(arn).await?.into_iter().filter(|table| !table.is_replicated());
    Ok(tables.map(|t| TableToReload { schema_name: t.schema, table_name: t.table }).collect())
}

/// Whether a task runs on although it has suspended tables.
fn runs_without_tables(task: &Task) -> bool {
    task.status == "running" && task.tables_errored > 0
}

/// The tables with a row, by their numbers.
pub(crate) async fn tables_with_rows(client: &Client, tables: &[&Table]) -> Result<Vec<usize>, Failure> {
    let each: Vec<String> = tables
        .iter()
        .enumerate()
        .map(|(n, table)| format!("SELECT {n} WHERE EXISTS (SELECT FROM {})", table.quoted))
        .collect();
    let rows = client.query(&each.join(" UNION ALL "), &[]).await;
    let rows = rows.map_err(|e| Failure::postgres("looking for rows of the target", &e))?;
    Ok(rows.iter().filter_map(|row| usize::try_from(row.get::<_, i32>(0)).ok()).collect())
}

/// Whether the next start of a task begins with the load, as the workflow starts it (fact: dms-start-types).
fn loads(task: &Task) -> bool {
    match task.status.as_str() {
        "" | "ready" | "creating" => true,
        "stopped" | "failed" => task.loaded < 100 || task.tables_errored > 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_load_begins_unless_it_is_complete_or_runs() {
        for (status, loaded, tables_errored, expected) in [
            ("", 0, 0, true),
            ("creating", 0, 0, true),
            ("ready", 0, 0, true),
            ("running", 40, 0, false),
            ("starting", 0, 0, false),
            ("stopped", 40, 0, true),
            ("stopped", 100, 0, false),
            ("stopped", 100, 1, true),
            ("failed", 99, 0, true),
            ("failed", 100, 0, false),
            ("running", 100, 1, false),
        ] {
            let task = Task { status: status.to_owned(), loaded, tables_errored, ..Task::default() };
            assert_eq!(loads(&task), expected, "{status} {loaded} {tables_errored}");
            let suspended = status == "running" && tables_errored > 0;
            assert_eq!(runs_without_tables(&task), suspended, "{status} {loaded} {tables_errored}");
        }
    }
}
