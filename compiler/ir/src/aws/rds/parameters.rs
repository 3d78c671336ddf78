//! The parameters of a group, with the engine's defaults where it is silent.

use crate::datum::Value;
use crate::fact::{Fact, FactType};
use crate::graph::Resource;

/// The parameters that hold somewhere.
#[derive(Clone, Copy)]
pub(super) enum Parameters<'g> {
    /// Of a group in the graph.
    Group { group: &'g Resource },
    /// Of the default group of a family such as `aurora-postgresql16`.
    Defaults { engine: &'g str, major: u32 },
    /// Of a group outside the graph.
    Unknown,
}

impl<'g> Parameters<'g> {
    pub(super) fn of(group: &'g Resource) -> Self {
        Self::Group { group }
    }

    pub(super) fn defaults((engine, major): (&'g str, u32)) -> Self {
        Self::Defaults { engine, major }
    }

    pub(super) fn unknown() -> Self {
        Self::Unknown
    }

    /// Whether the server refuses connections without TLS.
    pub(super) fn forces_ssl(self) -> Option<bool> {
        let (engine, major) = self.family()?;
        match engine.contains("mysql") {
            true => self.is_on("require_secure_transport"),
            // Source: Aurora PostgreSQL 17 sets rds.force_ssl to 1 by itself.
            false => self.flag("rds.force_ssl").map(|set| set.unwrap_or(major >= 17)),
        }
    }

    /// Whether changes can be read from its log: the way back of a migration.
    pub(super) fn replicates_logically(self) -> Option<bool> {
        let (engine, _) = self.family()?;
        match engine.contains("mysql") {
            true => Some(self.text("binlog_format")?.is_some_and(|format| format.eq_ignore_ascii_case("ROW"))),
            false => self.is_on("rds.logical_replication"),
        }
    }

    /// The lowest TLS version that the server accepts; empty: the engine's own.
    pub(super) fn lowest_tls(self) -> Option<String> {
        let (engine, _) = self.family()?;
        let name = if engine.contains("mysql") { "tls_version" } else { "ssl_min_protocol_version" };
        Some(self.text(name)?.unwrap_or_default())
    }

    /// Whether the server audits definitions, privileges and the use of tables with account data: pgaudit, or the
    /// advanced audit of Aurora MySQL (fact: aurora-pgaudit-role, fact: pgaudit-classes).
    fn audits(self) -> Option<bool> {
        let (engine, _) = self.family()?;
        if engine.contains("mysql") {
            return Some(self.is_on("server_audit_logging")? && self.text("server_audit_events")?.is_some());
        }
        let loaded = self.text("shared_preload_libraries")?.unwrap_or_default();
        let classes = self.text("pgaudit.log")?.unwrap_or_default();
        let loaded = loaded.split(',').any(|name| name.trim() == "pgaudit");
        let logs = |class: &str| classes.split(',').any(|name| [class, "all"].contains(&name.trim()));
        // Reads and writes: of the tables on which the audit role has privileges, or all of them.
        let role = self.text("pgaudit.role")?.is_some_and(|role| role == "rds_pgaudit");
        Some(loaded && logs("ddl") && logs("role") && (role || logs("read") && logs("write")))
    }

    /// Whether sessions are logged from their beginning to their end.
    fn logs_connections(self) -> Option<bool> {
        let (engine, _) = self.family()?;
        if engine.contains("mysql") {
            let events = self.text("server_audit_events")?.unwrap_or_default();
            return Some(self.is_on("server_audit_logging")? && events.split(',').any(|e| e.trim() == "CONNECT"));
        }
        Some(self.is_on("log_connections")? && self.is_on("log_disconnections")?)
    }

    /// Whether statements come into the log with the values that they carry.
    fn logs_values(self) -> Option<bool> {
        let (engine, _) = self.family()?;
        if engine.contains("mysql") {
            return self.is_on("general_log");
        }
        let statements = self.text("log_statement")?.unwrap_or_default();
        let all = matches!(statements.to_ascii_lowercase().as_str(), "all" | "mod");
        Some(all || self.is_on("pgaudit.log_parameter")?)
    }

    fn family(self) -> Option<(&'g str, u32)> {
        match self {
            Self::Group { group } => Some(split_family(group.get("Family")?.value.as_str()?)),
            Self::Defaults { engine, major } => Some((engine, major)),
            Self::Unknown => None,
        }
    }

    /// A switch that is off where it is not set.
    fn is_on(self, name: &str) -> Option<bool> {
        self.flag(name).map(Option::unwrap_or_default)
    }

    /// A switch; the inner nothing where it is not set.
    fn flag(self, name: &str) -> Option<Option<bool>> {
        let is_on = |text: String| matches!(text.to_ascii_lowercase().as_str(), "1" | "on" | "true" | "yes");
        Some(self.text(name)?.map(is_on))
    }

    /// The parameter as text; the inner nothing where it is not set.
    fn text(self, name: &str) -> Option<Option<String>> {
        let Self::Group { group } = self else {
            return matches!(self, Self::Defaults { .. }).then_some(None);
        };
        let parameters = group.get("Parameters").map(|d| &d.value);
        let Some(Value::Map(parameters)) = parameters else {
            return parameters.is_none().then_some(None);
        };
        match parameters.get(name).map(|d| &d.value) {
            None => Some(None),
            Some(Value::String(text)) => Some(Some(text.to_string())),
            Some(Value::Integer(n)) => Some(Some(n.to_string())),
            Some(Value::Bool(b)) => Some(Some(b.to_string())),
            Some(_) => None,
        }
    }
}

/// The engine and major version: `aurora-postgresql` and `16.6`.
pub(super) fn family<'g>(engine: &'g str, version: &str) -> (&'g str, u32) {
    (engine, version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or_default())
}

/// `aurora-postgresql16` as engine and major version.
fn split_family(family: &str) -> (&str, u32) {
    let engine = family.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let major = family[engine.len()..].split('.').next().and_then(|digits| digits.parse().ok());
    (engine, major.unwrap_or_default())
}

/// The facts of a parameter group of either kind.
pub(super) const FACTS: &[Fact] = &[
    Fact::string("family", "Family", ""),
    Fact::computed("logsConnections", FactType::Bool, |group, _| Parameters::of(group).logs_connections().into()),
    Fact::computed("logsValues", FactType::Bool, |group, _| Parameters::of(group).logs_values().into()),
    Fact::computed("logStatement", FactType::String, |group, _| {
        Parameters::of(group).text("log_statement").map(|text| text.unwrap_or("none".into())).as_deref().into()
    }),
    Fact::computed("audits", FactType::Bool, |group, _| Parameters::of(group).audits().into()),
];
