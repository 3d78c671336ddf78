//! Resources to the model.

use migspec_ir::aws::ec2::vpc_ranges;
use migspec_ir::{Datum, Graph, Id, Resource};

use super::interval::Range;
use super::model::{
    Direction, Endpoint, Entry, Group, Link, Model, Peer, Route, Rule, Site, Subnet, Target, TransitRoute,
};
use super::traffic;

/// Fills all but the bearers of the groups.
pub(super) fn read<'g>(model: &mut Model<'g>, graph: &'g Graph) {
    for resource in graph.resources.values() {
        add(model, graph, resource);
    }
    for resource in graph.resources.values() {
        connect(model, graph, resource);
    }
    for resource in graph.resources.values() {
        lead(model, graph, resource);
    }
    propagate_by_default(model, graph);
    for (id, group) in &model.groups {
        for (rules, named) in [(&group.ingress, &mut model.named_in), (&group.egress, &mut model.named_out)] {
            for rule in rules {
                if let Peer::Group(peer) = rule.peer {
                    named.entry((*id, peer)).or_default().push(rule.traffic);
                }
            }
        }
    }
    for entries in model.acls.values_mut() {
        entries.sort_by_key(|entry| entry.number);
    }
}

/// Resources that others refer to.
fn add<'g>(model: &mut Model<'g>, graph: &'g Graph, resource: &'g Resource) {
    let id = &resource.id;
    match resource.type_name {
        "AWS::EC2::VPC" => {
            model.networks.extend(ranges_of(resource));
        }
        "AWS::EC2::Subnet" => {
            let Some(vpc) = target(resource, "VpcId") else { return };
            let public = flag(resource, "MapPublicIpOnLaunch");
            let range = Range::parse(text(resource, "CidrBlock"));
            model.subnets.insert(id, Subnet { resource, vpc, range, table: None, acl: None, public });
        }
        "AWS::EC2::SecurityGroup" => {
            let ipv6 = ipv6_peer(graph, resource);
            let group = Group {
                resource,
                vpc: target(resource, "VpcId"),
                ingress: inline(resource, "SecurityGroupIngress", ipv6),
                egress: inline(resource, "SecurityGroupEgress", ipv6),
            };
            model.groups.insert(id, group);
        }
        "AWS::EC2::NetworkAcl" => {
            model.acls.entry(id).or_default();
        }
        "Migspec::Site" => {
            let ranges = items(resource, "CidrBlocks").iter().map(|d| Range::parse(d.value.as_str())).collect();
            let (link, vpc) = (target(resource, "VpnConnection"), target(resource, "Vpc"));
            model.sites.push(Site { resource, ranges, link, vpc });
        }
        _ => {}
    }
}

/// Resources that refer to others.
fn connect<'g>(model: &mut Model<'g>, graph: &'g Graph, resource: &'g Resource) {
    match resource.type_name {
        "AWS::EC2::SubnetRouteTableAssociation" => {
            let table = target(resource, "RouteTableId");
            with_subnet(model, resource, |subnet| subnet.table = table);
        }
        "AWS::EC2::SubnetNetworkAclAssociation" => {
            // The entries of an existing ACL are its owner's: they may only narrow what is found here.
            let is_ours = |acl: &&Id| graph.get(acl).is_none_or(|acl| acl.existing.is_none());
            let acl = target(resource, "NetworkAclId").filter(is_ours);
            with_subnet(model, resource, |subnet| subnet.acl = acl);
        }
        "AWS::EC2::TransitGatewayAttachment" => attach(model, graph, resource),
        "AWS::EC2::VPNConnection" => {
            if let Some(transit) = target(resource, "TransitGatewayId") {
                let link = Link { transit, vpc: None, subnets: Vec::new(), table: None, groups_known: false };
                model.links.insert(&resource.id, link);
            }
        }
        "AWS::EC2::NetworkAclEntry" => {
            if let Some(acl) = target(resource, "NetworkAclId") {
                model.acls.entry(acl).or_default().extend(entry(resource));
            }
        }
        "AWS::EC2::SecurityGroupIngress" => {
            with_group(model, graph, resource, |group, ipv6| {
                group.ingress.extend(rules(resource, ipv6, |name| resource.get(name)));
            });
        }
        "AWS::EC2::SecurityGroupEgress" => {
            with_group(model, graph, resource, |group, ipv6| {
                group.egress.extend(rules(resource, ipv6, |name| resource.get(name)));
            });
        }
        "AWS::EC2::VPCGatewayAttachment" => {
            if let Some(vpc) = target(resource, "VpcId").filter(|_| resource.get("InternetGatewayId").is_some()) {
                model.gateways.insert(vpc, resource);
            }
        }
        "AWS::EC2::NatGateway" => {
            if let Some(subnet) = target(resource, "SubnetId") {
                model.nats.insert(&resource.id, subnet);
            }
        }
        "AWS::EC2::VPCEndpoint" => model.endpoints.extend(endpoint(resource)),
        _ => {}
    }
}

