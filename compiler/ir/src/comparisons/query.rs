//! Comparisons as commands of the AWS CLI, with a query in JMESPath that is true for the declared facts.

use std::sync::Arc;

use super::{Item, Policy, items, names_of_key, setting};
use crate::aws::ec2::routing::route_target;
use crate::datum::Value;
use crate::graph::Graph;
use crate::json;
use crate::resource_type::Field;
use crate::workflow::{DescribeCall, Described, Ids};

/// A command that prints `true` if AWS has the declared facts of a resource.
#[derive(Clone, PartialEq, Debug)]
pub struct Command {
    /// The id of the resource.
    pub subject: Arc<str>,
    /// The node that declares it.
    pub node: Arc<str>,
    /// The words of the command after `aws`, without the region.
    pub words: Vec<String>,
    /// The filter of `jq` that is true for the declared policy, if the command prints the text of a policy.
    pub policy: Option<String>,
}

/// The commands of all comparisons in the environment's region, one for each resource and call.
pub fn commands(graph: &Graph) -> Vec<Command> {
    let of_call = |described: &Described| {
        let items = items(graph, *described);
        items.into_iter().map(|(id, item)| command(*described, id, &item)).collect::<Vec<_>>()
    };
    Described::ALL.iter().flat_map(of_call).collect()
}

fn command(described: Described, subject: Arc<str>, item: &Item) -> Command {
    let DescribeCall { info, ids, fixed, .. } = described.call();
    let action = info.resource.rsplit(':').next().unwrap_or_default();
    let mut words = vec![described.cli_service().to_owned(), kebab(action)];
    let arguments = std::iter::once((ids.name(), &*subject)).chain(fixed.iter().copied());
    words.extend(arguments.flat_map(|(name, value)| [format!("--{}", kebab(name)), value.to_owned()]));
    let policy = item.facts.iter().find_map(|(field, value)| match field {
        Field::Policy(path) => Some((*path, value)),
        _ => None,
    });
    let query = match policy {
        Some((path, _)) => described.cli_answer().map_or(path.to_owned(), |answer| format!("{answer}.{path}")),
        None => query(described, &subject, item),
    };
    words.extend(["--query".to_owned(), query]);
    Command { subject, node: item.node.clone(), words, policy: policy.map(|(_, value)| filter(value)) }
}

/// True for a policy with the declared statements, in any order.
fn filter(value: &Value) -> String {
    let policy = Policy::of(value);
    let statements = serde_json::Value::Array(policy.statements);
    let version = policy.version.map(|version| format!(" and .Version == {}", serde_json::Value::from(version)));
    format!(
        "fromjson | ([.Statement] | flatten) as $now | {statements} as $declared | $now - $declared == [] \
         and $declared - $now == []{}",
        version.unwrap_or_default()
    )
}

/// `describeVpcs` becomes `describe-vpcs`, as the AWS CLI names calls and arguments.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

fn query(described: Described, subject: &str, item: &Item) -> String {
    let DescribeCall { id, ids, .. } = described.call();
    let own = id.map(|id| format!("{id} == {}", literal(&Value::from(subject))));
    let facts = item.facts.iter().flat_map(|(field, value)| conditions(*field, value));
    let all: Vec<String> = own.into_iter().chain(facts).collect();
    let all = all.join(" && ");
    match described.cli_answer() {
        // A call for one resource answers with an object, and its member is one too.
        Some(member) if matches!(ids, Ids::One(_)) => format!("{member} | ({all})"),
        Some(member) => format!("length({member}[?{all}]) == `1`"),
        None => all,
    }
}

fn conditions(field: Field, value: &Value) -> Vec<String> {
    match field {
        Field::Equal(path) => vec![format!("{path} == {}", literal(value))],
        Field::Setting { set, key } => {
            let found = setting(value, key).map(|setting| {
                format!(
                    "{set}[?Key == {}].Value | [0] == {}",
                    literal(&Value::from(key)),
                    literal(&Value::from(setting))
                )
            });
            found.into_iter().collect()
        }
        Field::Positive(path) => match value.as_bool() {
            Some(true) => vec![format!("to_number({path}) > `0`")],
            _ => vec![format!("{path} == {}", literal(&Value::from("0")))],
        },
        Field::Associated { set, member, state } => {
            let ranges = format!("{set}[?{state}.State == `\"associated\"`].{member}");
            let items = value.as_list().unwrap_or_default();
            let each = items.iter().map(|item| format!("contains({ranges}, {})", literal(&item.value)));
            std::iter::once(format!("length({ranges}) == `{}`", items.len())).chain(each).collect()
        }
        Field::Among { set, member } => vec![format!("contains({set}[].{member}, {})", literal(value))],
        Field::DefaultRoute(family) => {
            let (destination, everywhere) = (family.destination_property(), Value::from(family.everywhere()));
            let everywhere = literal(&everywhere);
            vec![match value.as_str().filter(|target| *target != "none") {
                None => format!("!contains(Routes[].{destination}, {everywhere})"),
                Some(target) => format!(
                    "length(Routes[?{destination} == {everywhere} && {} == {}]) == `1`",
                    route_target(target),
                    literal(&Value::from(target))
                ),
            }]
        }
        // JMESPath reads no JSON in a text.
        Field::Policy(_) => Vec::new(),
        Field::Key(path) => {
            let names = serde_json::Value::from(names_of_key(value));
            vec![format!("contains(`{names}`, {path})")]
        }
    }
}

/// A literal of JMESPath: JSON between backticks.
fn literal(value: &Value) -> String {
    format!("`{}`", json::of(value).to_string().replace('`', "\\`"))
}

#[cfg(test)]
mod tests {
    use super::kebab;

    #[test]
    fn names_are_those_of_the_command_line() {
        for (name, expected) in [
            ("describeVpcs", "describe-vpcs"),
            ("NetworkAclIds", "network-acl-ids"),
            ("getKeyRotationStatus", "get-key-rotation-status"),
            ("KeyId", "key-id"),
        ] {
            assert_eq!(kebab(name), expected);
        }
    }
}
