//! CloudFormation: the graph speaks AWS's own resource model, so this back end
//! prints and does not translate.
//!
//! Must not know: Terraform.

mod policy;
pub mod read;
mod regions;
mod split;
mod stack;
#[cfg(test)]
mod tests;
mod value;
mod visible;

use migspec_diag::Diagnostic;
use migspec_ir::Graph;
use serde_json::{Map, Value as Json};

use crate::package::Names;
use crate::{Artifacts, Packages, Target, logical};

use stack::{Context, Stack};
pub(crate) use value::ARTIFACT_BUCKET;

/// The back end.
#[derive(Clone, Copy, Debug)]
pub struct CloudFormation {
    /// A stack with more resources is split.
    pub resources: usize,
}

impl CloudFormation {
    /// With AWS's own limit.
    /// fact: limit-cloudformation-template
    pub const AWS: CloudFormation = CloudFormation { resources: 500 };
}

impl Target for CloudFormation {
    fn name(&self) -> &'static str {
        "cloudformation"
    }

    fn emit(&self, graph: &Graph, packages: &Packages, artifacts: &mut Artifacts) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        let ids = logical::Ids::new(graph, &mut diagnostics);
        let context = Context { graph, ids: &ids, packages: &Names::new(packages), limit: self.resources };
        for (name, document) in documents(&context, &mut diagnostics) {
            let path = format!("cloudformation/{name}.json");
            let resources = document.get("Resources").and_then(Json::as_object);
            for block in resources.into_iter().flat_map(Map::keys) {
                if let Some(resource) = ids.resource(block, graph) {
                    artifacts.record(&path, block, resource);
                }
            }
            artifacts.add(path, text(&document));
        }
        diagnostics.extend(regions::missing_types(graph));
        crate::package::emit(graph, packages, artifacts);
        diagnostics
    }
}

/// All templates and stack policies, by their name.
fn documents(context: &Context, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, Json)> {
    let mut documents = Vec::new();
    for stack in stack::by_region(context.graph) {
        let document = stack.template(context, diagnostics);
        let parts = if split::is_too_large(&stack, &document, context) {
            split::parts(&stack, context, diagnostics)
        } else {
            vec![stack]
        };
        match parts.as_slice() {
            [whole] => documents.extend(stack_documents(whole, document, context)),
            parts => documents.extend(nested_documents(parts, context, diagnostics)),
        }
    }
    documents
}

fn nested_documents(parts: &[Stack], context: &Context, diagnostics: &mut Vec<Diagnostic>) -> Vec<(String, Json)> {
    let (root, templates) = split::link(parts, context, diagnostics);
    let children = parts.iter().zip(templates).flat_map(|(part, template)| stack_documents(part, template, context));
    children.chain([root]).collect()
}

/// The files of a stack.
pub(crate) struct StackFiles {
    /// `main`, or the name of a region.
    pub(crate) name: String,
    /// The region, where it is not the environment's.
    pub(crate) region: Option<String>,
    /// The names of the files, without their endings.
    pub(crate) template: String,
    pub(crate) policy: String,
}

/// The stacks of a graph, in the order of their creation. The parts of a stack are nested in it.
pub(crate) fn stacks(graph: &Graph) -> Vec<StackFiles> {
    let files = |stack: &Stack| StackFiles {
        name: stack.name.clone(),
        region: stack.region.map(str::to_owned),
        template: stack.file_name(),
        policy: stack.policy_name(),
    };
    stack::by_region(graph).iter().map(files).collect()
}

/// A template and the policy of its stack.
fn stack_documents(stack: &Stack, template: Json, context: &Context) -> Vec<(String, Json)> {
    let policy = policy::policy(stack, context).map(|policy| (stack.policy_name(), policy));
    [(stack.file_name(), template)].into_iter().chain(policy).collect()
}

fn text(document: &Json) -> String {
    format!("{document:#}\n")
}
