//! Statements of policy documents, removed or weakened. An allow statement
//! becomes wider, a deny statement narrower.

use std::borrow::Cow;

use migspec_ir::{Datum, Map, Resource, Value, iam, json};

/// A weaker statement of one document.
pub(super) struct Change<'g> {
    pub(super) fact: &'static str,
    pub(super) text: String,
    /// The property with the document.
    pub(super) document: &'g str,
    pub(super) edit: Edit,
}

pub(super) struct Edit {
    /// The index of the statement.
    index: usize,
    what: What,
}

enum What {
    Gone,
    Without(&'static str),
    /// A member with `*`.
    Everything(&'static str),
    /// A member without one of its values.
    Less(&'static str, usize),
    /// A condition that exempts some principals.
    Spared,
}

/// Members of an IAM policy statement, with the name of their mutation.
const WIDER: &[(&str, &str)] = &[
    ("Action", "statement of all actions"),
    ("Resource", "statement on everything"),
    ("Principal", "statement for all principals"),
];

/// Deny-statement members that can be narrowed, with the name of their
/// mutation.
const NARROWER: &[(&str, &str)] = &[("Action", "denial of fewer actions"), ("Resource", "denial on fewer resources")];

/// All mutations of a resource's documents, one change each.
pub(super) fn changes(resource: &Resource) -> Vec<Change<'_>> {
    let mut changes = Vec::new();
    for (name, datum) in resource.properties.iter() {
        let Some(document) = json::document(datum).filter(|d| is_policy(d)) else { continue };
        for (index, statement) in statements(&document).into_iter().enumerate() {
            let mut add = |fact, part: &str, what| {
                let text = format!("statement {index} of `{name}`{part}");
                changes.push(Change { fact, text, document: name, edit: Edit { index, what } });
            };
            if allows(statement) {
                wider(resource, statement, &mut add);
            } else {
                narrower(statement, &mut add);
            }
        }
    }
    changes
}

fn wider(resource: &Resource, statement: &Datum, add: &mut impl FnMut(&'static str, &str, What)) {
    add("statement gone", "", What::Gone);
    if statement.get("Condition").is_some() {
        add("statement without its condition", "", What::Without("Condition"));
    }
    // A resource policy concerns its own resource and service, independent of
    // its text.
    let own = resource.type_name != "AWS::EC2::VPCEndpoint" && statement.get("Principal").is_some();
    for (member, fact) in WIDER {
        let narrow = |d: &&Datum| {
            let text = d.value.as_str().or(d.get("AWS").and_then(|d| d.value.as_str()));
            text.is_none_or(|text| text != "*" && !(own && *member == "Action" && text.ends_with(":*")))
        };
        if !(own && *member == "Resource") && statement.get(member).filter(narrow).is_some() {
            add(fact, "", What::Everything(member));
        }
    }
}

fn narrower(statement: &Datum, add: &mut impl FnMut(&'static str, &str, What)) {
    add("denial gone", "", What::Gone);
    for (member, fact) in NARROWER {
        let named = statement.get(member).and_then(|d| d.value.as_list()).unwrap_or_default();
        // The removal of the only value equals the removal of the statement.
        for (position, one) in named.iter().enumerate().filter(|_| named.len() > 1) {
            add(fact, &format!(", without `{}`", iam::text(&one.value)), What::Less(member, position));
        }
    }
    add("denial that spares some", "", What::Spared);
}

/// Changes a document and keeps its form: an object or text.
pub(super) fn apply(datum: &mut Datum, edit: &Edit) {
    let Some(mut document) = json::document(datum).map(Cow::into_owned) else { return };
    let Value::Map(map) = &mut document.value else { return };
    let Some(Datum { value, .. }) = map.get_mut("Statement") else { return };
    if let Value::Map(_) = value {
        let one = Datum::new(value.clone(), datum.origin);
        *value = Value::List(vec![one]);
    }
    let Value::List(statements) = value else { return };
    if let What::Gone = edit.what {
        statements.remove(edit.index);
    } else if let Some(Datum { value: Value::Map(statement), origin }) = statements.get_mut(edit.index) {
        let origin = *origin;
        match edit.what {
            What::Gone => {}
            What::Without(member) => drop(statement.remove(member)),
            What::Everything(member) => statement.set(member, Datum::new("*", origin)),
            What::Less(member, position) => {
                if let Some(Datum { value: Value::List(named), .. }) = statement.get_mut(member) {
                    named.remove(position);
                }
            }
            What::Spared => spare(statement, origin),
        }
    }
    datum.value = match datum.value {
        Value::Map(_) => document.value,
        _ => Value::JsonText(Box::new(document)),
    };
}

/// Adds a condition: the deny statement no longer applies to principals with a
/// tag.
fn spare(denial: &mut Map, origin: migspec_ir::Origin) {
    let mut tag = Map::new();
    tag.set("aws:PrincipalTag/spared", Datum::new("true", origin));
    let mut condition = match denial.get("Condition").map(|d| &d.value) {
        Some(Value::Map(condition)) => condition.clone(),
        _ => Map::new(),
    };
    condition.set("StringNotEqualsIgnoreCase", Datum::new(Value::Map(tag), origin));
    denial.set("Condition", Datum::new(Value::Map(condition), origin));
}

fn allows(statement: &Datum) -> bool {
    statement.get("Effect").and_then(|d| d.value.as_str()) == Some("Allow")
}

/// An IAM document: statements with an effect.
fn is_policy(document: &Datum) -> bool {
    statements(document).first().is_some_and(|s| s.get("Effect").is_some())
}

fn statements(document: &Datum) -> Vec<&Datum> {
    let Some(statements) = document.get("Statement") else { return Vec::new() };
    match &statements.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![statements],
    }
}
