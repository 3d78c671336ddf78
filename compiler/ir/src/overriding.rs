//! Overrides in the graph: the changes of each one, with their places.

use std::sync::Arc;

use migspec_diag::Span;

use crate::class::{Class, REACHABILITY};
use crate::datum::{Datum, Value};
use crate::fact::FactValue;
use crate::graph::{Graph, Resource};
use crate::id::Id;
use crate::index::Index;
use crate::resource_type::ResourceType;

/// A property of a derived resource that the author sets by hand.
#[derive(Clone, PartialEq, Debug)]
pub struct Override {
    pub resource: Id,
    /// The name of the property: `Environment`.
    pub property: Arc<str>,
    /// The property without the override.
    pub before: Option<Datum>,
    pub changes: Vec<Change>,
    /// The node in the spec, with its children.
    pub span: Span,
}

/// A value that an override changes, adds or removes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// `A.0.B`
    pub path: Arc<str>,
    pub span: Span,
}

impl Graph {
    pub fn overrides_of<'g>(&'g self, resource: &'g Id) -> impl Iterator<Item = &'g Override> {
        self.overrides.iter().filter(move |o| o.resource == *resource)
    }

    /// The place of an override of the value at a path, of a value around it, or of a part of it.
    pub fn overridden_at(&self, resource: &Id, path: &str) -> Option<Span> {
        let mut changes = self.overrides_of(resource).flat_map(|o| &o.changes);
        changes.find(|c| is_within(path, &c.path) || is_within(&c.path, path)).map(|c| c.span)
    }
}

fn is_within(path: &str, outer: &str) -> bool {
    path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The paths that overrides of a resource change and that no policy judges:
/// paths without a class, and changes that no fact of the resource shows.
pub(crate) fn unjudged_paths(resource: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(row) = resource.resource_type().filter(|_| !graph.overrides.is_empty()) else {
        return FactValue::set::<&str>([]);
    };
    let original = original(resource, graph);
    let unjudged = graph.overrides_of(&resource.id).flat_map(|applied| {
        let comparison = Comparison { row, resource, original: &original, graph, applied };
        applied.changes.iter().filter(move |change| comparison.is_unjudged(change))
    });
    FactValue::set(unjudged.map(|change| Some(&change.path)))
}

/// The fact of tags: a tag that it does not show is a label for people.
const TAGS: &str = "missingTags";

/// The facts of a resource with and without a change of an override.
struct Comparison<'a> {
    row: &'static ResourceType,
    resource: &'a Resource,
    /// The resource without overrides.
    original: &'a Resource,
    graph: &'a Index<'a>,
    applied: &'a Override,
}

impl Comparison<'_> {
    fn is_unjudged(&self, change: &Change) -> bool {
        match self.row.class_of(&change.path) {
            None => true,
            // A rule without one of its parts is no rule that AWS takes.
            Some(Class::Judged(REACHABILITY)) => self.resource.get(&change.path).is_none(),
            Some(Class::Judged(by)) => by != TAGS && !self.is_shown(change),
            Some(Class::Identity | Class::Free(_)) => false,
        }
    }

    /// Whether a fact differs without the change, or differs by the change alone:
    /// two changes may have one effect.
    fn is_shown(&self, change: &Change) -> bool {
        let property = &self.applied.property;
        let (before, after) = (self.original.get(property), self.resource.get(property));
        let rest = change.path.strip_prefix(&**property).unwrap_or_default().trim_start_matches('.');
        let value = |datum: Option<&Datum>| datum.and_then(|datum| datum.get(rest)).cloned();
        let without = with(after, rest, value(before));
        let alone = with(before, rest, value(after));
        self.differ(self.resource, &after.cloned(), &without) || self.differ(self.original, &alone, &before.cloned())
    }

    /// Whether a fact of the changed property differs from that of the other. A
    /// value outside of the graph is shown to no policy.
    fn differ(&self, of: &Resource, changed: &Option<Datum>, other: &Option<Datum>) -> bool {
        let set = |value: &Option<Datum>| {
            let mut resource = of.clone();
            match value {
                Some(datum) => resource.properties.set(self.applied.property.clone(), datum.clone()),
                None => drop(resource.properties.remove(&self.applied.property)),
            }
            resource
        };
        let (changed, other) = (set(changed), set(other));
        self.row.facts.iter().any(|fact| {
            let value = fact.of(&changed, self.graph);
            !matches!(value, FactValue::External | FactValue::Unknown) && value != fact.of(&other, self.graph)
        })
    }
}

/// The resource without its overrides.
fn original(of: &Resource, graph: &Graph) -> Resource {
    let mut resource = of.clone();
    let applied: Vec<&Override> = graph.overrides_of(&of.id).collect();
    for Override { property, before, .. } in applied.into_iter().rev() {
        match before {
            Some(before) => resource.properties.set(property.clone(), before.clone()),
            None => drop(resource.properties.remove(property)),
        }
    }
    resource
}

/// A value with another one at a path; `None` removes what is there. Parents
/// that are missing come from the path alone.
pub fn with(datum: Option<&Datum>, path: &str, value: Option<Datum>) -> Option<Datum> {
    if path.is_empty() {
        return value;
    }
    let mut datum = datum.cloned().or_else(|| Some(Datum::new(crate::Map::new(), value.as_ref()?.origin)))?;
    put(&mut datum, path, value);
    Some(datum)
}

