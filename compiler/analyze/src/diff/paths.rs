//! Connections that the resources allow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migspec_ir::{Graph, Id};

use super::PathChange;
use crate::reach::{Reachability, Traffic, missing};

/// The traffic between two ends, and the relations that declare it.
#[derive(Default)]
struct Connection {
    traffic: Vec<Traffic>,
    why: BTreeSet<Arc<str>>,
    ends: Vec<Id>,
}

type Connections = BTreeMap<(Arc<str>, Arc<str>), Connection>;

/// The connections that open and close, by their ends.
pub(super) fn compare(before: (&Graph, &Reachability), after: (&Graph, &Reachability)) -> Vec<PathChange> {
    let (old, new) = (connections(before), connections(after));
    let none = Connection::default();
    let ends: BTreeSet<&(Arc<str>, Arc<str>)> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for key in ends {
        let (was, is) = (old.get(key).unwrap_or(&none), new.get(key).unwrap_or(&none));
        for (of, from, opened) in [(is, was, true), (was, is, false)] {
            let traffic = missing(&of.traffic, &from.traffic);
            if !traffic.is_empty() {
                let (from, to) = key.clone();
                changes.push(PathChange { from, to, opened, traffic, why: of.why.clone(), ends: of.ends.clone() });
            }
        }
    }
    changes
}

fn connections((graph, reach): (&Graph, &Reachability)) -> Connections {
    let mut all = Connections::new();
    for edge in &reach.edges {
        let (from, to) = (&reach.ends[edge.from], &reach.ends[edge.to]);
        let connection = all.entry((from.name.clone(), to.name.clone())).or_default();
        connection.traffic.extend(&edge.traffic);
        connection.why.extend(edge.flows.iter().filter_map(|flow| graph.flows.get(*flow)).map(|flow| flow.why.clone()));
        connection.ends = from.resource.iter().chain(&to.resource).cloned().collect();
    }
    all
}
