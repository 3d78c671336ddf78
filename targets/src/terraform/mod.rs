//! Terraform: each resource of the graph becomes blocks by the table of types,
//! the blocks become files by concern, and one printer prints them.
//!
//! Must not know: CloudFormation, the names of Terraform types.

mod existing;
mod form;
mod frame;
pub mod hcl;
pub mod print;
pub mod read;
mod resource;
mod secret;
mod table;
mod value;

#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use migspec_diag::Diagnostic;
use migspec_ir::resource_type::Concern;
use migspec_ir::{Graph, Resource};

use crate::package::Names;
use crate::{Artifacts, Packages, Target, logical};

use form::Made;
use hcl::{Block, Body};
use value::Context;

/// The back end.
pub struct Terraform;

impl Target for Terraform {
    fn name(&self) -> &'static str {
        "terraform"
    }

    fn emit(&self, graph: &Graph, packages: &Packages, artifacts: &mut Artifacts) -> Vec<Diagnostic> {
        let context = Context { graph, packages: &Names::new(packages), secrets: secret::labels(graph) };
        let mut problems = Vec::new();
        let all = resource::blocks(&context, &mut problems);
        problems.extend(collisions(&all));
        let existing = existing::file(graph);
        if !existing.is_empty() {
            artifacts.add(path("existing"), print::print(&existing));
        }
        for (name, file) in frame::files(&context, &mut problems) {
            artifacts.add(path(name), print::print(&file));
        }
        for (concern, file) in by_concern(all, artifacts) {
            artifacts.add(path(concern.name()), print::print(&file));
        }
        crate::package::emit(graph, packages, artifacts);
        problems
    }
}

fn path(name: &str) -> String {
    format!("terraform/{name}.tf")
}

/// The files of the resources, each block under the path of its node.
fn by_concern(all: Vec<(&Resource, Vec<Made>)>, artifacts: &mut Artifacts) -> BTreeMap<Concern, Body> {
    let mut files: BTreeMap<Concern, Body> = BTreeMap::new();
    for (resource, made) in all {
        let Some(row) = resource.resource_type() else { continue };
        let file = files.entry(row.concern).or_default();
        for part in made {
            let address = part.address.text();
            artifacts.record(
                path(row.concern.name()),
                if part.kind == "resource" { address } else { format!("{}.{address}", part.kind) },
                resource,
            );
            let block = Block::new(part.kind, &[part.address.resource, &part.address.name]);
            file.block(Block { body: part.body, ..block.comment(&*resource.path) });
        }
    }
    files
}

/// Two resources of one Terraform type that would share a name.
fn collisions(all: &[(&Resource, Vec<Made>)]) -> Vec<Diagnostic> {
    let mut taken = BTreeMap::new();
    let mut problems = Vec::new();
    for (resource, made) in all {
        for part in made {
            if let Some(first) = taken.insert((part.kind, &part.address), *resource) {
                problems.push(logical::collision(&part.address.text(), first, resource));
            }
        }
    }
    problems
}
