//! The properties of a resource as CloudFormation knows them: without those of
//! Terraform alone, and with the table's defaults.

use std::borrow::Cow;

use migspec_ir::resource_type::{Form, Property, Terraform};
use migspec_ir::{Datum, Map, Origin, Resource, Value};

/// The properties to write.
pub fn properties(resource: &Resource) -> Cow<'_, Map> {
    let rows = match resource.resource_type().map(|row| &row.terraform) {
        Some(Terraform::Column(column)) => column.properties,
        _ => return Cow::Borrowed(&resource.properties),
    };
    if !differs(rows) {
        return Cow::Borrowed(&resource.properties);
    }
    let mut map = resource.properties.clone();
    adapt(rows, &mut map, resource.origin);
    Cow::Owned(map)
}

/// Whether any form concerns CloudFormation.
fn differs(properties: &[Property]) -> bool {
    properties.iter().any(|p| match &p.form {
        Form::TerraformOnly { .. } | Form::CloudFormationDefault { .. } => true,
        form => inner(form).is_some_and(differs),
    })
}

fn adapt(properties: &[Property], map: &mut Map, origin: Origin) {
    for property in properties {
        match &property.form {
            Form::TerraformOnly { .. } => {
                map.remove(property.name);
            }
            Form::CloudFormationDefault { default, .. } if map.get(property.name).is_none() => {
                map.set(property.name, literal(default, origin));
            }
            form => {
                if let (Some(rows), Some(datum)) = (inner(form), map.get_mut(property.name)) {
                    inside(rows, datum, origin);
                }
            }
        }
    }
}

fn inside(rows: &[Property], datum: &mut Datum, origin: Origin) {
    match &mut datum.value {
        Value::Map(map) => adapt(rows, map, origin),
        Value::List(items) => items.iter_mut().for_each(|item| inside(rows, item, origin)),
        _ => {}
    }
}

/// The properties of the objects that a form takes.
fn inner(form: &Form) -> Option<&'static [Property]> {
    match form {
        Form::Block(_, rows)
        | Form::Blocks(_, rows)
        | Form::Object(_, rows)
        | Form::Objects(_, rows)
        | Form::Inline(rows)
        | Form::Numbered(_, rows) => Some(rows),
        Form::Within(_, form) | Form::Single(form) | Form::When { form, .. } => inner(form),
        Form::Satellite(satellite) => inner(satellite.form),
        Form::Satellites { each, .. } => inner(each.form),
        _ => None,
    }
}

/// A default of the table: JSON text.
fn literal(text: &str, origin: Origin) -> Datum {
    let json = serde_json::from_str(text).unwrap_or(serde_json::Value::Null);
    datum(&json, origin)
}

fn datum(json: &serde_json::Value, origin: Origin) -> Datum {
    let value = match json {
        serde_json::Value::Null => Value::from(""),
        serde_json::Value::Bool(b) => Value::Bool(*b),
        serde_json::Value::Number(n) => {
            n.as_i64().map_or_else(|| n.as_f64().unwrap_or_default().into(), Value::Integer)
        }
        serde_json::Value::String(s) => s.as_str().into(),
        serde_json::Value::Array(items) => Value::List(items.iter().map(|item| datum(item, origin)).collect()),
        serde_json::Value::Object(entries) => {
            let mut map = Map::new();
            entries.iter().for_each(|(name, value)| map.set(name.as_str(), datum(value, origin)));
            Value::Map(map)
        }
    };
    Datum::new(value, origin)
}
