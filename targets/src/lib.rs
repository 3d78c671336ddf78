//! Graph to artifacts: each back end builds a tree and one printer prints it.
//!
//! Must not know: the spec language, Cedar, the file system.

mod artifacts;
pub mod stepfunctions;

use migspec_diag::Diagnostic;
use migspec_ir::Graph;

pub use artifacts::{Artifacts, Packages};

/// A back end.
pub trait Target: Sync {
    /// As `--target` names it; also the folder of its artifacts.
    fn name(&self) -> &'static str;

    /// Writes its artifacts. The graph has passed every check; what is
    /// reported here is a limit of the back end.
    fn emit(&self, graph: &Graph, packages: &Packages, artifacts: &mut Artifacts) -> Vec<Diagnostic>;
}

/// All back ends, in the order in which `--target all` runs them.
pub static TARGETS: &[&dyn Target] = &[&stepfunctions::StepFunctions];

/// TEMPORARY
pub fn missing_packages(_graph: &Graph, _packages: &Packages) -> Vec<String> {
    Vec::new()
}
