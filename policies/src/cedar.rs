//! Names and values of Cedar.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use cedar_policy_core::ast::{
    Context, Eid, Entity, EntityType, EntityUID, EntityUIDEntry, PartialValue, Request, Value,
};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

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

/// A cache of type names.
#[derive(Clone, Default)]
pub(crate) struct Types(FxHashMap<SmolStr, EntityType>);

impl Types {
    pub(crate) fn uid(&mut self, type_name: &str, id: &str) -> EntityUID {
        if let Some(known) = self.0.get(type_name) {
            return uid(known, id);
        }
        let made = entity_type(type_name);
        let uid = uid(&made, id);
        self.0.insert(type_name.into(), made);
        uid
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn get(&self, type_name: &str) -> Option<&EntityType> {
        self.0.get(type_name)
    }
}

/// An action of an action group.
pub(crate) fn action(uid: EntityUID, group: &EntityUID) -> Entity {
    Entity::new_with_attr_partial_value(uid, BTreeMap::new(), HashSet::new(), HashSet::from([group.clone()]), [])
}

pub(crate) fn entity(uid: EntityUID, attributes: Vec<(SmolStr, Value)>) -> Entity {
    let attributes: BTreeMap<SmolStr, _> = attributes.into_iter().map(|(k, v)| (k, partial(v))).collect();
    Entity::new_with_attr_partial_value(uid, attributes, HashSet::new(), HashSet::new(), [])
}
