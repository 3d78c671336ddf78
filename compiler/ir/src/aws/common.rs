//! The facts of every resource type.

use std::collections::BTreeSet;
use std::fmt;

use crate::datum::{Datum, Value};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::iam;
use crate::overriding;
use crate::secret::Form;
use crate::tags;

/// Facts that every type has. They are read once for each resource: cheap ones
/// only.
pub const FACTS: &[Fact] = &[
    // The paths of properties whose text is a credential by its form.
    Fact::computed("credentials", FactType::StringSet, |resource, _| paths(resource, Form::Credential)),
    // The paths of properties whose text is the number of a payment card.
    Fact::computed("cardNumbers", FactType::StringSet, |resource, _| paths(resource, Form::CardNumber)),
    // The paths that overrides change and that have no class.
    Fact::computed("unjudged", FactType::StringSet, overriding::unjudged_paths),
    // Tags that everything of the migration has, and this does not.
    Fact::computed("missingTags", FactType::StringSet, |resource, graph| {
        tags::missing(resource, graph).map_or(FactValue::Unknown, |names| FactValue::set(names.into_iter().map(Some)))
    }),
    // Conditions of its policy that the allowed service never meets.
    Fact::computed("unmetConditions", FactType::StringSet, |resource, _| unmet_conditions(resource)),
    // The value of its scope tag; empty without one.
    Fact::computed("pciScope", FactType::String, |resource, _| match tags::scope(resource) {
        None => "".into(),
        Some(tag) => tag.value.as_str().into(),
    }),
];

fn unmet_conditions(resource: &Resource) -> FactValue {
    let property = match resource.type_name {
        "AWS::IAM::Role" => "AssumeRolePolicyDocument",
        "AWS::KMS::Key" => "KeyPolicy",
        "AWS::Logs::ResourcePolicy" | "AWS::S3::BucketPolicy" | "AWS::SNS::TopicPolicy" | "AWS::SQS::QueuePolicy" => {
            "PolicyDocument"
        }
        _ => return FactValue::StringSet(BTreeSet::new()),
    };
    match resource.get(property) {
        None => FactValue::StringSet(BTreeSet::new()),
        Some(_) => iam::ask(resource, property, |d| {
            FactValue::set(iam::unmet_conditions(d, resource.type_name).into_iter().map(Some))
        }),
    }
}

fn paths(resource: &Resource, form: Form) -> FactValue {
    let mut paths = Vec::new();
    for (name, datum) in resource.properties.iter() {
        walk(&datum.value, form, &Path { of: None, step: Step::Name(name) }, &mut paths);
    }
    if form == Form::Credential {
        paths.extend(tags::secrets(resource));
    }
    FactValue::set(paths.into_iter().map(Some))
}

/// The path of a value, formatted only for a finding.
struct Path<'a> {
    of: Option<&'a Path<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(of) = self.of {
            write!(f, "{of}.")?;
        }
        match self.step {
            Step::Name(name) => f.write_str(name),
            Step::Index(index) => write!(f, "{index}"),
        }
    }
}

/// Text of references is known to AWS only, and that of a workflow is judged
/// with its machine.
fn walk(value: &Value, form: Form, path: &Path<'_>, found: &mut Vec<String>) {
    let step = |step, datum: &Datum, found: &mut Vec<String>| {
        walk(&datum.value, form, &Path { of: Some(path), step }, found);
    };
    match value {
        Value::String(text) if form.is_in(text) => found.push(path.to_string()),
        Value::Concat(parts) => parts.iter().for_each(|part| walk(part, form, path, found)),
        Value::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| step(Step::Index(index), item, found));
        }
        Value::Map(map) => map.iter().for_each(|(name, datum)| step(Step::Name(name), datum, found)),
        Value::JsonText(inner) => walk(&inner.value, form, path, found),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource_type::find;
    use crate::testing::{fact, resource};

    #[test]
    fn a_secret_is_found_wherever_it_stands() {
        let of = |name: &str, properties: &str| {
            let known = find("AWS::SSM::Parameter").expect("the table has parameters");
            fact(known, name, [resource("AWS::SSM::Parameter", "p", properties)])
        };
        let key = r#"{"Tags": {"note": "AKIAIOSFODNN7EXAMPLE"}, "Name": "a"}"#;
        assert_eq!(of("credentials", key), FactValue::set([Some("Tags.note")]));
        let password = r#"{"Tags": {"DbPassword": "hunter2", "SecretsOwner": "team-2"}, "Name": "a"}"#;
        assert_eq!(of("credentials", password), FactValue::set([Some("Tags.DbPassword")]));
        let card = r#"{"Description": "4111 1111 1111 1111"}"#;
        assert_eq!(of("credentials", card), FactValue::set::<&str>([]));
        assert_eq!(of("cardNumbers", card), FactValue::set([Some("Description")]));
    }

    #[test]
    fn tags_are_missing_where_the_type_takes_them() {
        let of = |type_name: &'static str, properties: &str| {
            fact(find(type_name).expect("the table has it"), "missingTags", [resource(type_name, "r", properties)])
        };
        let whole = r#"{"Tags": {"Environment": "test", "Migration": "m", "Owner": "o"}}"#;
        assert_eq!(of("AWS::SSM::Parameter", whole), FactValue::set::<&str>([]));
        let other = r#"{"Tags": {"Environment": "prod", "Migration": "m"}}"#;
        assert_eq!(of("AWS::SSM::Parameter", other), FactValue::set([Some("Environment"), Some("Owner")]));
        assert_eq!(of("AWS::IAM::RolePolicy", "{}"), FactValue::set::<&str>([]));
    }
}