/// The routes of packets, after the attachments are known.
fn lead<'g>(model: &mut Model<'g>, graph: &'g Graph, resource: &'g Resource) {
    match resource.type_name {
        "AWS::EC2::Route" => {
            if let Some(table) = target(resource, "RouteTableId")
                && let Some(route) = route(resource)
            {
                model.routes.entry(table).or_default().push(route);
            }
        }
        "AWS::EC2::TransitGatewayRouteTableAssociation" => {
            if let Some(link) = target(resource, "TransitGatewayAttachmentId").and_then(|id| model.links.get_mut(id)) {
                link.table = target(resource, "TransitGatewayRouteTableId").or(link.table);
            }
        }
        "AWS::EC2::TransitGatewayRoute" => {
            if let Some(table) = target(resource, "TransitGatewayRouteTableId") {
                let link = target(resource, "TransitGatewayAttachmentId").filter(|_| !flag(resource, "Blackhole"));
                let to = Range::parse(text(resource, "DestinationCidrBlock"));
                let route = TransitRoute { to, link, propagated: false, resource };
                model.transit_routes.entry(table).or_default().push(route);
            }
        }
        "AWS::EC2::TransitGatewayRouteTablePropagation" => {
            if let Some(table) = target(resource, "TransitGatewayRouteTableId")
                && let Some(link) = target(resource, "TransitGatewayAttachmentId")
            {
                propagate(model, graph, table, link, resource);
            }
        }
        _ => {}
    }
}

fn attach<'g>(model: &mut Model<'g>, graph: &'g Graph, resource: &'g Resource) {
    let Some(transit) = target(resource, "TransitGatewayId") else { return };
    let Some(vpc) = target(resource, "VpcId") else {
        // The attachment of a site.
        if resource.existing.is_some() {
            let link = Link { transit, vpc: None, subnets: Vec::new(), table: None, groups_known: false };
            model.links.insert(&resource.id, link);
        }
        return;
    };
    let on = |resource: &Resource, path: &str| text(resource, path) == Some("enable");
    let gateway = graph.get(transit);
    let groups_known = on(resource, "Options.SecurityGroupReferencingSupport")
        && gateway.is_some_and(|gateway| on(gateway, "SecurityGroupReferencingSupport"));
    let subnets = items(resource, "SubnetIds").iter().filter_map(|d| d.value.target()).collect();
    model.links.insert(&resource.id, Link { transit, vpc: Some(vpc), subnets, table: None, groups_known });
    model.attachments.entry(vpc).or_default().push(&resource.id);
}

/// The ranges behind a link become routes of a table.
fn propagate<'g>(model: &mut Model<'g>, graph: &'g Graph, table: &'g Id, id: &'g Id, by: &'g Resource) {
    let ranges: Vec<Range> = match model.links.get(id).map(|link| link.vpc) {
        None => return,
        Some(Some(vpc)) => graph.get(vpc).into_iter().flat_map(ranges_of).collect(),
        Some(None) => model.sites.iter().filter(|s| s.link == Some(id)).flat_map(|s| s.ranges.clone()).collect(),
    };
    let routes = ranges.into_iter().map(|to| TransitRoute { to, link: Some(id), propagated: true, resource: by });
    model.transit_routes.entry(table).or_default().extend(routes);
}

/// By default, a transit joins all of its attachments.
fn propagate_by_default<'g>(model: &mut Model<'g>, graph: &'g Graph) {
    let mut links: Vec<(&'g Id, &'g Id)> = model.links.iter().map(|(id, link)| (*id, link.transit)).collect();
    links.sort_unstable();
    for (id, transit) in links {
        let Some(gateway) = graph.get(transit) else { continue };
        if text(gateway, "DefaultRouteTableAssociation") != Some("disable")
            && let Some(link) = model.links.get_mut(id)
        {
            link.table = link.table.or(Some(transit));
        }
        if text(gateway, "DefaultRouteTablePropagation") != Some("disable") {
            propagate(model, graph, transit, id, gateway);
        }
    }
}

fn ranges_of(vpc: &Resource) -> impl Iterator<Item = Range> {
    vpc_ranges::ranges(vpc).map(|range| Range::parse(range.value.as_str()))
}

fn with_subnet<'g>(model: &mut Model<'g>, resource: &'g Resource, change: impl FnOnce(&mut Subnet<'g>)) {
    if let Some(subnet) = target(resource, "SubnetId").and_then(|id| model.subnets.get_mut(id)) {
        change(subnet);
    }
}

