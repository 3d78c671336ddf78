//! One stack: some resources of the graph and the template that holds them.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Diagnostic;
use migspec_ir::resource_type::{OwnAttribute, Terraform};
use migspec_ir::{Graph, Id, Resource};
use serde_json::{Map, Value as Json, json};

use super::value::{ARTIFACT_BUCKET, ARTIFACT_PREFIX, Reference, Scope, parameter};
use crate::logical::Ids;
use crate::package::Names;

/// The shared data of all stacks of a graph.
pub struct Context<'a> {
    pub graph: &'a Graph,
    pub ids: &'a Ids,
    pub packages: &'a Names,
    /// The resources of a stack that is not split.
    pub limit: usize,
}

/// Some resources of the graph.
#[derive(Clone, Debug)]
pub struct Stack<'a> {
    /// `main`, a part's name, or a region.
    pub name: String,
    /// The region, where it is not the environment's.
    pub region: Option<&'a str>,
    /// It is created after the stack of its region and takes values from its outputs.
    pub late: bool,
    pub resources: Vec<&'a Resource>,
}

/// A value that one stack takes from another.
pub type Import = (Id, Option<String>);

/// The resources that are written, a stack for each region.
pub fn by_region(graph: &Graph) -> Vec<Stack<'_>> {
    let home = Stack { name: "main".to_owned(), region: None, late: false, resources: Vec::new() };
    let mut stacks = vec![home];
    for resource in graph.resources.values().filter(|r| crate::is_emitted(r)) {
        let region = region_of(resource, graph);
        match stacks.iter_mut().find(|s| s.region == region) {
            Some(stack) => stack.resources.push(resource),
            None => stacks.push(Stack {
                name: region.unwrap_or("main").to_owned(),
                region,
                late: false,
                resources: vec![resource],
            }),
        }
    }
    let late: Vec<Stack> = stacks.iter_mut().filter_map(|stack| take_late(stack, graph)).collect();
    stacks.extend(late);
    stacks
}

/// The resources that need an attribute which CloudFormation does not return, and all
/// that need those: a stack of their own. Its parameters have no default, because no
/// value exists before the first stack does (fact: cloudformation-vpn-attachment).
fn take_late<'a>(stack: &mut Stack<'a>, graph: &Graph) -> Option<Stack<'a>> {
    let mut late: BTreeSet<&Id> = BTreeSet::new();
    loop {
        let needs_late = |r: &&Resource| {
            let mut needs = r.depends_on.iter().any(|id| late.contains(id));
            for (_, datum) in r.properties.iter() {
                datum.value.references(&mut |id, attribute| {
                    needs |= late.contains(id) || own_attribute(graph, id, attribute).is_some();
                });
            }
            needs && !late.contains(&r.id)
        };
        let found: Vec<&Id> = stack.resources.iter().copied().filter(needs_late).map(|r| &r.id).collect();
        if found.is_empty() {
            break;
        }
        late.extend(found);
    }
    let (after, before): (Vec<_>, Vec<_>) = stack.resources.drain(..).partition(|r| late.contains(&r.id));
    stack.resources = before;
    let name = stack.region.map_or_else(|| LATE.to_owned(), |region| format!("{region}-{LATE}"));
    (!after.is_empty()).then_some(Stack { name, region: stack.region, late: true, resources: after })
}

/// The name of the stack of late resources.
const LATE: &str = "attachments";

/// The values that the late stack of a region takes from the stack before it.
pub fn imports(region: Option<&str>, context: &Context) -> BTreeSet<Import> {
    let stacks = by_region(context.graph);
    let late = || stacks.iter().filter(|s| s.late && s.region == region);
    let mut taken: BTreeSet<Import> = late().flat_map(|s| s.body(context).imports).collect();
    // The id by which the missing attribute is found.
    for (_, datum) in late().flat_map(|s| &s.resources).flat_map(|r| r.properties.iter()) {
        datum.value.references(&mut |id, attribute| {
            if own_attribute(context.graph, id, attribute).is_some() {
                taken.insert((id.clone(), None));
            }
        });
    }
    taken
}

impl<'a> Stack<'a> {
    pub fn file_name(&self) -> String {
        format!("{}.template", self.name)
    }

