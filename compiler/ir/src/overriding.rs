//! Overrides in the graph: the changes of each one, with their places.

use std::sync::Arc;

use migspec_diag::Span;

use crate::class::Class;
use crate::datum::{Datum, Value};
use crate::fact::FactValue;
use crate::graph::{Graph, Resource};
use crate::id::Id;

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

/// The paths that overrides of a resource change and that have no class.
pub(crate) fn unjudged(resource: &Resource, graph: &Graph) -> FactValue {
    let Some(row) = resource.resource_type().filter(|_| !graph.overrides.is_empty()) else {
        return FactValue::set::<&str>([]);
    };
    let changes = graph.overrides_of(&resource.id).flat_map(|o| &o.changes);
    FactValue::set(changes.filter(|c| row.class_of(&c.path).is_none()).map(|c| Some(&c.path)))
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

    fn changed(before: &str, after: &str) -> Vec<String> {
        let of = |properties: &str| resource("AWS::S3::Bucket", "b", properties);
        let (before, after) = (of(before), of(after));
        let span = before.origin.span();
        changes("P", before.get("P"), after.get("P"), span).iter().map(|c| c.path.to_string()).collect()
    }

    #[test]
    fn only_what_differs_has_changed() {
        assert_eq!(changed(r#"{"P": {"A": 1, "B": 2}}"#, r#"{"P": {"A": 1, "B": 3}}"#), ["P.B"]);
        assert_eq!(changed(r#"{"P": {"A": 1}}"#, r#"{"P": {"A": 1}}"#), [""; 0]);
        assert_eq!(changed(r#"{"P": {"A": 1}}"#, "{}"), ["P.A"]);
        assert_eq!(changed("{}", r#"{"P": {"A": {}}}"#), ["P.A"]);
    }

    #[test]
    fn a_list_of_another_length_has_changed_as_a_whole() {
        assert_eq!(changed(r#"{"P": [{"A": 1}]}"#, r#"{"P": [{"A": 1}, {"A": 2}]}"#), ["P", "P.1.A"]);
        assert_eq!(changed(r#"{"P": [{"A": 1}]}"#, r#"{"P": []}"#), ["P", "P.0.A"]);
        assert_eq!(changed(r#"{"P": [1, 2]}"#, r#"{"P": [1, 3]}"#), ["P.1"]);
    }
}
