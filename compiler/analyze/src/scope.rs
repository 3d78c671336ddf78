//! The PCI DSS scope of each resource: it stores, processes or transmits account data, it is connected to such a
//! resource or can change its security, or neither. Each classification follows from another one, back to a column of
//! the source.
//!
//! An unknown counts as the worst: a live source without classified columns holds account data, and a protected number
//! counts like a clear one until an assessor takes it out of scope.

mod carry;
mod connect;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use migspec_diag::Span;
use migspec_ir::{Graph, Id, Index, Resource};

/// The scope of a resource. Ordered: the first is the narrowest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Stores, processes or transmits account data: the cardholder data environment.
    AccountData,
    /// Connected to that, or able to change its security.
    Connected,
    Outside,
}

impl Level {
    pub const ALL: &'static [Level] = &[Level::AccountData, Level::Connected, Level::Outside];

    pub fn name(self) -> &'static str {
        match self {
            Level::AccountData => "account data",
            Level::Connected => "connected",
            Level::Outside => "out of scope",
        }
    }
}

/// The role of a resource for account data.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Handling {
    Stores,
    Processes,
    Transmits,
}

impl Handling {
    pub fn name(self) -> &'static str {
        match self {
            Handling::Stores => "stores",
            Handling::Processes => "processes",
            Handling::Transmits => "transmits",
        }
    }
}

/// The reason for a classification.
#[derive(Clone, PartialEq, Debug)]
pub struct Because {
    /// The text after the resource's name, such as `replication "ledger" copies rows to it`.
    pub text: String,
    /// The resource from which it follows; none at the end of the chain.
    pub from: Option<Id>,
    /// The place in the spec that declares it.
    pub span: Span,
}

/// One resource.
#[derive(Clone, PartialEq, Debug)]
pub struct Classified {
    pub level: Level,
    pub handling: BTreeSet<Handling>,
    /// Classes of the columns that reach it, such as `pan`.
    pub classes: BTreeSet<String>,
    /// None if the resource is out of scope.
    pub because: Option<Because>,
}

/// One way of account data from a resource to another.
#[derive(Clone, PartialEq, Debug)]
pub struct Passage {
    pub from: Id,
    pub to: Id,
    /// The classes of the data.
    pub classes: BTreeSet<String>,
    /// Only keys of rows, not the rows.
    pub keys_only: bool,
    /// The data goes in the other direction: `from` stores the data that `to` receives.
    pub against: bool,
    pub text: String,
    pub span: Span,
}

/// The scope of a graph.
#[derive(Clone, Debug)]
pub struct Scope {
    entries: BTreeMap<Id, Classified>,
    /// In the order in which data reaches their ends.
    pub passages: Vec<Passage>,
}

impl Scope {
    pub fn of(graph: &Graph) -> Self {
        let index = Index::new(graph);
        let (mut entries, passages) = carry::account_data(graph, &index);
        connect::add(graph, &index, &mut entries);
        Self { entries, passages }
    }

    /// The classification of a resource.
    pub fn get(&self, id: &Id) -> Classified {
        self.entries.get(id).cloned().unwrap_or(Classified {
            level: Level::Outside,
            handling: BTreeSet::new(),
            classes: BTreeSet::new(),
            because: None,
        })
    }

    pub fn level(&self, id: &Id) -> Level {
        self.entries.get(id).map_or(Level::Outside, |entry| entry.level)
    }

    /// The reasons of a resource, from its own back to the first, each with its resource.
    pub fn chain(&self, id: &Id) -> Vec<(Id, &Because)> {
        let mut chain = Vec::new();
        let mut next = Some(id.clone());
        while let Some(id) = next {
            let Some(because) = self.entries.get(&id).and_then(|entry| entry.because.as_ref()) else { break };
            next = because.from.clone().filter(|from| chain.iter().all(|(seen, _)| seen != from));
            chain.push((id, because));
        }
        chain
    }
}

/// Whether two resources of a node belong together: `path` is the node's or lies in it.
fn within(resource: &Resource, path: &str) -> bool {
    resource.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(" > "))
}

#[cfg(test)]
mod tests;