    pub fn policy_name(&self) -> String {
        match self.name.as_str() {
            "main" => "stack-policy".to_owned(),
            name => format!("{name}.stack-policy"),
        }
    }

    pub fn holds(&self, id: &Id) -> bool {
        self.resources.iter().any(|r| r.id == *id)
    }

    /// The template of a stack without nested stacks.
    pub fn template(&self, context: &Context, diagnostics: &mut Vec<Diagnostic>) -> Json {
        let body = self.body(context);
        let given = |(id, _): &&Import| {
            self.late && context.graph.get(id).is_some_and(|r| region_of(r, context.graph) == self.region)
        };
        diagnostics.extend(body.imports.iter().filter(|i| !given(i)).map(|import| stray(import, self, context)));
        let mut values = match self.region {
            None if !self.late => outputs(context, &|id, attribute| local(context, id, attribute)),
            _ => Map::new(),
        };
        if !self.late {
            values.extend(imports(self.region, context).iter().map(|(id, attribute)| {
                export(context, id, attribute.as_deref(), local(context, id, attribute.as_deref()))
            }));
        }
        body.template(self, context, values)
    }

    /// The resources as JSON, and their imports.
    pub fn body(&self, context: &Context) -> Body {
        let own: BTreeSet<&Id> = self.resources.iter().map(|r| &r.id).collect();
        let imports = RefCell::new(BTreeSet::new());
        let reference = |id: &Id, attribute: Option<&str>| {
            let known = own.contains(id) || context.graph.identity(id, attribute).is_some();
            if known || requested_attribute(context, id, attribute).is_some() {
                return local(context, id, attribute);
            }
            imports.borrow_mut().insert((id.clone(), attribute.map(str::to_owned)));
            Reference::Ref(import_name(context, id, attribute))
        };
        let scope = context.scope(&reference);
        let resources = self.resources.iter().map(|r| (context.ids.get(&r.id), resource(r, &scope, context, &own)));
        let resources: Map<String, Json> = resources.collect();
        Body { resources, imports: imports.into_inner() }
    }
}

/// An output for the late stack, under the name of its parameter there.
pub fn export(context: &Context, id: &Id, attribute: Option<&str>, value: Reference) -> (String, Json) {
    let description = format!("for the stack of attachments: {id}");
    (import_name(context, id, attribute), json!({ "Description": description, "Value": value.json() }))
}

/// The region of a resource, where it is not the environment's.
fn region_of<'r>(resource: &'r Resource, graph: &Graph) -> Option<&'r str> {
    resource.region.as_deref().filter(|region| *region != &*graph.environment.region)
}

impl Context<'_> {
    pub fn scope<'s>(&'s self, reference: &'s dyn Fn(&Id, Option<&str>) -> Reference) -> Scope<'s> {
        Scope { reference, graph: self.graph, packages: self.packages }
    }
}

/// The resources of a template and their imports from other stacks.
pub struct Body {
    pub resources: Map<String, Json>,
    pub imports: BTreeSet<Import>,
}

impl Body {
    pub fn template(self, stack: &Stack, context: &Context, outputs: Map<String, Json>) -> Json {
        let imports = self.imports.iter().map(|(id, attribute)| {
            let description = match attribute {
                Some(name) => format!("{name} of {id}"),
                None => id.to_string(),
            };
            let name = import_name(context, id, attribute.as_deref());
            (name, json!({ "Type": "String", "Description": description }))
        });
        let imports: Map<String, Json> = imports.collect();
        frame(stack, context, imports, self.resources, outputs)
    }
}

/// A whole template.
pub fn frame(
    stack: &Stack,
    context: &Context,
    imports: Map<String, Json>,
    resources: Map<String, Json>,
    outputs: Map<String, Json>,
) -> Json {
    let used = names_used(&resources);
    let own = parameters(context).into_iter().filter(|(name, _)| used.contains(name));
    let parameters: Map<String, Json> = own.chain(imports).collect();
    let graph = context.graph;
    let mut template = Map::new();
    template.insert("AWSTemplateFormatVersion".into(), json!("2010-09-09"));
    let mut description = format!("migration {}, {} ({})", graph.migration, graph.environment.name, stack.name);
    if stack.late {
        description.push_str(": create it after the stack before, with the outputs of that stack as parameters");
    }
    template.insert("Description".into(), json!(description));
    for (name, section) in [("Parameters", parameters), ("Resources", resources), ("Outputs", outputs)] {
        if !section.is_empty() {
            template.insert(name.into(), Json::Object(section));
        }
    }
    Json::Object(template)
}

