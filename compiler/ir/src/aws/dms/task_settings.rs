//! The settings document of a replication task, with DMS's defaults where it
//! is silent.
//!
//! Source: AWS DMS, Specifying task settings.

use std::borrow::Cow;

use crate::datum::Datum;
use crate::fact::FactValue;
use crate::graph::Resource;
use crate::json;

/// The settings of a task.
pub(super) enum Settings<'r> {
    Document(Cow<'r, Datum>),
    Defaults,
    /// The text cannot be known.
    Unknown,
}

impl<'r> Settings<'r> {
    pub(super) fn of(task: &'r Resource) -> Self {
        match task.get("ReplicationTaskSettings") {
            None => Settings::Defaults,
            Some(datum) => json::document(datum).map_or(Settings::Unknown, Settings::Document),
        }
    }

    /// A switch that is off where it is left out.
    pub(super) fn off_by_default(&self, path: &str) -> Option<bool> {
        self.read(path).map_or(Some(false), |datum| datum?.value.as_bool())
    }

    /// A switch that is on where it is left out.
    pub(super) fn on_by_default(&self, path: &str) -> Option<bool> {
        self.read(path).map_or(Some(true), |datum| datum?.value.as_bool())
    }

    pub(super) fn integer(&self, path: &str, default: i64) -> Option<i64> {
        self.read(path).map_or(Some(default), |datum| datum?.value.as_integer())
    }

    pub(super) fn word(&self, path: &str, default: &'static str) -> Option<&str> {
        self.read(path).map_or(Some(default), |datum| datum?.value.as_str())
    }

    /// Nothing where the setting is left out; the inner nothing where it
    /// cannot be known.
    fn read(&self, path: &str) -> Option<Option<&Datum>> {
        match self {
            Settings::Document(document) => document.get(path).map(Some),
            Settings::Defaults => None,
            Settings::Unknown => Some(None),
        }
    }

    /// Whether a row that would lose data stops the table or the task.
    pub(super) fn stops_on_truncation(&self) -> FactValue {
        self.word("ErrorBehavior.DataTruncationErrorPolicy", "LOG_ERROR").map(halts).into()
    }

    /// Whether no error of data or of applying is logged and passed over.
    pub(super) fn applies_errors_by_suspending(&self) -> FactValue {
        let policies = ERROR_POLICIES.iter().map(|(path, default)| self.word(path, default).map(halts));
        policies.collect::<Option<Vec<_>>>().map(|halting| halting.into_iter().all(|halts| halts)).into()
    }

    /// Whether the settings handle each kind of schema change explicitly.
    pub(super) fn states_schema_changes(&self) -> FactValue {
        let kinds = ["Dropped", "Truncated", "Altered"];
        let said = |kind| match self.read(&format!("ChangeProcessingDdlHandlingPolicy.HandleSourceTable{kind}")) {
            None => Some(false),
            Some(datum) => datum.and_then(|d| d.value.as_bool()).map(|_| true),
        };
        kinds.into_iter().map(said).collect::<Option<Vec<_>>>().map(|said| !said.contains(&false)).into()
    }

    /// The components that log at one of these severities.
    pub(super) fn components_at(&self, severities: &[&str]) -> FactValue {
        let components = match self.read("Logging.LogComponents") {
            None => return FactValue::set::<&str>([]),
            Some(datum) => datum.and_then(|d| d.value.as_list()),
        };
        let Some(components) = components else { return FactValue::Unknown };
        let text = |component: &'_ Datum, name| component.get(name).and_then(|d| d.value.as_str().map(String::from));
        FactValue::set(components.iter().filter_map(|component| match text(component, "Severity") {
            Some(severity) => severities.contains(&severity.as_str()).then(|| text(component, "Id")),
            None => Some(None),
        }))
    }
}

const ERROR_POLICIES: &[(&str, &str)] = &[
    ("ErrorBehavior.DataErrorPolicy", "LOG_ERROR"),
    ("ErrorBehavior.TableErrorPolicy", "SUSPEND_TABLE"),
    ("ErrorBehavior.ApplyErrorDeletePolicy", "IGNORE_RECORD"),
    ("ErrorBehavior.ApplyErrorInsertPolicy", "LOG_ERROR"),
    ("ErrorBehavior.ApplyErrorUpdatePolicy", "LOG_ERROR"),
];

fn halts(policy: &str) -> bool {
    matches!(policy, "SUSPEND_TABLE" | "STOP_TASK")
}
