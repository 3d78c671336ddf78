//! Event patterns, decided for one event as EventBridge decides them (fact: events-patterns).

use serde_json::Value as Json;

use crate::datum::{Datum, Value};
use crate::iam::covers_exactly;

/// The text of a resource in a pattern and in an event.
pub(super) fn name(id: &crate::Id) -> String {
    format!("<{id}>")
}

/// Whether the pattern matches the event. `None` if that depends on a value that only the deployment knows, or on an
/// operator that is not known.
pub(in crate::aws) fn matches(pattern: &Datum, event: &Json) -> Option<bool> {
    let Value::Map(fields) = inside(pattern) else { return None };
    every(fields.iter().map(|(field, wanted)| match (field, inside(wanted)) {
        ("$or", Value::List(patterns)) => some(patterns.iter().map(|pattern| matches(pattern, event))),
        (_, Value::Map(_)) => matches(wanted, event.get(field).unwrap_or(&Json::Null)),
        (_, Value::List(conditions)) => {
            some(conditions.iter().map(|condition| holds(&condition.value, event.get(field))))
        }
        _ => None,
    }))
}

/// Whether a condition holds for a field. One of the values of a list is enough.
fn holds(condition: &Value, field: Option<&Json>) -> Option<bool> {
    match field {
        Some(Json::Array(items)) if !matches!(operator(condition), Some(("exists", _))) => {
            some(items.iter().map(|item| holds_for(condition, Some(item))))
        }
        _ => holds_for(condition, field),
    }
}

fn holds_for(condition: &Value, field: Option<&Json>) -> Option<bool> {
    let Some((operator, operand)) = operator(condition) else {
        return literal(condition).map(|literal| field == Some(&literal));
    };
    let text = field.and_then(Json::as_str);
    match operator {
        "exists" => Some(field.is_some() == operand.as_bool()?),
        "anything-but" => Some(field.is_some() && !is_one_of(operand, field)?),
        "prefix" | "suffix" | "equals-ignore-case" | "wildcard" => compare(operator, operand, text),
        _ => None,
    }
}

/// A comparison of texts. An operand may itself ignore the case.
fn compare(operator: &str, operand: &Value, text: Option<&str>) -> Option<bool> {
    let (operand, ignores_case) = match self::operator(operand) {
        Some(("equals-ignore-case", inner)) => (inner, true),
        Some(_) => return None,
        None => (operand, operator == "equals-ignore-case"),
    };
    let Some(Json::String(wanted)) = literal(operand) else { return None };
    let Some(text) = text else { return Some(false) };
    let (wanted, text) = match ignores_case {
        true => (wanted.to_lowercase(), text.to_lowercase()),
        false => (wanted, text.to_owned()),
    };
    Some(match operator {
        "prefix" => text.starts_with(&wanted),
        "suffix" => text.ends_with(&wanted),
        // `?` is no wildcard here.
        "wildcard" if wanted.contains(['?', '\\']) => return None,
        "wildcard" => covers_exactly(&wanted, &text),
        _ => text == wanted,
    })
}

/// Whether `anything-but` excludes the field: one value, several of them, or a comparison.
fn is_one_of(excluded: &Value, field: Option<&Json>) -> Option<bool> {
    match excluded {
        Value::List(items) => some(items.iter().map(|item| holds_for(&item.value, field))),
        Value::Map(map) => some(map.iter().map(|(operator, operand)| match &operand.value {
            Value::List(items) => {
                some(items.iter().map(|item| compare(operator, &item.value, field.and_then(Json::as_str))))
            }
            one => compare(operator, one, field.and_then(Json::as_str)),
        })),
        one => holds_for(one, field),
    }
}

/// The only operator of a condition, with its operand.
fn operator(condition: &Value) -> Option<(&str, &Value)> {
    let Value::Map(map) = condition else { return None };
    let (operator, operand) = map.iter().next().filter(|_| map.len() == 1)?;
    Some((operator, &operand.value))
}