/// The parameters that a deployment may give.
pub fn parameters(context: &Context) -> Vec<(String, Json)> {
    let artifacts = [
        (
            ARTIFACT_BUCKET,
            json!({ "Type": "String", "Description": "bucket that holds the function packages and nested templates" }),
        ),
        (
            ARTIFACT_PREFIX,
            json!({
                "Type": "String",
                "Default": "",
                "Description": "prefix of their keys: empty, or ending in a slash",
            }),
        ),
    ];
    let declared = context.graph.parameters.iter().map(|p| {
        (parameter(&p.name), json!({ "Type": "String", "Default": &*p.default, "Description": p.description }))
    });
    artifacts
        .into_iter()
        .map(|(name, json)| (name.to_owned(), json))
        .chain(declared)
        .chain(questions(context))
        .collect()
}

/// The names in `Ref` and `Fn::Sub` of some resources.
fn names_used(resources: &Map<String, Json>) -> BTreeSet<String> {
    fn visit(json: &Json, names: &mut BTreeSet<String>) {
        match json {
            Json::Object(map) => {
                if let Some(Json::String(name)) = map.get("Ref") {
                    names.insert(name.clone());
                }
                match map.get("Fn::Sub") {
                    Some(Json::String(text)) => names.extend(substitution_names(text)),
                    Some(Json::Array(items)) => {
                        names.extend(items.first().and_then(Json::as_str).map(substitution_names).into_iter().flatten())
                    }
                    _ => {}
                }
                map.values().for_each(|v| visit(v, names));
            }
            Json::Array(items) => items.iter().for_each(|v| visit(v, names)),
            _ => {}
        }
    }
    let mut names = BTreeSet::new();
    resources.values().for_each(|json| visit(json, &mut names));
    names
}

/// The names between `${` and `}` or a dot.
fn substitution_names(text: &str) -> Vec<String> {
    let openings = text.split("${").skip(1).filter(|rest| !rest.starts_with('!'));
    openings.filter_map(|rest| rest.split(['}', '.']).next().map(str::to_owned)).collect()
}

fn resource(resource: &Resource, scope: &Scope, context: &Context, own: &BTreeSet<&Id>) -> Json {
    let mut json = Map::new();
    json.insert("Type".into(), json!(resource.type_name));
    let properties = super::visible::properties(resource);
    // An order across stacks follows from the values that pass between them,
    // and a reference is an order already.
    let implied = references_of(&properties);
    let explicit = resource.depends_on.iter().filter(|id| own.contains(id) && !implied.contains(id));
    let depends: BTreeSet<String> = explicit.map(|id| context.ids.get(id)).collect();
    if !depends.is_empty() {
        json.insert("DependsOn".into(), json!(depends));
    }
    for (name, policy) in policies(resource) {
        json.insert(name.into(), json!(policy));
    }
    json.insert("Metadata".into(), json!({ "migspec": { "node": &*resource.path } }));
    json.insert("Properties".into(), scope.map(&properties));
    Json::Object(json)
}

fn references_of(properties: &migspec_ir::Map) -> BTreeSet<Id> {
    let mut ids = BTreeSet::new();
    for (_, datum) in properties.iter() {
        datum.value.references(&mut |id, _| {
            ids.insert(id.clone());
        });
    }
    ids
}

/// The fate of the AWS resource when its entry is removed or replaced.
fn policies(resource: &Resource) -> Vec<(&'static str, &'static str)> {
    // A resource of a failed first creation does not block the next one
    // (fact: cloudformation-retain-except-on-create).
    let (deleted, replaced) = match (resource.lifecycle.retain, resource.lifecycle.snapshot) {
        (true, _) => ("RetainExceptOnCreate", "Retain"),
        (_, true) => ("Snapshot", "Snapshot"),
        // CloudFormation takes a snapshot by default (fact: cloudformation-snapshot-by-default).
        _ if keeps_snapshots(resource) => ("Delete", "Delete"),
        _ => return Vec::new(),
    };
    vec![("DeletionPolicy", deleted), ("UpdateReplacePolicy", replaced)]
}

