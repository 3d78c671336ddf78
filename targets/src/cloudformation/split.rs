//! A stack that is too large becomes a root with nested stacks, by concern.
//!
//! A part takes values only from parts before it, so that there is no cycle:
//! a resource whose references lead to a later concern moves to a second part
//! of its own concern, behind that one.

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Diagnostic;
use migspec_ir::resource_type::Concern;
use migspec_ir::{Id, Resource};
use serde_json::{Map, Value as Json, json};

use super::stack::{self, Context, Import, Stack};
use super::value::{ARTIFACT_BUCKET, ARTIFACT_PREFIX};

/// Limits of AWS for one template.
/// (fact: limit-cloudformation-template)
const BYTES: usize = 1_000_000;
const PARAMETERS: usize = 200;

pub fn is_too_large(stack: &Stack, template: &Json, context: &Context) -> bool {
    stack.resources.len() > context.limit || super::text(template).len() > BYTES
}

/// The order of parts: a round, a concern, and a chunk of it.
type Key = (usize, Concern, usize);

/// Splits a stack by concern.
pub fn parts<'a>(stack: &Stack<'a>, context: &Context, diagnostics: &mut Vec<Diagnostic>) -> Vec<Stack<'a>> {
    // A part stays well below the limit: it grows with the spec.
    let part_size = (context.limit * 3 / 5).max(1);
    let mut keys: BTreeMap<&Id, Key> = BTreeMap::new();
    let mut sizes: BTreeMap<(usize, Concern), usize> = BTreeMap::new();
    let mut parts: BTreeMap<Key, Vec<&'a Resource>> = BTreeMap::new();
    for resource in creation_order(stack, diagnostics) {
        let concern = resource.resource_type().map_or(Concern::Configuration, |row| row.concern);
        let before = resource.needs().into_iter().filter_map(|id| keys.get(&id));
        let round = before.map(|(round, other, _)| round + usize::from(*other > concern)).max().unwrap_or(0);
        let size = sizes.entry((round, concern)).or_default();
        let key = (round, concern, *size / part_size);
        *size += 1;
        keys.insert(&resource.id, key);
        parts.entry(key).or_default().push(resource);
    }
    let part = |((round, concern, chunk), resources)| {
        let name = match stack.region {
            Some(region) => format!("{region}-{}", concern_name(round, concern, chunk)),
            None => concern_name(round, concern, chunk),
        };
        Stack { name, region: stack.region, late: stack.late, resources }
    };
    parts.into_iter().map(part).collect()
}

fn concern_name(round: usize, concern: Concern, chunk: usize) -> String {
    let mut name = concern.name().to_owned();
    if round > 0 {
        name.push_str(&format!("-{}", round + 1));
    }
    if chunk > 0 {
        name.push(char::from(b'a' + (chunk % 26) as u8));
    }
    name
}

/// The resources, each after those that it needs, else in the order of the graph.
fn creation_order<'a>(stack: &Stack<'a>, diagnostics: &mut Vec<Diagnostic>) -> Vec<&'a Resource> {
    let own: BTreeMap<&Id, &'a Resource> = stack.resources.iter().map(|r| (&r.id, *r)).collect();
    let mut done: BTreeSet<Id> = BTreeSet::new();
    let mut order = Vec::new();
    let mut rest = stack.resources.clone();
    while !rest.is_empty() {
        let (ready, waiting): (Vec<_>, Vec<_>) = rest.into_iter().partition(|r| {
            let missing = |id: &Id| own.contains_key(id) && !done.contains(id);
            !r.needs().iter().any(missing)
        });
        if ready.is_empty() {
            let names: Vec<String> = waiting.iter().map(|r| format!("`{}`", r.id)).collect();
            let message = format!("these resources need each other: {}", names.join(", "));
            diagnostics.push(Diagnostic::error("reference-cycle", message).at(waiting[0].origin.span(), "one of them"));
            return order;
        }
        done.extend(ready.iter().map(|r| r.id.clone()));
        order.extend(ready);
        rest = waiting;
    }
    order
}

