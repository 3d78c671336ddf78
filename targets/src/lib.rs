//! Graph to artifacts: each back end builds a tree and one printer prints it.
//!
//! Must not know: the spec language, Cedar, the file system.

mod artifacts;
pub mod cloudformation;
mod comparison;
mod documents;
mod emit;
pub mod existing;
pub mod inventory;
mod logical;
mod manifest;
pub mod package;
pub mod parity;
pub mod runbook;
mod setup;
pub mod stepfunctions;
pub mod terraform;

use migspec_diag::{Diagnostic, Sources};
use migspec_ir::resource_type::Terraform;
use migspec_ir::{Graph, Id, Resource};

pub use artifacts::{Artifacts, Packages, Place};
pub use emit::emit;

/// A back end.
pub trait Target: Sync {
    /// As `--target` names it; also the folder of its artifacts.
    fn name(&self) -> &'static str;

    /// Writes its artifacts. The graph has passed every check; a problem here
    /// is a limit of the back end.
    fn emit(&self, graph: &Graph, packages: &Packages, artifacts: &mut Artifacts) -> Vec<Diagnostic>;
}

/// All back ends, in the order in which `--target all` runs them.
pub static TARGETS: &[&dyn Target] =
    &[&terraform::Terraform, &cloudformation::CloudFormation::AWS, &stepfunctions::StepFunctions];

/// The graph without functions and the resources that need them.
pub fn without_functions(graph: &Graph) -> Graph {
    package::without_functions(graph)
}

/// The names of the function packages that a graph needs and are not at hand.
pub fn missing_packages(graph: &Graph, packages: &Packages) -> Vec<String> {
    package::missing(graph, packages)
}

/// The problems of the available packages that a graph needs.
pub fn unfit_packages(graph: &Graph, packages: &Packages) -> Vec<String> {
    package::unfit(graph, packages)
}

/// Adds the files about all other artifacts: `RUNBOOK.md` if there is a
/// workflow, `parity.json` and `inventory.json` if the build contains more than
/// workflows, and `manifest.json`.
pub fn complete(graph: &Graph, packages: &Packages, sources: &Sources, artifacts: &mut Artifacts) {
    if artifacts.iter().any(|(path, _)| path.starts_with("terraform/") || path.starts_with("cloudformation/")) {
        artifacts.add("parity.json", parity::report(graph));
        artifacts.add("inventory.json", inventory::report(graph));
        for (name, text) in [("existing.json", existing::report(graph)), ("requests.md", existing::requests(graph))] {
            if let Some(text) = text {
                artifacts.add(name, text);
            }
        }
        setup::add(graph, artifacts);
        comparison::add(graph, artifacts);
    }
    if let Some(text) = runbook::runbook(graph, artifacts) {
        artifacts.add("RUNBOOK.md", text);
    }
    let manifest = manifest::manifest(graph, packages, sources, artifacts);
    artifacts.add("manifest.json", manifest);
}

/// Whether back ends write a resource, or only policies look at it.
fn is_emitted(resource: &Resource) -> bool {
    resource.existing.is_none()
        && resource.resource_type().is_none_or(|row| !matches!(row.terraform, Terraform::NotEmitted))
}

/// The text of a workflow's definition, the same bytes in every back end.
fn definition(graph: &Graph, workflow: &str) -> Option<String> {
    graph.workflows.get(&Id::new(workflow)).map(stepfunctions::definition)
}
