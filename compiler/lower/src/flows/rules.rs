//! Rules of security groups: from group to group inside a network; between
//! networks and to sites by the ranges of the tier or site, since Transit
//! Gateway does not carry group references in every zone and direction.

use migspec_ir::{Flow, Id, Resource, Value};

use super::description;
use super::topology::{End, EndKind};
use crate::cx::Cx;
use crate::names;

pub(super) fn lower(cx: &mut Cx, flow: &Flow, from: &End, to: &End) {
    if let EndKind::Group(group) = &from.kind {
        for (name, peer) in peers(from, to) {
            let id = names::egress_rule(group.as_str(), &name, &flow.port.to_string());
            let property = match peer {
                Peer::Group(_) => "DestinationSecurityGroupId",
                Peer::Range(_) => "CidrIp",
                Peer::List(_) => "DestinationPrefixListId",
            };
            add(cx, flow, "AWS::EC2::SecurityGroupEgress", id, group, property, peer);
        }
    }
    if let EndKind::Group(group) = &to.kind {
        for (name, peer) in peers(to, from) {
            let id = names::ingress_rule(group.as_str(), &name, &flow.port.to_string());
            let property = match peer {
                Peer::Group(_) => "SourceSecurityGroupId",
                Peer::Range(_) => "CidrIp",
                Peer::List(_) => "SourcePrefixListId",
            };
            add(cx, flow, "AWS::EC2::SecurityGroupIngress", id, group, property, peer);
        }
    }
}

/// How one end names the other.
enum Peer {
    Group(Id),
    Range(String),
    List(&'static str),
}

/// The other end as `near` names it, with a word for the rule's id.
fn peers(near: &End, far: &End) -> Vec<(String, Peer)> {
    match &far.kind {
        EndKind::Group(id) if near.member == far.member => vec![(id.to_string(), Peer::Group(id.clone()))],
        EndKind::Group(_) | EndKind::Site => {
            far.ranges.iter().map(|r| (r.name.to_string(), Peer::Range(r.cidr.to_string()))).collect()
        }
        EndKind::Gateway(list) => vec![("s3".to_owned(), Peer::List(list))],
        // Nothing is open to the whole internet; who needs it says so by an override.
        EndKind::Internet => Vec::new(),
    }
}

/// Flows of several relations may need the same rule: it is made once.
fn add(cx: &mut Cx, flow: &Flow, type_name: &'static str, id: Id, group: &Id, property: &str, peer: Peer) {
    if cx.graph.get(&id).is_some() {
        return;
    }
    let peer = match peer {
        Peer::Group(id) => Value::attribute(id, "GroupId"),
        Peer::Range(cidr) => cidr.into(),
        Peer::List(list) => list.into(),
    };
    let region = cx.graph.get(group).and_then(|g| g.region.clone());
    let rule = Resource::new(type_name, id, flow.why.clone(), flow.origin)
        .set("GroupId", Value::attribute(group, "GroupId"))
        .set("IpProtocol", flow.protocol.name())
        .set("FromPort", flow.port)
        .set("ToPort", flow.port)
        .set(property, peer)
        .set("Description", description(&flow.why));
    cx.add(match region {
        Some(region) => rule.in_region(region),
        None => rule,
    });
}
