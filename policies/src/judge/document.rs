//! A workflow by itself, without the resources around it.

use migspec_analyze::Analysis;
use migspec_analyze::workflow::{Depth, Exploration};
use migspec_diag::Diagnostic;
use migspec_ir::workflow::Workflow;
use migspec_ir::{Environment, Graph, Id};

use super::workflow;
use crate::PolicyError;
use crate::entities::CedarView;
use crate::finding::Finding;
use crate::rulebook::Rulebook;

/// Judges the steps of a workflow, and explores it to the given depth. Sorted
/// by place.
///
/// # Errors
///
/// A policy cannot be read or evaluated.
pub fn verify(workflow: &Workflow, rulebook: &Rulebook, depth: Depth) -> Result<Vec<Diagnostic>, PolicyError> {
    // Steps are judged as in production; their environment is unknown.
    let environment = Environment {
        name: "".into(),
        account: "".into(),
        region: "".into(),
        partition: workflow.partition,
        production: true,
        span: workflow.origin.span(),
    };
    let mut graph = Graph::new(&workflow.name, environment);
    graph.workflows.insert(Id::from(&*workflow.name), workflow.clone());
    let analysis = Analysis::of(&graph);
    let view = CedarView::new(&analysis, 0)?;
    let mut found: Vec<Diagnostic> =
        workflow::judge(&view, rulebook)?.into_iter().map(|Finding { diagnostic, .. }| diagnostic).collect();
    // A workflow forgets its variables at its end, so that the paths of one run are judged together.
    found.extend(view.explored.iter().flat_map(|(_, e)| workflow::unprepared_flips(e)));
    match depth {
        Depth::Execution => found.extend(view.explored.iter().flat_map(|(_, e)| workflow::offences(e, depth))),
        Depth::Restarts => {
            let explored = Exploration::each(workflow, depth);
            found.extend(explored.iter().flat_map(|e| workflow::offences(e, depth)));
        }
    }
    migspec_diag::sort(&mut found);
    Ok(found)
}
