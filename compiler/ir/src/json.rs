//! JSON text as data: settings and policies that a property holds as text.

use std::borrow::Cow;

use serde_json::Value as Json;

use crate::datum::{Datum, Map, Origin, Value};

/// A document from an object, a [`Value::JsonText`] or a literal text. `None` if
/// the text is unknown or not JSON.
pub fn document(datum: &Datum) -> Option<Cow<'_, Datum>> {
    match &datum.value {
        Value::Map(_) | Value::List(_) => Some(Cow::Borrowed(datum)),
        Value::JsonText(inner) => Some(Cow::Borrowed(inner)),
        Value::String(text) => parse(text, datum.origin).map(Cow::Owned),
        _ => None,
    }
}

/// The value that JSON text holds; every part has the origin of the text.
pub fn parse(text: &str, origin: Origin) -> Option<Datum> {
    serde_json::from_str(text).ok().map(|json| datum(json, origin))
}

/// A value as JSON. A value that only the deployment knows is `null`.
pub fn of(value: &Value) -> Json {
    match value {
        Value::Bool(b) => Json::Bool(*b),
        Value::Integer(n) => Json::from(*n),
        Value::String(text) => Json::from(&**text),
        Value::List(items) => items.iter().map(|item| of(&item.value)).collect(),
        Value::Map(map) => Json::Object(map.iter().map(|(name, item)| (name.to_owned(), of(&item.value))).collect()),
        _ => Json::Null,
    }
}

/// A JSON value as data; entries that are `null` are left out.
fn datum(json: Json, origin: Origin) -> Datum {
    let value = match json {
        Json::Null => Value::from(""),
        Json::Bool(b) => Value::Bool(b),
        Json::Number(n) => n.as_i64().map_or_else(|| Value::Number(n.as_f64().unwrap_or(f64::NAN)), Value::Integer),
        Json::String(s) => Value::from(s),
        Json::Array(items) => Value::List(items.into_iter().map(|item| datum(item, origin)).collect()),
        Json::Object(entries) => {
            let mut map = Map::new();
            for (name, item) in entries.into_iter().filter(|(_, item)| !item.is_null()) {
                map.set(name, datum(item, origin));
            }
            Value::Map(map)
        }
    };
    Datum { value, origin }
}
