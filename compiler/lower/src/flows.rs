//! The only source of network permissions: each flow becomes security group
//! rules, subnet routes, transit routes, network ACL entries and service
//! endpoints.

mod acl;
mod apart;
pub(crate) mod endpoints;
mod routes;
mod rules;
pub(crate) mod topology;

use std::sync::Arc;

use migspec_ir::{Flow, Zone};
use rustc_hash::FxHashSet;

use crate::cx::Cx;
use apart::Gap;
use topology::{End, Topology};

pub(crate) fn lower(cx: &mut Cx) {
    let flows = std::mem::take(&mut cx.graph.flows);
    // Endpoints first: their groups are ends of flows like any other.
    endpoints::lower(cx, &flows);
    let topology = Topology::of(cx);
    let mut acls = acl::Acls::new(cx);
    let mut seen = FxHashSet::default();
    let mut gaps = Vec::new();
    for flow in &flows {
        if seen.insert((&flow.from, &flow.to, flow.protocol, flow.port)) {
            open(cx, &topology, &mut acls, &mut gaps, flow);
        }
    }
    acls.emit(cx);
    apart::report(cx, &gaps);
    cx.graph.flows = flows;
}

/// Opens one flow, at both of its ends and between them.
fn open<'f>(cx: &mut Cx, topology: &Topology, acls: &mut acl::Acls, gaps: &mut Vec<Gap<'f>>, flow: &'f Flow) {
    let Some((from, to)) = topology.end(cx, flow, &flow.from).zip(topology.end(cx, flow, &flow.to)) else {
        return;
    };
    rules::lower(cx, flow, &from, &to);
    if let Some((a, b)) = crossing(&from, &to)
        && !routes::lower(cx, flow, &from, &to)
    {
        gaps.push(Gap { from: a.clone(), to: b.clone(), flow });
        return;
    }
    acls.allow(flow, &from, &to);
}

/// The networks or sites of the two ends, where they are different ones.
fn crossing<'e>(from: &'e End, to: &'e End) -> Option<(&'e Arc<str>, &'e Arc<str>)> {
    from.member.as_ref().zip(to.member.as_ref()).filter(|(a, b)| a != b)
}

/// A relation of the spec as a description that EC2 accepts:
/// `replication "ledger" > from` becomes `replication ledger / from`.
pub(crate) fn description(why: &str) -> String {
    let accepted = |c: char| c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c);
    let text = why.replace('"', "").replace('>', "/");
    text.chars().filter(|c| accepted(*c)).take(255).collect()
}

impl Topology {
    /// The endpoint at one side of a flow.
    fn end(&self, cx: &mut Cx, flow: &Flow, zone: &Zone) -> Option<End> {
        match zone {
            Zone::Group(id) => self.group(id),
            Zone::Site(id) => self.site(id),
            Zone::Service(name) => self.service(cx, flow, name),
            Zone::Public(range) => Some(End::public(range)),
            Zone::Internet => Some(End::internet()),
        }
    }
}

#[cfg(test)]
mod tests;
