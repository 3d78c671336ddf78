//! What can reach what, worked out from the resources.

use migspec_policies::reach::{Edge, End, Reachability};
use serde::Serialize;

use super::Given;
use super::html::anchor;

/// One way of a connection, as the page shows it.
#[derive(Serialize)]
pub(super) struct Connection {
    from: Shown,
    to: Shown,
    traffic: String,
    /// The relations that declare it; none where nothing does.
    because: Vec<Relation>,
}

#[derive(Serialize)]
struct Shown {
    name: String,
    /// Empty for the internet, which is no resource.
    anchor: String,
}

#[derive(Serialize)]
struct Relation {
    why: String,
    place: String,
}

pub(super) fn connections(given: &Given<'_>) -> Vec<Connection> {
    let reach = Reachability::of(given.graph);
    reach.edges.iter().map(|edge| connection(given, &reach.ends, edge)).collect()
}

fn connection(given: &Given<'_>, ends: &[End], edge: &Edge) -> Connection {
    let shown = |index: usize| {
        let end = &ends[index];
        let anchor = end.resource.as_ref().map(|id| anchor("resource", id.as_str())).unwrap_or_default();
        Shown { name: end.name.to_string(), anchor }
    };
    let mut because: Vec<Relation> = Vec::new();
    for flow in edge.flows.iter().filter_map(|index| given.graph.flows.get(*index)) {
        let relation = Relation { why: flow.why.to_string(), place: given.place(flow.origin.span()) };
        if because.iter().all(|known| known.why != relation.why || known.place != relation.place) {
            because.push(relation);
        }
    }
    let traffic: Vec<String> = edge.traffic.iter().map(ToString::to_string).collect();
    Connection { from: shown(edge.from), to: shown(edge.to), traffic: traffic.join(", "), because }
}
