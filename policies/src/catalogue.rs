//! The catalogue of controls: what is decided, why, and how severe it is.
//!
//! Policies name controls and controls name requirements of PCI DSS 4.0.1; the
//! opposite directions are derived.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use migspec_diag::Severity;
use serde::Deserialize;

use crate::builtin;

/// One control.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Such as `ENC-RDS-01`.
    pub id: String,
    /// What must hold, in one line.
    pub title: String,
    /// Why it matters.
    pub why: String,
    pub status: Status,
    /// Requirement numbers of PCI DSS 4.0.1.
    pub requirements: Vec<String>,
    pub severity: Severities,
    /// Checks of other tools that look at the same thing, by tool.
    #[serde(default)]
    pub equivalents: BTreeMap<String, Vec<String>>,
    pub waiver: Waivable,
}

/// What migspec does about a control.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// Policies decide it.
    Decided,
    /// Not yet.
    Deferred,
    /// Nothing that migspec emits is concerned.
    NotApplicable,
}

/// Severity by tier.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Severities {
    pub production: Level,
    pub other: Level,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Error,
    Warning,
    Info,
}

/// Whether and for how long a finding may be accepted.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waivable {
    Never,
    /// The longest term, in days from the day of the run.
    Days(u64),
}

impl Control {
    pub fn severity(&self, production: bool) -> Severity {
        let level = if production { self.severity.production } else { self.severity.other };
        match level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info => Severity::Info,
        }
    }
}

/// All controls by id.
pub fn controls() -> &'static BTreeMap<String, Control> {
    static CONTROLS: LazyLock<BTreeMap<String, Control>> = LazyLock::new(|| {
        builtin::CATALOGUE
            .iter()
            .flat_map(|text| {
                let controls: Vec<Control> = serde_json::from_str(text).expect("the tests read the catalogue");
                controls
            })
            .map(|control| (control.id.clone(), control))
            .collect()
    });
    &CONTROLS
}

pub fn control(id: &str) -> Option<&'static Control> {
    controls().get(id)
}
