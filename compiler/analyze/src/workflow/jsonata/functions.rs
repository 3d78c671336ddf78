//! The functions that workflows call.

use super::error::QueryError;
use super::time;
use crate::workflow::value::{Sort, Value};

/// The result of a function. `None` for an unknown function, or if an unknown value decides whether it fails.
pub(super) fn call(name: &str, arguments: &[Value]) -> Option<Result<Value, QueryError>> {
    let first = arguments.first().unwrap_or(&Value::Undefined);
    match (name, first) {
        ("error", message) => return Some(Err(QueryError(message.to_string().into()))),
        ("exists", Value::Unknown(Sort::Any)) => return Some(Ok(Value::Unknown(Sort::Bool))),
        ("exists", value) => return Some(Ok(Value::Bool(*value != Value::Undefined))),
        ("not", value) => {
            return Some(Ok(value.truth().map_or(Value::Unknown(Sort::Bool), |truth| Value::Bool(!truth))));
        }
        ("string", value) if value.is_vague() => return Some(Ok(Value::Unknown(Sort::Text))),
        ("count", Value::Unknown(_)) => return Some(Ok(Value::Unknown(Sort::Number))),
        ("distinct", Value::Unknown(_)) => return Some(Ok(Value::Unknown(Sort::Any))),
        _ => {}
    }
    if let ("min" | "max" | "sum", Value::List(items)) = (name, first)
        && first.is_vague()
        && items.iter().all(|item| item.sort() == Sort::Number)
    {
        return Some(Ok(Value::Unknown(Sort::Number)));
    }
    if arguments.iter().any(Value::is_vague) {
        // It accepts every value.
        if name == "append" {
            return Some(Ok(Value::Unknown(Sort::Any)));
        }
        let fits = is_total(name) && arguments.iter().all(|a| accepts(name, a.sort()));
        return fits.then(|| Ok(Value::Unknown(sort(name))));
    }
    if *first == Value::Undefined && name != "count" && name != "append" {
        return Some(Ok(Value::Undefined));
    }
    evaluate(name, arguments)
}

fn evaluate(name: &str, arguments: &[Value]) -> Option<Result<Value, QueryError>> {
    let value = match (name, arguments) {
        ("string", [value, ..]) => Value::text(&value.to_string()),
        ("count", [Value::List(items)]) => Value::number(items.len() as f64),
        ("count", [Value::Undefined] | []) => Value::number(0.0),
        ("count", [_]) => Value::number(1.0),
        ("distinct", [Value::List(items)]) => distinct(items),
        ("distinct", [value]) => value.clone(),
        ("append", [a, b]) => append(a, b),
        ("join", [items]) => join(items, "")?,
        ("join", [items, Value::Text(between)]) => join(items, between)?,
        ("substring", [Value::Text(text), Value::Number(from), rest @ ..]) => substring(text, from.0, rest)?,
        ("contains", [Value::Text(text), Value::Text(part)]) => Value::Bool(text.contains(&**part)),
        ("substringBefore", [Value::Text(text), Value::Text(part)]) => {
            Value::text(text.split_once(&**part).map_or(&**text, |(before, _)| before))
        }
        ("substringAfter", [Value::Text(text), Value::Text(part)]) => {
            Value::text(text.split_once(&**part).map_or(&**text, |(_, after)| after))
        }
        ("length", [Value::Text(text)]) => Value::number(text.chars().count() as f64),
        ("lowercase", [Value::Text(text)]) => Value::text(&text.to_lowercase()),
        ("uppercase", [Value::Text(text)]) => Value::text(&text.to_uppercase()),
        ("toMillis", [Value::Text(text)]) => match time::to_millis(text) {
            Some(millis) => Value::number(millis as f64),
            None => return Some(Err(QueryError::new("this is no time"))),
        },
        ("fromMillis", [Value::Number(millis)]) => Value::text(&time::from_millis(millis.0 as i64)),
        ("number", [Value::Text(text)]) => match text.parse() {
            Ok(number) => Value::number(number),
            Err(_) => return Some(Err(QueryError::new("this is no number"))),
        },
        ("parse", [Value::Text(text)]) => match serde_json::from_str(text) {
            Ok(json) => sorted(&Value::from(&json)),
            Err(_) => return Some(Err(QueryError::new("this is no JSON"))),
        },
        ("number", [Value::Number(number)]) => Value::Number(*number),
        ("boolean", [value]) => Value::Bool(value.truth()?),
        ("ceil", [Value::Number(n)]) => Value::number(n.0.ceil()),
        ("floor", [Value::Number(n)]) => Value::number(n.0.floor()),
        ("abs", [Value::Number(n)]) => Value::number(n.0.abs()),
        ("min" | "max" | "sum", [numbers]) => folded(name, numbers)?,
        _ if is_known(name) => {
            return Some(Err(QueryError::new("a function gets an argument that it does not accept")));
        }
        _ => return None,
    };
    Some(Ok(value))
}

