//! Networks: one VPC each, a subnet for each tier and zone, and the routes to the internet.

pub(crate) mod checks;
pub(crate) mod existing;
pub(crate) mod flow_logs;
pub(crate) mod plan;
pub(crate) mod shared;
pub(crate) mod zones;

use migspec_ir::{Id, Origin, Resource, Value};
use migspec_syntax::value::{Cidr, NatPer, TierPurpose};
use migspec_syntax::{Setting, ast};

use crate::cx::{Cx, datum, path};
use crate::names;
use plan::{Block, Plan, plan};

/// The name of the transit attachment subnets, which no tier can have.
pub(crate) const ATTACHMENT_TIER: &str = "transit";

pub(crate) fn lower(cx: &mut Cx) {
    checks::check(cx);
    let spec = cx.spec;
    for network in &spec.network {
        if let Some(vpc) = &network.existing {
            existing::lower(cx, network, vpc);
            continue;
        }
        let (plan, missing) = plan(spec, network);
        checks::report_no_room(cx, network, &missing);
        vpc(cx, network);
        subnets(cx, network, &plan);
        internet(cx, network, &plan);
        flow_logs::lower(cx, network);
    }
}

/// A subnet of a tier.
pub(crate) struct Seat {
    /// The stem of the names of its routes.
    pub(crate) stem: String,
    pub(crate) subnet: Id,
    pub(crate) table: Id,
    /// The letter of its place in the tier.
    pub(crate) letter: String,
}

/// The IPv4 ranges of a network: one, and those that an existing network declares further.
pub(crate) fn ranges(network: &ast::Network) -> impl Iterator<Item = &Setting<Cidr>> {
    std::iter::once(&network.cidr).chain(network.ranges.iter().flat_map(|node| &node.ranges))
}

/// The subnets of a tier: those that an existing network declares, or one for
/// each zone.
pub(crate) fn seats(network: &ast::Network, tier: &str) -> Vec<Seat> {
    if network.existing.is_some() {
        return existing::seats(network, tier);
    }
    let key = network.key.as_str();
    let zones = (0..plan::zones(network)).map(letter);
    zones
        .map(|letter| Seat {
            stem: format!("{key}-{tier}-{letter}"),
            subnet: names::subnet(key, tier, &letter),
            table: names::route_table(key, tier, &letter),
            letter,
        })
        .collect()
}

/// The subnets of a tier.
pub(crate) fn tier_subnets(network: &ast::Network, tier: &str) -> Vec<Id> {
    seats(network, tier).into_iter().map(|seat| seat.subnet).collect()
}

/// The route tables of a tier, each once.
pub(crate) fn tier_route_tables(network: &ast::Network, tier: &str) -> Vec<Id> {
    let mut tables = Vec::new();
    for seat in seats(network, tier) {
        if !tables.contains(&seat.table) {
            tables.push(seat.table);
        }
    }
    tables
}

/// A transit joins the network to something else.
pub(crate) fn is_attached(spec: &ast::Migration, network: &ast::Network) -> bool {
    spec.transit.iter().any(|t| t.attach.members.iter().any(|m| m.value == network.key.value))
}

fn letter(zone: u32) -> String {
    names::zone_letter(zone).to_string()
}

fn vpc(cx: &mut Cx, network: &ast::Network) {
    let at = Origin::derived("network", network.place.header);
    let key = network.key.as_str();
    cx.add(
        Resource::new("AWS::EC2::VPC", names::vpc(key), path("network", &network.key), at)
            .set("CidrBlock", datum(&network.cidr, |c| c.to_string()))
            .set("EnableDnsSupport", true)
            .set("EnableDnsHostnames", true)
            .set("InstanceTenancy", "default"),
    );
}

fn subnets(cx: &mut Cx, network: &ast::Network, plan: &Plan) {
    for tier in &plan.tiers {
        let at = Origin::derived("network", tier.node.place.header);
        let path = format!("{} > {}", path("network", &network.key), path("tier", &tier.node.key));
        tier_of_subnets(cx, network, tier.node.key.as_str(), &tier.block, &path, at);
    }
    if let Some(block) = &plan.attachment {
        let at = Origin::derived("network", network.place.header);
        tier_of_subnets(cx, network, ATTACHMENT_TIER, block, &path("network", &network.key), at);
    }
}

