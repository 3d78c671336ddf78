//! A resource of the graph as blocks: its own, its parts, and the settings that
//! only Terraform has (lifecycle, timeouts, orders, region).

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Diagnostic;
use migspec_ir::resource_type::{Column, FinalSnapshot};
use migspec_ir::{Graph, Id, Resource, Value};

use super::form::{Address, Made, Translator, links, write_constants};
use super::hcl::{Block, Body, Expression, Item};
use super::value::{Context, Values, column};
use super::{print, table};

/// Types that are of use only once their parts are there: a role without its
/// policies grants nothing, a secret without a version holds nothing. Who
/// refers to one waits for its parts.
const WAITED_FOR: &[&str] = &["AWS::IAM::Role", "AWS::SecretsManager::Secret"];

/// The blocks of all resources that are written, in the order of the graph.
pub fn blocks<'a>(context: &Context<'a>, problems: &mut Vec<Diagnostic>) -> Vec<(&'a Resource, Vec<Made>)> {
    let mut all = Vec::new();
    for resource in context.graph.resources.values() {
        match column(resource) {
            Some(column) => all.push((resource, make(context, resource, column, problems))),
            None if resource.resource_type().is_none() => problems.push(unmapped_type(resource)),
            None => {}
        }
    }
    order(&mut all);
    for (resource, made) in &mut all {
        lifecycle(resource, context.graph, made);
    }
    all
}

fn unmapped_type(resource: &Resource) -> Diagnostic {
    let message = format!("the type `{}` has no mapping to Terraform", resource.type_name);
    Diagnostic::error("unmapped-type", message).at(resource.origin.span(), format!("derives `{}`", resource.id))
}

fn make(context: &Context, resource: &Resource, column: &'static Column, problems: &mut Vec<Diagnostic>) -> Vec<Made> {
    let (mut made, found) = Translator::new(context, resource).run(column);
    problems.extend(found);
    let owner = made[0].address.clone();
    for argument in column.emptied.iter().filter(|_| !resource.lifecycle.retain) {
        made[0].body.attribute(*argument, true);
    }
    if let Some(form) = &column.final_snapshot {
        final_snapshot(form, &Values { context, resource }, &mut made[0].body, problems);
    }
    made.extend(column.own.iter().map(|own| {
        let mut body = Body::new();
        links(own.links, &owner, &mut body);
        write_constants(own.fixed, &mut body);
        let address = Address { resource: own.resource, name: owner.name.clone() };
        Made { kind: "resource", address, body, after: Vec::new() }
    }));
    for part in &mut made {
        arrange(&mut part.body, region(resource, context));
    }
    timeouts(column, &mut made[0].body);
    made
}

/// The fate of the data when the resource is removed.
fn final_snapshot(form: &FinalSnapshot, values: &Values, body: &mut Body, problems: &mut Vec<Diagnostic>) {
    let keeps = values.resource.lifecycle.snapshot;
    body.attribute(form.skip, !keeps);
    if let (true, Some(name)) = (keeps, values.resource.get(form.name_from)) {
        let name = Value::Concat(vec![name.value.clone(), "-final".into()]);
        body.attribute(form.identifier, values.value(&name, values.resource.origin, problems));
    }
}

/// The region, where it is not that of the provider.
fn region<'r>(resource: &'r Resource, context: &Context) -> Option<&'r str> {
    resource.region.as_deref().filter(|region| *region != &*context.graph.environment.region)
}

/// Region and name first, then arguments of one line, then tall ones with the
/// tags at their end, then blocks.
fn arrange(body: &mut Body, region: Option<&str>) {
    if let Some(region) = region {
        body.attribute("region", region);
    }
    body.items.sort_by_key(|item| match item {
        Item::Attribute(name, _) if name == "region" => 0,
        Item::Attribute(name, _) if name == "name" => 1,
        Item::Attribute(name, _) if name == "tags" => 4,
        Item::Attribute(_, value) => 2 + u8::from(print::is_tall(value)),
        Item::Block(_) => 5,
    });
    for item in &mut body.items {
        if let Item::Block(block) = item {
            arrange(&mut block.body, None);
        }
    }
}

