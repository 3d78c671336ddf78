//! The catalogue of controls: their status, reason and severity.
//!
//! Policies name controls, and controls name requirements of PCI DSS 4.0.1; the
//! opposite directions are derived. The catalogue also lists controls that a
//! spec cannot decide, with the reason: a status without a reason does not
//! parse.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use migspec_diag::Severity;
use migspec_ir::Environment;
use serde::Deserialize;

use crate::builtin;

/// One control.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The catalogue file of the control, such as `encryption`.
    #[serde(skip)]
    pub family: &'static str,
    /// Such as `ENC-RDS-01`.
    pub id: String,
    /// The required state, in one line.
    pub title: String,
    /// Why it matters.
    pub why: String,
    pub status: Status,
    /// The resource types that it concerns, or [`WAIVERS`], where no policy decides it. Without any of them a spec is
    /// not concerned: nothing has passed. Empty: every spec.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// The limits of a decision, printed wherever the decision is.
    #[serde(default)]
    pub limits: Option<String>,
    /// Requirement numbers of PCI DSS 4.0.1.
    pub requirements: Vec<String>,
    pub severity: Severities,
    /// Equivalent checks of other tools, by tool.
    #[serde(default)]
    pub equivalents: BTreeMap<String, Vec<String>>,
    pub waiver: Waivable,
}

/// The family of controls that an organisation declares for its own policies.
pub const OWN: &str = "own";

/// Controls of an organisation by id.
pub(crate) type OwnControls = BTreeMap<String, Arc<Control>>;

/// The subject of a control on waivers.
pub const WAIVERS: &str = "waivers";

/// The way in which migspec decides a control.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Status {
    /// The policies that name it decide it.
    Decided,
    /// Another part of the program decides it.
    DecidedBy(Engine),
    /// It concerns emitted resources, but only the running system can show it.
    Deferred { because: String, instead: Instead },
    /// No spec can declare it and no back end emits it.
    NotApplicable { because: String },
}

/// The part of the program that decides a control without a policy.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Engine {
    /// Findings of the compiler, of reachability or of safety, by their codes.
    Codes(Vec<String>),
    /// A file of each build, by its name.
    Artifact(String),
}

/// The substitute for a decision that is impossible before deployment.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Instead {
    /// The state or function that checks it at run time.
    Runtime(String),
    /// An assumption that the evidence states.
    Assumption(String),
}

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runtime(check) => write!(f, "checked when it runs: {check}"),
            Self::Assumption(text) => write!(f, "assumed: {text}"),
        }
    }
}

impl Status {
    /// `decided`, `deferred` or `not applicable`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Decided | Self::DecidedBy(_) => "decided",
            Self::Deferred { .. } => "deferred",
            Self::NotApplicable { .. } => "not applicable",
        }
    }
}

/// The number of controls with each status.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counts {
    pub decided: usize,
    pub deferred: usize,
    pub not_applicable: usize,
}

impl Counts {
    pub fn of<'a>(controls: impl IntoIterator<Item = &'a Control>) -> Self {
        let mut counts = Self::default();
        for control in controls {
            match control.status {
                Status::Decided | Status::DecidedBy(_) => counts.decided += 1,
                Status::Deferred { .. } => counts.deferred += 1,
                Status::NotApplicable { .. } => counts.not_applicable += 1,
            }
        }
        counts
    }

    pub fn total(self) -> usize {
        self.decided + self.deferred + self.not_applicable
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { decided, deferred, not_applicable } = self;
        let total = self.total();
        write!(f, "{total} controls: {decided} decided, {deferred} deferred, {not_applicable} not applicable")
    }
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

/// Whether and for how long a finding may be waived.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Waivable {
    Never,
    /// The longest term, in days from the date of the run.
    Days(u64),
}

impl fmt::Display for Waivable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::Days(days) => write!(f, "{days} days"),
        }
    }
}

/// The tier of an environment, on which severities depend.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tier {
    Production,
    Other,
}

impl Tier {
    pub fn of(environment: &Environment) -> Self {
        if environment.production { Self::Production } else { Self::Other }
    }
}

impl Control {
    pub fn severity(&self, tier: Tier) -> Severity {
        let level = match tier {
            Tier::Production => self.severity.production,
            Tier::Other => self.severity.other,
        };
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
        let families = builtin::CATALOGUE.iter().flat_map(|(family, text)| {
            let controls: Vec<Control> = serde_json::from_str(text).expect("the tests read the catalogue");
            controls.into_iter().map(|control| Control { family, ..control })
        });
        families.map(|control| (control.id.clone(), control)).collect()
    });
    &CONTROLS
}

pub fn control(id: &str) -> Option<&'static Control> {
    controls().get(id)
}

/// A requirement of PCI DSS 4.0.1 that a control supports.
#[derive(Clone, Debug)]
pub struct Requirement {
    /// Such as `3.5.1`.
    pub number: &'static str,
    /// Its content, in words of our own.
    pub about: &'static str,
    pub proof: Proof,
    /// The part of AWS in the requirement, if it has one: `AWS` begins the sentence.
    pub aws: Option<&'static str>,
    pub controls: Vec<&'static Control>,
}

/// The proof that a requirement needs.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Resources can meet it.
    #[default]
    Resources,
    /// It needs the work of people, such as a review, a test or an agreement. Resources only support it.
    Process,
}

/// The content of a requirement, in words of our own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    about: String,
    #[serde(default)]
    proof: Proof,
    #[serde(default)]
    aws: Option<String>,
}

/// All requirements, in the order of the standard.
pub fn requirements() -> &'static [Requirement] {
    static REQUIREMENTS: LazyLock<Vec<Requirement>> = LazyLock::new(|| {
        let mut requirements: BTreeMap<(Vec<u32>, &str), Requirement> = BTreeMap::new();
        for control in controls().values() {
            for number in &control.requirements {
                let content = contents().get(number);
                let new = || Requirement {
                    number,
                    about: content.map_or("", |content| &content.about),
                    proof: content.map_or(Proof::Process, |content| content.proof),
                    aws: content.and_then(|content| content.aws.as_deref()),
                    controls: Vec::new(),
                };
                requirements.entry((order(number), number)).or_insert_with(new).controls.push(control);
            }
        }
        requirements.into_values().collect()
    });
    &REQUIREMENTS
}

/// The numbers of the requirements that controls support, in the order of the
/// standard.
pub(crate) fn supported_by<'c>(controls: impl IntoIterator<Item = &'c Control>) -> Vec<&'static str> {
    let controls: Vec<&Control> = controls.into_iter().collect();
    let supports = |number: &str| controls.iter().any(|c| c.requirements.iter().any(|r| r == number));
    requirements().iter().map(|r| r.number).filter(|number| supports(number)).collect()
}

/// The requirement with this number.
pub fn requirement(number: &str) -> Option<&'static Requirement> {
    requirements().iter().find(|requirement| requirement.number == number)
}

/// The content of each requirement, by its number.
fn contents() -> &'static BTreeMap<String, Content> {
    static CONTENTS: LazyLock<BTreeMap<String, Content>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../requirements.json")).expect("the tests read the requirements")
    });
    &CONTENTS
}

/// The numbers of the requirements that have a content.
pub fn described_requirements() -> impl Iterator<Item = &'static str> {
    contents().keys().map(String::as_str)
}

/// `3.5.1.2` as numbers.
fn order(number: &str) -> Vec<u32> {
    number.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}