/// The type knows final snapshots.
fn keeps_snapshots(resource: &Resource) -> bool {
    let row = resource.resource_type();
    row.is_some_and(|row| matches!(&row.terraform, Terraform::Column(column) if column.final_snapshot.is_some()))
}

/// A reference inside its own template.
pub fn local(context: &Context, id: &Id, attribute: Option<&str>) -> Reference {
    if let Some(identity) = context.graph.identity(id, attribute) {
        return Reference::Literal(identity.to_string());
    }
    let logical = context.ids.get(id);
    match attribute {
        Some(_) if requested_attribute(context, id, attribute).is_some() => {
            Reference::Ref(import_name(context, id, attribute))
        }
        Some(name) => Reference::Attribute(logical, name.to_owned()),
        None => Reference::Ref(logical),
    }
}

/// An attribute that CloudFormation cannot return: a parameter replaces it.
fn requested_attribute(context: &Context, id: &Id, attribute: Option<&str>) -> Option<&'static OwnAttribute> {
    own_attribute(context.graph, id, attribute)
}

fn own_attribute(graph: &Graph, id: &Id, attribute: Option<&str>) -> Option<&'static OwnAttribute> {
    let Terraform::Column(column) = &graph.get(id)?.resource_type()?.terraform else { return None };
    column.own_attributes.iter().find(|own| Some(own.name) == attribute)
}

/// The parameters that ask for attributes.
fn questions(context: &Context) -> Vec<(String, Json)> {
    let mut questions = BTreeMap::new();
    for (_, datum) in context.graph.resources.values().flat_map(|r| r.properties.iter()) {
        datum.value.references(&mut |id, attribute| {
            if let Some(own) = requested_attribute(context, id, attribute) {
                let description = format!("{}: {}", own.instead, own.command.replace("{id}", "ID"));
                let json = json!({ "Type": "String", "AllowedPattern": own.pattern, "Description": description });
                questions.insert(import_name(context, id, attribute), json);
            }
        });
    }
    questions.into_iter().collect()
}

/// The parameter that carries a value of another stack; also the output there.
pub fn import_name(context: &Context, id: &Id, attribute: Option<&str>) -> String {
    let attribute: String = attribute.unwrap_or("Ref").chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{}{attribute}", context.ids.get(id))
}

/// The outputs of the graph.
pub fn outputs(context: &Context, reference: &dyn Fn(&Id, Option<&str>) -> Reference) -> Map<String, Json> {
    let scope = context.scope(reference);
    let output = |o: &migspec_ir::Output| {
        (Id::from(&*o.name).pascal(), json!({ "Description": o.description, "Value": scope.json(&o.value.value) }))
    };
    context.graph.outputs.iter().map(output).collect()
}

/// A reference to a resource that no stack of this region contains.
pub fn stray((id, _): &Import, stack: &Stack, context: &Context) -> Diagnostic {
    let from = stack.resources.iter().find(|r| {
        let mut found = false;
        r.properties.iter().for_each(|(_, d)| d.value.references(&mut |other, _| found |= other == id));
        found
    });
    let message = match context.graph.get(id) {
        Some(_) => format!("`{id}` lies in another region and cannot be referenced"),
        None => format!("there is no resource `{id}`"),
    };
    let diagnostic = Diagnostic::error("dangling-reference", message);
    match from {
        Some(r) => diagnostic.at(r.origin.span(), format!("referenced by `{}`", r.id)),
        None => diagnostic,
    }
}

/// The index of the stack that exports each resource.
pub fn exporters<'s>(stacks: &'s [Stack<'s>]) -> BTreeMap<&'s Id, usize> {
    stacks.iter().enumerate().flat_map(|(i, s)| s.resources.iter().map(move |r| (&r.id, i))).collect()
}
