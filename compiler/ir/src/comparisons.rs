//! Declared facts of existing resources, as a workflow compares them with AWS before it changes anything. The data
//! sources of Terraform compare them during a deployment; CloudFormation has no such step, so that commands compare them
//! before it.

mod query;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::aws::ec2::routing::route_target;
use crate::datum::{Map, Value};
use crate::graph::{Graph, Resource};
use crate::json;
use crate::resource_type::{Describe, Field};
use crate::workflow::{Declared, DescribeCall, Described, Expression, Ids, Readers};

pub use query::{Command, commands};

/// Resources of one call: an expression stays readable, and an answer far below the limit of a payload.
const MOST: usize = 20;

/// The comparisons of a graph, in the environment's region: a workflow calls no other one (fact: states-sdk-region).
pub fn comparisons(graph: &Graph) -> Vec<Declared> {
    Described::ALL.iter().flat_map(|described| of_call(graph, *described)).collect()
}

/// A resource of an answer: its declared facts, in the order of the graph.
struct Item {
    /// The node that declares it.
    node: Arc<str>,
    describe: &'static Describe,
    facts: Vec<(Field, Value)>,
}

fn of_call(graph: &Graph, described: Described) -> Vec<Declared> {
    let call = described.call();
    let items = items(graph, described);
    let most = if matches!(call.ids, Ids::List(_)) { MOST } else { 1 };
    let several = items.len() > most;
    let part = |(n, items): (usize, &[(Arc<str>, Item)])| Declared {
        state: if several { format!("{}{}", call.state, n + 1).into() } else { call.state.into() },
        described,
        ids: items.iter().map(|(id, _)| id.clone()).collect(),
        verdict: verdict(items),
    };
    items.chunks(most).enumerate().map(part).collect()
}

/// The resources that a call describes, with their declared facts.
fn items(graph: &Graph, described: Described) -> Vec<(Arc<str>, Item)> {
    let call = described.call();
    let mut items: BTreeMap<Arc<str>, Item> = BTreeMap::new();
    for (resource, existing) in graph.existing().filter(|(_, existing)| !existing.is_requested) {
        let describe =
            resource.resource_type().and_then(|known| known.lookup()).map_or(&[][..], |lookup| lookup.describe);
        let is_visible = existing.owner.is_none() || call.readers == Readers::Shared;
        let describe = describe.iter().find(|describe| describe.described == described);
        let Some(describe) = describe.filter(|_| is_visible && is_here(graph, resource)) else { continue };
        let id = match describe.of {
            None => Some(existing.identity.clone()),
            Some(property) => {
                let target = resource.get(property).and_then(|datum| graph.literal(&datum.value));
                target.and_then(|value| value.as_str().map(Arc::from))
            }
        };
        let Some(id) = id else { continue };
        let facts = facts(graph, resource, describe);
        // A call for one resource without declared facts has nothing to compare.
        if facts.is_empty() && !matches!(call.ids, Ids::List(_)) {
            continue;
        }
        let item = items.entry(id).or_insert_with(|| Item { node: resource.path.clone(), describe, facts: Vec::new() });
        item.facts.extend(facts);
    }
    items.into_iter().collect()
}

fn is_here(graph: &Graph, resource: &Resource) -> bool {
    resource.region.as_ref().is_none_or(|region| *region == graph.environment.region)
}

fn facts(graph: &Graph, resource: &Resource, describe: &Describe) -> Vec<(Field, Value)> {
    let declared = describe.compares.iter().filter_map(|(property, field)| {
        let value = graph.literal(&resource.get(property)?.value)?;
        Some((*field, value))
    });
    declared.collect()
}

/// `(first) ? (second) ? true : $error("…") : $error("…")`.
fn verdict(items: &[(Arc<str>, Item)]) -> Expression {
    let all = items.iter().rev().fold("true".to_owned(), |rest, (id, item)| {
        let message = format!("{id} has other values than {} declares", item.node.replace('"', "'"));
        let error = Expression::quote(&message);
        format!("({}) ? ({rest}) : $error({error})", condition(id, item))
    });
    Expression::new(all)
}

