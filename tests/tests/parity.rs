//! Terraform and CloudFormation describe the same resources: the test reads
//! both outputs back and compares them. Only the rows of the parity table may
//! differ.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::{Sources, Span};
use migspec_ir::resource_type::{Column, Terraform};
use migspec_ir::{Datum, Graph, Id, Map, Origin, Resource, Value};
use migspec_policies::catalogue::{self, Engine, Status};
use migspec_targets::{cloudformation, parity, terraform};
use migspec_tests::emitted::{self, Emitted};
use migspec_tests::hcl;
use serde_json::{Value as Json, json};

#[test]
fn both_outputs_describe_the_same() {
    let mut differences = Vec::new();
    for emitted in emitted::all() {
        assert_eq!(emitted.problems, [], "{}", emitted.name);
        differences.extend(compare(emitted).into_iter().map(|d| format!("{}: {d}", emitted.name)));
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// The build of the reference spec contains the document of every control with
/// one.
#[test]
fn documents_that_controls_ask_for_are_written() {
    let emitted = emitted::all().iter().find(|e| e.name == "payments/prod").expect("the reference spec");
    for control in catalogue::controls().values() {
        let Status::DecidedBy(Engine::Artifact(path)) = &control.status else { continue };
        let written = emitted.artifacts.get(path).is_some();
        assert!(written, "{} is met by `{path}`, which no build holds", control.id);
    }
}

/// Parameters between nested stacks are equivalent to references.
#[test]
fn nested_stacks_describe_the_same() {
    let mut differences = Vec::new();
    for emitted in emitted::all() {
        let emitted = emitted.split();
        assert_eq!(emitted.problems, [], "{}", emitted.name);
        differences.extend(compare(&emitted).into_iter().map(|d| format!("{}: {d}", emitted.name)));
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn a_difference_that_no_row_lists_is_found() {
    let emitted = emitted::all().first().expect("there is a spec");
    let (terraform, mut cloudformation) = (from_terraform(emitted), from_cloudformation(emitted));
    let (id, resource) = cloudformation.iter_mut().next().expect("there is a resource");
    let id = id.clone();
    resource.properties = json!({ "Stranger": true });
    let found = differences(emitted, &terraform, &cloudformation);
    assert!(found.iter().any(|d| d.contains(&id) && d.contains("Stranger")), "{found:#?}");
}

/// A resource in a canonical form.
struct Comparable {
    type_name: &'static str,
    region: String,
    retained: bool,
    properties: Json,
}

/// By the id of the graph.
type Side = BTreeMap<String, Comparable>;

fn compare(emitted: &Emitted) -> Vec<String> {
    differences(emitted, &from_terraform(emitted), &from_cloudformation(emitted))
}

fn differences(emitted: &Emitted, terraform: &Side, cloudformation: &Side) -> Vec<String> {
    let rows = parity::rows(&emitted.graph);
    let listed: BTreeSet<(&str, &str)> = rows.keys().map(|row| (row.type_name, row.what.as_str())).collect();
    let mut found = Vec::new();
    for id in terraform.keys().chain(cloudformation.keys()).collect::<BTreeSet<_>>() {
        match (terraform.get(id), cloudformation.get(id)) {
            (Some(a), Some(b)) => {
                if (a.type_name, &a.region, a.retained) != (b.type_name, &b.region, b.retained) {
                    found.push(format!("{id}: type, region or retention differ"));
                }
                let mut paths = Vec::new();
                unequal("", &a.properties, &b.properties, &mut paths);
                let path_of = |path: &str| path.split('=').next().unwrap_or_default().to_owned();
                let strange = paths.into_iter().filter(|p| !is_listed(&listed, a.type_name, &path_of(p)));
                found.extend(strange.map(|path| format!("{id} ({}): {path}", a.type_name)));
            }
            (Some(_), None) => found.push(format!("{id}: only in Terraform")),
            _ => found.push(format!("{id}: only in CloudFormation")),
        }
    }
    found
}

/// Whether a row names the property or its parent.
fn is_listed(listed: &BTreeSet<(&str, &str)>, type_name: &str, path: &str) -> bool {
    let named: Vec<&str> = path.split('.').filter(|part| part.parse::<usize>().is_err()).collect();
    (1..=named.len()).any(|n| listed.contains(&(type_name, named[..n].join(".").as_str())))
}

/// The paths at which two documents differ, with both values.
fn unequal(path: &str, a: &Json, b: &Json, paths: &mut Vec<String>) {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match (a, b) {
        (Json::Object(x), Json::Object(y)) => {
            for name in x.keys().chain(y.keys()).collect::<BTreeSet<_>>() {
                unequal(&below(name), x.get(name).unwrap_or(&Json::Null), y.get(name).unwrap_or(&Json::Null), paths);
            }
        }
        (Json::Array(x), Json::Array(y)) if x.len() == y.len() => {
            for (i, (x, y)) in x.iter().zip(y).enumerate() {
                unequal(&below(&i.to_string()), x, y, paths);
            }
        }
        _ if a != b => paths.push(format!("{path}={a} / {b}")),
        _ => {}
    }
}

fn from_terraform(emitted: &Emitted) -> Side {
    let files: Vec<_> = emitted.files("terraform/", ".tf").map(|(_, text)| hcl::parse(text)).collect();
    let reading = terraform::read::read(&files, origin());
    assert_eq!(reading.unmapped, [""; 0], "{}: Terraform that the table does not know", emitted.name);
    let mut side = side(emitted, reading.resources, &|id| id.snake());
    nest_rules(emitted, &mut side);
    side
}

/// Terraform writes the rules within a security group as resources of their own, numbered after the group: moves them
/// back into their group, where CloudFormation has them.
fn nest_rules(emitted: &Emitted, side: &mut Side) {
    let groups = emitted.graph.of_type("AWS::EC2::SecurityGroup").map(|group| (group.id.snake(), group.id.to_string()));
    let groups: BTreeMap<String, String> = groups.collect();
    let rules: Vec<(String, String, &str)> = side
        .iter()
        .filter(|(id, _)| emitted.graph.get(&Id::new(id)).is_none())
        .filter_map(|(id, rule)| {
            let list = rule.type_name.strip_prefix("AWS::EC2::").filter(|list| list.starts_with("SecurityGroup"))?;
            let (group, number) = id.rsplit_once('_')?;
            number.parse::<usize>().ok()?;
            Some((id.clone(), groups.get(group)?.clone(), list))
        })
        .collect();
    for (id, group, list) in rules {
        let Some(mut rule) = side.remove(&id) else { continue };
        let Some(properties) = side.get_mut(&group).and_then(|group| group.properties.as_object_mut()) else {
            continue;
        };
        if let Some(fields) = rule.properties.as_object_mut() {
            fields.remove("GroupId");
        }
        if let Some(nested) = properties.entry(list).or_insert_with(|| json!([])).as_array_mut() {
            nested.push(rule.properties);
            nested.sort_by_key(Json::to_string);
        }
    }
}

fn from_cloudformation(emitted: &Emitted) -> Side {
    let templates: BTreeMap<String, Json> = emitted
        .files("cloudformation/", ".template.json")
        .map(|(path, text)| {
            let name = path.rsplit('/').next().unwrap_or(path);
            (name.to_owned(), serde_json::from_str(text).expect("a template is JSON"))
        })
        .collect();
    let home = &emitted.graph.environment.region;
    let regions: BTreeSet<&str> = emitted.graph.resources.values().filter_map(|r| r.region.as_deref()).collect();
    let mut resources = Vec::new();
    for (name, region) in
        [("main", &**home)].into_iter().chain(regions.into_iter().filter(|r| *r != &**home).map(|r| (r, r)))
    {
        let template = &templates[&format!("{name}.template.json")];
        let mut reading = cloudformation::read::read(template, &templates, origin());
        assert_eq!(reading.unmapped, [""; 0], "{}: CloudFormation that the table does not know", emitted.name);
        let late = if name == "main" { "attachments".to_owned() } else { format!("{name}-attachments") };
        if let Some(after) = templates.get(&format!("{late}.template.json")) {
            let second = cloudformation::read::read_after(after, template, &templates, origin());
            assert_eq!(second.unmapped, [""; 0], "{}: CloudFormation that the table does not know", emitted.name);
            reading.resources.extend(second.resources);
        }
        reading.resources.iter_mut().for_each(|r| r.region = Some(region.into()));
        resources.extend(reading.resources);
    }
    let logical = logical(emitted, &resources);
    side(emitted, resources, &|id| logical.get(id).cloned().unwrap_or_else(|| id.pascal()))
}

/// Logical IDs end in a hash if AWS cannot update the resource in place.
fn logical(emitted: &Emitted, resources: &[Resource]) -> BTreeMap<Id, String> {
    let mut names = BTreeMap::new();
    for id in emitted.graph.resources.keys() {
        let pascal = id.pascal();
        let exact = resources.iter().find(|r| r.id.as_str() == pascal);
        let hashed = || {
            resources.iter().find(|r| {
                let rest = r.id.as_str().strip_prefix(pascal.as_str());
                rest.is_some_and(|rest| rest.len() == 10 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
            })
        };
        if let Some(found) = exact.or_else(hashed) {
            names.insert(id.clone(), found.id.to_string());
        }
    }
    names
}

fn origin() -> Origin {
    Origin::derived("reader", Span::new(Sources::new().add("artifacts", ""), 0, 0))
}

/// The resources by the IDs of the graph.
fn side(emitted: &Emitted, resources: Vec<Resource>, written: &dyn Fn(&Id) -> String) -> Side {
    let graph = &emitted.graph;
    // Two resources of different types may have the same name.
    let ids: BTreeMap<(&str, String), &Id> =
        graph.resources.values().map(|r| ((r.type_name, written(&r.id)), &r.id)).collect();
    let names: BTreeMap<String, &Id> = graph.resources.keys().map(|id| (written(id), id)).collect();
    let canonical = Canonical { graph, names: &names };
    let entry = |r: Resource| {
        let id = ids.get(&(r.type_name, r.id.to_string())).map_or_else(|| r.id.to_string(), |id| id.to_string());
        let region = r.region.as_deref().unwrap_or(&graph.environment.region).to_owned();
        let properties = sorted(canonical.map(&r.properties));
        (id, Comparable { type_name: r.type_name, region, retained: r.lifecycle.retain, properties })
    };
    resources.into_iter().map(entry).collect()
}

/// Writes values in a canonical form.
struct Canonical<'a> {
    graph: &'a Graph,
    names: &'a BTreeMap<String, &'a Id>,
}

impl Canonical<'_> {
    fn map(&self, map: &Map) -> Json {
        Json::Object(map.iter().map(|(name, d)| (name.to_owned(), self.datum(d))).collect())
    }

    fn datum(&self, datum: &Datum) -> Json {
        self.value(&datum.value)
    }

    fn value(&self, value: &Value) -> Json {
        match value {
            Value::Bool(b) => json!(b),
            Value::Integer(n) => json!(n),
            // CloudFormation writes a whole number without a fraction.
            Value::Number(n) if n.fract() == 0.0 && n.abs() < 1e9 => json!(*n as i64),
            Value::Number(n) => json!(n),
            Value::String(s) => text(s),
            Value::List(items) => Json::Array(items.iter().map(|d| self.datum(d)).collect()),
            Value::Map(map) => self.map(map),
            Value::Ref(id) => json!(self.reference(id, None)),
            Value::Attribute(id, name) => json!(self.reference(id, Some(name))),
            Value::Concat(_) | Value::JsonText(_) => text(&self.text(value)),
            Value::Parameter(name) => self.parameter(name),
            Value::Zone(n) => json!(format!("<zone {n}>")),
            Value::Package(name) => json!(format!("<package {name}>")),
            Value::Definition(name) => json!(format!("<definition {name}>")),
            Value::Generated(id) => json!(format!("<generated {}>", self.id(id))),
        }
    }

    /// A parameter; a parameter for an attribute becomes that attribute.
    fn parameter(&self, name: &str) -> Json {
        let name = Id::new(name).pascal();
        let asks = self.graph.resources.values().find_map(|r| {
            let own = column(r)?.own_attributes.iter().find(|own| name == format!("{}{}", r.id.pascal(), own.name))?;
            Some(format!("<{} {}>", r.id, own.name))
        });
        json!(asks.unwrap_or_else(|| format!("<parameter {name}>")))
    }

    fn text(&self, value: &Value) -> String {
        match value {
            Value::Concat(parts) => parts.iter().map(|part| self.text(part)).collect(),
            Value::JsonText(document) => self.datum(document).to_string(),
            Value::String(s) => s.to_string(),
            Value::Integer(n) => n.to_string(),
            other => match self.value(other) {
                Json::String(s) => s,
                json => json.to_string(),
            },
        }
    }

    fn id(&self, id: &Id) -> String {
        self.names.get(id.as_str()).map_or_else(|| id.to_string(), |id| id.to_string())
    }

    /// A reference as Terraform's attribute: several CloudFormation attributes
    /// may be equivalent.
    fn reference(&self, id: &Id, attribute: Option<&str>) -> String {
        let id = self.id(id);
        let column = self.graph.get(&Id::new(&id)).and_then(column);
        let path = column.map(|column| path(column, attribute));
        format!("<{id} {}>", path.unwrap_or_else(|| attribute.unwrap_or("Ref").to_owned()))
    }
}

fn column(resource: &Resource) -> Option<&'static Column> {
    match &resource.resource_type()?.terraform {
        Terraform::Column(column) => Some(column),
        Terraform::NotEmitted => None,
    }
}

fn path(column: &Column, attribute: Option<&str>) -> String {
    let Some(name) = attribute else { return column.reference.to_owned() };
    let found = column.attributes.iter().find(|(n, _)| *n == name).map(|(_, path)| *path);
    found.unwrap_or(name).to_owned()
}

/// Text, or the JSON document in it.
fn text(text: &str) -> Json {
    match serde_json::from_str::<Json>(text) {
        Ok(document @ (Json::Object(_) | Json::Array(_))) => document,
        _ => json!(text),
    }
}

/// Maps by name and lists by content: tags, settings and blocks have no order.
fn sorted(json: Json) -> Json {
    match json {
        Json::Array(items) => {
            let mut items: Vec<Json> = items.into_iter().map(sorted).collect();
            items.sort_by_key(Json::to_string);
            Json::Array(items)
        }
        Json::Object(map) => json!(map.into_iter().map(|(name, v)| (name, sorted(v))).collect::<BTreeMap<_, _>>()),
        scalar => scalar,
    }
}
