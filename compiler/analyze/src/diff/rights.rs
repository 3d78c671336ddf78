//! Rights of roles, from the grants: role policies are printed from nothing else.

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Span;
use migspec_ir::{Graph, Id};

use super::text::Texts;
use super::{Right, RightsChange};

/// One action on one resource, with its conditions.
type Single = (String, String, Vec<String>);

/// The roles whose rights differ.
pub(super) fn compare(before: &Graph, after: &Graph, texts: &(Texts, Texts)) -> Vec<RightsChange> {
    let (old, new) = (singles(before, &texts.0), singles(after, &texts.1));
    let roles: BTreeSet<&Id> = old.keys().chain(new.keys()).copied().collect();
    let none = (BTreeSet::new(), None);
    let mut changes = Vec::new();
    for role in roles {
        let ((had, was), (has, is)) = (old.get(role).unwrap_or(&none), new.get(role).unwrap_or(&none));
        let (gained, lost) = (has.difference(had).cloned(), had.difference(has).cloned());
        let (gained, lost) = (group(gained), group(lost));
        let Some(span) = is.or(*was) else { continue };
        if gained.is_empty() && lost.is_empty() {
            continue;
        }
        let actor = after.actors.get(role).or_else(|| before.actors.get(role)).copied();
        changes.push(RightsChange { role: role.clone(), actor, gained, lost, span });
    }
    changes
}

fn singles<'g>(graph: &'g Graph, texts: &Texts) -> BTreeMap<&'g Id, (BTreeSet<Single>, Option<Span>)> {
    let mut all: BTreeMap<&Id, (BTreeSet<Single>, Option<Span>)> = BTreeMap::new();
    for grant in &graph.grants {
        let conditions: Vec<String> = grant
            .conditions
            .iter()
            .map(|condition| {
                let values: Vec<String> = condition.values.iter().map(|value| texts.display(value)).collect();
                format!("{} {} {}", condition.operator, texts.text(&condition.key), values.join(" or "))
            })
            .collect();
        let (rights, span) = all.entry(&grant.role).or_default();
        *span = span.or(Some(grant.origin.span()));
        for action in &grant.actions {
            let resources = grant.resources.iter().map(|resource| texts.display(resource));
            rights.extend(resources.map(|resource| ((*action).to_owned(), resource, conditions.clone())));
        }
    }
    all
}

/// Single rights with the same conditions as statements: actions of one
/// resource together, then resources with the same actions.
fn group(singles: impl Iterator<Item = Single>) -> Vec<Right> {
    let mut actions: BTreeMap<(Vec<String>, String), BTreeSet<String>> = BTreeMap::new();
    for (action, resource, conditions) in singles {
        actions.entry((conditions, resource)).or_default().insert(action);
    }
    let mut rights: BTreeMap<(Vec<String>, BTreeSet<String>), Vec<String>> = BTreeMap::new();
    for ((conditions, resource), actions) in actions {
        rights.entry((conditions, actions)).or_default().push(resource);
    }
    let right = |((conditions, actions), resources): ((Vec<String>, BTreeSet<String>), Vec<String>)| Right {
        actions: actions.into_iter().collect(),
        resources,
        conditions,
    };
    rights.into_iter().map(right).collect()
}