/// A value of a pattern; a reference is the name of its resource. `None` if only the deployment knows it.
fn literal(value: &Value) -> Option<Json> {
    match value {
        Value::Bool(b) => Some(Json::Bool(*b)),
        Value::Integer(n) => Some(Json::from(*n)),
        Value::Number(n) => Some(Json::from(*n)),
        Value::String(text) => Some(Json::from(&**text)),
        Value::Ref(id) | Value::Attribute(id, _) => Some(Json::from(name(id))),
        Value::Concat(parts) => {
            let texts: Option<Vec<String>> =
                parts.iter().map(|part| Some(literal(part)?.as_str()?.to_owned())).collect();
            texts.map(|texts| Json::from(texts.concat()))
        }
        _ => None,
    }
}

fn inside(datum: &Datum) -> &Value {
    match &datum.value {
        Value::JsonText(inner) => inside(inner),
        value => value,
    }
}

fn some(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(false);
    for one in results {
        match one {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all = None,
        }
    }
    all
}

fn every(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    some(results.map(|result| result.map(|holds| !holds))).map(|fails| !fails)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::resource;

    fn decide(pattern: &str) -> Option<bool> {
        let event = serde_json::json!({
            "source": "aws.rds", "resources": ["<c>", "arn:aws:rds:us-east-1:1:cluster:ledger"], "region": "us-east-1",
            "detail": {"EventCategories": ["failover"], "EventID": "RDS-EVENT-0071", "tries": 3},
        });
        let rule = resource("AWS::Events::Rule", "r", &format!(r#"{{"EventPattern": {pattern}}}"#));
        matches(rule.get("EventPattern").expect("the pattern"), &event)
    }

    #[test]
    fn every_field_of_a_pattern_has_one_of_its_values() {
        for (pattern, expected) in [
            (r#"{"source": ["aws.rds"]}"#, true),
            (r#"{"source": ["aws.dms", "aws.rds"]}"#, true),
            (r#"{"source": ["aws.dms"]}"#, false),
            (r#"{"resources": [{"Fn::GetAtt": ["c", "DBClusterArn"]}]}"#, true),
            (r#"{"resources": [{"Ref": "other"}]}"#, false),
            (r#"{"detail": {"EventCategories": ["failure", "failover"]}}"#, true),
            (r#"{"detail": {"EventCategories": ["backup"]}}"#, false),
            (r#"{"detail": {"Absent": ["x"]}}"#, false),
            (r#"{"detail": {"tries": [3]}}"#, true),
            (r#"{"source": ["aws.rds"], "region": ["eu-west-1"]}"#, false),
            (r#"{"$or": [{"region": ["eu-west-1"]}, {"source": ["aws.rds"]}]}"#, true),
        ] {
            assert_eq!(decide(pattern), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn operators_compare() {
        for (pattern, expected) in [
            (r#"{"resources": [{"prefix": "arn:aws:rds:"}]}"#, true),
            (r#"{"source": [{"prefix": {"equals-ignore-case": "AWS."}}]}"#, true),
            (r#"{"detail": {"EventID": [{"suffix": "0070"}]}}"#, false),
            (r#"{"source": [{"equals-ignore-case": "AWS.RDS"}]}"#, true),
            (r#"{"detail": {"EventID": [{"wildcard": "RDS-*-0071"}]}}"#, true),
            (r#"{"detail": {"EventID": [{"anything-but": ["RDS-EVENT-0071"]}]}}"#, false),
            (r#"{"detail": {"EventID": [{"anything-but": {"prefix": "DMS"}}]}}"#, true),
            (r#"{"detail": {"EventID": [{"exists": false}]}}"#, false),
            (r#"{"detail": {"EventCategories": [{"exists": true}]}}"#, true),
            (r#"{"detail": {"Absent": [{"exists": false}]}}"#, true),
        ] {
            assert_eq!(decide(pattern), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_decided() {
        for pattern in [r#"{"detail": {"tries": [{"numeric": [">", 2]}]}}"#, r#"{"source": "aws.rds"}"#, r#""text""#] {
            assert_eq!(decide(pattern), None, "{pattern}");
        }
        // Another field decides.
        assert_eq!(decide(r#"{"source": ["aws.dms"], "detail": {"tries": [{"numeric": [">", 2]}]}}"#), Some(false));
    }
}
