//! Rows of the target from before the load, which the load keeps.

use migspec_events::{Problem, checks};
use migspec_function::{Failure, Task, Tasks};
use tokio_postgres::Client;

use crate::facts::{Facts, Table};
use crate::port::Catalog;

/// Tables that one statement asks.
const TOGETHER: usize = 200;

/// The tables of the target with a row, if the load begins or begins anew: a task that has loaded is resumed, one that
/// runs goes on, and their rows are there. fact: dms-kept-rows
///
/// # Errors
/// AWS or the target refuses.
pub(crate) async fn problems<P: Tasks>(
    ports: &P,
    task: &str,
    at_target: &impl Catalog,
    [source, target]: [&Facts; 2],
) -> Result<Vec<Problem>, Failure> {
    if !loads(&ports.task(task).await?.unwrap_or_default()) {
        return Ok(Vec::new());
    }
    let readable = |(path, table): &(&String, &Table)| {
        source.tables.contains_key(*path) && !table.hidden && !table.lacking.iter().any(|right| right == "SELECT")
    };
    let schema = |path: &String| path.split('.').next().unwrap_or_default().to_owned();
    let tables: Vec<_> =
        target.tables.iter().filter(readable).filter(|(path, _)| !target.closed.contains(&schema(path))).collect();
    let mut problems = Vec::new();
    for some in tables.chunks(TOGETHER) {
        let asked: Vec<&Table> = some.iter().map(|(_, table)| *table).collect();
        let filled = at_target.tables_with_rows(&asked).await?.into_iter().filter_map(|n| some.get(n));
        problems.extend(filled.map(|(path, _)| checks::TARGET_ROWS.problem(&[("table", path)])));
    }
    Ok(problems)
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
        ] {
            let task = Task { status: status.to_owned(), loaded, tables_errored, ..Task::default() };
            assert_eq!(loads(&task), expected, "{status} {loaded} {tables_errored}");
        }
    }
}