fn timeouts(column: &Column, body: &mut Body) {
    if !column.timeouts.is_empty() {
        let block = Block::new("timeouts", &[]);
        body.block(column.timeouts.iter().fold(block, |block, (name, value)| block.with(*name, *value)));
    }
}

/// Writes the orders that no reference shows.
fn order(all: &mut [(&Resource, Vec<Made>)]) {
    let addresses: BTreeMap<Id, (&str, Vec<Address>)> = all
        .iter()
        .map(|(r, made)| {
            let addresses = made.iter().filter(|m| m.kind == "resource").map(|m| m.address.clone()).collect();
            (r.id.clone(), (r.type_name, addresses))
        })
        .collect();
    for (resource, made) in all {
        let (_, own) = &addresses[&resource.id];
        let before = before(resource, &addresses);
        for (i, part) in made.iter_mut().enumerate() {
            let mut before = if i == 0 { before.clone() } else { Vec::new() };
            before.extend(own.iter().filter(|a| part.after.contains(&a.resource)).map(Address::text));
            if !before.is_empty() {
                before.dedup();
                let before = before.into_iter().map(Expression::traversal).collect();
                part.body.attribute("depends_on", Expression::List(before));
            }
        }
    }
}

/// Resources that must exist before this one, without a reference to them.
fn before(resource: &Resource, addresses: &BTreeMap<Id, (&str, Vec<Address>)>) -> Vec<String> {
    let mut referenced = BTreeSet::new();
    for (_, datum) in resource.properties.iter() {
        datum.value.references(&mut |id, _| {
            referenced.insert(id.clone());
        });
    }
    let mut before = Vec::new();
    for id in &resource.depends_on {
        let (_, own) = addresses.get(id).cloned().unwrap_or_default();
        before.extend(own.iter().skip(usize::from(referenced.contains(id))).map(Address::text));
    }
    for id in referenced.iter().filter(|id| !resource.depends_on.contains(id) && **id != resource.id) {
        if let Some((_, own)) = addresses.get(id).filter(|(type_name, _)| WAITED_FOR.contains(type_name)) {
            before.extend(own.iter().skip(1).map(Address::text));
        }
    }
    before
}

/// Writes the `lifecycle` blocks of a resource and of its parts.
fn lifecycle(resource: &Resource, graph: &Graph, made: &mut [Made]) {
    let Some(column) = column(resource) else { return };
    let lifecycle = &resource.lifecycle;
    let ignored: Vec<_> = lifecycle.ignore.iter().flat_map(|property| table::places(column, property)).collect();
    for (i, part) in made.iter_mut().enumerate() {
        let mut block = Block::new("lifecycle", &[]);
        if i == 0 && lifecycle.create_before_destroy {
            block = block.with("create_before_destroy", true);
        }
        if i == 0 && lifecycle.retain {
            block = block.with("prevent_destroy", true);
        }
        let names = ignored.iter().filter(|(holder, name)| match holder {
            None => i == 0 && has(&part.body, name),
            Some(holder) => *holder == part.address.resource && has(&part.body, name),
        });
        let drift = column.drift.iter().filter(|drift| i == 0 && (drift.when)(resource, graph));
        let names = names.map(|(_, name)| *name).chain(drift.map(|drift| drift.argument));
        let names: BTreeSet<&str> = names.collect();
        let names: Vec<_> = names.into_iter().map(Expression::traversal).collect();
        if !names.is_empty() {
            block = block.with("ignore_changes", Expression::List(names));
        }
        if !block.body.is_empty() {
            part.body.block(block);
        }
    }
}

fn has(body: &Body, name: &str) -> bool {
    body.items.iter().any(|item| match item {
        Item::Attribute(n, _) => n == name,
        Item::Block(b) => b.kind == name,
    })
}
