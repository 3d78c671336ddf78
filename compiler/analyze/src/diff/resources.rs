//! Resources: added, removed, and changed in place or at a cost.

use std::collections::BTreeMap;

use migspec_ir::update::{self, Effect, Unknown};
use migspec_ir::{Datum, Graph, Id, Resource, Value};
use serde_json::Value as Json;

use super::running::Running;
use super::text::{Texts, text_of};
use super::{ChangeKind, PropertyChange, ResourceChange};

/// The changes of all resources that a deployment makes, in the order of the later graph, then removed ones.
pub(super) fn compare(before: &Graph, after: &Graph, texts: &(Texts, Texts), running: &Running) -> Vec<ResourceChange> {
    let mut changes = Vec::new();
    for resource in after.resources.values().filter(|resource| is_deployed(resource)) {
        match before.get(&resource.id).filter(|old| old.type_name == resource.type_name) {
            None => changes.push(whole(resource, ChangeKind::Added)),
            Some(old) => changes.extend(change(old, resource, texts, running)),
        }
    }
    let same = |old: &Resource| after.get(&old.id).is_some_and(|new| new.type_name == old.type_name);
    let removed = before.resources.values().filter(|old| is_deployed(old) && !same(old));
    changes.extend(removed.map(|old| whole(old, ChangeKind::Removed)));
    follow(before, after, running, &mut changes);
    changes
}

/// Whether a back end writes the resource.
pub(super) fn is_deployed(resource: &Resource) -> bool {
    !resource.type_name.starts_with("Migspec::")
}

fn whole(resource: &Resource, kind: ChangeKind) -> ResourceChange {
    ResourceChange {
        id: resource.id.clone(),
        type_name: resource.type_name,
        node: resource.path.clone(),
        kind,
        properties: Vec::new(),
        follows: None,
        span: resource.origin.span(),
    }
}

fn change(old: &Resource, new: &Resource, texts: &(Texts, Texts), running: &Running) -> Option<ResourceChange> {
    let unknown = running.unknown(&new.id);
    let mut walk = Walk { resources: (old, new), unknown, found: Vec::new() };
    let json = |resource: &Resource, texts: &Texts| {
        let members = resource.properties.iter().map(|(name, datum)| (name.to_owned(), texts.datum(datum)));
        Json::Object(members.collect())
    };
    walk.pair("", Some(&json(old, &texts.0)), Some(&json(new, &texts.1)));
    let mut properties = walk.found;
    properties.sort_by(|a, b| (&a.path, &a.before, &a.after).cmp(&(&b.path, &b.before, &b.after)));
    let effect = properties.iter().map(|property| property.effect).max()?;
    Some(ResourceChange { properties, ..whole(new, ChangeKind::Changed(effect)) })
}

/// The comparison of two resources, property by property.
struct Walk<'a> {
    resources: (&'a Resource, &'a Resource),
    unknown: Unknown,
    found: Vec<PropertyChange>,
}

