use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Where the databases of a replication are and how they are logged in to:
/// the value of the parameter `…/replications/{key}`, which the functions read.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replication {
    pub source: End,
    pub target: End,
    /// The secret of each login, by its purpose: an ARN.
    pub source_logins: BTreeMap<String, String>,
    pub target_logins: BTreeMap<String, String>,
    /// The last part of the forward task's ARN.
    pub forward_task: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse_task: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse_slot: Option<String>,
    /// `schema.table`.
    pub fence_table: String,
    /// Patterns of tables: `payments.*`.
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    /// The applications' roles, which the fence takes the right to write.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The schemas that the fence closes.
    #[serde(default)]
    pub schemas: Vec<String>,
}

/// One database.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
