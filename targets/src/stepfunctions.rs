//! Step Functions: each workflow as one document in the Amazon States Language,
//! with JSONata. The other back ends embed the same bytes.
//!
//! Workflow → [`tree`] → [`print`].

mod members;
mod places;
mod print;
mod read;
mod tree;

use migspec_diag::Diagnostic;
use migspec_ir::Graph;
use migspec_ir::workflow::Workflow;

pub use read::read;

use crate::{Artifacts, Packages, Target};

/// `stepfunctions/{name of the state machine}.asl.json` for each workflow.
pub(crate) struct StepFunctions;

impl Target for StepFunctions {
    fn name(&self) -> &'static str {
        "stepfunctions"
    }

    fn emit(&self, graph: &Graph, _packages: &Packages, artifacts: &mut Artifacts) -> Vec<Diagnostic> {
        for workflow in graph.workflows.values() {
            artifacts.add(format!("stepfunctions/{}.asl.json", workflow.name), definition(workflow));
        }
        Vec::new()
    }
}

/// The definition of a workflow's state machine: the text of
/// [`migspec_ir::Value::Definition`]. It contains no `${` and no `%{`, so that
/// no template language changes it.
pub fn definition(workflow: &Workflow) -> String {
    print::document(&tree::machine(workflow))
}
