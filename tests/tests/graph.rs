//! AWS accepts the graph of each spec: every type, property and attribute of
//! every resource.

use std::collections::BTreeSet;

use migspec_ir::fact::{FactValue, Read};
use migspec_ir::resource_type::Terraform;
use migspec_ir::{Graph, Id, Index, schema};
use migspec_tests::emitted::{self, Emitted};
use migspec_tests::runs;

fn assert_none(problems: &BTreeSet<String>) {
    let text: Vec<&str> = problems.iter().map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), text.join("\n"));
}

#[test]
fn every_literal_fits_the_schema_of_its_type() {
    let mut problems = BTreeSet::new();
    for emitted in emitted::all() {
        for resource in emitted.graph.resources.values().filter(|resource| resource.existing.is_none()) {
            for problem in schema::validate(resource) {
                problems.insert(format!("{} {}: {}", resource.type_name, problem.path, problem.message));
            }
        }
    }
    assert_none(&problems);
}

#[test]
fn every_reference_is_to_a_resource_and_an_attribute_that_exist() {
    let mut problems = BTreeSet::new();
    for emitted in emitted::all() {
        for resource in emitted.graph.resources.values() {
            for (name, datum) in resource.properties.iter() {
                datum.value.references(&mut |id, attribute| {
                    if let Some(problem) = problem_of(&emitted.graph, id, attribute) {
                        problems.insert(format!("{} {name}: {problem}", resource.type_name));
                    }
                });
            }
            for id in &resource.depends_on {
                if emitted.graph.get(id).is_none() {
                    problems.insert(format!("{} depends on {id}, which is not there", resource.id));
                }
            }
        }
    }
    assert_none(&problems);
}

fn problem_of(graph: &Graph, id: &Id, attribute: Option<&str>) -> Option<String> {
    let Some(resource) = graph.get(id) else { return Some(format!("there is no {id}")) };
    let Some(row) = resource.resource_type() else {
        return Some(format!("{} is not in the table", resource.type_name));
    };
    let attribute = attribute?;
    // The identity of a thing that exists is its ARN, whether or not a back end could create it.
    if attribute == "Arn" && resource.existing.as_ref().is_some_and(|existing| existing.identity.starts_with("arn:")) {
        return None;
    }
    let Terraform::Column(column) = &row.terraform else {
        return Some(format!("{} has no attributes", resource.type_name));
    };
    let known = column.attributes.iter().any(|(name, _)| *name == attribute)
        || column.own_attributes.iter().any(|own| own.name == attribute);
    (!known).then(|| format!("{} has no attribute {attribute}", resource.type_name))
}

/// Facts that a spec cannot know, with the reason.
const UNKNOWN: &[(&str, &str)] = &[
    // Its name contains the ID that AWS assigns to the API.
    ("payments-api-execution-log-group", "logGroupName"),
];

#[test]
fn every_fact_of_the_specs_is_known() {
    let mut problems = BTreeSet::new();
    for emitted in emitted::all() {
        let index = Index::new(&emitted.graph);
        // A fact of an existing resource is unknown until it is declared.
        for resource in emitted.graph.resources.values().filter(|resource| resource.existing.is_none()) {
            for fact in resource.resource_type().into_iter().flat_map(|row| row.facts) {
                let known = UNKNOWN.contains(&(resource.id.as_str(), fact.name));
                if !known && fact.of(resource, &index) == FactValue::Unknown {
                    problems.insert(format!("{} {}: {}", emitted.name, resource.id, fact.name));
                }
            }
        }
    }
    assert_none(&problems);
}

/// The reference spec with settings that lead to a finding or last for two weeks, which no spec of the project keeps.
fn transient() -> Vec<Emitted> {
    let edits = [
        ("exclude \"payments.tmp_*\"", "exclude \"payments.payment\""),
        ("throttle rate=\"500/s\"", "waf mode=\"count\" since=\"2026-11-20\"\n        throttle rate=\"500/s\""),
    ];
    let mut text = runs::text("specs/payments.migspec.kdl");
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "the reference spec contains `{from}` once");
        text = text.replacen(from, to, 1);
    }
    emitted::of_text("transient.migspec.kdl", &text)
}

/// No schema has the properties of `Migspec::` types: a spec must set them.
#[test]
fn every_fact_of_a_thing_of_the_migration_is_read_from_what_a_spec_sets() {
    let mut problems = BTreeSet::new();
    let transient = transient();
    for row in migspec_ir::aws::types().filter(|row| row.name.starts_with("Migspec::")) {
        for fact in row.facts {
            let Read::Property(path, _) = fact.read else { continue };
            let mut resources = emitted::all().iter().chain(&transient).flat_map(|e| e.graph.of_type(row.name));
            if !resources.any(|resource| resource.get(path).is_some()) {
                problems.insert(format!("{} {path}", row.name));
            }
        }
    }
    assert_none(&problems);
}
