//! A policy document as statements.

use crate::datum::{Datum, Map, Value};
use crate::json;

/// A policy document.
#[derive(Debug)]
pub struct Document<'d> {
    pub statements: Vec<Statement<'d>>,
}

#[derive(Debug)]
pub struct Statement<'d> {
    pub effect: Effect,
    /// Empty in the policies of roles.
    pub principals: Vec<Principal<'d>>,
    /// The statement names whom it is *not* for.
    pub not_principal: bool,
    pub actions: Vec<&'d str>,
    pub not_action: bool,
    /// Empty in trust policies.
    pub resources: Vec<&'d Value>,
    pub not_resource: bool,
    pub conditions: Vec<Condition<'d>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Principal<'d> {
    /// `*`, or `{"AWS": "*"}`.
    Everyone,
    /// `logs.us-east-1.amazonaws.com`
    Service(&'d str),
    /// An account, role or user: an ARN or account id, or a reference.
    Aws(&'d Value),
    /// An identity provider.
    Federated,
    /// A canonical user.
    Other,
}

/// One key of a condition with its operator.
#[derive(Debug)]
pub struct Condition<'d> {
    pub operator: &'d str,
    pub key: &'d str,
    pub values: Vec<&'d Value>,
}

/// Asks a question of the document that a property holds. Nothing where the
/// document cannot be read: its text is not known, or it is no policy.
pub fn read<T>(datum: &Datum, question: impl FnOnce(&Document<'_>) -> T) -> Option<T> {
    let datum = json::document(datum)?;
    Document::of(&datum).map(|document| question(&document))
}

impl<'d> Document<'d> {
    /// Nothing where the value is no policy.
    pub fn of(datum: &'d Datum) -> Option<Self> {
        let statements = items(&datum.get("Statement")?.value);
        let statements = statements.into_iter().map(|value| Statement::of(value.as_map()?)).collect::<Option<_>>()?;
        Some(Self { statements })
    }

    pub fn allowing(&self) -> impl Iterator<Item = &Statement<'d>> {
        self.statements.iter().filter(|s| s.effect == Effect::Allow)
    }

    pub fn denying(&self) -> impl Iterator<Item = &Statement<'d>> {
        self.statements.iter().filter(|s| s.effect == Effect::Deny)
    }
}

impl<'d> Statement<'d> {
    fn of(map: &'d Map) -> Option<Self> {
        let effect = match map.get("Effect")?.value.as_str()? {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            _ => return None,
        };
        let (principals, not_principal) = either(map, "Principal", "NotPrincipal");
        let (actions, not_action) = either(map, "Action", "NotAction");
        let (resources, not_resource) = either(map, "Resource", "NotResource");
        Some(Self {
            effect,
            principals: principals.map_or(Some(Vec::new()), |d| read_principals(&d.value))?,
            not_principal,
            actions: items(&actions?.value).into_iter().map(Value::as_str).collect::<Option<_>>()?,
            not_action,
            resources: resources.map(|d| items(&d.value)).unwrap_or_default(),
            not_resource,
            conditions: read_conditions(map.get("Condition"))?,
        })
    }

    /// Whether the statement is about this action.
    pub fn covers_action(&self, action: &str) -> bool {
        self.actions.iter().any(|pattern| super::covers(pattern, action)) != self.not_action
    }

    /// Whether the statement is about every resource.
    pub fn covers_every_resource(&self) -> bool {
        !self.not_resource && self.resources.iter().any(|r| r.as_str() == Some("*"))
    }

    pub fn is_for_everyone(&self) -> bool {
        self.not_principal || self.principals.contains(&Principal::Everyone)
    }
}

/// The element of the first name, else of the second, and whether it is the
/// second.
fn either<'d>(map: &'d Map, name: &str, not_name: &str) -> (Option<&'d Datum>, bool) {
    match map.get(name) {
        Some(datum) => (Some(datum), false),
        None => (map.get(not_name), map.get(not_name).is_some()),
    }
}

/// IAM writes a list of one without the list.
fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::List(items) => items.iter().map(|item| &item.value).collect(),
        single => vec![single],
    }
}

