//! Reachability, computed from the resources alone and compared with the declared flows. An open path without a flow
//! and a flow without a path are both findings.
//!
//! [`Reachability::of`] returns the ends ([`End`]), the traffic between them by protocol and port ([`Edge`]) with the
//! flows that declare it, and the path of each, hop by hop ([`Hop`]).
//!
//! The model contains security groups (groups of other networks where a transit carries them), network ACLs both ways
//! and with the client's port, those of the subnets of an attachment included; routes of subnets by the longest prefix;
//! route tables of a transit with set, dropped and propagated routes, and its default table; VPN connections; internet
//! and NAT gateways and public addresses; gateway and interface endpoints. Paths are those of IPv4: in a network with
//! IPv6, a rule for IPv6 addresses counts as one for every address, and policies judge the routes. The engine does not
//! follow routes to targets outside the graph (peering, network interfaces, foreign gateways): a policy refuses them.

mod bearers;
mod channel;
mod declared;
mod interval;
mod joined;
mod model;
mod networks;
mod read;
mod search;
mod tiers;
mod trace;
mod traffic;
mod undeclared;
mod unreachable;

use std::collections::BTreeMap;
use std::sync::Arc;

use migspec_ir::{Flow, Graph, Origin};

use channel::Channels;
use declared::Declared;
use interval::Set;
use model::Model;
use search::{Node, Passage, Witness};
use trace::{Mode, Packet};

pub use networks::{Edge, End, EndKind, Join, JoinEnd, Reachability, Tier};
pub use trace::Hop;
pub use traffic::{Protocol, Traffic, missing};

/// A difference between the connections that the resources allow and those
/// that the flows declare.
#[derive(Clone, PartialEq, Debug)]
pub enum Difference {
    Open(Open),
    Unreachable(Unreachable),
    Joined(Joined),
}

/// One cause opens connections that no flow declares.
#[derive(Clone, PartialEq, Debug)]
pub struct Open {
    pub cause: Origin,
    /// The path of the first connection.
    pub hops: Vec<Hop>,
    pub first: Connection,
    pub others: Vec<Connection>,
}

/// Traffic from one end to another, by the names of the ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Connection {
    pub from: String,
    pub to: String,
    pub traffic: Vec<Traffic>,
}

/// The resources do not carry a flow.
#[derive(Clone, PartialEq, Debug)]
pub struct Unreachable {
    pub flow: Flow,
    /// As far as the flow gets; the last hop stops it.
    pub hops: Vec<Hop>,
    /// The override that stops the flow, if one does.
    pub stopped_by: Option<Origin>,
}

/// One cause joins networks that no flow connects.
#[derive(Clone, PartialEq, Debug)]
pub struct Joined {
    pub cause: Origin,
    /// The path between the first pair.
    pub hops: Vec<Hop>,
    pub first: Pair,
    pub others: Vec<Pair>,
}

/// Two networks or sites, by their nodes in the spec.
#[derive(Clone, PartialEq, Debug)]
pub struct Pair {
    pub from: Arc<str>,
    pub to: Arc<str>,
}

/// The network that the resources of a graph describe.
fn read_model(graph: &Graph) -> Model<'_> {
    let mut model = Model::default();
    read::read(&mut model, graph);
    bearers::place(&mut model, graph);
    model
}

/// Compares the connections that the resources allow with those that the flows
/// declare.
pub fn compare(graph: &Graph) -> Vec<Difference> {
    let model = read_model(graph);
    let channels = Channels::new(&model);
    let reach = Reach::new(graph, &channels);
    let mut differences: Vec<Difference> =
        unreachable::find(graph, &channels).into_iter().map(Difference::Unreachable).collect();
    differences.extend(undeclared::find(graph, &reach).into_iter().map(Difference::Open));
    differences.extend(joined::find(graph, &reach).into_iter().map(Difference::Joined));
    differences
}

/// The question of a search, and its result.
struct Reach<'r, 'm, 'g> {
    channels: &'r Channels<'m, 'g>,
    declared: Declared<'g>,
    found: BTreeMap<(Node, Node), Passage<'g>>,
}

impl<'r, 'm, 'g> Reach<'r, 'm, 'g> {
    fn new(graph: &'g Graph, channels: &'r Channels<'m, 'g>) -> Self {
        let declared = Declared::of(graph, channels.model);
        let found = search::search(channels, &declared);
        Self { channels, declared, found }
    }

    fn declared_traffic(&self, found: &Passage<'g>) -> Set {
        self.declared.traffic(&found.flows)
    }

    fn name(&self, node: Node) -> &'g str {
        let model = self.channels.model;
        match node {
            Node::Internet => "internet",
            Node::Part(index) => self.declared.parts[index].1,
            Node::Site(index) => model.sites[index].resource.id.as_str(),
            Node::Bearer(index) => model.bearers[index].resource.id.as_str(),
            Node::Endpoint(index) => model.endpoints[index].resource.id.as_str(),
        }
    }

    /// The path of a point of the result.
    fn hops(&self, found: &Passage<'g>, point: u32) -> Vec<Hop> {
        let Some(witness) = found.witnesses.iter().find(|witness| witness.traffic.has(point)) else {
            return Vec::new();
        };
        self.path(witness, point)
    }

    fn path(&self, witness: &Witness<'g>, point: u32) -> Vec<Hop> {
        let Witness { from, to, near, far, .. } = *witness;
        let packet = Packet { from, to, source: near, destination: far, point };
        let (steps, _) = self.channels.trace(packet, Mode::May);
        let out = witness.out.map(|rule| Hop::by(rule, format!("rule `{}` lets it out", rule.id)));
        let within = witness.within.map(|rule| Hop::by(rule, format!("rule `{}` lets it in", rule.id)));
        let (there, back): (Vec<Hop>, Vec<Hop>) = steps.into_iter().partition(|hop| !hop.back);
        out.into_iter().chain(there).chain(within).chain(back).collect()
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
