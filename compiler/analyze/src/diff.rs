//! The differences between two graphs of one migration: two revisions of a
//! spec, or two of its environments.

mod paths;
mod resources;
mod rights;
mod running;
mod scope;
mod text;
mod waivers;
mod workflows;

use std::collections::BTreeSet;
use std::sync::Arc;

use migspec_diag::Span;
use migspec_ir::update::Effect;
use migspec_ir::{Actor, Graph, Id, Waiver};

use crate::reach::{Reachability, Traffic};
use crate::scope::{Level, Scope};

/// How texts of the two graphs compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sides {
    /// Two revisions of one environment.
    Revisions,
    /// Two environments: their names, accounts and regions are no difference.
    Environments,
}

/// The differences between two graphs.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Diff {
    pub resources: Vec<ResourceChange>,
    pub rights: Vec<RightsChange>,
    pub paths: Vec<PathChange>,
    pub scope: Vec<ScopeChange>,
    pub workflows: Vec<WorkflowChange>,
    pub waivers: Vec<WaiverChange>,
    /// Changes that would interrupt replication, whether or not it is declared to run.
    pub interruptions: Vec<Interruption>,
}

/// A resource that is added, removed or changed.
#[derive(Clone, PartialEq, Debug)]
pub struct ResourceChange {
    pub id: Id,
    pub type_name: &'static str,
    /// The node of the spec: `database "ledger" > backup`.
    pub node: Arc<str>,
    pub kind: ChangeKind,
    /// Sorted by path.
    pub properties: Vec<PropertyChange>,
    /// The replaced resource from which the effect follows.
    pub follows: Option<Id>,
    /// In the graph that has the resource, the later one first.
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ChangeKind {
    Added,
    Removed,
    Changed(Effect),
}

/// A changed property.
#[derive(Clone, PartialEq, Debug)]
pub struct PropertyChange {
    /// `A.B`; an item of a list has no index.
    pub path: String,
    pub before: Option<String>,
    pub after: Option<String>,
    pub effect: Effect,
    /// The origin of the later value, else of the earlier one.
    pub span: Span,
}

/// The rights that a role gains and loses.
#[derive(Clone, PartialEq, Debug)]
pub struct RightsChange {
    pub role: Id,
    pub actor: Option<Actor>,
    pub gained: Vec<Right>,
    pub lost: Vec<Right>,
    pub span: Span,
}

/// Actions on resources under conditions.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Right {
    pub actions: Vec<String>,
    pub resources: Vec<String>,
    pub conditions: Vec<String>,
}

/// A connection that opens or closes.
#[derive(Clone, PartialEq, Debug)]
pub struct PathChange {
    pub from: Arc<str>,
    pub to: Arc<str>,
    pub opened: bool,
    pub traffic: Vec<Traffic>,
    /// The relations of the spec that declare it; empty if none does.
    pub why: BTreeSet<Arc<str>>,
    /// The resources of its ends.
    pub ends: Vec<Id>,
}

/// A resource that enters or leaves a level of the PCI DSS scope.
#[derive(Clone, PartialEq, Debug)]
pub struct ScopeChange {
    pub id: Id,
    pub node: Arc<str>,
    /// Out of scope where the graph has no such resource.
    pub before: Level,
    pub after: Level,
    /// The reason for the wider scope, about `it`, and the resource from which it follows.
    pub because: String,
}

/// The changes of one workflow, by the key of its cutover.
#[derive(Clone, PartialEq, Debug)]
pub struct WorkflowChange {
    pub cutover: Arc<str>,
    pub added: Vec<Arc<str>>,
    pub removed: Vec<Arc<str>>,
    /// States with the names of their changed parts.
    pub changed: Vec<(Arc<str>, Vec<&'static str>)>,
    pub edges_added: Vec<(Arc<str>, Arc<str>)>,
    pub edges_removed: Vec<(Arc<str>, Arc<str>)>,
}

/// A waiver that is added or removed, or whose terms change.
#[derive(Clone, PartialEq, Debug)]
pub struct WaiverChange {
    pub before: Option<Waiver>,
    pub after: Option<Waiver>,
}

/// A change that interrupts replication.
#[derive(Clone, PartialEq, Debug)]
pub struct Interruption {
    pub cause: Cause,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Cause {
    /// A resource that replicates, or that replication needs.
    Resource { id: Id, type_name: &'static str, kind: ChangeKind, properties: Vec<String>, follows: Option<Id> },
    /// A path of replication closes.
    Path(PathChange),
    /// A role of DMS loses rights.
    Rights { role: Id, lost: Vec<Right> },
}

impl Diff {
    /// Compares two graphs; `before` is the deployed one.
    pub fn of(before: &Graph, after: &Graph, sides: Sides) -> Self {
        let texts = (text::Texts::of(before, sides), text::Texts::of(after, sides));
        let reach = (Reachability::of(before), Reachability::of(after));
        let running = running::Running::of(before, &reach.0);
        let mut diff = Self {
            resources: resources::compare(before, after, &texts, &running),
            rights: rights::compare(before, after, &texts),
            paths: paths::compare((before, &reach.0), (after, &reach.1)),
            scope: scope::compare((before, &Scope::of(before)), (after, &Scope::of(after))),
            workflows: workflows::compare(before, after, &texts),
            waivers: waivers::compare(before, after),
            interruptions: Vec::new(),
        };
        diff.interruptions = running.interruptions(&diff, before);
        diff
    }

    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests;
