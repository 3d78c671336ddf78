//! Values of properties: literals, collections and expressions, each with the
//! place in the spec that caused it.

use std::sync::Arc;

use migspec_diag::Span;

use crate::id::Id;

/// The reason for a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The author wrote it; `base` is the value that an environment replaced.
    Written { span: Span, base: Option<Span> },
    /// The language's default for the setting `of`, which the node leaves out.
    Default { of: &'static str, node: Span },
    /// The pass `by` derived the value from the node at `from`.
    Derived { by: &'static str, from: Span },
}

impl Origin {
    /// Where a finding on the value points.
    pub fn span(self) -> Span {
        match self {
            Origin::Written { span, .. } => span,
            Origin::Default { node, .. } => node,
            Origin::Derived { from, .. } => from,
        }
    }

    pub fn derived(by: &'static str, from: Span) -> Self {
        Origin::Derived { by, from }
    }
}

/// A value and why it is so.
#[derive(Clone, PartialEq, Debug)]
pub struct Datum {
    pub value: Value,
    pub origin: Origin,
}

impl Datum {
    pub fn new(value: impl Into<Value>, origin: Origin) -> Self {
        Self { value: value.into(), origin }
    }

    /// The value at a path of map keys and list indices, in JSON text too:
    /// `A.B.0.C`.
    pub fn get(&self, path: &str) -> Option<&Datum> {
        path.split('.').filter(|p| !p.is_empty()).try_fold(self, |datum, part| match &datum.value {
            Value::Map(map) => map.get(part),
            Value::List(items) => part.parse::<usize>().ok().and_then(|i| items.get(i)),
            Value::JsonText(inner) => inner.get(part),
            _ => None,
        })
    }
}

/// The value of a property.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    Bool(bool),
    Integer(i64),
    Number(f64),
    String(Arc<str>),
    List(Vec<Datum>),
    Map(Map),
    /// The value of CloudFormation's `Ref` for the resource.
    Ref(Id),
    /// The value of CloudFormation's `Fn::GetAtt` for the resource.
    Attribute(Id, Arc<str>),
    /// The text of several values in a row; none is a list or a map.
    Concat(Vec<Value>),
    /// A parameter of the template, a variable of the module: see [`crate::Parameter`].
    Parameter(Arc<str>),
    /// A JSON document as text: IAM policies, DMS settings, dashboards.
    JsonText(Box<Datum>),
    /// The n-th availability zone of the resource's region, from 0.
    Zone(u8),
    /// The deployment package of the function with this name.
    Package(Arc<str>),
    /// The workflow's definition: one literal document, see [`crate::Graph::workflows`].
    Definition(Arc<str>),
    /// The text that the `AWS::SecretsManager::Secret` with this id generates.
    /// Never in an artifact: a dynamic reference in CloudFormation, an
    /// ephemeral value for a write-only argument in Terraform.
    Generated(Id),
}

impl Value {
    pub fn attribute(id: impl Into<Id>, name: &str) -> Self {
        Value::Attribute(id.into(), name.into())
    }

