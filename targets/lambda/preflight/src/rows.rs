//! Rows of the target from before the load, which the load keeps.

use migspec_events::{Problem, checks};
use migspec_function::{Failure, Tasks};
use tokio_postgres::Client;

use crate::facts::Facts;

/// Tables that one statement asks.
const TOGETHER: usize = 200;

/// The tables of the target with a row, if the task of the load has never run: a task
/// that has is resumed, and its rows are there. fact: dms-kept-rows
///
/// # Errors
/// AWS or the target refuses.
pub(crate) async fn problems<P: Tasks>(
    ports: &P,
    task: &str,
    client: &Client,
    [source, target]: [&Facts; 2],
) -> Result<Vec<Problem>, Failure> {
    let status = ports.task(task).await?.map(|task| task.status).unwrap_or_default();
    if !["", "ready", "creating"].contains(&status.as_str()) {
        return Ok(Vec::new());
    }
    let readable = |(path, table): &(&String, &crate::facts::Table)| {
        source.tables.contains_key(*path) && !table.hidden && !table.lacking.iter().any(|right| right == "SELECT")
    };
    let schema = |path: &String| path.split('.').next().unwrap_or_default().to_owned();
    let tables: Vec<_> =
        target.tables.iter().filter(readable).filter(|(path, _)| !target.closed.contains(&schema(path))).collect();
    let mut problems = Vec::new();
    for some in tables.chunks(TOGETHER) {
        let each: Vec<String> = some
            .iter()
            .enumerate()
            .map(|(n, (_, table))| format!("SELECT {n} WHERE EXISTS (SELECT FROM {})", table.quoted))
            .collect();
        let rows = client.query(&each.join(" UNION ALL "), &[]).await;
        for row in rows.map_err(|e| Failure::postgres("looking for rows of the target", &e))? {
            let found = usize::try_from(row.get::<_, i32>(0)).ok().and_then(|n| some.get(n));
            problems.extend(found.map(|(path, _)| checks::TARGET_ROWS.problem(&[("table", path)])));
        }
    }
    Ok(problems)
}
