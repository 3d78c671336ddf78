//! Queries of a server and the numbers in their rows.

use migspec_function::Failure;
use tokio_postgres::{Client, Row};

pub(crate) async fn rows(client: &Client, doing: &str, sql: &str) -> Result<Vec<Row>, Failure> {
    client.query(sql, &[]).await.map_err(|e| Failure::postgres(doing, &e))
}

pub(crate) fn small(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}
