//! Existing resources: a data source for each, which fails the plan if AWS has
//! another value than the spec declares.

use migspec_ir::resource_type::Compare;
use migspec_ir::{Existing, Graph, Resource, Value};

use super::hcl::{Block, Body, Expression};
use super::value::name;
use crate::existing::{Fact, facts, lookup};

/// The file of all data sources.
pub fn file(graph: &Graph) -> Body {
    let mut file = Body::new();
    for (resource, existing) in graph.existing() {
        if let Some(block) = data_source(graph, resource, existing) {
            file.block(block);
        }
    }
    file
}

fn data_source(graph: &Graph, resource: &Resource, existing: &Existing) -> Option<Block> {
    let lookup = lookup(resource)?;
    let mut block = Block::new("data", &[lookup.data, &name(&resource.id)]).comment(&*resource.path);
    if let Some(region) = resource.region.as_deref().filter(|region| *region != &*graph.environment.region) {
        block = block.with("region", region);
    }
    let mut block = block.with(lookup.by, lookup.argument(&existing.identity));
    let mut lifecycle = Block::new("lifecycle", &[]);
    for fact in facts(graph, resource) {
        for condition in conditions(&fact) {
            let postcondition = Block::new("postcondition", &[])
                .with("condition", condition)
                .with("error_message", message(resource, existing, &fact));
            lifecycle.body.block(postcondition);
        }
    }
    if !lifecycle.body.is_empty() {
        block.body.block(lifecycle);
    }
    Some(block)
}

fn message(resource: &Resource, existing: &Existing, fact: &Fact) -> String {
    format!(
        "{} declares {} of {} as {}, and AWS has another value.",
        resource.path.replace('"', "'"),
        fact.property,
        existing.identity,
        fact.text()
    )
}

/// What the attributes of the data source must be.
fn conditions(fact: &Fact) -> Vec<Expression> {
    match fact.compare {
        Compare::Equal(attribute) => {
            vec![Expression::equal(Expression::traversal(format!("self.{attribute}")), literal(&fact.value))]
        }
        Compare::Json(attribute) => {
            let decoded = |value| Expression::Call("jsondecode", vec![value]);
            let actual = decoded(Expression::traversal(format!("self.{attribute}")));
            vec![Expression::equal(actual, decoded(fact.text().into()))]
        }
        Compare::Contains(attribute) => {
            let items = fact.value.as_list().unwrap_or_default();
            items.iter().map(|item| contains(attribute, literal(&item.value))).collect()
        }
        Compare::Same(attribute) => {
            let set = |list| Expression::Call("toset", vec![list]);
            let actual = set(Expression::traversal(format!("self.{attribute}")));
            vec![Expression::equal(actual, set(Expression::List(items(fact))))]
        }
        Compare::OneOf(attribute) => {
            // An attribute without a value is null or empty.
            let text = vec![Expression::traversal(format!("self.{attribute}")), NOTHING.into()];
            let actual = Expression::Call("coalesce", text);
            let items = items(fact);
            vec![match items.is_empty() {
                true => Expression::equal(actual, NOTHING),
                false => Expression::Call("contains", vec![Expression::List(items), actual]),
            }]
        }
        Compare::DefaultRoute(attribute, family) => match fact.value.as_str() {
            Some("none") | None => {
                let destinations = format!("{attribute}[*].{}", family.destination());
                vec![Expression::Not(Box::new(contains(&destinations, family.everywhere().into())))]
            }
            Some(target) => {
                vec![contains(&format!("{attribute}[*].{}", crate::existing::route_attribute(target)), target.into())]
            }
        },
    }
}

const NOTHING: &str = "none";

fn items(fact: &Fact) -> Vec<Expression> {
    fact.value.as_list().unwrap_or_default().iter().map(|item| literal(&item.value)).collect()
}

fn contains(attribute: &str, value: Expression) -> Expression {
    Expression::Call("contains", vec![Expression::traversal(format!("self.{attribute}")), value])
}

fn literal(value: &Value) -> Expression {
    match value {
        Value::Bool(b) => Expression::Bool(*b),
        Value::Integer(n) => Expression::Integer(*n),
        value => Expression::String(value.as_str().unwrap_or_default().to_owned()),
    }
}
