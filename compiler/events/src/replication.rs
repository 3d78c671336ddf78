use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The schema of DMS's own tables, on both sides: control tables, exceptions,
/// heartbeat. No application uses it, and no schema freeze includes it.
pub const CONTROL_SCHEMA: &str = "awsdms_control";

/// The schema and the table of the rehearsal of the reverse start, in both databases. No other task copies it: the forward task
/// would return its rows.
pub const REHEARSAL: (&str, &str) = ("migspec", "migspec_rehearsal");

/// Tables that DMS creates there.
/// fact: dms-control-tables
const CONTROL_TABLES: [&str; 6] = [
    "awsdms_apply_exceptions",
    "awsdms_ddl_audit",
    "awsdms_heartbeat",
    "awsdms_history",
    "awsdms_status",
    "awsdms_suspended_tables",
];

/// Where the databases of a replication are and how they are logged in to:
/// the value of the parameter `…/replications/{key}`, which the functions read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replication {
    pub source: End,
    pub target: End,
    /// The secret of each login, by its purpose: an ARN.
    pub source_logins: BTreeMap<String, String>,
    pub target_logins: BTreeMap<String, String>,
    /// The ARN of the task from source to target.
    pub forward_task: String,
    /// The ARN of the task back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse_task: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse_slot: Option<String>,
    /// The ARN of the task that rehearses the start of the reverse task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rehearsal_task: Option<String>,
    /// `schema.table`.
    pub fence_table: String,
    /// Patterns of tables: `payments.*`.
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    /// The size of objects that the tasks carry, in KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lob_limit: Option<u64>,
    /// The applications' roles, which the fence takes the right to write.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The schemas that the fence closes.
    #[serde(default)]
    pub schemas: Vec<String>,
    /// Tables with account data, as `schema.table`, whose reads and changes the target records.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audited: Vec<String>,
}

impl Replication {
    /// Whether it copies a table, given as `schema.table`. The fence's own
    /// table is copied and belongs to no application.
    pub fn copies(&self, path: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, path));
        any(&self.include) && !any(&self.exclude) && path != self.fence_table
    }

    /// DMS's own tables that the patterns match.
    pub fn copied_control_tables(&self) -> Vec<String> {
        let paths = CONTROL_TABLES.iter().map(|table| format!("{CONTROL_SCHEMA}.{table}"));
        paths.filter(|path| self.copies(path)).collect()
    }
}

/// Whether a pattern matches a text. `*` matches any characters.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, rest)) => text.strip_prefix(start).is_some_and(|text| {
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| matches(rest, &text[at..]))
        }),
    }
}

/// One database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// `postgresql`, `aurora-postgresql`.
    pub engine: String,
    pub host: String,
    pub port: u16,
    pub database: String,
    /// `verify-full`.
    pub tls: String,
    /// The name of the parameter that holds the certificate of the server's
    /// authority, as PEM. Absent where that is Amazon's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

/// How a replication is validated: the value of the parameter
/// `…/replications/{key}/validation`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Validation {
    /// Whether row counts are compared.
    pub rows: bool,
    /// How checksums are compared; absent where they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksums: Option<Checksums>,
    pub invariants: Vec<Invariant>,
    /// Columns whose values appear nowhere: `schema.table.column`.
    pub protected: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Checksums {
    /// How long a chunk may take, in milliseconds.
    pub chunk_millis: u64,
}

/// A query whose result must be the same on both sides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invariant {
    pub name: String,
    pub sql: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_in_specs() {
        for (pattern, text, expected) in [
            ("payments.*", "payments.payment", true),
            ("payments.*", "payments2.payment", false),
            ("payments.tmp_*", "payments.tmp_1", true),
            ("payments.tmp_*", "payments.tmpx1", false),
            ("*.payment", "a.payment", true),
            ("payments.*_log", "payments.a_log_b", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
