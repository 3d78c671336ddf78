//! Graph to findings: Cedar decides, Rust computes facts.
//!
//! Must not know: the spec language, the back ends, the file system.

use migspec_diag::Diagnostic;
use migspec_ir::Graph;

/// The policies of a run: the built-in ones and those of the user's folders.
#[derive(Debug)]
pub struct Rulebook {}

/// A file of a user's policy folder, read by the caller.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// As the user sees it.
    pub name: String,
    pub text: String,
}

/// Why no verdict could be reached: exit code 2, never a pass.
#[derive(Clone, Debug)]
pub struct Failure {
    pub message: String,
    pub details: Vec<String>,
}

/// What the policies say of one graph.
#[derive(Clone, Default, Debug)]
pub struct Judgement {
    /// Findings after waivers; waived ones are in `waived`.
    pub findings: Vec<Diagnostic>,
    /// Findings that a waiver covers, with the waiver's index in the graph.
    pub waived: Vec<(Diagnostic, usize)>,
    pub policies: usize,
    pub resources: usize,
}

impl Rulebook {
    /// The built-in policies.
    pub fn builtin() -> Result<Self, Failure> {
        Ok(Self {})
    }

    /// Adds the policies of a user's folder. They can only forbid.
    pub fn extend(&mut self, files: &[PolicyFile]) -> Result<(), Failure> {
        let _ = files;
        Ok(())
    }
}

/// Judges a graph. `today` is in days since 1970-01-01.
pub fn judge(graph: &Graph, rulebook: &Rulebook, today: u64) -> Result<Judgement, Failure> {
    let _ = (graph, rulebook, today);
    Ok(Judgement::default())
}