    pub fn reference(id: impl Into<Id>) -> Self {
        Value::Ref(id.into())
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Value::Integer(i) => Some(*i),
            _ => None,
        }
    }

    pub fn as_list(&self) -> Option<&[Datum]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The resource that the value itself refers to.
    pub fn target(&self) -> Option<&Id> {
        match self {
            Value::Ref(id) | Value::Attribute(id, _) => Some(id),
            _ => None,
        }
    }

    /// Calls `visit` for the resource of every reference that is a value of its own. A text that names a resource, such as
    /// a policy, contains its name only.
    pub fn direct_references<'v>(&'v self, visit: &mut dyn FnMut(&'v Id)) {
        match self {
            Value::Ref(id) | Value::Attribute(id, _) => visit(id),
            Value::List(items) => items.iter().for_each(|d| d.value.direct_references(visit)),
            Value::Map(map) => map.iter().for_each(|(_, d)| d.value.direct_references(visit)),
            _ => {}
        }
    }

    /// Calls `visit` for the resource of every reference inside, with the
    /// attribute's name for `Attribute`.
    pub fn references(&self, visit: &mut dyn FnMut(&Id, Option<&str>)) {
        match self {
            Value::Ref(id) | Value::Generated(id) => visit(id, None),
            Value::Attribute(id, attribute) => visit(id, Some(attribute)),
            Value::List(items) => items.iter().for_each(|d| d.value.references(visit)),
            Value::Map(map) => map.iter().for_each(|(_, d)| d.value.references(visit)),
            Value::Concat(parts) => parts.iter().for_each(|v| v.references(visit)),
            Value::JsonText(datum) => datum.value.references(visit),
            Value::Bool(_)
            | Value::Integer(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Parameter(_)
            | Value::Zone(_)
            | Value::Package(_)
            | Value::Definition(_) => {}
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

macro_rules! from_integer {
    ($($t:ty),*) => {$(
        impl From<$t> for Value {
            fn from(value: $t) -> Self {
                Value::Integer(value.into())
            }
        }
    )*};
}

from_integer!(i64, i32, u32, u16, u8);

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Value::String(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Value::String(value.into())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Value::String(value.as_str().into())
    }
}

impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Self {
        Value::String(value)
    }
}

impl From<Map> for Value {
    fn from(value: Map) -> Self {
        Value::Map(value)
    }
}

/// Properties by name, in the order in which they were set.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Map(Vec<(Arc<str>, Datum)>);

impl Map {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn get(&self, name: &str) -> Option<&Datum> {
        self.0.iter().find(|(n, _)| &**n == name).map(|(_, d)| d)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Datum> {
        self.0.iter_mut().find(|(n, _)| &**n == name).map(|(_, d)| d)
    }

    /// The map of the properties; the last of a name wins.
    pub fn of(properties: impl IntoIterator<Item = (&'static str, Datum)>) -> Self {
        let mut map = Self::new();
        properties.into_iter().for_each(|(name, datum)| map.set(name, datum));
        map
    }

    /// Sets a property; one of the same name is replaced in its place.
    pub fn set(&mut self, name: impl Into<Arc<str>>, datum: Datum) {
        let name = name.into();
        match self.get_mut(&name) {
            Some(old) => *old = datum,
            None => self.0.push((name, datum)),
        }
    }

    pub fn remove(&mut self, name: &str) -> Option<Datum> {
        let index = self.0.iter().position(|(n, _)| &**n == name)?;
        Some(self.0.remove(index).1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Datum)> {
        self.0.iter().map(|(n, d)| (&**n, d))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&str, &mut Datum)> {
        self.0.iter_mut().map(|(n, d)| (&**n, d))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A value in [`map!`](crate::map) and [`list!`](crate::list): a [`Datum`] keeps
/// its origin, any other value takes the origin of the collection.
pub trait IntoDatum {
    fn into_datum(self, origin: Origin) -> Datum;
}

impl IntoDatum for Datum {
    fn into_datum(self, _: Origin) -> Datum {
        self
    }
}

impl IntoDatum for &Datum {
    fn into_datum(self, _: Origin) -> Datum {
        self.clone()
    }
}

impl<T: IntoDatum> IntoDatum for Vec<T> {
    fn into_datum(self, origin: Origin) -> Datum {
        Datum { value: Value::List(self.into_iter().map(|item| item.into_datum(origin)).collect()), origin }
    }
}

macro_rules! into_datum {
    ($($t:ty),*) => {$(
        impl IntoDatum for $t {
            fn into_datum(self, origin: Origin) -> Datum {
                Datum { value: self.into(), origin }
            }
        }
    )*};
}

into_datum!(Value, Map, bool, i64, i32, u32, u16, u8, f64, &str, String, &String, Arc<str>);

/// A map whose values have the origin `$at` unless they are data themselves:
/// `map!(at, { "Engine": "aurora-postgresql", "Port": 5432 })`.
#[macro_export]
macro_rules! map {
    ($at:expr, { $($name:literal : $value:expr),* $(,)? }) => {{
        $crate::Map::of([$( ($name, $crate::IntoDatum::into_datum($value, $at)) ),*])
    }};
}

/// A list whose items have the origin `$at` unless they are data themselves.
#[macro_export]
macro_rules! list {
    ($at:expr, [ $($value:expr),* $(,)? ]) => {
        $crate::Datum {
            value: $crate::Value::List(vec![$( $crate::IntoDatum::into_datum($value, $at) ),*]),
            origin: $at,
        }
    };
}
