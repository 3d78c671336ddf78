//! Graph to findings: Cedar decides, Rust computes facts.
//!
//! Must not know: the spec language, the back ends, the file system.

mod assess;
mod builtin;
mod case;
pub mod catalogue;
mod cause;
mod cedar;
mod compiled;
mod differences;
mod entities;
mod finding;
mod fingerprint;
mod judge;
pub mod mutation;
mod part;
mod rule;
mod rulebook;
pub mod schema;
mod vocabulary;
mod waivers;
mod zones;

use std::fmt;

pub use assess::{Assessment, Compliance, Evaluation, assess, denial};
pub use case::{Case, CaseFailure, Expect, agrees_with_cedar, differs_in_parts};
pub use judge::{Judgement, judge, verify};
pub use rule::Rule;
pub use rulebook::{PolicyFile, Rulebook, compiled};

/// The reason for a missing verdict: exit code 2, never a pass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyError {
    pub message: String,
    pub details: Vec<String>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.details.iter().try_for_each(|detail| write!(f, "\n  {detail}"))
    }
}

impl std::error::Error for PolicyError {}

impl PolicyError {
    pub(crate) fn new(message: impl Into<String>, details: impl IntoIterator<Item = String>) -> Self {
        Self { message: message.into(), details: details.into_iter().collect() }
    }

    /// A policy that Cedar cannot parse.
    pub(crate) fn cedar(name: &str, errors: &cedar_policy::ParseErrors) -> Self {
        let details = errors.iter().map(|error| error.to_string());
        Self::new(format!("the policy `{name}` is not Cedar"), details)
    }
}
