//! Who can reach whom, computed from the resources alone and compared with
//! what the flows declare: what is open beyond them and what they need and do
//! not get are both findings.
//!
//! [`Reachability::of`] is the whole answer: the ends ([`End`]), what passes
//! between them by protocol and port ([`Edge`]) with the flows that declare it,
//! and the path of each, hop by hop ([`Hop`]).
//!
//! What is modelled: security groups (groups of other networks where a transit
//! carries them), network ACLs both ways and with the client's port, those of
//! the subnets of an attachment included; routes of subnets by the longest
//! prefix; route tables of a transit with set, dropped and propagated routes,
//! and its default table; VPN connections; internet and NAT gateways and
//! public addresses; gateway and interface endpoints. No network has IPv6.
//! Routes to what a graph does not show (peering, network interfaces, others'
//! gateways) are not followed: a policy refuses them.

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

use migspec_diag::{Diagnostic, Severity, Span};
use migspec_ir::Graph;

use crate::catalogue::{self, Control};
use channel::Channels;
use declared::Declared;
use interval::Set;
use model::Model;
use search::{Found, Node, Witness};
use trace::{Mode, Packet};

pub use networks::{Edge, End, EndKind, Join, JoinEnd, Reachability, Tier};
pub use trace::Hop;
pub use traffic::{Protocol, Traffic};

/// Something can be reached that no flow declares.
pub(crate) const OPEN: &str = "reachable-but-undeclared";
/// A flow declares what cannot be reached.
pub(crate) const UNREACHABLE: &str = "declared-but-unreachable";
/// Networks are joined that no flow crosses.
pub(crate) const JOINED: &str = "joined-but-undeclared";

/// What these findings decide in the catalogue.
const CONTROLS: &[(&str, &[&str])] = &[
    (OPEN, &["NET-TGW-08", "NET-SG-09", "NET-SG-10"]),
    (UNREACHABLE, &["NET-TGW-08", "NET-DMS-03"]),
    (JOINED, &["NET-TGW-08", "NET-TGW-03", "NET-ENV-01"]),
];

/// Compares what the resources let through with what the flows declare.
pub(crate) fn compare(graph: &Graph) -> Vec<Diagnostic> {
    let model = Model::of(graph);
    let channels = Channels::new(&model);
    let reach = Reach::new(graph, &channels);
    let mut findings = unreachable::find(graph, &channels);
    findings.extend(undeclared::find(graph, &reach));
    findings.extend(joined::find(graph, &reach));
    findings
}

/// What was searched and found.
struct Reach<'r, 'm, 'g> {
    channels: &'r Channels<'m, 'g>,
    declared: Declared<'g>,
    found: BTreeMap<(Node, Node), Found<'g>>,
}

impl<'r, 'm, 'g> Reach<'r, 'm, 'g> {
    fn new(graph: &'g Graph, channels: &'r Channels<'m, 'g>) -> Self {
        let declared = Declared::of(graph, channels.model);
        let found = search::search(channels, &declared);
        Self { channels, declared, found }
    }

    fn declared_traffic(&self, found: &Found<'g>) -> Set {
        self.declared.traffic(&found.flows)
    }

    fn name(&self, node: Node) -> &'g str {
        let model = self.channels.model;
        match node {
            Node::Internet => "internet",
            Node::Site(index) => model.sites[index].resource.id.as_str(),
            Node::Bearer(index) => model.bearers[index].resource.id.as_str(),
            Node::Endpoint(index) => model.endpoints[index].resource.id.as_str(),
        }
    }

    /// The path on which a point of what was found passes.
    fn hops(&self, found: &Found<'g>, point: u32) -> Vec<Hop> {
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

/// A finding of the engine, as its controls say.
fn finding(graph: &Graph, code: &'static str, message: String) -> Diagnostic {
    let ids = CONTROLS.iter().filter(|(of, _)| *of == code).flat_map(|(_, ids)| ids.iter());
    let controls: Vec<&Control> = ids.filter_map(|id| catalogue::control(id)).collect();
    let severity = controls.iter().map(|c| c.severity(graph.environment.production)).max().unwrap_or(Severity::Error);
    let mut diagnostic = Diagnostic::new(code, severity, message);
    diagnostic.controls = controls.iter().map(|control| control.id.as_str().into()).collect();
    diagnostic.requirements = catalogue::supported_by(controls).into_iter().map(Into::into).collect();
    diagnostic
}

/// Adds a path: each hop as a note, and each place of the spec that some of
/// them stand at. The cause is the primary place.
fn shown(mut diagnostic: Diagnostic, hops: &[Hop], cause: Option<&Hop>, label: &str) -> Diagnostic {
    if let Some(origin) = cause.and_then(|hop| hop.origin) {
        diagnostic = diagnostic.at(origin.span(), label);
    }
    let taken: Vec<Span> = diagnostic.primary.iter().chain(&diagnostic.related).map(|place| place.span).collect();
    let mut places: Vec<(Span, Vec<usize>)> = Vec::new();
    for (index, hop) in hops.iter().enumerate() {
        let back = if hop.back { "way back: " } else { "" };
        diagnostic = diagnostic.note(format!("{}. {back}{}", index + 1, hop.text));
        let Some(span) = hop.origin.map(|origin| origin.span()).filter(|span| !taken.contains(span)) else { continue };
        match places.iter_mut().find(|(known, _)| *known == span) {
            Some((_, numbers)) => numbers.push(index + 1),
            None => places.push((span, vec![index + 1])),
        }
    }
    for (span, numbers) in places {
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        let word = if numbers.len() == 1 { "hop" } else { "hops" };
        diagnostic = diagnostic.with(span, format!("{word} {}", numbers.join(", ")));
    }
    diagnostic
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
