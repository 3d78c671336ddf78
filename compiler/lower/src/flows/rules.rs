//! Rules of security groups. An inbound rule names the group of the client, also across networks, so that it admits the
//! client and not its neighbours. Transit Gateway carries group references of inbound rules only, so that an outbound
//! rule to another network names the ranges of its tiers. Sites are named by their addresses.

use std::sync::Arc;

use migspec_ir::addresses::Use;
use migspec_ir::{Datum, Flow, Id, Moment, Protocol, Request, Resource, Value, map};
use migspec_syntax::value::Cidr;

use super::description;
use super::topology::{self, End, EndKind};
use crate::cx::Cx;
use crate::network::shared;
use crate::{addresses, compute, names, network};

pub(super) fn lower(cx: &mut Cx, flow: &Flow, from: &End, to: &End) {
    if let (EndKind::Group(group), EndKind::Internet) = (&from.kind, &to.kind) {
        return open_internet(cx, flow, group);
    }
    if let EndKind::Group(group) = &from.kind {
        for (name, peer) in destinations(cx, from, to) {
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
    List(Arc<str>),
}

/// The destinations of a flow for its outbound rules, each with a word for the rule's id.
fn destinations(cx: &Cx, from: &End, to: &End) -> Vec<(String, Peer)> {
    match &to.kind {
        // Nobody knows the id of a group that the owner of a network has yet to create.
        EndKind::Group(id) if shared::network_of_group(cx, id).is_some() => ranges(to),
        EndKind::Group(id) if from.member == to.member => vec![(id.to_string(), Peer::Group(id.clone()))],
        EndKind::Group(_) | EndKind::Site | EndKind::Public => ranges(to),
        EndKind::Gateway(list) => vec![("s3".to_owned(), Peer::List(list.clone()))],
        // In the group itself: one range after the other is no resource.
        EndKind::Internet => Vec::new(),
    }
}

/// The ranges that a rule for the internet must not open: each network and site that a route leads to as well. Ranges
/// without a route need no hole, and each hole costs rules.
fn inside(cx: &Cx) -> Vec<Cidr> {
    let closed = |(range, r#use)| matches!(r#use, Use::Private | Use::Multicast | Use::Reserved).then_some(range);
    let networks = cx.spec.network.iter().flat_map(network::ranges).map(|range| range.value);
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
    let ranges = without(&inside(cx));
    if cx.graph.get(group).is_some_and(|group| group.existing.is_some()) {
        let why = explanation(flow);
        let ranges: Vec<String> = ranges.iter().map(|range| format!("{{CidrIp={range},{why}}}")).collect();
        request(cx, flow, group, "AWS::EC2::SecurityGroupEgress", Some(format!("IpRanges=[{}]", ranges.join(","))));
    }
    let rules = ranges.into_iter().map(|range| Datum::new(rule(range), at));
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
        EndKind::Gateway(_) | EndKind::Public | EndKind::Internet => Vec::new(),
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
    let mut rule = Resource::new(type_name, id.clone(), flow.why.clone(), flow.origin)
        .set("GroupId", Value::attribute(group, "GroupId"))
        .set("IpProtocol", flow.protocol.name())
        .set("FromPort", flow.port)
        .set("ToPort", flow.port)
        .set(property, peer)
        .set("Description", description(&flow.why));
    if compute::is_owners(cx, group) {
        let owner = cx.graph.get(group).and_then(|group| group.existing.as_ref()?.owner.clone());
        request(cx, flow, group, type_name, permission(cx, flow, &rule));
        cx.add(rule.requested_from(owner));
        return;
    }
    rule.depends_on = after;
    cx.add(match region {
        Some(region) => rule.in_region(region),
        None => rule,
    });
}

/// The peer of a rule, as the AWS CLI takes it.
fn permission(cx: &Cx, flow: &Flow, rule: &Resource) -> Option<String> {
    let text = |name: &str| match &rule.get(name)?.value {
        Value::String(text) => Some(text.to_string()),
        // A new group has its id after the deployment: people know it by its name.
        Value::Attribute(id, _) => {
            let literal = cx.graph.identity(id, Some("GroupId")).map(|id| id.to_string());
            let found = |name: &str| shared::group_id_of(&cx.graph.environment.region, name);
            let name = || cx.graph.get(id)?.get("GroupName")?.value.as_str().map(found);
            literal.or_else(name)
        }
        _ => None,
    };
    let pair = |list: &str, key: &str, peer: String| format!("{list}=[{{{key}={peer},{}}}]", explanation(flow));
    // A rule of another account names the account of the group (fact: vpc-sharing).
    let account = rule.get("GroupId").and_then(|group| shared::network_of_group(cx, group.value.target()?));
    let account = account.map_or(String::new(), |_| format!(",UserId={}", cx.graph.environment.account));
    let ranges = text("CidrIp").map(|peer| pair("IpRanges", "CidrIp", peer));
    let lists = || {
        let list = text("DestinationPrefixListId").or_else(|| text("SourcePrefixListId"))?;
        Some(pair("PrefixListIds", "PrefixListId", list))
    };
    let groups = || {
        let group = text("DestinationSecurityGroupId").or_else(|| text("SourceSecurityGroupId"))?;
        Some(pair("UserIdGroupPairs", "GroupId", group + &account))
    };
    ranges.or_else(lists).or_else(groups)
}

/// The description of a rule in a command of a shell, inside double quotes.
fn explanation(flow: &Flow) -> String {
    format!("Description='{}'", description(&flow.why).replace(['$', '!'], ""))
}

/// Asks the owner of an existing group for a rule.
fn request(cx: &mut Cx, flow: &Flow, group: &Id, type_name: &str, peers: Option<String>) {
    let Some(subject) = cx.graph.get(group).and_then(|group| Some(group.existing.as_ref()?.identity.clone())) else {
        return;
    };
    let Some(peers) = peers else { return };
    if let Some(network) = shared::network_of_group(cx, group) {
        let (port, protocol) = (flow.port, flow.protocol.name());
        let permission = format!("IpProtocol={protocol},FromPort={port},ToPort={port},{peers}");
        return shared::request_rule(cx, network, group, &permission, flow.origin);
    }
    let direction = if type_name.ends_with("Egress") { "egress" } else { "ingress" };
    let (port, protocol) = (flow.port, flow.protocol.name());
    let region = &cx.graph.environment.region;
    let command = format!(
        "aws ec2 authorize-security-group-{direction} --region {region} --group-id {subject} --ip-permissions \
         \"IpProtocol={protocol},FromPort={port},ToPort={port},{peers}\""
    );
    let known = cx.graph.requests.iter_mut().find(|request| request.subject == subject);
    match known {
        Some(request) => request.commands.push(command),
        None => {
            let owner = cx.graph.environment.account.clone();
            let why =
                "A workload of the migration carries this security group. It needs these rules, except those that the \
                       group already has. The migration creates the groups that they name. The workflow needs the rules from \
                       its first step on."
                    .to_owned();
            cx.graph.requests.push(Request {
                owner,
                subject,
                when: Moment::After,
                why,
                commands: vec![command],
                origin: flow.origin,
            });
        }
    }
}
