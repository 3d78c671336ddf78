//! Overrides: properties of derived resources that the author sets by hand,
//! checked against AWS's schema and judged like everything else.

mod block;
mod value;

use migspec_diag::{Change as TextChange, Diagnostic, Fix, Span};
use migspec_ir::schema::{self, Fault, SchemaProblem};
use migspec_ir::{Change, Datum, Id, Origin, Override, Resource, Unmapped, overriding, unmapped_properties};
use migspec_syntax::ast;
use migspec_syntax::tree::Node;
use rustc_hash::FxHashMap;

use crate::cx::{Cx, path};

pub(crate) fn lower(cx: &mut Cx) {
    let overrides = nodes(cx.spec);
    if overrides.iter().all(|(_, overrides)| overrides.is_empty()) {
        return;
    }
    let mut by_type: FxHashMap<&'static str, Vec<Id>> = FxHashMap::default();
    // An override sets what a deployment writes: it writes no existing resource.
    for resource in cx.graph.resources.values().filter(|resource| resource.existing.is_none()) {
        by_type.entry(resource.type_name).or_default().push(resource.id.clone());
    }
    for (scope, overrides) in overrides {
        for node in overrides {
            apply(cx, &by_type, &scope, node);
        }
    }
}

/// Every node with overrides, with the path prefix of its resources.
fn nodes(spec: &ast::Migration) -> Vec<(String, &[ast::Override])> {
    let mut nodes: Vec<(String, &[ast::Override])> = vec![(String::new(), &spec.r#override)];
    nodes.extend(spec.network.iter().map(|n| (path("network", &n.key), &*n.r#override)));
    nodes.extend(spec.transit.iter().map(|n| (path("transit", &n.key), &*n.r#override)));
    nodes.extend(spec.source.iter().map(|n| (path("source", &n.key), &*n.r#override)));
    nodes.extend(spec.database.iter().map(|n| (path("database", &n.key), &*n.r#override)));
    nodes.extend(spec.replication.iter().map(|n| (path("replication", &n.key), &*n.r#override)));
    nodes.extend(spec.api.iter().map(|n| (path("api", &n.key), &*n.r#override)));
    nodes.extend(spec.logs.iter().map(|n| ("logs".to_owned(), &*n.r#override)));
    nodes.extend(spec.monitor.iter().map(|n| ("monitor".to_owned(), &*n.r#override)));
    nodes.extend(spec.checkpoints.iter().map(|n| ("checkpoints".to_owned(), &*n.r#override)));
    nodes.extend(spec.secrets.iter().map(|n| ("secrets".to_owned(), &*n.r#override)));
    nodes
}

fn apply(cx: &mut Cx, by_type: &FxHashMap<&'static str, Vec<Id>>, scope: &str, node: &ast::Override) {
    let Some(ids) = by_type.get(&*node.r#type.value).filter(|_| !node.r#type.starts_with("Migspec::")) else {
        return report_unknown_type(cx, by_type, node);
    };
    let here: Vec<&Id> = ids.iter().filter(|id| is_within(cx, id, scope)).collect();
    let targets: Vec<Id> = match &node.resource {
        Some(name) => here.iter().filter(|id| id.as_str() == &*name.value).map(|id| (*id).clone()).collect(),
        None => here.iter().map(|id| (*id).clone()).collect(),
    };
    if targets.is_empty() {
        return report_no_resource(cx, node, &here);
    }
    if targets.len() > 1 && scope.is_empty() {
        return report_ambiguous(cx, node, &here);
    }
    let mut reported = Vec::new();
    for id in targets {
        set(cx, &id, node, &mut reported);
    }
}

/// Whether a resource was derived from the node with this path. Secrets belong
/// to databases and to the node `secrets`.
fn is_within(cx: &Cx, id: &Id, scope: &str) -> bool {
    let Some(resource) = cx.graph.get(id) else { return false };
    let rest = resource.path.strip_prefix(scope);
    scope.is_empty()
        || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(" > "))
        || (scope == "secrets" && resource.type_name.starts_with("AWS::SecretsManager::"))
}

/// Sets the properties on one resource and checks it. A problem that was
/// there before is the compiler's, not the author's; one that is the same on
/// several resources is reported once.
fn set(cx: &mut Cx, id: &Id, node: &ast::Override, reported: &mut Vec<(String, String)>) {
    let Some(resource) = cx.graph.resources.get_mut(id) else { return };
    let before = schema::validate(resource);
    let mut problems = value::Problems::default();
    let mut applied = Vec::new();
    for property in &node.properties {
        let old = resource.get(&property.name.value).cloned();
        value::set(resource, property, &mut problems);
        applied.push(record(resource, property, old));
    }
    let resource = resource.clone();
    let after = schema::validate(&resource);
    for property in &problems.shape {
        if !note(reported, &property.name.value, "shape") {
            report_shape(cx, property);
        }
    }
    for problem in after.into_iter().filter(|problem| !before.contains(problem)) {
        if !note(reported, &problem.path, &problem.message) {
            report_problem(cx, node, &resource, &problem);
        }
    }
    for change in applied.iter().flat_map(|applied| &applied.changes) {
        let datum = resource.get(&change.path).filter(|_| is_block(&change.path));
        let Some(text) = datum.and_then(|datum| datum.value.as_str()) else { continue };
        if let Some(help) = block::problem(text).filter(|_| !note(reported, &change.path, "block")) {
            report_block(cx, &resource, change, text, help);
        }
    }
    if problems.shape.is_empty() {
        report_identity(cx, &resource, &applied, reported);
    }
    for property in problems.absent {
        if !note(reported, &property.name.value, "absent") {
            report_absent(cx, &resource, property);
        }
    }
    cx.graph.overrides.extend(applied.into_iter().filter(|applied| !applied.changes.is_empty()));
    for property in unmapped_properties(&resource) {
        // A property that AWS does not have is already reported.
        let unknown = reported.iter().any(|(path, _)| path.rsplit('.').next() == Some(property.name));
        if !unknown && !note(reported, property.name, "unmapped") {
            report_unmapped(cx, &resource, &property);
        }
    }
}

/// The change by a property of an override.
fn record(resource: &Resource, property: &Node, before: Option<Datum>) -> Override {
    let name = &property.name.value;
    let changes = overriding::changes(name, before.as_ref(), resource.get(name), property.header);
    Override { resource: resource.id.clone(), property: name.clone(), before, changes, span: extent(property) }
}

/// A node with its children.
fn extent(node: &Node) -> Span {
    node.children.iter().map(extent).fold(node.header, Span::to)
}

fn report_identity(cx: &mut Cx, resource: &Resource, applied: &[Override], reported: &mut Vec<(String, String)>) {
    for change in applied.iter().flat_map(|applied| overriding::identities(resource, &applied.changes)) {
        if note(reported, &change.path, "identity") {
            continue;
        }
        let message = format!("other resources rely on `{}` of `{}`", change.path, resource.type_name);
        cx.report(
            Diagnostic::error("identity-override", message)
                .at(change.span, "an override changes one side only")
                .help("remove the override; names, ports and references follow from the nodes of the spec")
                .fix(without(&change.path, change.span)),
        );
    }
}

/// Whether AWS takes an address block at a path.
fn is_block(path: &str) -> bool {
    let steps = path.rsplit('.').find(|step| step.parse::<usize>().is_err());
    steps.is_some_and(|name| name.contains("Cidr"))
}

fn report_block(cx: &mut Cx, resource: &Resource, change: &Change, text: &str, help: String) {
    let canonical = block::canonical(text);
    cx.report(
        Diagnostic::error("invalid-property", format!("`{text}` is not an address block"))
            .at(change.span, format!("in `{}`", resource.type_name))
            .help(help)
            .fix_if(canonical.map(|block| Fix::word(change.span, &block))),
    );
}

/// The fix that removes a property of an override.
fn without(property: &str, at: Span) -> Fix {
    Fix::safe(format!("remove the override of `{property}`"), TextChange::Nothing { at })
}

fn report_absent(cx: &mut Cx, resource: &Resource, property: &Node) {
    let name = &property.name.value;
    cx.report(
        Diagnostic::error("override-without-effect", format!("`{name}` is not set, so `#null` removes nothing"))
            .at(property.header, format!("in `{}`", resource.id))
            .help("remove the override, or name a property that the resource has")
            .fix(without(name, property.header)),
    );
}

fn report_unmapped(cx: &mut Cx, resource: &Resource, property: &Unmapped<'_>) {
    let message = format!("`{}` of `{}` is not supported in Terraform yet", property.name, resource.type_name);
    cx.report(
        Diagnostic::error("unmapped-property", message)
            .at(property.origin.span(), "would be missing from the Terraform output")
            .help("remove the property: every property must be in both outputs")
            .fix(without(property.name, property.origin.span())),
    );
}

/// Whether it was reported before; it counts as reported from now on.
fn note(reported: &mut Vec<(String, String)>, path: &str, message: &str) -> bool {
    let entry = (path.to_owned(), message.to_owned());
    let known = reported.contains(&entry);
    if !known {
        reported.push(entry);
    }
    known
}

fn report_unknown_type(cx: &mut Cx, by_type: &FxHashMap<&'static str, Vec<Id>>, node: &ast::Override) {
    let mut known: Vec<&str> = by_type.keys().copied().filter(|name| name.starts_with("AWS::")).collect();
    known.sort_unstable();
    cx.report(
        Diagnostic::error(
            "unknown-resource-type",
            format!("the spec derives no resource of type `{}`", node.r#type.value),
        )
        .at(node.r#type.span(), "no such resource")
        .suggest(&node.r#type, known),
    );
}

fn report_no_resource(cx: &mut Cx, node: &ast::Override, here: &[&Id]) {
    let span = node.resource.as_ref().map_or(node.r#type.span(), |name| name.span());
    let message = match &node.resource {
        Some(name) => format!("this node derives no `{}` named `{}`", node.r#type.value, name.value),
        None => format!("this node derives no `{}`", node.r#type.value),
    };
    let name = node.resource.as_ref().map_or("", |name| &name.value);
    cx.report(
        Diagnostic::error("unknown-resource", message)
            .at(span, "no such resource")
            .suggest(name, here.iter().map(|id| id.as_str())),
    );
}

fn report_ambiguous(cx: &mut Cx, node: &ast::Override, here: &[&Id]) {
    let few: Vec<String> = here.iter().take(12).map(|id| format!("`{id}`")).collect();
    cx.report(
        Diagnostic::error(
            "ambiguous-override",
            format!("there are {} resources of type `{}`", here.len(), node.r#type.value),
        )
        .at(node.r#type.span(), "which one?")
        .help(format!("name one with resource=, such as {}", few.join(", "))),
    );
}

fn report_shape(cx: &mut Cx, property: &Node) {
    cx.report(
        Diagnostic::error("override-shape", format!("`{}` has both a value and children", property.name.value))
            .at(property.header, "a property has one or the other")
            .help("write `Name value`, `Name { Key value }` or `Name { - value }`"),
    );
}

/// Points at the name of an unknown property, or at the value of an invalid one.
fn report_problem(cx: &mut Cx, node: &ast::Override, resource: &Resource, problem: &SchemaProblem) {
    let unknown = problem.fault == Fault::Unknown;
    let written = resource.get(&problem.path).map(|datum| datum.origin).filter(|_| !problem.path.is_empty());
    let value = written.filter(|origin| matches!(origin, Origin::Written { .. })).map(Origin::span);
    let name = node_at(&node.properties, &problem.path).map(|property| property.name.span);
    let span = if unknown { name.or(value) } else { value.or(name) };
    let first = problem.path.split('.').next().unwrap_or_default();
    let removal = node_at(&node.properties, first).map(|property| {
        Fix::risky(format!("remove the override of `{first}`"), TextChange::Nothing { at: property.header })
    });
    let code = if unknown { "unknown-property" } else { "invalid-property" };
    cx.report(
        Diagnostic::error(code, problem.message.clone())
            .at(span.unwrap_or(node.place.header), format!("in `{}`", resource.type_name))
            .help_if(problem.help.clone())
            .fix_if(problem.nearest.as_ref().zip(name).map(|(near, name)| Fix::word(name, near)).or(removal)),
    );
}

/// The node of a property at a path of names.
fn node_at<'n>(nodes: &'n [Node], path: &str) -> Option<&'n Node> {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let node = nodes.iter().find(|node| *node.name.value == *first)?;
    if rest.is_empty() { Some(node) } else { node_at(&node.children, rest) }
}
