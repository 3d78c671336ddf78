//! A graph without its functions: the part that deploys without packages.

use std::collections::BTreeSet;

use migspec_ir::{Graph, Id, Resource, Value};

use super::collect;

/// The graph without functions and without every resource that refers to a
/// removed one or waits for it.
pub fn without_functions(graph: &Graph) -> Graph {
    let mut gone: BTreeSet<Id> = graph.resources.values().filter(|r| is_function(r)).map(|r| r.id.clone()).collect();
    loop {
        let kept = graph.resources.values().filter(|r| !gone.contains(&r.id));
        let more: Vec<Id> = kept.filter(|r| needs(r, &gone)).map(|r| r.id.clone()).collect();
        if more.is_empty() {
            break;
        }
        gone.extend(more);
    }
    let mut rest = graph.clone();
    rest.resources.retain(|id, _| !gone.contains(id));
    rest.outputs.retain(|output| !refers(&output.value.value, &gone));
    rest
}

fn is_function(resource: &Resource) -> bool {
    let mut packages = BTreeSet::new();
    resource.properties.iter().for_each(|(_, datum)| collect(&datum.value, &mut packages));
    !packages.is_empty()
}

fn needs(resource: &Resource, gone: &BTreeSet<Id>) -> bool {
    let waits = resource.depends_on.iter().any(|id| gone.contains(id));
    waits || resource.properties.iter().any(|(_, datum)| refers(&datum.value, gone))
}

fn refers(value: &Value, gone: &BTreeSet<Id>) -> bool {
    let mut found = false;
    value.references(&mut |id, _| found |= gone.contains(id));
    found
}
