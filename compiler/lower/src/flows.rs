//! The only source of network permissions: each flow becomes security group
//! rules, subnet routes, transit routes, network ACL entries and service
//! endpoints.

mod acl;
pub(crate) mod endpoints;
mod routes;
mod rules;
pub(crate) mod topology;

use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::{Flow, Zone};
use rustc_hash::FxHashSet;

use crate::cx::Cx;
use topology::{End, Topology};

pub(crate) fn lower(cx: &mut Cx) {
    let flows = std::mem::take(&mut cx.graph.flows);
    // Endpoints first: their groups are ends of flows like any other.
    endpoints::lower(cx, &flows);
    let topology = Topology::of(cx);
    let mut acls = acl::Acls::new(cx);
    let mut seen = FxHashSet::default();
    let mut apart = FxHashSet::default();
    for flow in &flows {
        if seen.insert((&flow.from, &flow.to, flow.protocol, flow.port)) {
            open(cx, &topology, &mut acls, &mut apart, flow);
        }
    }
    acls.emit(cx);
    cx.graph.flows = flows;
}

/// Networks and sites that nothing joins: reported once, not for each flow between them.
type Apart = FxHashSet<(Arc<str>, Arc<str>)>;

/// Opens one flow, at both of its ends and between them.
fn open(cx: &mut Cx, topology: &Topology, acls: &mut acl::Acls, apart: &mut Apart, flow: &Flow) {
    let Some((from, to)) = topology.end(cx, flow, &flow.from).zip(topology.end(cx, flow, &flow.to)) else {
        return;
    };
    rules::lower(cx, flow, &from, &to);
    if let Some((a, b)) = crossing(&from, &to)
        && !routes::lower(cx, flow, &from, &to)
    {
        let pair = if a <= b { (a.clone(), b.clone()) } else { (b.clone(), a.clone()) };
        if apart.insert(pair) {
            report_no_path(cx, flow, a, b);
        }
        return;
    }
    acls.allow(flow, &from, &to);
}

/// The networks or sites of the two ends, where they are different ones.
fn crossing<'e>(from: &'e End, to: &'e End) -> Option<(&'e Arc<str>, &'e Arc<str>)> {
    from.member.as_ref().zip(to.member.as_ref()).filter(|(a, b)| a != b)
}

fn report_no_path(cx: &mut Cx, flow: &Flow, from: &str, to: &str) {
    // An undeclared member of the transit has been reported, and probably
    // causes the missing path.
    if attaches_unknown(cx) {
        return;
    }
    let needs = flow.origin.span();
    let message = format!("nothing joins `{from}` and `{to}`, but {} needs port {}", flow.why, flow.port);
    let diagnostic = Diagnostic::error("no-path", message)
        .help(format!("attach both to a transit: transit \"hub\" {{ attach \"{from}\" \"{to}\" }}"));
    let Some(attach) = cx.spec.transit.as_ref().map(|transit| &transit.attach) else {
        return cx.report(diagnostic.at(needs, "needs the connection"));
    };
    let attaches = |key: &str| attach.members.iter().any(|member| member.as_str() == key);
    let diagnostic = match (attaches(from), attaches(to)) {
        // One end is attached: the other one was left out.
        (true, false) | (false, true) => {
            diagnostic.at(attach.place.header, "attaches only these").with(needs, "needs the connection")
        }
        _ => diagnostic.at(needs, "needs the connection").with(attach.place.header, "attaches only these"),
    };
    cx.report(diagnostic);
}

fn attaches_unknown(cx: &Cx) -> bool {
    let declared = |key: &str| {
        cx.spec.network.iter().any(|n| n.key.as_str() == key) || cx.spec.site.iter().any(|s| s.key.as_str() == key)
    };
    cx.spec.transit.iter().flat_map(|t| &t.attach.members).any(|member| !declared(member.as_str()))
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
