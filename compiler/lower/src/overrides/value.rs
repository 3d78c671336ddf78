//! Values of overrides: KDL nodes as properties.

use migspec_ir::{Datum, Map, Origin, Resource, Value};
use migspec_syntax::tree::{Entry, Literal, Node};

/// Sets one property. Children are merged into an object that is there,
/// anything else replaces; `#null` takes the property away.
pub(super) fn set<'n>(resource: &mut Resource, node: &'n Node, problems: &mut Problems<'n>) {
    set_in(&mut resource.properties, node, problems);
}

/// Nodes of an override without an effect.
#[derive(Default)]
pub(super) struct Problems<'n> {
    /// Neither a value nor an object.
    pub(super) shape: Vec<&'n Node>,
    /// `#null` where there is nothing.
    pub(super) absent: Vec<&'n Node>,
}

fn set_in<'n>(map: &mut Map, node: &'n Node, problems: &mut Problems<'n>) {
    if is_null(node) {
        if map.remove(&node.name.value).is_none() {
            problems.absent.push(node);
        }
        return;
    }
    let is_object = !node.children.is_empty() && node.arguments().next().is_none() && !is_list(node);
    match map.get_mut(&node.name.value).and_then(object) {
        Some(inside) if is_object => merge(inside, node, problems),
        _ => {
            let datum = datum(node, problems);
            map.set(node.name.value.clone(), datum);
        }
    }
}

/// The object that a property holds, as it is or as JSON text.
fn object(datum: &mut Datum) -> Option<&mut Map> {
    match &mut datum.value {
        Value::Map(map) => Some(map),
        Value::JsonText(inner) => object(inner),
        _ => None,
    }
}

fn merge<'n>(map: &mut Map, node: &'n Node, problems: &mut Problems<'n>) {
    for (name, entry) in node.properties() {
        map.set(name.value.clone(), literal(entry));
    }
    for child in &node.children {
        set_in(map, child, problems);
    }
}

fn datum<'n>(node: &'n Node, problems: &mut Problems<'n>) -> Datum {
    let origin = Origin::Written { span: node.header, base: node.base };
    let mut arguments = node.arguments();
    match (arguments.next(), arguments.next()) {
        (Some(only), None) if node.children.is_empty() && node.properties().next().is_none() => literal(only),
        (Some(_), Some(_)) if node.children.is_empty() => {
            Datum::new(Value::List(node.arguments().map(literal).collect()), origin)
        }
        (Some(_), _) => {
            problems.shape.push(node);
            node.arguments().next().map(literal).unwrap_or_else(|| Datum::new(Map::new(), origin))
        }
        (None, _) if is_list(node) => {
            Datum::new(Value::List(node.children.iter().map(|child| datum(child, problems)).collect()), origin)
        }
        (None, _) => {
            let mut map = Map::new();
            merge(&mut map, node, problems);
            Datum::new(map, origin)
        }
    }
}

fn is_list(node: &Node) -> bool {
    node.children.first().is_some_and(|child| &*child.name.value == "-")
}

/// `#null` takes a property away.
fn is_null(node: &Node) -> bool {
    node.arguments().next().is_some_and(|entry| entry.value.value == Literal::Null)
}

fn literal(entry: &Entry) -> Datum {
    let value = match &entry.value.value {
        Literal::String(text) => Value::String(text.clone()),
        Literal::Integer(number) => match i64::try_from(*number) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Number(*number as f64),
        },
        Literal::Float(number) => Value::Number(*number),
        Literal::Bool(flag) => Value::Bool(*flag),
        // Null inside an object or a list is an empty object.
        Literal::Null => Value::Map(Map::new()),
    };
    Datum::new(value, Origin::Written { span: entry.value.span, base: entry.base })
}
