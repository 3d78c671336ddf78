//! Facts: the total, typed attributes of a resource that policies see.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::datum::Value;
use crate::graph::Resource;
use crate::id::Id;
use crate::index::Index;

/// One attribute of a type's entities.
pub struct Fact {
    /// In lower camel case, as Cedar policies write it.
    pub name: &'static str,
    pub r#type: FactType,
    pub read: Read,
    /// Whether each of its texts is an IAM action, which a waiver can accept alone.
    pub holds_actions: bool,
}

impl std::fmt::Debug for Fact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {:?}", self.name, self.r#type)
    }
}

/// The Cedar type of a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FactType {
    Bool,
    Long,
    String,
    StringSet,
    /// A reference to an entity of this type. Absent or foreign references
    /// become the sentinels `aws-owned` and `external` of the type.
    Entity(&'static str),
}

/// How a fact is read.
#[derive(Clone, Copy)]
pub enum Read {
    /// From the property at a path such as `A.B`; absent means AWS's default.
    Property(&'static str, Absent),
    /// From the resource and the graph around it.
    Computed(fn(&Resource, &Index<'_>) -> FactValue),
}

/// The AWS default of a property.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Absent {
    Bool(bool),
    Long(i64),
    String(&'static str),
    /// The empty set.
    Set,
    /// A key or other resource that AWS owns.
    AwsOwned,
}

/// The value of a fact. `Unknown` is never a pass: a policy that needs it
/// raises `undecided-fact`.
#[derive(Clone, PartialEq, Debug)]
pub enum FactValue {
    Bool(bool),
    Long(i64),
    String(Arc<str>),
    StringSet(BTreeSet<Arc<str>>),
    Entity(Id),
    /// The reference leads to something that AWS owns.
    AwsOwned,
    /// The reference leads out of the graph.
    External,
    Unknown,
}

impl Fact {
    /// A switch that AWS takes as off where the property is absent.
    pub const fn false_by_default(name: &'static str, path: &'static str) -> Self {
        Self { name, r#type: FactType::Bool, read: Read::Property(path, Absent::Bool(false)), holds_actions: false }
    }

    /// A switch that AWS takes as on where the property is absent.
    pub const fn true_by_default(name: &'static str, path: &'static str) -> Self {
        Self { name, r#type: FactType::Bool, read: Read::Property(path, Absent::Bool(true)), holds_actions: false }
    }

    pub const fn long(name: &'static str, path: &'static str, absent: i64) -> Self {
        Self { name, r#type: FactType::Long, read: Read::Property(path, Absent::Long(absent)), holds_actions: false }
    }

    pub const fn string(name: &'static str, path: &'static str, absent: &'static str) -> Self {
        Self {
            name,
            r#type: FactType::String,
            read: Read::Property(path, Absent::String(absent)),
            holds_actions: false,
        }
    }

    pub const fn set(name: &'static str, path: &'static str) -> Self {
        Self { name, r#type: FactType::StringSet, read: Read::Property(path, Absent::Set), holds_actions: false }
    }

    /// A reference to an entity of `type_name`.
    pub const fn entity(name: &'static str, path: &'static str, type_name: &'static str) -> Self {
        Self {
            name,
            r#type: FactType::Entity(type_name),
            read: Read::Property(path, Absent::AwsOwned),
            holds_actions: false,
        }
    }

    /// A customer-managed key, or AWS's own where the property is absent.
    pub const fn key(name: &'static str, path: &'static str) -> Self {
        Self::entity(name, path, "AWS::KMS::Key")
    }

    pub const fn computed(name: &'static str, r#type: FactType, read: fn(&Resource, &Index<'_>) -> FactValue) -> Self {
        Self { name, r#type, read: Read::Computed(read), holds_actions: false }
    }

    /// A computed set of IAM actions.
    pub const fn actions(name: &'static str, read: fn(&Resource, &Index<'_>) -> FactValue) -> Self {
        Self { holds_actions: true, ..Self::computed(name, FactType::StringSet, read) }
    }

    /// The fact's value for one resource of the graph.
    pub fn of(&self, resource: &Resource, graph: &Index<'_>) -> FactValue {
        match self.read {
            Read::Computed(read) => read(resource, graph),
            Read::Property(path, absent) => match resource.get(path) {
                // AWS's default says nothing about a resource that somebody else configured.
                None if resource.is_declared() => FactValue::Unknown,
                None => absent.value(),
                Some(datum) => self.r#type.convert(&datum.value),
            },
        }
    }
}

impl From<bool> for FactValue {
    fn from(value: bool) -> Self {
        FactValue::Bool(value)
    }
}

impl From<i64> for FactValue {
    fn from(value: i64) -> Self {
        FactValue::Long(value)
    }
}

impl From<&str> for FactValue {
    fn from(value: &str) -> Self {
        FactValue::String(value.into())
    }
}

/// `None` becomes `Unknown`.
impl<T: Into<FactValue>> From<Option<T>> for FactValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(FactValue::Unknown, Into::into)
    }
}

impl FactValue {
    /// A set of texts; `Unknown` if one of them is.
    pub fn set<T: AsRef<str>>(items: impl IntoIterator<Item = Option<T>>) -> Self {
        let items = items.into_iter().map(|item| item.map(|text| Arc::from(text.as_ref())));
        items.collect::<Option<BTreeSet<_>>>().map_or(FactValue::Unknown, FactValue::StringSet)
    }
}

impl Absent {
    fn value(self) -> FactValue {
        match self {
            Absent::Bool(b) => FactValue::Bool(b),
            Absent::Long(n) => FactValue::Long(n),
            Absent::String(s) => FactValue::String(s.into()),
            Absent::Set => FactValue::StringSet(BTreeSet::new()),
            Absent::AwsOwned => FactValue::AwsOwned,
        }
    }
}

impl FactType {
    /// Reads a property's value as a fact of this type. A value that only the
    /// deployment supplies is `Unknown`.
    pub fn convert(self, value: &Value) -> FactValue {
        match (self, value) {
            (FactType::Bool, Value::Bool(b)) => FactValue::Bool(*b),
            (FactType::Long, Value::Integer(n)) => FactValue::Long(*n),
            (FactType::String, Value::String(s)) => FactValue::String(s.clone()),
            (FactType::StringSet, Value::List(items)) => items
                .iter()
                .map(|item| match &item.value {
                    Value::String(s) => Some(s.clone()),
                    _ => None,
                })
                .collect::<Option<BTreeSet<_>>>()
                .map_or(FactValue::Unknown, FactValue::StringSet),
            (FactType::Entity(_), Value::Ref(id) | Value::Attribute(id, _)) => FactValue::Entity(id.clone()),
            // `alias/aws/rds` and its like name keys that AWS owns.
            (FactType::Entity(_), Value::String(s)) if s.contains("alias/aws/") => FactValue::AwsOwned,
            (FactType::Entity(_), Value::String(_)) => FactValue::External,
            _ => FactValue::Unknown,
        }
    }
}
