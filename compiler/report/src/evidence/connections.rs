//! The connections that the resources allow.

use migspec_analyze::reach::{Edge, End, Reachability};
use migspec_ir::Flow;
use serde::Serialize;

use super::EvidenceInputs;
use super::anchor::anchor;

/// One direction of a connection, as the page shows it.
#[derive(Serialize)]
pub(super) struct Connection {
    from: LinkedEnd,
    to: LinkedEnd,
    traffic: String,
    /// The relations that declare it; empty if undeclared.
    because: Vec<Relation>,
}

#[derive(Serialize)]
struct LinkedEnd {
    name: String,
    /// Empty for the internet, which is no resource.
    anchor: String,
}

#[derive(Serialize)]
struct Relation {
    why: String,
    place: String,
}

/// The computed connections, compared with the declared flows.
#[derive(Serialize)]
pub(super) struct Reached {
    connections: Vec<Connection>,
    /// The number of undeclared connections.
    undeclared: usize,
    declared: usize,
    /// The number of pairs of networks that routes join without a flow.
    joined: usize,
    /// Flows that the resources block.
    unreachable: Vec<Unreachable>,
}

#[derive(Serialize)]
struct Unreachable {
    what: String,
    relation: Relation,
}

impl Reached {
    pub(super) fn of(given: &EvidenceInputs<'_>, reach: &Reachability) -> Self {
        let connections: Vec<Connection> =
            reach.edges.iter().map(|edge| connection(given, &reach.ends, edge)).collect();
        let undeclared = connections.iter().filter(|connection| connection.because.is_empty()).count();
        let reached = reach.reached_flows();
        let flows = given.graph.flows.iter().enumerate();
        let unreachable = flows
            .filter(|(index, _)| !reached.contains(index))
            .map(|(_, flow)| Unreachable { what: flow.to_string(), relation: relation(given, flow) });
        Self {
            declared: connections.len() - undeclared,
            connections,
            undeclared,
            joined: reach.joins.iter().filter(|join| !join.declared).count(),
            unreachable: unreachable.collect(),
        }
    }
}

fn relation(given: &EvidenceInputs<'_>, flow: &Flow) -> Relation {
    let why = match &flow.reason {
        Some(reason) => format!("{}: {reason}", flow.why),
        None => flow.why.to_string(),
    };
    Relation { why, place: given.place(flow.origin.span()) }
}

fn connection(given: &EvidenceInputs<'_>, ends: &[End], edge: &Edge) -> Connection {
    let linked = |index: usize| {
        let end = &ends[index];
        let anchor = end.resource.as_ref().map(|id| anchor("resource", id.as_str())).unwrap_or_default();
        LinkedEnd { name: end.name.to_string(), anchor }
    };
    let mut because: Vec<Relation> = Vec::new();
    for flow in edge.flows.iter().filter_map(|index| given.graph.flows.get(*index)) {
        let relation = relation(given, flow);
        if because.iter().all(|known| known.why != relation.why || known.place != relation.place) {
            because.push(relation);
        }
    }
    let traffic: Vec<String> = edge.traffic.iter().map(ToString::to_string).collect();
    Connection { from: linked(edge.from), to: linked(edge.to), traffic: traffic.join(", "), because }
}
