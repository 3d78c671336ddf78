//! A stand-in for DMS: it loads tables, decodes a slot with DMS's plugin, applies
//! the changes with DMS's login, and refuses what DMS refuses.

use migspec_events::Side;
use migspec_events::sql::literal;
use migspec_events::types::{Carriage, carriage};
use migspec_function_testing::decoding;
use tokio_postgres::Client;

use crate::schema::Table;
use crate::stand::Stand;

/// Large objects of the tasks' settings, in bytes of UTF-16.
const LIMIT: usize = 64 * 1024;

pub struct Dms<'a> {
    reads: &'a Client,
    applies: Client,
    slot: &'static str,
    tables: &'a [Table],
}

impl<'a> Dms<'a> {
    /// The slot keeps all changes from now on.
    pub async fn start(stand: &'a Stand, from: Side, login: &str, tables: &'a [Table]) -> Self {
        let (to, slot) = match from {
            Side::Source => (Side::Target, "there"),
            Side::Target => (Side::Source, "back"),
        };
        let reads = stand.admin(from);
        let applies = stand.login(to, login).await;
        applies.batch_execute("SET session_replication_role = replica").await.unwrap();
        reads.execute("SELECT pg_create_logical_replication_slot($1, 'test_decoding')", &[&slot]).await.unwrap();
        Self { reads, applies, slot, tables }
    }

    pub async fn end(self) {
        self.reads.execute("SELECT pg_drop_replication_slot($1)", &[&self.slot]).await.unwrap();
    }

    /// Copies the rows that exist. Changes since the slot was made come again.
    pub async fn load(&self, context: &str) {
        // Rows that were written since the slot was made are read with it, once.
        self.apply_nothing().await;
        for table in self.tables {
            let columns = self.check_types(table, context).await;
            let texts: Vec<String> = columns.iter().map(|column| format!("{column}::text")).collect();
            let sql = format!("SELECT {} FROM {}", texts.join(", "), table.name);
            for row in self.reads.query(&sql, &[]).await.unwrap() {
                let values: Vec<String> = (0..columns.len())
                    .map(|n| row.get::<_, Option<String>>(n).map_or("NULL".to_owned(), |text| literal(&text)))
                    .collect();
                let insert =
                    format!("INSERT INTO {} ({}) VALUES ({})", table.name, columns.join(", "), values.join(", "));
                self.run(&insert, context).await;
            }
        }
    }

    /// The load begins behind the changes that the slot has so far.
    async fn apply_nothing(&self) {
        let skip = "SELECT pg_replication_slot_advance($1, pg_current_wal_lsn())";
        self.reads.execute(skip, &[&self.slot]).await.unwrap();
    }

    /// The columns of a table, quoted. DMS leaves out or alters values of types
    /// that it does not carry.
    async fn check_types(&self, table: &Table, context: &str) -> Vec<String> {
        let mut columns = Vec::new();
        let sql = "SELECT quote_ident(a.attname), t.typname::text, t.typtype::text, t.typcategory = 'A' FROM pg_attribute a \
                   JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
        for row in self.reads.query(sql, &[&table.name]).await.unwrap() {
            let (name, kind, form, array): (String, String, String, bool) =
                (row.get(0), row.get(1), row.get(2), row.get(3));
            columns.push(name.clone());
            let word = match form.as_str() {
                _ if array => "array",
                "e" => "enum",
                "c" => "composite",
                "r" | "m" => "range",
                "d" => continue,
                _ => &kind,
            };
            let carried = carriage(word).is_some_and(|carriage| carriage != Carriage::Refused);
            assert!(carried, "DMS does not carry {}.{name}: {word}\n{context}", table.name);
        }
        columns
    }

    /// Applies all changes of the slot, and confirms them.
    pub async fn apply(&self, context: &str) {
        let get = "SELECT data FROM pg_logical_slot_get_changes($1, NULL, NULL, 'skip-empty-xacts', '1')";
        for row in self.reads.query(get, &[&self.slot]).await.unwrap() {
            let line: String = row.get(0);
            let Some(change) = line.strip_prefix("table ") else { continue };
            let Some(table) = self.tables.iter().find(|table| table.owns(change)) else { continue };
            let (_, change) = change.split_once(": ").unwrap();
            if let Some(sql) = statement(table, change, context) {
                self.run(&sql, context).await;
            }
        }
    }

    /// Every statement writes one row, as DMS expects it.
    async fn run(&self, sql: &str, context: &str) {
        let written = self.applies.execute(sql, &[]).await;
        let written = written.unwrap_or_else(|e| panic!("DMS cannot apply: {e:?}\n{sql}\n{context}"));
        assert_eq!(written, 1, "DMS has applied to {written} rows: {sql}\n{context}");
    }
}

fn statement(table: &Table, change: &str, context: &str) -> Option<String> {
    let (verb, rest) = change.split_once(": ")?;
    assert!(!rest.contains("(no-tuple-data)"), "the change of a row is not in the log: {change}\n{context}");
    match verb {
        "INSERT" => {
            let (names, values): (Vec<String>, Vec<String>) = columns(rest, context).into_iter().unzip();
            Some(format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), values.join(", ")))
        }
        "UPDATE" => {
            let (old, new) = match rest.strip_prefix("old-key: ").and_then(|rest| rest.split_once(" new-tuple: ")) {
                Some((old, new)) => (columns(old, context), columns(new, context)),
                None => (columns(rest, context), columns(rest, context)),
            };
            let set: Vec<String> = new
                .iter()
                .filter(|(_, value)| value != "unchanged-toast-datum")
                .map(|(name, value)| format!("{name} = {value}"))
                .collect();
            Some(format!("UPDATE {} SET {} WHERE {}", table.name, set.join(", "), condition(table, &old, context)))
        }
        "DELETE" => {
            Some(format!("DELETE FROM {} WHERE {}", table.name, condition(table, &columns(rest, context), context)))
        }
        other => panic!("{other} is not replicated\n{context}"),
    }
}

/// DMS finds a row by the key of the table.
fn condition(table: &Table, columns: &[(String, String)], context: &str) -> String {
    let of_key: Vec<String> = columns
        .iter()
        .filter(|(name, _)| table.key.iter().any(|key| *name == *key || *name == format!("\"{key}\"")))
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    assert!(!of_key.is_empty(), "the change of {} has no key\n{context}", table.name);
    of_key.join(" AND ")
}

/// Names and literals of the columns of a change. DMS cuts a value that is too long.
fn columns(text: &str, context: &str) -> Vec<(String, String)> {
    let column = |(name, value): (&str, &str)| {
        let units: usize = value.chars().map(|c| 2 * c.len_utf16()).sum();
        assert!(units <= LIMIT + 4, "DMS cuts a value of {units} bytes\n{context}");
        let bare =
            value == "null" || value == "unchanged-toast-datum" || value.starts_with('\'') || value.starts_with("B'");
        (name.to_owned(), if bare { value.to_owned() } else { format!("'{value}'") })
    };
    decoding::columns(text).into_iter().map(column).collect()
}