fn with_group<'g>(
    model: &mut Model<'g>,
    graph: &Graph,
    resource: &'g Resource,
    change: impl FnOnce(&mut Group<'g>, Option<Peer<'g>>),
) {
    if let Some(group) = target(resource, "GroupId").and_then(|id| model.groups.get_mut(id)) {
        let ipv6 = ipv6_peer(graph, group.resource);
        change(group, ipv6);
    }
}

/// The peer that stands for IPv6 addresses in the rules of a group: any address, since the engine computes paths over
/// IPv4 alone. A network without IPv6 has no such peers.
fn ipv6_peer<'g>(graph: &Graph, group: &Resource) -> Option<Peer<'g>> {
    let vpc = target(group, "VpcId").and_then(|id| graph.get(id));
    vpc.filter(|vpc| vpc_ranges::has_ipv6(vpc)).map(|_| Peer::Range(Range::ALL))
}

/// Inline rules of the group itself.
fn inline<'g>(resource: &'g Resource, list: &str, ipv6: Option<Peer<'g>>) -> Vec<Rule<'g>> {
    items(resource, list).iter().flat_map(|item| rules(resource, ipv6, |name| item.get(name))).collect()
}

/// A rule that names several peers is one for each of them; one that names none could be for anyone.
fn rules<'g>(resource: &'g Resource, ipv6: Option<Peer<'g>>, get: impl Fn(&str) -> Option<&'g Datum>) -> Vec<Rule<'g>> {
    let mut peers = Vec::new();
    for name in ["SourceSecurityGroupId", "DestinationSecurityGroupId"] {
        peers.extend(get(name).and_then(|d| d.value.target()).map(Peer::Group));
    }
    for name in ["SourcePrefixListId", "DestinationPrefixListId"] {
        peers.extend(get(name).map(|_| Peer::List));
    }
    peers.extend(get("CidrIp").map(|d| Peer::Range(Range::parse(d.value.as_str()))));
    peers.extend(ipv6.filter(|_| get("CidrIpv6").is_some()));
    if peers.is_empty() && get("CidrIpv6").is_none() {
        peers.push(Peer::Range(Range::ALL));
    }
    let traffic = traffic::read(get("IpProtocol"), get("FromPort"), get("ToPort"));
    peers.into_iter().map(|peer| Rule { peer, traffic, resource }).collect()
}

/// A route for a prefix list could be for any address.
fn route(resource: &Resource) -> Option<Route<'_>> {
    let to = match resource.get("DestinationCidrBlock") {
        Some(datum) => Range::parse(datum.value.as_str()),
        None if resource.get("DestinationIpv6CidrBlock").is_some() => return None,
        None => Range::ALL,
    };
    let target = match target(resource, "TransitGatewayId") {
        Some(transit) => Target::Transit(transit),
        None if resource.get("GatewayId").is_some() => Target::Internet,
        None if resource.get("NatGatewayId").is_some() => Target::Nat(target(resource, "NatGatewayId")),
        None => Target::Other,
    };
    Some(Route { to, target, resource })
}

fn entry(resource: &Resource) -> Option<Entry<'_>> {
    let range = match resource.get("CidrBlock") {
        Some(datum) => Range::parse(datum.value.as_str()),
        None if resource.get("Ipv6CidrBlock").is_some() => return None,
        None => Range::ALL,
    };
    Some(Entry {
        number: resource.get("RuleNumber").and_then(|d| d.value.as_integer()).unwrap_or(0),
        side: if flag(resource, "Egress") { Direction::Out } else { Direction::In },
        allow: text(resource, "RuleAction") == Some("allow"),
        range,
        traffic: traffic::read(resource.get("Protocol"), resource.get("PortRange.From"), resource.get("PortRange.To")),
        resource,
    })
}

fn endpoint(resource: &Resource) -> Option<Endpoint<'_>> {
    Some(Endpoint {
        resource,
        vpc: target(resource, "VpcId")?,
        service: migspec_ir::aws::ec2::endpoint_service(text(resource, "ServiceName")?)?,
        gateway: !matches!(text(resource, "VpcEndpointType"), Some("Interface")),
        groups: items(resource, "SecurityGroupIds").iter().filter_map(|d| d.value.target()).collect(),
        tables: items(resource, "RouteTableIds").iter().filter_map(|d| d.value.target()).collect(),
    })
}

pub(super) fn target<'g>(resource: &'g Resource, path: &str) -> Option<&'g Id> {
    resource.get(path)?.value.target()
}

pub(super) fn text<'g>(resource: &'g Resource, path: &str) -> Option<&'g str> {
    resource.get(path)?.value.as_str()
}

pub(super) fn flag(resource: &Resource, path: &str) -> bool {
    resource.get(path).and_then(|d| d.value.as_bool()) == Some(true)
}

pub(super) fn items<'g>(resource: &'g Resource, path: &str) -> &'g [Datum] {
    resource.get(path).and_then(|d| d.value.as_list()).unwrap_or_default()
}