impl Walk<'_> {
    fn pair(&mut self, path: &str, before: Option<&Json>, after: Option<&Json>) {
        if before == after {
            return;
        }
        match (before, after) {
            (Some(Json::Object(old)), Some(Json::Object(new))) => {
                let added = new.keys().filter(|name| !old.contains_key(*name));
                for name in old.keys().chain(added) {
                    let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    self.pair(&path, old.get(name), new.get(name));
                }
            }
            (Some(Json::Array(old)), Some(Json::Array(new))) => self.lists(path, old, new),
            // IAM writes a list of one item as the item.
            (Some(Json::Array(old)), Some(Json::String(_))) => {
                self.lists(path, old, after.map_or(&[], std::slice::from_ref))
            }
            (Some(Json::String(_)), Some(Json::Array(new))) => {
                self.lists(path, before.map_or(&[], std::slice::from_ref), new)
            }
            _ => self.push(path, before, after),
        }
    }

    /// Items that only one list has. One on each side is a changed item.
    fn lists(&mut self, path: &str, old: &[Json], new: &[Json]) {
        let only = |of: &[Json], other: &[Json]| -> Vec<Json> {
            of.iter().filter(|item| !other.contains(item)).cloned().collect()
        };
        let (removed, added) = (only(old, new), only(new, old));
        match (removed.as_slice(), added.as_slice()) {
            ([], []) => self.push(path, Some(&old.into()), Some(&new.into())),
            ([one], [other]) => self.pair(path, Some(one), Some(other)),
            _ => {
                removed.iter().for_each(|item| self.push(path, Some(item), None));
                added.iter().for_each(|item| self.push(path, None, Some(item)));
            }
        }
    }

    fn push(&mut self, path: &str, before: Option<&Json>, after: Option<&Json>) {
        let (old, new) = self.resources;
        let top = path.split('.').next().unwrap_or_default();
        let origin = deepest(new, path).or_else(|| deepest(old, path)).map_or(new.origin, |datum| datum.origin);
        // An item that only adds to a policy takes no right away.
        let adds = before.is_none() && (top.ends_with("Policy") || top.ends_with("PolicyDocument"));
        let unknown = if adds { Unknown::InPlace } else { self.unknown };
        self.found.push(PropertyChange {
            path: path.to_owned(),
            before: before.map(text_of),
            after: after.map(text_of),
            effect: update::effect(new.type_name, path, unknown),
            span: origin.span(),
        });
    }
}

/// The value at a path, or the nearest one around it.
fn deepest<'r>(resource: &'r Resource, path: &str) -> Option<&'r Datum> {
    let mut path = path;
    loop {
        if let Some(datum) = resource.get(path) {
            return Some(datum);
        }
        path = path.rsplit_once('.')?.0;
    }
}

/// Adds the effects of replaced resources on those that refer to them: a new
/// resource has another name, so that each reference to it changes.
fn follow(before: &Graph, after: &Graph, running: &Running, changes: &mut Vec<ResourceChange>) {
    let mut effects: BTreeMap<Id, (Effect, Option<Id>)> = BTreeMap::new();
    for change in changes.iter() {
        if let ChangeKind::Changed(effect) = change.kind {
            effects.insert(change.id.clone(), (effect, None));
        }
    }
    let mut open: Vec<Id> = replacements(&effects);
    while let Some(cause) = open.pop() {
        for resource in after.resources.values().filter(|r| is_deployed(r) && before.get(&r.id).is_some()) {
            let mut worst = Effect::InPlace;
            for (name, datum) in resource.properties.iter() {
                references(name, &datum.value, &cause, &mut |path| {
                    worst = worst.max(update::effect(resource.type_name, path, running.unknown(&resource.id)));
                });
            }
            let known = effects.get(&resource.id).map_or(Effect::InPlace, |(effect, _)| *effect);
            if worst > known {
                effects.insert(resource.id.clone(), (worst, Some(cause.clone())));
                open.extend((worst == Effect::Replaces).then(|| resource.id.clone()));
            }
        }
    }
    for (id, (effect, cause)) in effects.into_iter().filter(|(_, (_, cause))| cause.is_some()) {
        match changes.iter_mut().find(|change| change.id == id) {
            Some(change) => (change.kind, change.follows) = (ChangeKind::Changed(effect), cause),
            None => {
                let Some(resource) = after.get(&id) else { continue };
                changes.push(ResourceChange { follows: cause, ..whole(resource, ChangeKind::Changed(effect)) });
            }
        }
    }
}

fn replacements(effects: &BTreeMap<Id, (Effect, Option<Id>)>) -> Vec<Id> {
    effects.iter().filter(|(_, (effect, _))| *effect == Effect::Replaces).map(|(id, _)| id.clone()).collect()
}

/// Calls `visit` with the path of every reference to a resource inside a value.
fn references(path: &str, value: &Value, to: &Id, visit: &mut dyn FnMut(&str)) {
    match value {
        Value::List(items) => items.iter().for_each(|item| references(path, &item.value, to, visit)),
        Value::Map(map) => {
            map.iter().for_each(|(name, item)| references(&format!("{path}.{name}"), &item.value, to, visit));
        }
        other => other.references(&mut |id, _| {
            if id == to {
                visit(path);
            }
        }),
    }
}
