//! Step Functions: each workflow as one document in the Amazon States Language,
//! with JSONata. The other back ends embed the same bytes.
//!
//! Workflow → `tree` → `print`.

mod members;
mod places;
mod print;
mod read;
mod shape;
mod tree;

use migspec_diag::{Diagnostic, count};
use migspec_ir::Graph;
use migspec_ir::limits::DEFINITION;
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
        let mut problems = Vec::new();
        for workflow in graph.workflows.values() {
            let text = definition(workflow);
            problems.extend(too_large(workflow, text.len(), graph));
            artifacts.add(format!("stepfunctions/{}.asl.json", workflow.name), text);
        }
        problems
    }
}

/// Step Functions refuses a definition beyond its limit.
fn too_large(workflow: &Workflow, size: usize, graph: &Graph) -> Option<Diagnostic> {
    let over = size.checked_sub(DEFINITION).filter(|over| *over > 0)?;
    let name = &workflow.name;
    let message = format!("the definition of `{name}` has {size} bytes; Step Functions accepts {DEFINITION}");
    Some(
        Diagnostic::error("container-too-large", message)
            .at(graph.environment.span, format!("{} too many", count(over, "byte")))
            .help("move fewer databases in one cutover"),
    )
}

/// The definition of a workflow's state machine: the text of
/// [`migspec_ir::Value::Definition`]. It contains no `${` and no `%{`, so that
/// no template language changes it.
pub fn definition(workflow: &Workflow) -> String {
    print::document(&tree::machine(workflow))
}
