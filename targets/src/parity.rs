//! Properties that one back end cannot express or expresses differently, with
//! their substitutes: `parity.json`. The table of types declares each such
//! difference; the test that compares the back ends accepts no other.

use std::collections::BTreeMap;

use migspec_ir::resource_type::{Column, Form, Property, Terraform};
use migspec_ir::{Graph, Map, Resource};
use serde_json::{Value as Json, json};

/// A difference of the back ends, and the resources that it concerns.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Row {
    /// `AWS::EC2::VPC`
    pub type_name: &'static str,
    /// A property, or the part of the lifecycle or the Terraform type that
    /// makes the difference.
    pub what: String,
    pub terraform: String,
    pub cloudformation: String,
}

/// The differences that occur in a graph, with the ids of the resources.
pub fn rows(graph: &Graph) -> BTreeMap<Row, Vec<String>> {
    let mut rows: BTreeMap<Row, Vec<String>> = BTreeMap::new();
    for resource in graph.resources.values().filter(|resource| resource.existing.is_none()) {
        let Some(row) = resource.resource_type() else { continue };
        let Terraform::Column(column) = &row.terraform else { continue };
        for row in of_resource(resource, column, graph) {
            let ids = rows.entry(row).or_default();
            if ids.last().is_none_or(|last| last != resource.id.as_str()) {
                ids.push(resource.id.to_string());
            }
        }
    }
    rows
}

/// The report.
pub fn report(graph: &Graph) -> String {
    let rows = rows(graph);
    let differences: Vec<Json> = rows
        .into_iter()
        .map(|(row, resources)| {
            json!({
                "type": row.type_name,
                "what": row.what,
                "terraform": row.terraform,
                "cloudformation": row.cloudformation,
                "resources": resources,
            })
        })
        .collect();
    let report = json!({
        "migration": &*graph.migration,
        "environment": &*graph.environment.name,
        "differences": differences,
    });
    format!("{report:#}\n")
}

/// As it is in the graph.
const SAME: &str = "as declared";

fn of_resource(resource: &Resource, column: &'static Column, graph: &Graph) -> Vec<Row> {
    let mut rows = Vec::new();
    let row = |what: &str, terraform: &str, cloudformation: &str| Row {
        type_name: resource.type_name,
        what: what.to_owned(),
        terraform: terraform.to_owned(),
        cloudformation: cloudformation.to_owned(),
    };
    rows.extend(column.own_attributes.iter().map(|own| row(own.name, SAME, own.instead)));
    rows.extend(column.own.iter().map(|own| row(own.resource, SAME, own.instead)));
    of_properties(column.properties, &resource.properties, "", &mut |what, terraform, cloudformation| {
        rows.push(row(what, terraform, cloudformation));
    });
    let lifecycle = &resource.lifecycle;
    if lifecycle.retain {
        rows.push(row(
            "lifecycle: retain",
            "lifecycle.prevent_destroy",
            "DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain",
        ));
    } else if lifecycle.snapshot {
        let terraform =
            if column.final_snapshot.is_some() { "a final snapshot" } else { "none: the type knows no final snapshot" };
        rows.push(row("lifecycle: snapshot", terraform, "DeletionPolicy and UpdateReplacePolicy: Snapshot"));
    }
    if !lifecycle.retain {
        rows.extend(column.emptied.iter().map(|name| row(name, name, "a step of the runbook empties it")));
    }
    if lifecycle.frozen {
        rows.push(row(
            "lifecycle: frozen",
            "none: the plan shows the change; do not apply it in flight",
            "the stack policy denies updates",
        ));
    }
    if lifecycle.create_before_destroy {
        rows.push(row(
            "lifecycle: new before old",
            "lifecycle.create_before_destroy",
            "the default: a replacement is created before the old resource is deleted",
        ));
    }
    for property in &lifecycle.ignore {
        rows.push(row(property, "lifecycle.ignore_changes", "the stack policy denies updates"));
    }
    for drift in column.drift.iter().filter(|drift| (drift.when)(resource, graph)) {
        let terraform = format!("lifecycle.ignore_changes: {}", drift.otherwise);
        rows.push(row(drift.argument, &terraform, "a stack compares with its last template, not with AWS"));
    }
    if !column.timeouts.is_empty() {
        rows.push(row("timeouts", "the timeouts block", "CloudFormation's own"));
    }
    if column.version.is_some() {
        rows.push(row(
            "a new version of it",
            "a replacement that the arguments trigger",
            "a logical id with a hash of the content",
        ));
    }
    if resource.region.as_deref().is_some_and(|region| *region != *graph.environment.region) {
        rows.push(row("region", "the region argument", "a template of its own for the region"));
    }
    rows
}

/// Calls `found` with the path of each property that the back ends write
/// differently, and the treatment in each of them.
fn of_properties(properties: &'static [Property], map: &Map, path: &str, found: &mut dyn FnMut(&str, &str, &str)) {
    for property in properties {
        let path = if path.is_empty() { property.name.to_owned() } else { format!("{path}.{}", property.name) };
        match (map.get(property.name), &property.form) {
            (Some(datum), form) => of_form(form, datum, &path, found),
            (None, Form::CloudFormationDefault { why, .. }) => found(&path, "left out", why),
            (None, _) => {}
        }
    }
}

fn of_form(form: &'static Form, datum: &migspec_ir::Datum, path: &str, found: &mut dyn FnMut(&str, &str, &str)) {
    match form {
        Form::Absent(instead) => found(path, instead, SAME),
        Form::TerraformOnly { instead, .. } => found(path, SAME, instead),
        Form::Package { .. } => found(path, "a file beside the configuration", "an object in the artifact bucket"),
        Form::Block(_, inner) | Form::Object(_, inner) | Form::Inline(inner) => {
            datum.value.as_map().into_iter().for_each(|map| of_properties(inner, map, path, found));
        }
        Form::Blocks(_, inner) | Form::Objects(_, inner) | Form::Numbered(_, inner) => {
            let maps = datum.value.as_list().into_iter().flatten().filter_map(|d| d.value.as_map());
            maps.for_each(|map| of_properties(inner, map, path, found));
        }
        Form::Within(_, form) | Form::When { form, .. } | Form::CloudFormationDefault { form, .. } => {
            of_form(form, datum, path, found);
        }
        Form::Satellite(satellite) => of_form(satellite.form, datum, path, found),
        Form::Single(form) => {
            datum.value.as_list().into_iter().flatten().for_each(|item| of_form(form, item, path, found));
        }
        Form::Satellites { each, .. } => {
            datum.value.as_list().into_iter().flatten().for_each(|item| of_form(each.form, item, path, found));
        }
        _ => {}
    }
}