/// A subnet and a route table of its own for each zone.
fn tier_of_subnets(cx: &mut Cx, network: &ast::Network, tier: &str, block: &Block, path: &str, at: Origin) {
    let key = network.key.as_str();
    let vpc = || Value::reference(names::vpc(key));
    for (zone, cidr) in (0..).zip(&block.subnets) {
        let letter = letter(zone);
        let (property, place) = zones::of(cx, network, zone);
        let subnet = cx.add(
            Resource::new("AWS::EC2::Subnet", names::subnet(key, tier, &letter), path, at)
                .set("VpcId", vpc())
                .set("CidrBlock", cidr.to_string())
                .set(property, place)
                .set("MapPublicIpOnLaunch", false),
        );
        let table = cx.add(
            Resource::new("AWS::EC2::RouteTable", names::route_table(key, tier, &letter), path, at).set("VpcId", vpc()),
        );
        cx.add(
            Resource::new(
                "AWS::EC2::SubnetRouteTableAssociation",
                names::route_table_association(key, tier, &letter),
                path,
                at,
            )
            .set("SubnetId", Value::reference(subnet))
            .set("RouteTableId", Value::reference(table)),
        );
    }
}

/// An internet gateway and NAT gateways, where a tier holds them; the compute tier leaves through the NAT gateway of its
/// own zone, or through the only one. Database, replication and attachment subnets get no route to the internet.
fn internet(cx: &mut Cx, network: &ast::Network, plan: &Plan) {
    let Some(nat) = plan.tiers.iter().find(|t| t.node.holds.value == TierPurpose::Nat) else {
        return;
    };
    let at = Origin::derived("network", nat.node.place.header);
    let path = format!("{} > {}", path("network", &network.key), path("tier", &nat.node.key));
    let gateway = internet_gateway(cx, network, &path, at);
    let one = nat.node.per.as_ref().is_some_and(|per| **per == NatPer::Network);
    for zone in 0..if one { 1 } else { plan::zones(network) } {
        nat_gateway(cx, network, nat.node, zone, &path, at);
    }
    for tier in &plan.tiers {
        let at = Origin::derived("network", tier.node.place.header);
        for zone in 0..plan::zones(network) {
            let nat = names::nat_gateway(network.key.as_str(), &letter(if one { 0 } else { zone }));
            match tier.node.holds.value {
                // A subnet without a gateway has no route to the internet.
                TierPurpose::Nat if one && zone > 0 => {}
                TierPurpose::Nat => {
                    let route =
                        default_route(network, tier.node, zone, at).set("GatewayId", Value::reference(&gateway));
                    cx.add(route.after(names::internet_gateway_attachment(network.key.as_str())));
                }
                TierPurpose::Compute => {
                    cx.add(default_route(network, tier.node, zone, at).set("NatGatewayId", Value::reference(nat)));
                }
                TierPurpose::Database | TierPurpose::Replication | TierPurpose::Transit => {}
            }
        }
    }
}

fn internet_gateway(cx: &mut Cx, network: &ast::Network, path: &str, at: Origin) -> Id {
    let key = network.key.as_str();
    let gateway = cx.add(Resource::new("AWS::EC2::InternetGateway", names::internet_gateway(key), path, at));
    cx.add(
        Resource::new("AWS::EC2::VPCGatewayAttachment", names::internet_gateway_attachment(key), path, at)
            .set("VpcId", Value::reference(names::vpc(key)))
            .set("InternetGatewayId", Value::reference(&gateway)),
    );
    gateway
}

fn nat_gateway(cx: &mut Cx, network: &ast::Network, tier: &ast::Tier, zone: u32, path: &str, at: Origin) {
    let (key, letter) = (network.key.as_str(), letter(zone));
    let attachment = names::internet_gateway_attachment(key);
    let address = cx.add(
        Resource::new("AWS::EC2::EIP", names::nat_address(key, &letter), path, at)
            .set("Domain", "vpc")
            .after(attachment.clone()),
    );
    cx.add(
        Resource::new("AWS::EC2::NatGateway", names::nat_gateway(key, &letter), path, at)
            .set("AllocationId", Value::attribute(address, "AllocationId"))
            .set("SubnetId", Value::reference(names::subnet(key, tier.key.as_str(), &letter)))
            .set("ConnectivityType", "public")
            .after(attachment),
    );
}

fn default_route(network: &ast::Network, tier: &ast::Tier, zone: u32, at: Origin) -> Resource {
    let (key, tier_key, letter) = (network.key.as_str(), tier.key.as_str(), letter(zone));
    let path = format!("{} > {}", path("network", &network.key), path("tier", &tier.key));
    Resource::new("AWS::EC2::Route", names::route(key, tier_key, &letter, "internet"), path, at)
        .set("RouteTableId", Value::reference(names::route_table(key, tier_key, &letter)))
        .set("DestinationCidrBlock", "0.0.0.0/0")
}

#[cfg(test)]
mod tests;