fn put(datum: &mut Datum, path: &str, value: Option<Datum>) {
    let (step, rest) = path.split_once('.').unwrap_or((path, ""));
    let origin = datum.origin;
    match &mut datum.value {
        Value::JsonText(inner) => put(inner, path, value),
        Value::Map(map) => match (with(map.get(step), rest, value), map.get(step).is_some()) {
            (Some(datum), _) => map.set(step, datum),
            (None, true) => drop(map.remove(step)),
            (None, false) => {}
        },
        Value::List(items) => {
            let Ok(index) = step.parse::<usize>() else { return };
            match (with(items.get(index), rest, value), index < items.len()) {
                (Some(datum), true) => items[index] = datum,
                (Some(datum), false) => items.push(datum),
                (None, true) => drop(items.remove(index)),
                (None, false) => {}
            }
        }
        _ => {
            let mut map = Datum::new(crate::Map::new(), origin);
            put(&mut map, path, value);
            *datum = map;
        }
    }
}

/// The identity properties among changes.
pub fn identities<'c>(resource: &Resource, changes: &'c [Change]) -> Vec<&'c Change> {
    let class = |change: &Change| resource.resource_type().and_then(|row| row.class_of(&change.path));
    changes.iter().filter(|change| class(change) == Some(Class::Identity)).collect()
}

/// The values that differ between a property as it was and as it is. A value
/// that is gone is at `span`.
pub fn changes(property: &str, before: Option<&Datum>, after: Option<&Datum>, span: Span) -> Vec<Change> {
    let mut found = Changes { found: Vec::new(), span };
    found.compare(property, before, after);
    found.found
}

struct Changes {
    found: Vec<Change>,
    span: Span,
}

impl Changes {
    fn compare(&mut self, path: &str, before: Option<&Datum>, after: Option<&Datum>) {
        let (Some(old), Some(new)) = (before, after) else {
            for (datum, span) in [(before, Some(self.span)), (after, None)] {
                datum.into_iter().for_each(|datum| self.leaves(path, datum, span));
            }
            return;
        };
        match (inside(&old.value), inside(&new.value)) {
            (Value::Map(a), Value::Map(b)) => {
                let names = a.iter().map(|(name, _)| name);
                let added = b.iter().map(|(name, _)| name).filter(|name| a.get(name).is_none());
                for name in names.chain(added) {
                    self.compare(&format!("{path}.{name}"), a.get(name), b.get(name));
                }
            }
            (Value::List(a), Value::List(b)) => {
                if a.len() != b.len() {
                    self.add(path, new.origin.span());
                }
                for index in 0..a.len().max(b.len()) {
                    self.compare(&format!("{path}.{index}"), a.get(index), b.get(index));
                }
            }
            (a, b) if same(a, b) => {}
            _ => {
                self.leaves(path, old, Some(new.origin.span()));
                self.leaves(path, new, None);
            }
        }
    }

    /// Every value inside, at `span` or at its own place.
    fn leaves(&mut self, path: &str, datum: &Datum, span: Option<Span>) {
        match inside(&datum.value) {
            Value::Map(map) if !map.is_empty() => {
                map.iter().for_each(|(name, datum)| self.leaves(&format!("{path}.{name}"), datum, span));
            }
            Value::List(items) => {
                self.add(path, span.unwrap_or(datum.origin.span()));
                for (index, item) in items.iter().enumerate() {
                    self.leaves(&format!("{path}.{index}"), item, span);
                }
            }
            _ => self.add(path, span.unwrap_or(datum.origin.span())),
        }
    }

    fn add(&mut self, path: &str, span: Span) {
        if !self.found.iter().any(|change| &*change.path == path) {
            self.found.push(Change { path: path.into(), span });
        }
    }
}

/// The value, or the one that JSON text holds.
fn inside(value: &Value) -> &Value {
    match value {
        Value::JsonText(datum) => inside(&datum.value),
        _ => value,
    }
}

/// Whether two values are equal wherever they came from.
fn same(a: &Value, b: &Value) -> bool {
    match (inside(a), inside(b)) {
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.value, &b.value))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().all(|(n, a)| b.get(n).is_some_and(|b| same(&a.value, &b.value)))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::resource;

    fn changed_paths(before: &str, after: &str) -> Vec<String> {
        let of = |properties: &str| resource("AWS::S3::Bucket", "b", properties);
        let (before, after) = (of(before), of(after));
        let span = before.origin.span();
        changes("P", before.get("P"), after.get("P"), span).iter().map(|c| c.path.to_string()).collect()
    }

    #[test]
    fn only_what_differs_has_changed() {
        assert_eq!(changed_paths(r#"{"P": {"A": 1, "B": 2}}"#, r#"{"P": {"A": 1, "B": 3}}"#), ["P.B"]);
        assert_eq!(changed_paths(r#"{"P": {"A": 1}}"#, r#"{"P": {"A": 1}}"#), [""; 0]);
        assert_eq!(changed_paths(r#"{"P": {"A": 1}}"#, "{}"), ["P.A"]);
        assert_eq!(changed_paths("{}", r#"{"P": {"A": {}}}"#), ["P.A"]);
    }

    #[test]
    fn a_list_of_another_length_has_changed_as_a_whole() {
        assert_eq!(changed_paths(r#"{"P": [{"A": 1}]}"#, r#"{"P": [{"A": 1}, {"A": 2}]}"#), ["P", "P.1.A"]);
        assert_eq!(changed_paths(r#"{"P": [{"A": 1}]}"#, r#"{"P": []}"#), ["P", "P.0.A"]);
        assert_eq!(changed_paths(r#"{"P": [1, 2]}"#, r#"{"P": [1, 3]}"#), ["P.1"]);
    }
}
