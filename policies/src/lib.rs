//! Graph to findings: Cedar decides, Rust computes facts.
//!
//! Must not know: the spec language, the back ends, the file system.

mod arn;
mod assess;
mod builtin;
mod case;
pub mod catalogue;
mod cause;
mod cedar;
mod compiled;
mod conclude;
mod differences;
mod entities;
mod error;
mod finding;
mod fingerprint;
mod folder;
mod judge;
pub mod mutation;
mod part;
mod rule;
mod rulebook;
pub mod schema;
mod validation;
mod vocabulary;
mod waivers;
mod zones;

pub use assess::{Assessment, Compliance, Evaluation, assess, denial};
pub use case::{Case, CaseFailure, Expect, agrees_with_cedar, differs_in_parts};
pub use conclude::judge;
pub use error::PolicyError;
pub use finding::Judgement;
pub use folder::PolicyFile;
pub use judge::verify;
pub use rule::Rule;
pub use rulebook::{Rulebook, compiled_text};
