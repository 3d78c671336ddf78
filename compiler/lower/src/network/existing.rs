//! Networks that exist: each part becomes a resource with the declared facts, and
//! nothing of it is created or replaced.

use migspec_ir::aws::ec2::routing::{DEFAULT_IPV6_ROUTE, DEFAULT_ROUTE, route_target};
use migspec_ir::aws::ec2::vpc_ranges::{CIDR_BLOCKS, IPV6_CIDR_BLOCKS};
use migspec_ir::resource_type::Family;
use migspec_ir::{Datum, Id, Origin, Resource, Settings, Value};
use migspec_syntax::Setting;
use migspec_syntax::ast;
use migspec_syntax::value::{Ipv6Cidr, RouteTarget, TierPurpose, VpcId};

use super::{ATTACHMENT_TIER, Seat, flow_logs, shared};
use crate::cx::{Cx, datum, origin, path};
use crate::names;

const BY: &str = "network";

/// The settings that declare a fact, by the fact.
const NETWORK: Settings = &[
    ("enableDnsSupport", "`dns-support=` of the network"),
    ("enableDnsHostnames", "`dns-hostnames=` of the network"),
    ("hasFlowLog", "`flow-log` of the network"),
];
const SUBNET: Settings = &[
    ("mapPublicIpOnLaunch", "`public-addresses=` of the subnet"),
    ("hasNetworkAcl", "`acl=` of the subnet"),
    ("hasInternetRoute", DEFAULT),
    ("hasInternetGatewayRoute", DEFAULT),
];
const DEFAULT: &str = "`default=` of the subnet's `routes`, and `default-ipv6=` in a network with IPv6";
const TABLE: Settings =
    &[("hasInternetRoute", "`default=` of the `routes`, and `default-ipv6=` in a network with IPv6")];
const FLOW_LOG: Settings = &[("maxAggregationInterval", "`interval=` of the `flow-log`")];

pub(super) fn lower(cx: &mut Cx, network: &ast::Network, vpc: &Setting<VpcId>) {
    let at = Origin::derived(BY, network.place.header);
    let key = network.key.as_str();
    let here = path("network", &network.key);
    let owner = shared::owner(cx, network);
    let resource = Resource::new("AWS::EC2::VPC", names::vpc(key), here.as_str(), at)
        .existing(vpc.as_str(), NETWORK)
        .owned_by(owner.clone())
        .set("CidrBlock", datum(&network.cidr, |cidr| cidr.to_string()))
        .set(CIDR_BLOCKS, super::ranges(network).map(|range| datum(range, |cidr| cidr.to_string())).collect::<Vec<_>>())
        .set(IPV6_CIDR_BLOCKS, ipv6_ranges(network.ipv6.iter().flat_map(|node| &node.ranges)))
        .set_if("EnableDnsSupport", network.dns_support.as_ref().map(|dns| datum(dns, |dns| *dns)))
        .set_if("EnableDnsHostnames", network.dns_hostnames.as_ref().map(|dns| datum(dns, |dns| *dns)));
    cx.add(resource);
    for table in &network.routes {
        route_table(cx, network, table);
    }
    for tier in &network.tier {
        let here = format!("{here} > {}", path("tier", &tier.key));
        for (subnet, seat) in tier.subnet.iter().zip(seats(network, tier.key.as_str())) {
            add_subnet(cx, network, tier, subnet, &seat, &here);
        }
    }
    match &network.flow_log {
        Some(log) => flow_log(cx, network, log),
        None if owner.is_none() => flow_logs::lower(cx, network),
        // Only the owner can add one: the policy asks for its declaration.
        None => {}
    }
}

/// The declared subnets of a tier; those of the transit are in the tier with
/// this purpose.
pub(super) fn seats(network: &ast::Network, tier: &str) -> Vec<Seat> {
    let is_it = |node: &&ast::Tier| match tier {
        ATTACHMENT_TIER => *node.holds == TierPurpose::Transit,
        key => node.key.as_str() == key,
    };
    let Some(node) = network.tier.iter().find(is_it) else { return Vec::new() };
    let (key, tier) = (network.key.as_str(), node.key.as_str());
    let seat = |(zone, subnet): (u32, &ast::ExistingSubnet)| {
        let letter = names::zone_letter(zone).to_string();
        let table = names::existing(key, subnet.routes.as_str());
        Seat { stem: table.to_string(), subnet: names::subnet(key, tier, &letter), table, letter }
    };
    (0..).zip(&node.subnet).map(seat).collect()
}

/// The declared IPv6 ranges. An empty list says that there are none.
fn ipv6_ranges<'a>(ranges: impl IntoIterator<Item = &'a Setting<Ipv6Cidr>>) -> Vec<Datum> {
    ranges.into_iter().map(|range| datum(range, |range| range.to_string())).collect()
}

fn vpc(network: &ast::Network) -> Value {
    Value::reference(names::vpc(network.key.as_str()))
}

