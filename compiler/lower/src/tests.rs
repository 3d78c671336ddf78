//! Laws over everything that is derived.

use crate::testing::{SMALL, lower_text, payments};

#[test]
fn the_reference_spec_has_no_findings() {
    for environment in ["dev", "prod"] {
        assert_eq!(payments(environment).findings(), []);
    }
}

#[test]
fn the_small_spec_has_no_findings() {
    assert_eq!(lower_text(SMALL, "dev").findings(), []);
}

#[test]
fn every_reference_leads_to_a_resource() {
    for graph in [payments("dev").graph, payments("prod").graph, lower_text(SMALL, "dev").graph] {
        let mut dangling = Vec::new();
        for resource in graph.resources.values() {
            for id in &resource.depends_on {
                if graph.get(id).is_none() {
                    dangling.push(format!("{} after {id}", resource.id));
                }
            }
            for (name, datum) in resource.properties.iter() {
                datum.value.references(&mut |id, _| {
                    if graph.get(id).is_none() {
                        dangling.push(format!("{}.{name} -> {id}", resource.id));
                    }
                });
            }
        }
        assert_eq!(dangling, Vec::<String>::new());
    }
}