/// The sort of a function's result.
pub(super) fn sort(name: &str) -> Sort {
    match name {
        "count" | "length" | "toMillis" | "number" | "ceil" | "floor" | "abs" | "min" | "max" | "sum" => Sort::Number,
        "join" | "substring" | "substringBefore" | "substringAfter" | "lowercase" | "uppercase" | "fromMillis"
        | "string" => Sort::Text,
        "contains" | "boolean" | "exists" | "not" => Sort::Bool,
        _ => Sort::Any,
    }
}

fn is_known(name: &str) -> bool {
    sort(name) != Sort::Any || matches!(name, "distinct" | "append" | "error" | "parse")
}

/// Whether it has a value for all arguments of the sort that it accepts.
fn is_total(name: &str) -> bool {
    is_known(name) && !matches!(name, "number" | "parse")
}

fn accepts(name: &str, sort: Sort) -> bool {
    match name {
        "ceil" | "floor" | "abs" | "fromMillis" => sort == Sort::Number,
        // The times of the context object are well formed.
        "toMillis" | "contains" | "substringBefore" | "substringAfter" | "length" | "lowercase" | "uppercase" => {
            sort == Sort::Text
        }
        "substring" => matches!(sort, Sort::Text | Sort::Number),
        "boolean" => true,
        _ => false,
    }
}

/// Objects are equal whatever the order of their members.
fn sorted(value: &Value) -> Value {
    match value {
        Value::List(items) => Value::List(items.iter().map(sorted).collect()),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(name, value)| (name.clone(), sorted(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

fn distinct(items: &[Value]) -> Value {
    let mut seen: Vec<Value> = Vec::new();
    for item in items {
        if !seen.contains(item) {
            seen.push(item.clone());
        }
    }
    Value::List(seen.into())
}

fn append(a: &Value, b: &Value) -> Value {
    let items = |value: &Value| match value {
        Value::List(items) => items.to_vec(),
        Value::Undefined => Vec::new(),
        single => vec![single.clone()],
    };
    match (a, b) {
        (Value::Undefined, other) | (other, Value::Undefined) => other.clone(),
        _ => Value::List([items(a), items(b)].concat().into()),
    }
}

fn join(items: &Value, between: &str) -> Option<Value> {
    let texts: Vec<&str> = match items {
        Value::List(items) => items.iter().map(Value::as_text).collect::<Option<_>>()?,
        Value::Text(text) => vec![text],
        _ => return None,
    };
    Some(Value::text(&texts.join(between)))
}

fn substring(text: &str, from: f64, rest: &[Value]) -> Option<Value> {
    let count = text.chars().count() as i64;
    let from = from as i64;
    let from = if from < 0 { (count + from).max(0) } else { from.min(count) };
    let length = match rest {
        [] => count,
        [Value::Number(length)] => length.0 as i64,
        _ => return None,
    };
    let part: String = text.chars().skip(from as usize).take(usize::try_from(length).unwrap_or(0)).collect();
    Some(Value::text(&part))
}

fn folded(name: &str, numbers: &Value) -> Option<Value> {
    let items = match numbers {
        Value::List(items) => items.to_vec(),
        single => vec![single.clone()],
    };
    let numbers = items.iter().map(|item| match item {
        Value::Number(n) => Some(n.0),
        _ => None,
    });
    let numbers: Vec<f64> = numbers.collect::<Option<_>>()?;
    let folded = match name {
        "sum" => return Some(Value::number(numbers.iter().sum())),
        "min" => numbers.into_iter().reduce(f64::min),
        _ => numbers.into_iter().reduce(f64::max),
    };
    Some(folded.map_or(Value::Undefined, Value::number))
}