fn read_principals(value: &Value) -> Option<Vec<Principal<'_>>> {
    match value {
        Value::String(text) => (&**text == "*").then(|| vec![Principal::Everyone]),
        Value::Map(map) => {
            let mut principals = Vec::new();
            for (kind, datum) in map.iter() {
                for item in items(&datum.value) {
                    principals.push(read_principal(kind, item)?);
                }
            }
            Some(principals)
        }
        _ => None,
    }
}

fn read_principal<'d>(kind: &str, value: &'d Value) -> Option<Principal<'d>> {
    Some(match kind {
        "AWS" if value.as_str() == Some("*") => Principal::Everyone,
        "AWS" => Principal::Aws(value),
        "Service" => Principal::Service(value.as_str()?),
        "Federated" => Principal::Federated,
        _ => Principal::Other,
    })
}

fn read_conditions(datum: Option<&Datum>) -> Option<Vec<Condition<'_>>> {
    let Some(datum) = datum else { return Some(Vec::new()) };
    let mut conditions = Vec::new();
    for (operator, keys) in datum.value.as_map()?.iter() {
        for (key, values) in keys.value.as_map()?.iter() {
            conditions.push(Condition { operator, key, values: items(&values.value) });
        }
    }
    Some(conditions)
}

impl Condition<'_> {
    pub fn is_key(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }

    /// Whether it is this operator on this key.
    pub fn is(&self, operator: &str, key: &str) -> bool {
        self.operator.eq_ignore_ascii_case(operator) && self.is_key(key)
    }

    /// Whether it names this text and no other.
    pub fn values_are(&self, text: &str) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| value.as_str() == Some(text))
    }

    /// Whether the condition narrows: it fails where the key is absent, and it
    /// names values, none of which is everything.
    pub fn narrows(&self) -> bool {
        let operator = self.operator.to_ascii_lowercase();
        let positive = !operator.contains("not") && !operator.ends_with("ifexists") && operator != "null";
        let positive = positive && !operator.starts_with("forallvalues");
        positive && !self.values.is_empty() && self.values.iter().all(|value| value.as_str() != Some("*"))
    }
}

/// The service principals that a statement names.
pub(super) fn service_principals<'s, 'd>(statement: &'s Statement<'d>) -> impl Iterator<Item = &'d str> + use<'s, 'd> {
    statement.principals.iter().filter_map(|principal| match principal {
        Principal::Service(name) => Some(*name),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::resource;

    fn statements(document: &str) -> Option<usize> {
        let holder = resource("AWS::IAM::Role", "r", &format!(r#"{{"Document": {document}}}"#));
        read(holder.get("Document").expect("it is set"), |document| document.statements.len())
    }

    #[test]
    fn one_statement_needs_no_list() {
        let statement = r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#;
        assert_eq!(statements(&format!(r#"{{"Statement": {statement}}}"#)), Some(1));
        assert_eq!(statements(&format!(r#"{{"Statement": [{statement}, {statement}]}}"#)), Some(2));
    }

    #[test]
    fn a_document_may_be_text() {
        assert_eq!(statements(r#""{\"Statement\": []}""#), Some(0));
    }

    #[test]
    fn what_is_no_policy_is_not_read() {
        for document in [r#""no json""#, "{}", r#"{"Statement": [{"Effect": "Permit", "Action": "*"}]}"#] {
            assert_eq!(statements(document), None, "{document}");
        }
    }

    #[test]
    fn conditions_that_may_be_absent_do_not_narrow() {
        let condition = |operator| Condition { operator, key: "aws:SourceArn", values: Vec::new() };
        let value = Value::from("arn:aws:s3:::b");
        for (operator, narrows) in [
            ("ArnLike", true),
            ("StringEquals", true),
            ("ForAnyValue:StringEquals", true),
            ("ArnLikeIfExists", false),
            ("ForAllValues:StringEquals", false),
            ("StringNotEquals", false),
            ("Null", false),
        ] {
            let condition = Condition { values: vec![&value], ..condition(operator) };
            assert_eq!(condition.narrows(), narrows, "{operator}");
        }
        assert!(!condition("ArnLike").narrows(), "no value is no limit");
    }
}