/// The root template, and the template of each part.
pub fn link(parts: &[Stack], context: &Context, diagnostics: &mut Vec<Diagnostic>) -> ((String, Json), Vec<Json>) {
    let exporters = stack::exporters(parts);
    let bodies: Vec<_> = parts.iter().map(|part| part.body(context)).collect();
    let region = parts.first().and_then(|p| p.region);
    let mut wanted: BTreeSet<Import> = bodies.iter().flat_map(|body| body.imports.iter().cloned()).collect();
    if region.is_none() {
        wanted.extend(output_imports(context));
    }
    let late = stack::imports(region, context);
    wanted.extend(late.iter().cloned());
    let mut stacks = Map::new();
    let mut templates = Vec::new();
    for (part, body) in parts.iter().zip(bodies) {
        let outputs = exports(part, &wanted, context);
        for count in [body.imports.len(), outputs.len()] {
            if count > PARAMETERS {
                let message =
                    format!("the nested stack `{}` would pass {count} values, more than {PARAMETERS}", part.name);
                diagnostics
                    .push(Diagnostic::error("stack-too-large", message).help("split the migration into several specs"));
            }
        }
        stacks.insert(logical(part), nested_template(part, &body.imports, parts, &exporters, context, diagnostics));
        templates.push(body.template(part, context, outputs));
    }
    let mut outputs = if region.is_none() { root_outputs(parts, &exporters, context) } else { Map::new() };
    outputs.extend(late.iter().map(|(id, attribute)| {
        let value = from_part(parts, &exporters, context, id, attribute.as_deref());
        stack::export(context, id, attribute.as_deref(), value)
    }));
    let root = Stack { name: region.unwrap_or("main").to_owned(), region, late: false, resources: Vec::new() };
    let root_template = stack::frame(&root, context, Map::new(), used_parameters(stacks, &templates), outputs);
    ((root.file_name(), root_template), templates)
}

/// The logical id of a part's stack.
fn logical(part: &Stack) -> String {
    format!("{}Stack", Id::new(&part.name).pascal())
}

/// Passes on the parameters that a part's template declares of its own.
fn used_parameters(mut stacks: Map<String, Json>, templates: &[Json]) -> Map<String, Json> {
    for (stack, template) in stacks.values_mut().zip(templates) {
        let declared = template.get("Parameters").and_then(Json::as_object);
        let Some(Json::Object(passed)) = stack.pointer_mut("/Properties/Parameters") else { continue };
        for name in declared.into_iter().flat_map(Map::keys) {
            if !passed.contains_key(name) {
                passed.insert(name.clone(), json!({ "Ref": name }));
            }
        }
    }
    stacks
}

fn nested_template(
    part: &Stack,
    imports: &BTreeSet<Import>,
    parts: &[Stack],
    exporters: &BTreeMap<&Id, usize>,
    context: &Context,
    diagnostics: &mut Vec<Diagnostic>,
) -> Json {
    let mut parameters = Map::new();
    for (id, attribute) in imports {
        let name = stack::import_name(context, id, attribute.as_deref());
        match exporters.get(id) {
            Some(exporter) => {
                let from = json!({ "Fn::GetAtt": [logical(&parts[*exporter]), format!("Outputs.{name}")] });
                parameters.insert(name, from);
            }
            None => diagnostics.push(stack::stray(&(id.clone(), attribute.clone()), part, context)),
        }
    }
    let url = format!(
        "https://${{{ARTIFACT_BUCKET}}}.s3.${{AWS::Region}}.${{AWS::URLSuffix}}/${{{ARTIFACT_PREFIX}}}cloudformation/{}.json",
        part.file_name()
    );
    json!({
        "Type": "AWS::CloudFormation::Stack",
        "Metadata": { "migspec": { "part": part.name } },
        "Properties": { "TemplateURL": { "Fn::Sub": url }, "Parameters": parameters },
    })
}

/// The values that other parts import from this one.
fn exports(part: &Stack, wanted: &BTreeSet<Import>, context: &Context) -> Map<String, Json> {
    let own = wanted.iter().filter(|(id, _)| part.holds(id));
    own.map(|(id, attribute)| {
        let value = stack::local(context, id, attribute.as_deref()).json();
        (stack::import_name(context, id, attribute.as_deref()), json!({ "Value": value }))
    })
    .collect()
}

/// The values that the outputs of the graph import from the parts.
fn output_imports(context: &Context) -> BTreeSet<Import> {
    let mut imports = BTreeSet::new();
    for output in &context.graph.outputs {
        output.value.value.references(&mut |id, attribute| {
            imports.insert((id.clone(), attribute.map(str::to_owned)));
        });
    }
    imports
}

fn root_outputs(parts: &[Stack], exporters: &BTreeMap<&Id, usize>, context: &Context) -> Map<String, Json> {
    stack::outputs(context, &|id, attribute| from_part(parts, exporters, context, id, attribute))
}

/// A value of a nested stack in the root.
fn from_part(
    parts: &[Stack],
    exporters: &BTreeMap<&Id, usize>,
    context: &Context,
    id: &Id,
    attribute: Option<&str>,
) -> super::value::Reference {
    match exporters.get(id) {
        Some(exporter) => super::value::Reference::Attribute(
            logical(&parts[*exporter]),
            format!("Outputs.{}", stack::import_name(context, id, attribute)),
        ),
        None => stack::local(context, id, attribute),
    }
}
