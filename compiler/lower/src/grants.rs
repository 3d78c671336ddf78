//! The only source of role policies: the grants. A permissions boundary limits
//! all roles.

mod boundary;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use migspec_ir::{Condition, Datum, Grant, Id, Map, Origin, Resource, Value};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::cx::Cx;
use crate::functions::NETWORK_ACTIONS;
use crate::names;
use crate::policy::{self, Statement};

const BY: &str = "grants";

pub(crate) fn lower(cx: &mut Cx) {
    let grants = std::mem::take(&mut cx.graph.grants);
    let mut by_role: IndexMap<&Id, Vec<&Grant>> = IndexMap::new();
    for grant in &grants {
        by_role.entry(&grant.role).or_default().push(grant);
    }
    let functions = functions_in_networks(cx);
    for (role, grants) in &by_role {
        add(cx, role, grants, functions.get(*role));
    }
    boundary::lower(cx, &grants);
    cx.graph.grants = grants;
}

fn add(cx: &mut Cx, role: &Id, grants: &[&Grant], function: Option<&Value>) {
    let Some(holder) = cx.graph.get(role) else { return };
    let (path, from) = (holder.path.clone(), holder.origin.span());
    let origin = Origin::derived(BY, from);
    let mut statements = statements(grants);
    if let Some(function) = function {
        statements.push(own_code_stays_out(function, origin));
    }
    let name = cx.physical(names::ROLE_POLICY, role.as_str());
    let document = policy::document(statements, origin);
    let policy = Resource::new("AWS::IAM::RolePolicy", names::role_policy(role), path, origin)
        .set("PolicyName", name)
        .set("RoleName", Value::reference(role.clone()))
        .set("PolicyDocument", document);
    cx.add(policy);
}

/// Grants on the same resources under the same conditions are one statement;
/// then those of the same actions under the same conditions are.
struct Merged<'g> {
    actions: BTreeSet<&'static str>,
    /// By their text, so that the same resource is named once.
    resources: IndexMap<String, &'g Datum>,
    conditions: &'g [Condition],
    first: &'g Grant,
}

fn statements(grants: &[&Grant]) -> Vec<Statement> {
    let mut by_resources: IndexMap<String, Merged> = IndexMap::new();
    for grant in grants {
        let resources: IndexMap<String, &Datum> =
            grant.resources.iter().map(|datum| (text(&datum.value), datum)).collect();
        let mut names: Vec<&str> = resources.keys().map(String::as_str).collect();
        names.sort_unstable();
        let key = format!("{} if {}", names.join(" "), conditions_text(&grant.conditions));
        by_resources
            .entry(key)
            .or_insert_with(|| Merged {
                actions: BTreeSet::new(),
                resources,
                conditions: &grant.conditions,
                first: grant,
            })
            .actions
            .extend(grant.actions.iter().copied());
    }
    let mut by_actions: IndexMap<String, Merged> = IndexMap::new();
    for merged in by_resources.into_values() {
        let actions: Vec<&str> = merged.actions.iter().copied().collect();
        let key = format!("{} if {}", actions.join(" "), conditions_text(merged.conditions));
        match by_actions.get_mut(&key) {
            Some(same) => same.resources.extend(merged.resources),
            None => {
                by_actions.insert(key, merged);
            }
        }
    }
    let mut taken = FxHashSet::default();
    let mut statements: Vec<(String, Merged)> =
        by_actions.into_values().map(|merged| (sid(&merged.first.why, &mut taken), merged)).collect();
    statements.sort_by(|(a, _), (b, _)| a.cmp(b));
    statements.into_iter().map(|(sid, merged)| statement(&sid, merged)).collect()
}

fn statement(sid: &str, merged: Merged) -> Statement {
    let origin = merged.first.origin;
    let actions: Vec<&str> = merged.actions.into_iter().collect();
    let mut resources: Vec<(String, &Datum)> = merged.resources.into_iter().collect();
    resources.sort_by(|(a, _), (b, _)| a.cmp(b));
    let statement = Statement::allow(sid, origin)
        .actions(&actions)
        .resources(resources.into_iter().map(|(_, datum)| datum.value.clone()).collect());
    merged.conditions.iter().fold(statement, |statement, condition| {
        let values: Vec<Value> = condition.values.iter().map(|datum| datum.value.clone()).collect();
        statement.when_any(condition.operator, &condition.key, values)
    })
}

/// A text that identifies a value. Values in grants contain no collections.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.to_string(),
        Value::Ref(id) => format!("${{{id}}}"),
        Value::Attribute(id, name) => format!("${{{id}.{name}}}"),
        Value::Concat(parts) => parts.iter().map(text).collect(),
        other => format!("{other:?}"),
    }
}

fn conditions_text(conditions: &[Condition]) -> String {
    let of = |condition: &Condition| {
        let values: Vec<String> = condition.values.iter().map(|datum| text(&datum.value)).collect();
        format!("{} {} {}", condition.operator, condition.key, values.join(" "))
    };
    conditions.iter().map(of).collect::<Vec<_>>().join(" and ")
}

/// The reason as a statement's id: letters and digits, one of a kind.
fn sid(why: &str, taken: &mut FxHashSet<String>) -> String {
    let words = why.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words.map(capitalised).collect::<String>().chars().take(60).collect();
    let mut sid = name.clone();
    let mut n = 1;
    while !taken.insert(sid.clone()) {
        n += 1;
        sid = format!("{name}{n}");
    }
    sid
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// The roles of functions in networks, with the ARN of the function.
fn functions_in_networks(cx: &Cx) -> FxHashMap<Id, Value> {
    let functions = cx.graph.of_type("AWS::Lambda::Function").filter(|f| f.get("VpcConfig").is_some());
    functions
        .filter_map(|function| match (&function.get("Role")?.value, &function.get("FunctionName")?.value) {
            (Value::Attribute(role, _), Value::String(name)) => {
                Some((role.clone(), cx.arn("lambda", &format!("function:{name}"))))
            }
            _ => None,
        })
        .collect()
}

/// Lambda needs these rights to place the function; its code does not.
fn own_code_stays_out(function: &Value, origin: Origin) -> Statement {
    Statement::deny("OwnCodeStaysOutOfTheNetwork", origin).actions(&NETWORK_ACTIONS).resources(vec!["*".into()]).when(
        "ArnEquals",
        "lambda:SourceFunctionArn",
        function.clone(),
    )
}

/// The properties of a policy that is no role's own.
fn document(statements: Vec<Statement>, origin: Origin) -> Map {
    policy::document(statements, origin)
}