fn add_subnet(
    cx: &mut Cx,
    network: &ast::Network,
    tier: &ast::Tier,
    subnet: &ast::ExistingSubnet,
    seat: &Seat,
    here: &str,
) {
    let at = Origin::derived(BY, subnet.place.header);
    let (key, tier) = (network.key.as_str(), tier.key.as_str());
    let owner = shared::owner(cx, network);
    let public = subnet.public_addresses.as_ref().map(|public| datum(public, |public| *public));
    let resource = Resource::new("AWS::EC2::Subnet", seat.subnet.clone(), here, at)
        .existing(subnet.id.as_str(), SUBNET)
        .owned_by(owner.clone())
        .set("VpcId", vpc(network))
        .set("CidrBlock", datum(&subnet.cidr, |cidr| cidr.to_string()))
        .set(IPV6_CIDR_BLOCKS, ipv6_ranges(&subnet.ipv6))
        .set("AvailabilityZoneId", datum(&subnet.zone, |zone| zone.as_str().to_owned()))
        .set_if("MapPublicIpOnLaunch", public)
        .because("hasInternetRoute", internet_route(network, subnet));
    cx.add(resource);
    let association = names::route_table_association(key, tier, &seat.letter);
    let resource = Resource::new("AWS::EC2::SubnetRouteTableAssociation", association, here, at)
        .existing(subnet.id.as_str(), &[])
        .owned_by(owner.clone())
        .set("SubnetId", Value::reference(seat.subnet.clone()))
        .set("RouteTableId", datum(&subnet.routes, |_| Value::reference(seat.table.clone())));
    cx.add(resource);
    let Some(acl) = &subnet.acl else { return };
    let id = names::existing(key, acl.as_str());
    if cx.graph.get(&id).is_none() {
        let at = Origin::derived(BY, acl.span());
        let resource = Resource::new("AWS::EC2::NetworkAcl", id.clone(), here, at)
            .existing(acl.as_str(), &[])
            .owned_by(owner.clone())
            .set("VpcId", vpc(network));
        cx.add(resource);
    }
    let association = names::network_acl_association(key, tier, &seat.letter);
    let resource = Resource::new("AWS::EC2::SubnetNetworkAclAssociation", association, here, at)
        .existing(subnet.id.as_str(), &[])
        .owned_by(owner)
        .set("SubnetId", Value::reference(seat.subnet.clone()))
        .set("NetworkAclId", datum(acl, |_| Value::reference(id)));
    cx.add(resource);
}

/// The setting by which the route table of a subnet may lead to the internet.
fn internet_route(network: &ast::Network, subnet: &ast::ExistingSubnet) -> Option<Origin> {
    let table = network.routes.iter().find(|table| table.id.value == subnet.routes.value)?;
    let defaults = [&table.default, &table.default_ipv6].into_iter().flatten();
    let leads =
        |target: &&Setting<RouteTarget>| ["igw-", "nat-", "eigw-"].iter().any(|kind| target.as_str().starts_with(kind));
    let to = defaults.chain(table.route.iter().map(|route| &route.via)).find(|target| leads(target));
    Some(to.map_or(Origin::derived(BY, table.place.header), origin))
}

fn route_table(cx: &mut Cx, network: &ast::Network, table: &ast::ExistingRoutes) {
    let at = Origin::derived(BY, table.place.header);
    let id = names::existing(network.key.as_str(), table.id.as_str());
    let here = path("network", &network.key);
    let resource = Resource::new("AWS::EC2::RouteTable", id.clone(), here.as_str(), at)
        .existing(table.id.as_str(), TABLE)
        .owned_by(shared::owner(cx, network))
        .set("VpcId", vpc(network))
        .set_if(DEFAULT_ROUTE, table.default.as_ref().map(|to| datum(to, |to| to.as_str().to_owned())))
        .set_if(DEFAULT_IPV6_ROUTE, table.default_ipv6.as_ref().map(|to| datum(to, |to| to.as_str().to_owned())));
    cx.add(resource);
    for (family, target) in [(Family::Ipv4, &table.default), (Family::Ipv6, &table.default_ipv6)] {
        if let Some(to) = target.as_ref().filter(|to| to.as_str() != "none") {
            route(cx, &id, family.everywhere(), to.as_str(), &here, Origin::derived(BY, to.span()));
        }
    }
    for node in &table.route {
        route(cx, &id, &node.to.to_string(), node.via.as_str(), &here, Origin::derived(BY, node.place.header));
    }
}

/// A route that exists.
fn route(cx: &mut Cx, table: &Id, to: &str, via: &str, here: &str, at: Origin) {
    let destination = match to == Family::Ipv6.everywhere() {
        true => "DestinationIpv6CidrBlock",
        false => "DestinationCidrBlock",
    };
    let id = names::route_at(table.as_str(), to);
    let resource = Resource::new("AWS::EC2::Route", id, here, at)
        .existing(format!("{table}|{to}"), &[])
        .set("RouteTableId", Value::reference(table.clone()))
        .set(destination, to)
        .set(route_target(via), target(cx, via));
    cx.add(resource);
}

/// The transit of the spec, if it has this identity, or else the identity.
fn target(cx: &Cx, identity: &str) -> Value {
    let ours = |transit: &&ast::Transit| transit.existing.as_ref().is_some_and(|id| id.as_str() == identity);
    let known = cx.spec.transit.iter().find(ours);
    known.map_or_else(|| identity.into(), |transit| Value::reference(names::transit_gateway(transit.key.as_str())))
}

fn flow_log(cx: &mut Cx, network: &ast::Network, log: &ast::ExistingFlowLog) {
    let at = Origin::derived(BY, log.place.header);
    let key = network.key.as_str();
    let interval = log.interval.as_ref().map(|interval| datum(interval, |interval| interval.secs() as i64));
    let resource = Resource::new("AWS::EC2::FlowLog", names::flow_log(key), path("network", &network.key), at)
        .existing(log.id.as_str(), FLOW_LOG)
        .owned_by(shared::owner(cx, network))
        .set("ResourceType", "VPC")
        .set("ResourceId", vpc(network))
        .set("TrafficType", "ALL")
        .set_if("MaxAggregationInterval", interval);
    cx.add(resource);
}

/// Whether the spec declares a route of an existing table.
pub(crate) fn has_route(cx: &Cx, table: &Id, to: &str) -> bool {
    cx.graph.get(&names::route_at(table.as_str(), to)).is_some_and(|route| route.existing.is_some())
}