/// One resource of the answer has the id and all declared facts.
fn condition(id: &str, item: &Item) -> String {
    let DescribeCall { answer, id: field, .. } = item.describe.described.call();
    let own = field.map(|field| format!("{field} = {}", Expression::quote(id)));
    let facts = item.facts.iter().flat_map(|(field, value)| conditions(*field, value));
    let all: Vec<String> = own.into_iter().chain(facts).collect();
    let answer = answer.map(|member| format!(".{member}")).unwrap_or_default();
    format!("$count($states.result{answer}[{}]) = 1", all.join(" and "))
}

fn conditions(field: Field, value: &Value) -> Vec<String> {
    match field {
        Field::Equal(path) => vec![format!("{path} = {}", literal(value))],
        Field::Setting { set, key } => {
            let found = setting(value, key).map(|setting| {
                format!("{} in {set}[Key = {}].Value", Expression::quote(setting), Expression::quote(key))
            });
            found.into_iter().collect()
        }
        Field::Positive(path) => match value.as_bool() {
            Some(true) => vec![format!("$number({path}) > 0")],
            _ => vec![format!("{path} = \"0\"")],
        },
        Field::Associated { set, member, state } => {
            let ranges = format!("{set}[{state}.State = \"associated\"].{member}");
            let items = value.as_list().unwrap_or_default();
            let each = items.iter().map(|item| format!("{} in {ranges}", literal(&item.value)));
            std::iter::once(format!("$count({ranges}) = {}", items.len())).chain(each).collect()
        }
        Field::Among { set, member } => vec![format!("{} in {set}.{member}", literal(value))],
        Field::DefaultRoute(family) => {
            let (destination, everywhere) = (family.destination_property(), family.everywhere());
            vec![match value.as_str().filter(|target| *target != "none") {
                None => format!("$not(\"{everywhere}\" in Routes.{destination})"),
                Some(target) => format!(
                    "$exists(Routes[{destination} = \"{everywhere}\" and {} = {}])",
                    route_target(target),
                    Expression::quote(target)
                ),
            }]
        }
        // AWS returns a policy as text (fact: states-function-parse).
        Field::Policy(path) => {
            let policy = Policy::of(value);
            let version =
                policy.version.map(|version| format!("$parse({path}).Version = {}", Expression::quote(version)));
            let count = format!("$count($parse({path}).Statement) = {}", policy.statements.len());
            let each = policy.statements.iter().map(|statement| {
                let text = Expression::quote(&statement.to_string());
                format!("$exists($parse({path}).Statement[$ = $parse({text})])")
            });
            version.into_iter().chain([count]).chain(each).collect()
        }
        Field::Key(path) => {
            let names: Vec<String> = names_of_key(value).iter().map(|name| Expression::quote(name)).collect();
            vec![format!("{path} in [{}]", names.join(", "))]
        }
    }
}

/// A declared policy, as the comparisons read it.
struct Policy<'v> {
    version: Option<&'v str>,
    statements: Vec<serde_json::Value>,
}

impl<'v> Policy<'v> {
    /// A policy may have a single statement without a list.
    fn of(value: &'v Value) -> Self {
        let map = value.as_map();
        let version = map.and_then(|map| map.get("Version")?.value.as_str());
        let statements = map.and_then(|map| map.get("Statement")).map(|datum| json::of(&datum.value));
        let statements = match statements {
            Some(serde_json::Value::Array(statements)) => statements,
            single => single.into_iter().collect(),
        };
        Self { version, statements }
    }
}

/// The value of a key in a list of keys and values.
fn setting<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    let pairs = value.as_list()?.iter().filter_map(|pair| pair.value.as_map());
    let text = |pair: &'v Map, name: &str| pair.get(name).and_then(|datum| datum.value.as_str());
    pairs.into_iter().find(|pair| text(pair, "Key") == Some(key)).and_then(|pair| text(pair, "Value"))
}

/// The ARN and the id of a key.
fn names_of_key(value: &Value) -> Vec<String> {
    let arn = value.as_str().unwrap_or_default();
    let id = arn.rsplit_once('/').map(|(_, id)| id.to_owned());
    std::iter::once(arn.to_owned()).chain(id).collect()
}

fn literal(value: &Value) -> String {
    match value {
        Value::String(text) => Expression::quote(text),
        value => json::of(value).to_string(),
    }
}
