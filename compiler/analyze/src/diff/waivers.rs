//! Waivers and their terms.

use migspec_ir::{Graph, Waiver};

use super::WaiverChange;

/// Waivers that are added or removed, and those whose terms differ.
pub(super) fn compare(before: &Graph, after: &Graph) -> Vec<WaiverChange> {
    let concerns = |a: &Waiver, b: &Waiver| (&a.rule, &a.scope, a.part()) == (&b.rule, &b.scope, b.part());
    let mut changes = Vec::new();
    for waiver in &after.waivers {
        let known = before.waivers.iter().find(|old| concerns(old, waiver));
        if known.is_none_or(|old| terms(old) != terms(waiver)) {
            changes.push(WaiverChange { before: known.cloned(), after: Some(waiver.clone()) });
        }
    }
    let removed = before.waivers.iter().filter(|old| !after.waivers.iter().any(|new| concerns(old, new)));
    changes.extend(removed.map(|old| WaiverChange { before: Some(old.clone()), after: None }));
    changes
}

/// All of a waiver but its place.
fn terms(waiver: &Waiver) -> impl PartialEq + '_ {
    let Waiver { rule, until, owner, approved_by, reason, ticket, control, scope, .. } = waiver;
    (rule, until, owner, approved_by, reason, ticket, control, scope, waiver.part())
}
