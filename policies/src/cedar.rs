//! Names and values of Cedar.

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy_core::ast::{Context, Eid, EntityType, EntityUID, EntityUIDEntry, PartialValue, Request, Value};

/// `AWS::RDS::DBCluster` as Cedar's type name.
pub(crate) fn entity_type(name: &str) -> EntityType {
    name.parse().expect("the names of the table are names in Cedar")
}

pub(crate) fn uid(entity_type: &EntityType, id: &str) -> EntityUID {
    EntityUID::from_components(entity_type.clone(), Eid::new(id), None)
}

pub(crate) fn string(text: &str) -> Value {
    Value::from(text)
}

pub(crate) fn strings<'a>(items: impl IntoIterator<Item = &'a str>) -> Value {
    Value::set(items.into_iter().map(string), None)
}

pub(crate) fn partial(value: impl Into<Value>) -> PartialValue {
    PartialValue::Value(value.into())
}

/// A request. Its context has the attributes of the action in the schema.
pub(crate) fn request(
    principal: &Arc<EntityUID>,
    action: &Arc<EntityUID>,
    resource: Arc<EntityUID>,
    context: BTreeMap<smol_str::SmolStr, Value>,
) -> Request {
    let known = |euid: Arc<EntityUID>| EntityUIDEntry::Known { euid, loc: None };
    Request::new_unchecked(
        known(Arc::clone(principal)),
        known(Arc::clone(action)),
        known(resource),
        Some(Context::Value(Arc::new(context))),
    )
}
