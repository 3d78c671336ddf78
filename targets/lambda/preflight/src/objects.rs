//! The values that DMS refuses or alters: objects beyond the limit of the task, as
//! DMS counts them; longer texts than it gives a `varchar` without a length; infinite
//! times, and numbers that are none.

use std::fmt::Display;

use migspec_events::Problem;
use migspec_events::checks::{self, Check};
use migspec_events::sql::identifier;
use migspec_function::Failure;
use tokio_postgres::Client;

use crate::checks::is_object;
use crate::facts::{Column, Facts, Table};
use crate::port::{Catalog, Kind, Measure};

/// Rows of a table that are read: all of a small one, a sample of a large one.
const SAMPLE: f64 = 100_000.0;
/// Bytes of a `varchar` without a length. fact: dms-unbounded-varchar
const VARCHAR: u64 = 8000;

/// Columns whose values exceed a limit, the one of the tasks in KiB, or are special.
///
/// # Errors
/// The session has ended.
pub(crate) async fn problems(
    session: &impl Catalog,
    source: &Facts,
    limit: Option<u64>,
) -> Result<Vec<Problem>, Failure> {
    let mut problems = Vec::new();
    for (path, table) in &source.tables {
        match session.measure(table).await {
            Ok(measures) => {
                problems.extend(measures.iter().filter_map(|measure| measure.problem(path, limit)));
            }
            Err(failure) if failure.ends_session() => return Err(failure),
            Err(failure) => {
                problems.push(checks::LOB_UNMEASURED.problem(&[("table", path), ("reason", &failure.message())]));
            }
        }
    }
    Ok(problems)
}

impl Kind {
    fn of(column: &Column) -> Option<Self> {
        let kind = if column.array { "array" } else { column.base.as_str() };
        match kind {
            "varchar" if column.modifier < 0 => Some(Self::Varchar),
            // fact: dms-infinite-times
            "date" | "timestamp" | "timestamptz" => Some(Self::Special("infinity")),
            "numeric" => Some(Self::Special("NaN")),
            _ => is_object(column).then_some(Self::Object),
        }
    }

    /// For a character, DMS counts two bytes of UTF-16, or four: at most one more
    /// than it has in UTF-8. fact: dms-lob-characters
    fn expression(self, name: &str, column: &Column) -> String {
        let name = identifier(name);
        match self {
            Self::Special("NaN") => format!("count(*) FILTER (WHERE {name} = 'NaN')"),
            Self::Special(_) => format!("count(*) FILTER (WHERE NOT isfinite({name}))"),
            _ if column.base == "bytea" && !column.array => format!("max(octet_length({name}))"),
            _ => format!("max(octet_length({name}::text) + char_length({name}::text))"),
        }
    }
}

impl Measure<'_> {
    fn problem(&self, path: &str, limit: Option<u64>) -> Option<Problem> {
        let (column, result) = (format!("{path}.{}", self.name), self.result);
        let place: [(&str, &dyn Display); 3] = [("column", &column), ("table", &path), ("name", &self.name)];
        let problem = |check: &Check, more: &[(&str, &dyn Display)]| check.problem(&[&place, more].concat());
        match (self.kind, limit) {
            (Kind::Object, Some(limit)) if result > limit * 1024 => {
                Some(problem(&checks::LOB_LIMIT, &[("size", &result.div_ceil(1024)), ("limit", &limit)]))
            }
            (Kind::Varchar, _) if result > VARCHAR => Some(problem(&checks::UNBOUNDED_TEXT, &[("size", &result)])),
            (Kind::Special(values), _) if result > 0 => Some(problem(&checks::SPECIAL_VALUES, &[("values", &values)])),
            _ => None,
        }
    }
}

pub(crate) async fn measure<'t>(client: &Client, table: &'t Table) -> Result<Vec<Measure<'t>>, Failure> {
    let kinds = table.columns.iter().filter_map(|(name, column)| Some((name, column, Kind::of(column)?)));
    let columns: Vec<(&String, &Column, Kind)> = kinds.collect();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let results: Vec<String> = columns
        .iter()
        .map(|(name, column, kind)| format!("coalesce({}, 0)::int8", kind.expression(name, column)))
        .collect();
    let sample = match SAMPLE / table.rows.max(1.0) {
        part if part < 1.0 => format!(" TABLESAMPLE SYSTEM ({})", 100.0 * part),
        _ => String::new(),
    };
    let sql = format!("SELECT {} FROM {}{sample}", results.join(", "), table.quoted);
    let row = client.query_one(&sql, &[]).await.map_err(|e| Failure::postgres("reading the sizes", &e))?;
    let measures = columns.iter().enumerate().map(|(n, (name, _, kind))| Measure {
        name,
        kind: *kind,
        result: row.get::<_, i64>(n).unsigned_abs(),
    });
    Ok(measures.collect())
}
