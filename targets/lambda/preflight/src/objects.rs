//! The sizes of objects, as DMS counts them: it carries text, JSON, XML, `bytea`
//! and arrays as objects, up to a limit of the task.

use migspec_events::types::{Carriage, carriage};
use migspec_events::{Problem, checks};
use migspec_function::Failure;
use migspec_function::postgres::identifier;
use tokio_postgres::Client;

use crate::facts::{Column, Facts, Table};

/// Rows of a table that are read: all of a small one, a sample of a large one.
const SAMPLE: f64 = 100_000.0;

/// Columns whose values exceed the limit, in KiB.
pub(crate) async fn problems(client: &Client, source: &Facts, limit: Option<u64>) -> Vec<Problem> {
    let Some(limit) = limit else { return Vec::new() };
    let mut problems = Vec::new();
    for (path, table) in &source.tables {
        match largest(client, table).await {
            Ok(sizes) => {
                problems.extend(sizes.into_iter().filter(|(_, bytes)| *bytes > limit * 1024).map(|(column, bytes)| {
                    checks::LOB_LIMIT.problem(&[
                        ("column", &format!("{path}.{column}")),
                        ("size", &bytes.div_ceil(1024)),
                        ("limit", &limit),
                    ])
                }))
            }
            Err(failure) => {
                problems.push(checks::LOB_UNMEASURED.problem(&[("table", path), ("reason", &failure.message())]));
            }
        }
    }
    problems
}

fn is_object(column: &Column) -> bool {
    let kind = if column.array { "array" } else { column.base.as_str() };
    carriage(kind) == Some(Carriage::Object)
}

/// The largest value of each column that DMS carries as an object, in bytes. For a
/// character, DMS counts two bytes of UTF-16, or four: at most one more than it
/// has in UTF-8. fact: dms-lob-characters
async fn largest(client: &Client, table: &Table) -> Result<Vec<(String, u64)>, Failure> {
    let columns: Vec<(&String, &Column)> = table.columns.iter().filter(|(_, column)| is_object(column)).collect();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let size = |(name, column): &(&String, &Column)| {
        let name = identifier(name);
        match column.base.as_str() {
            "bytea" if !column.array => format!("octet_length({name})"),
            _ => format!("octet_length({name}::text) + char_length({name}::text)"),
        }
    };
    let maxima: Vec<String> =
        columns.iter().map(|column| format!("coalesce(max({}), 0)::int8", size(column))).collect();
    let sample = match SAMPLE / table.rows.max(1.0) {
        part if part < 1.0 => format!(" TABLESAMPLE SYSTEM ({})", 100.0 * part),
        _ => String::new(),
    };
    let sql = format!("SELECT {} FROM {}{sample}", maxima.join(", "), table.quoted);
    let row = client.query_one(&sql, &[]).await.map_err(|e| Failure::postgres("reading the sizes", &e))?;
    let sizes = columns.iter().enumerate().map(|(n, (name, _))| ((*name).clone(), row.get::<_, i64>(n).unsigned_abs()));
    Ok(sizes.collect())
}
