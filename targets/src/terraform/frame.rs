//! The files that hold no resource: versions and provider, variables, outputs,
//! and the data that a configuration asks AWS for.

use std::collections::BTreeSet;

use migspec_diag::Diagnostic;
use migspec_ir::aws::provider;
use migspec_ir::{Deployer, Graph, Resource, StateStore, Value};

use super::hcl::{Block, Body, Expression};
use super::value::{Context, Values, variable, zones};

/// The files by name; a file without content is left out.
pub fn files(context: &Context, problems: &mut Vec<Diagnostic>) -> Vec<(&'static str, Body)> {
    let graph = context.graph;
    let files = [
        ("versions", versions(graph)),
        ("data", data(context)),
        ("variables", variables(graph)),
        ("outputs", outputs(context, problems)),
    ];
    files.into_iter().filter(|(_, body)| !body.is_empty()).collect()
}

/// The required versions, the state backend, and the account that the
/// configuration may change.
fn versions(graph: &Graph) -> Body {
    let mut file = Body::new();
    let mut terraform = Block::new("terraform", &[]).with("required_version", provider::TERRAFORM_VERSION);
    let source = [("source", provider::SOURCE), ("version", provider::VERSION)];
    let source = source.map(|(name, value)| (name.to_owned(), value.into()));
    terraform.body.block(Block::new("required_providers", &[]).with(provider::NAME, Expression::Object(source.into())));
    terraform.body.items.extend(graph.state.iter().map(|state| super::hcl::Item::Block(backend(state))));
    file.block(terraform);
    let environment = &graph.environment;
    let account = Expression::List(vec![(&*environment.account).into()]);
    let mut provider = Block::new("provider", &[provider::NAME])
        .comment("A configuration for one account never touches another.")
        .with("region", &*environment.region)
        .with("allowed_account_ids", account);
    provider.body.items.extend(graph.deployer.iter().map(|role| super::hcl::Item::Block(assume_role(role))));
    file.block(provider);
    file
}

fn backend(state: &StateStore) -> Block {
    let argument = |name: &str| state.arguments.iter().find(|(n, _)| **n == *name).map(|(_, value)| &**value);
    if state.backend == "cloud" {
        let mut cloud = Block::new("cloud", &[]).with("organization", argument("organization").unwrap_or_default());
        let workspace = argument("workspace").unwrap_or_default();
        cloud.body.block(Block::new("workspaces", &[]).with("name", workspace));
        return cloud;
    }
    let block = Block::new("backend", &[state.backend]);
    let block = state.arguments.iter().fold(block, |block, (name, value)| block.with(&**name, &**value));
    match state.backend {
        "s3" => block.with("encrypt", true).with("use_lockfile", true),
        _ => block,
    }
}

/// The provider acts as the role that deploys.
fn assume_role(deployer: &Deployer) -> Block {
    let block = Block::new("assume_role", &[]).with("role_arn", &*deployer.role);
    match &deployer.external_id {
        Some(id) => block.with("external_id", &**id),
        None => block,
    }
}

/// The zones of each region in which a resource asks for one, and the secrets that exist.
fn data(context: &Context) -> Body {
    let graph = context.graph;
    let mut file = Body::new();
    for region in regions_with_zones(graph) {
        let mut block = Block::new("data", &[provider::ZONES, &zones(region)]);
        if region != &*graph.environment.region {
            block = block.with("region", region);
        }
        // Local Zones hold neither databases nor NAT gateways.
        let values = Expression::List(vec!["opt-in-not-required".into()]);
        block.body.block(Block::new("filter", &[]).with("name", "opt-in-status").with("values", values));
        // An impaired zone stays in the list, and the places of the others stay (fact: terraform-zones-without-state).
        file.block(block);
    }
    for (arn, region) in super::secret::existing(graph) {
        let (Some(name), Some(label)) = (super::secret::name(arn), context.secrets.get(arn)) else { continue };
        let mut block = Block::new("data", &[provider::SECRET, label]);
        if region != &*graph.environment.region {
            block = block.with("region", region);
        }
        file.block(block.with("name", name));
    }
    file.items.iter_mut().for_each(attributes_first);
    file
}

fn attributes_first(item: &mut super::hcl::Item) {
    if let super::hcl::Item::Block(block) = item {
        block.body.items.sort_by_key(|item| matches!(item, super::hcl::Item::Block(_)));
    }
}

fn regions_with_zones(graph: &Graph) -> BTreeSet<&str> {
    fn asks(value: &Value) -> bool {
        match value {
            Value::Zone(_) => true,
            Value::List(items) => items.iter().any(|d| asks(&d.value)),
            Value::Map(map) => map.iter().any(|(_, d)| asks(&d.value)),
            Value::Concat(parts) => parts.iter().any(asks),
            _ => false,
        }
    }
    let asking = graph.resources.values().filter(|r| r.properties.iter().any(|(_, d)| asks(&d.value)));
    asking.map(|r| r.region.as_deref().unwrap_or(&graph.environment.region)).collect()
}

fn variables(graph: &Graph) -> Body {
    let mut file = Body::new();
    for parameter in &graph.parameters {
        let block = Block::new("variable", &[&variable(&parameter.name)])
            .with("description", parameter.description.as_str())
            .with("type", Expression::traversal("string"))
            .with("default", &*parameter.default);
        file.block(block);
    }
    file
}

fn outputs(context: &Context, problems: &mut Vec<Diagnostic>) -> Body {
    let mut file = Body::new();
    // Outputs belong to no resource: their values are asked for in its region.
    let Some(place) = context.graph.resources.values().next() else { return file };
    let values = Values { context, resource: &Resource { region: None, ..place.clone() } };
    for output in &context.graph.outputs {
        let block = Block::new("output", &[&variable(&output.name)])
            .with("description", output.description.as_str())
            .with("value", values.datum(&output.value, problems));
        file.block(block);
    }
    file
}
