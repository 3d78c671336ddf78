//! The names under which the back ends write resources.

use std::collections::BTreeMap;

use migspec_diag::Diagnostic;
use migspec_ir::resource_type::Terraform;
use migspec_ir::{Graph, Id, Resource, Value};
use sha2::{Digest, Sha256};

use crate::package::hex;

/// The logical ids of CloudFormation.
#[derive(Debug)]
pub struct Ids {
    names: BTreeMap<Id, String>,
    by_name: BTreeMap<String, Id>,
}

impl Ids {
    /// Reports two resources that would share a logical id.
    pub fn new(graph: &Graph, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut taken: BTreeMap<String, &Resource> = BTreeMap::new();
        let mut names = BTreeMap::new();
        for resource in graph.resources.values() {
            let name = format!("{}{}", resource.id.pascal(), version(resource).unwrap_or_default());
            if let Some(first) = taken.insert(name.clone(), resource) {
                diagnostics.push(collision(&name, first, resource));
            }
            names.insert(resource.id.clone(), name);
        }
        let by_name = names.iter().map(|(id, name)| (name.clone(), id.clone())).collect();
        Self { names, by_name }
    }

    /// The logical id of a resource; of one that does not exist, the name
    /// that it would have.
    pub fn get(&self, id: &Id) -> String {
        self.names.get(id).cloned().unwrap_or_else(|| id.pascal())
    }

    /// The resource with a logical id.
    pub fn resource<'g>(&self, name: &str, graph: &'g Graph) -> Option<&'g Resource> {
        graph.get(self.by_name.get(name)?)
    }
}

/// A suffix for resources that AWS makes immutable: new content gives a new
/// resource.
fn version(resource: &Resource) -> Option<String> {
    let Terraform::Column(column) = &resource.resource_type()?.terraform else { return None };
    let value = &resource.get(column.version?)?.value;
    Some(hex(&Sha256::digest(content(value)))[..10].to_owned())
}

fn content(value: &Value) -> String {
    match value {
        Value::List(items) => items.iter().map(|d| format!("{};", content(&d.value))).collect(),
        Value::Map(map) => map.iter().map(|(name, d)| format!("{name}={};", content(&d.value))).collect(),
        scalar => format!("{scalar:?}"),
    }
}

/// Two resources would share a name of a back end.
pub fn collision(name: &str, first: &Resource, second: &Resource) -> Diagnostic {
    Diagnostic::error("name-collision", format!("`{}` and `{}` are both written as `{name}`", first.id, second.id))
        .at(second.origin.span(), "the second")
        .with(first.origin.span(), "the first")
        .help("give one of them another key")
}
