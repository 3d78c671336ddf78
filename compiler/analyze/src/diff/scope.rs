//! The scope of PCI DSS.

use migspec_ir::{Graph, Resource};

use super::ScopeChange;
use super::resources::is_deployed;
use crate::scope::{Level, Scope};

/// Resources whose level differs, in the order of the later graph, then removed ones.
pub(super) fn compare(before: (&Graph, &Scope), after: (&Graph, &Scope)) -> Vec<ScopeChange> {
    let level = |(graph, scope): (&Graph, &Scope), resource: &Resource| match graph.get(&resource.id) {
        Some(_) => scope.level(&resource.id),
        None => Level::Outside,
    };
    let removed = before.0.resources.values().filter(|resource| after.0.get(&resource.id).is_none());
    let all = after.0.resources.values().chain(removed);
    let change = |resource: &Resource| {
        let (was, is) = (level(before, resource), level(after, resource));
        let (_, wider) = if is <= was { after } else { before };
        let because = wider.get(&resource.id).because.map(|because| match because.from {
            Some(from) => format!("{} (from `{from}`)", because.text),
            None => because.text,
        });
        let change = ScopeChange {
            id: resource.id.clone(),
            node: resource.path.clone(),
            before: was,
            after: is,
            because: because.unwrap_or_default(),
        };
        (was != is).then_some(change)
    };
    all.filter(|resource| is_deployed(resource)).filter_map(change).collect()
}
