//! Rules of security groups. An inbound rule names the group of the client, also across networks, so that it admits the
//! client and not its neighbours. Transit Gateway carries group references of inbound rules only, so that an outbound
//! rule to another network names the ranges of its tiers. Sites are named by their addresses.

use migspec_ir::addresses::Use;
use migspec_ir::{Datum, Flow, Id, Protocol, Resource, Value, map};
use migspec_syntax::value::Cidr;

use super::description;
use super::topology::{self, End, EndKind};
use crate::cx::Cx;
use crate::{addresses, names};

pub(super) fn lower(cx: &mut Cx, flow: &Flow, from: &End, to: &End) {
    if let (EndKind::Group(group), EndKind::Internet) = (&from.kind, &to.kind) {
        return open_internet(cx, flow, group);
    }
    if let EndKind::Group(group) = &from.kind {
        for (name, peer) in destinations(from, to) {
            let id = names::egress_rule(group.as_str(), &name, &port(flow));
            let property = match peer {
                Peer::Group(_) => "DestinationSecurityGroupId",
                Peer::Range(_) => "CidrIp",
                Peer::List(_) => "DestinationPrefixListId",
            };
            add(cx, flow, "AWS::EC2::SecurityGroupEgress", id, group, (property, peer), Vec::new());
        }
    }
    if let EndKind::Group(group) = &to.kind {
        for (name, peer) in sources(from) {
            let id = names::ingress_rule(group.as_str(), &name, &port(flow));
            let property = match peer {
                Peer::Group(_) => "SourceSecurityGroupId",
                Peer::Range(_) => "CidrIp",
                Peer::List(_) => "SourcePrefixListId",
            };
            let after = attachments(cx, from, to);
            add(cx, flow, "AWS::EC2::SecurityGroupIngress", id, group, (property, peer), after);
        }
    }
}

/// The port of a flow in the name of its rules.
fn port(flow: &Flow) -> String {
    match flow.protocol {
        Protocol::Tcp => flow.port.to_string(),
        Protocol::Udp => format!("{}-udp", flow.port),
    }
}

/// The name of a peer in a rule.
enum Peer {
    Group(Id),
    Range(String),
    List(&'static str),
}

/// The destinations of a flow for its outbound rules, each with a word for the rule's id.
fn destinations(from: &End, to: &End) -> Vec<(String, Peer)> {
    match &to.kind {
        EndKind::Group(id) if from.member == to.member => vec![(id.to_string(), Peer::Group(id.clone()))],
        EndKind::Group(_) | EndKind::Site => ranges(to),
        EndKind::Gateway(list) => vec![("s3".to_owned(), Peer::List(list))],
        // In the group itself: one range after the other is no resource.
        EndKind::Internet => Vec::new(),
    }
}

/// The ranges that a rule for the internet must not open: each network and site that a route leads to as well. Ranges
/// without a route need no hole, and each hole costs rules.
fn inside(cx: &Cx) -> Vec<Cidr> {
    let closed = |(range, r#use)| matches!(r#use, Use::Private | Use::Multicast | Use::Reserved).then_some(range);
    let networks = cx.spec.network.iter().map(|network| network.cidr.value);
    let sites = cx.graph.of_type("Migspec::Site").filter_map(|site| site.get("CidrBlocks")?.value.as_list());
    let sites = sites.flatten().filter_map(|range| topology::parse(range.value.as_str()?));
    addresses::ranges().filter_map(closed).chain(networks).chain(sites).collect()
}

/// Opens the port of a flow to the internet, in the group itself.
fn open_internet(cx: &mut Cx, flow: &Flow, group: &Id) {
    let at = flow.origin;
    let rule = |range: Cidr| {
        map!(at, {
            "CidrIp": range.to_string(),
            "Description": description(&flow.why),
            "FromPort": flow.port,
            "IpProtocol": flow.protocol.name(),
            "ToPort": flow.port,
        })
    };
    let rules = without(&inside(cx)).into_iter().map(|range| Datum::new(rule(range), at));
    let Some(group) = cx.graph.resources.get_mut(group) else { return };
    let known = group.get("SecurityGroupEgress").and_then(|d| d.value.as_list()).unwrap_or_default();
    let all: Vec<Datum> = known.iter().cloned().chain(rules).collect();
    group.properties.set("SecurityGroupEgress", Datum::new(Value::List(all), at));
}

/// All addresses without those of some ranges.
fn without(closed: &[Cidr]) -> Vec<Cidr> {
    let mut ranges = Vec::new();
    let mut open = vec![Cidr::new(0, 0)];
    while let Some(range) = open.pop() {
        if !closed.iter().any(|closed| closed.overlaps(range)) {
            ranges.push(range);
        } else if !closed.iter().any(|closed| closed.contains(range)) {
            open.extend((0..2).rev().filter_map(|half| range.subnet(range.prefix + 1, half)));
        }
    }
    ranges
}

/// The sources of a flow for its inbound rules.
fn sources(from: &End) -> Vec<(String, Peer)> {
    match &from.kind {
        EndKind::Group(id) => vec![(id.to_string(), Peer::Group(id.clone()))],
        EndKind::Site => ranges(from),
        EndKind::Gateway(_) | EndKind::Internet => Vec::new(),
    }
}

fn ranges(end: &End) -> Vec<(String, Peer)> {
    end.ranges.iter().map(|r| (r.name.to_string(), Peer::Range(r.cidr.to_string()))).collect()
}

/// EC2 knows a group of another network once both are attached.
fn attachments(cx: &Cx, from: &End, to: &End) -> Vec<Id> {
    let Some(transit) = cx.spec.transit.as_ref().filter(|_| from.member != to.member) else {
        return Vec::new();
    };
    let groups = [from, to].into_iter().filter(|end| matches!(end.kind, EndKind::Group(_)));
    let ids = groups.filter_map(|end| end.member.as_ref()).map(|m| names::attachment(transit.key.as_str(), m));
    if matches!(from.kind, EndKind::Group(_)) { ids.collect() } else { Vec::new() }
}

/// Flows of several relations may need the same rule: it is made once.
fn add(
    cx: &mut Cx,
    flow: &Flow,
    type_name: &'static str,
    id: Id,
    group: &Id,
    (property, peer): (&str, Peer),
    after: Vec<Id>,
) {
    if cx.graph.get(&id).is_some() {
        return;
    }
    let peer = match peer {
        Peer::Group(id) => Value::attribute(id, "GroupId"),
        Peer::Range(cidr) => cidr.into(),
        Peer::List(list) => list.into(),
    };
    let region = cx.graph.get(group).and_then(|g| g.region.clone());
    let mut rule = Resource::new(type_name, id, flow.why.clone(), flow.origin)
        .set("GroupId", Value::attribute(group, "GroupId"))
        .set("IpProtocol", flow.protocol.name())
        .set("FromPort", flow.port)
        .set("ToPort", flow.port)
        .set(property, peer)
        .set("Description", description(&flow.why));
    rule.depends_on = after;
    cx.add(match region {
        Some(region) => rule.in_region(region),
        None => rule,
    });
}
