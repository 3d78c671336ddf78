//! The normal form of a value that can be written in several ways.

use serde_json::Value as Json;

use crate::workflow::jsonata::{self, Expression};
use crate::workflow::value::Value;

/// A value in its normal form: expressions without irrelevant parts, and literals instead of constant expressions.
pub(super) fn form(json: &Json) -> Json {
    match json {
        Json::String(text) => match expression(text) {
            Some(Expression::Literal(value)) => literal(&value),
            Some(expression) => format!("{{% {} %}}", jsonata::text(&expression)).into(),
            None => match inner(text) {
                // An expression that the parser does not know: the text itself.
                Some(inner) => format!("{{% {} %}}", inner.trim()).into(),
                None => json.clone(),
            },
        },
        Json::Number(n) => number(n.as_f64().unwrap_or(0.0)),
        Json::Array(items) => {
            let mut items: Vec<Json> = items.iter().map(form).collect();
            if items.iter().all(is_effect) {
                items.sort_by_key(ToString::to_string);
            }
            items.into()
        }
        Json::Object(members) => {
            let mut members: Vec<(String, Json)> = members.iter().map(|(n, v)| (n.clone(), form(v))).collect();
            members.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

/// The expression of a text, in its normal form.
pub(super) fn expression(text: &str) -> Option<Expression> {
    jsonata::parse(inner(text)?).map(|parsed| jsonata::normal(&parsed))
}

fn inner(text: &str) -> Option<&str> {
    text.strip_prefix("{%").and_then(|text| text.strip_suffix("%}"))
}

fn literal(value: &Value) -> Json {
    match value {
        Value::Number(n) => number(n.0),
        other => other.json(),
    }
}

fn number(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9e15 { Json::from(number as i64) } else { Json::from(number) }
}

/// Words of effects have no order.
fn is_effect(json: &Json) -> bool {
    json.as_str().is_some_and(|text| migspec_ir::workflow::Effect::parse(text).is_some())
}

/// The default of an absent member. <https://states-language.net/spec.html>
pub(super) fn is_default(kind: &str, key: &str, json: &Json) -> bool {
    let value = form(json);
    match (kind, key) {
        (_, "QueryLanguage") => value == "JSONata",
        (_, "End") => value == false,
        (_, "Catch" | "Retry") => value == Json::Array(Vec::new()),
        ("Map", "MaxConcurrency" | "ToleratedFailureCount" | "ToleratedFailurePercentage") => value == 0,
        ("Task", "TimeoutSeconds") => value == 99_999_999,
        _ => json.is_null(),
    }
}
