//! JSON values, some of them unknown.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// The value of an expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Value {
    /// Not known before the workflow runs, apart from its sort.
    Unknown(Sort),
    /// JSONata's absence of a value.
    Undefined,
    Null,
    Bool(bool),
    Number(Number),
    Text(Arc<str>),
    List(Arc<[Value]>),
    /// In the order of writing.
    Object(Arc<[(Arc<str>, Value)]>),
}

/// The known part of an unknown value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Sort {
    /// No part: it may be absent too.
    Any,
    Bool,
    Number,
    /// Text, or a time as text.
    Text,
}

/// A number that can be compared and hashed by its bits.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Number(pub f64);

impl Eq for Number {}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // Zero has two patterns of bits.
        (self.0 + 0.0).to_bits().hash(state);
    }
}

impl Value {
    pub fn text(text: &str) -> Self {
        Value::Text(text.into())
    }

    pub fn number(number: f64) -> Self {
        Value::Number(Number(number))
    }

    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The member of an object; absent where there is none.
    pub fn get(&self, name: &str) -> Value {
        match self {
            Value::Object(members) => {
                members.iter().find(|(n, _)| &**n == name).map_or(Value::Undefined, |(_, v)| v.clone())
            }
            Value::Unknown(_) => Value::Unknown(Sort::Any),
            _ => Value::Undefined,
        }
    }

    /// The member at a path of names: `Payload.failure.phase`.
    pub fn at(&self, path: &str) -> Value {
        path.split('.').fold(self.clone(), |value, name| value.get(name))
    }

    /// The known part of a value without its content.
    pub fn sort(&self) -> Sort {
        match self {
            Value::Unknown(sort) => *sort,
            Value::Bool(_) => Sort::Bool,
            Value::Number(_) => Sort::Number,
            Value::Text(_) => Sort::Text,
            _ => Sort::Any,
        }
    }

    /// The truth value in JSONata. `None` if it depends on an unknown value.
    pub fn truth(&self) -> Option<bool> {
        match self {
            Value::Unknown(_) => None,
            Value::Undefined | Value::Null => Some(false),
            Value::Bool(b) => Some(*b),
            Value::Number(n) => Some(n.0 != 0.0),
            Value::Text(text) => Some(!text.is_empty()),
            Value::List(items) => {
                let truths: Vec<Option<bool>> = items.iter().map(Value::truth).collect();
                if truths.contains(&Some(true)) {
                    return Some(true);
                }
                if truths.contains(&None) { None } else { Some(false) }
            }
            Value::Object(members) => Some(!members.is_empty()),
        }
    }

    /// Whether a part of it is unknown.
    pub fn is_vague(&self) -> bool {
        match self {
            Value::Unknown(_) => true,
            Value::List(items) => items.iter().any(Value::is_vague),
            Value::Object(members) => members.iter().any(|(_, v)| v.is_vague()),
            _ => false,
        }
    }

    /// As JSON. Absent and unknown values are null.
    pub fn json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Value::Unknown(_) | Value::Undefined | Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Number(n) => whole(n.0).map_or_else(|| Json::from(n.0), Json::from),
            Value::Text(text) => Json::from(&**text),
            Value::List(items) => items.iter().map(Value::json).collect(),
            Value::Object(members) => Json::Object(members.iter().map(|(n, v)| (n.to_string(), v.json())).collect()),
        }
    }
}

/// A number without a fraction.
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64)
}

impl From<&serde_json::Value> for Value {
    fn from(json: &serde_json::Value) -> Self {
        use serde_json::Value as Json;
        match json {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::Bool(*b),
            Json::Number(n) => Value::number(n.as_f64().unwrap_or(0.0)),
            Json::String(text) => Value::text(text),
            Json::Array(items) => Value::List(items.iter().map(Value::from).collect()),
            Json::Object(members) => {
                Value::Object(members.iter().map(|(n, v)| (n.as_str().into(), Value::from(v))).collect())
            }
        }
    }
}

/// As JSONata's `$string` writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(text),
            Value::Number(n) => write!(f, "{}", digits(n.0)),
            other => write!(f, "{}", other.json()),
        }
    }
}

/// A number with fifteen significant digits, as JSONata shows it.
fn digits(number: f64) -> String {
    match whole(number) {
        Some(n) => n.to_string(),
        None => format!("{:.14e}", number).parse::<f64>().unwrap_or(number).to_string(),
    }
}
