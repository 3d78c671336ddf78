//! Where routes lead, for the types of routes, route tables and subnets.

use super::address::is_everywhere;
use super::vpc_ranges::has_ipv6;
use crate::{Index, Resource};

/// A property of existing tables alone: the target of the route to everywhere,
/// or `none`.
pub const DEFAULT_ROUTE: &str = "DefaultRoute";

/// The same for the route to all IPv6 addresses.
pub const DEFAULT_IPV6_ROUTE: &str = "DefaultIpv6Route";

pub(super) const DESTINATIONS: &[&str] = &["DestinationCidrBlock", "DestinationIpv6CidrBlock"];

/// The property of a route for a target: by the prefix of its id.
pub fn route_target(target: &str) -> &'static str {
    match target.split('-').next() {
        Some("nat") => "NatGatewayId",
        Some("tgw") => "TransitGatewayId",
        Some("eigw") => "EgressOnlyInternetGatewayId",
        _ => "GatewayId",
    }
}

/// Whether it leads to a gateway that is not known to be a private one.
pub(super) fn leads_to_internet_gateway(route: &Resource, graph: &Index<'_>) -> bool {
    route.get("GatewayId").is_some()
        && graph.follow(route, "GatewayId").is_none_or(|gateway| gateway.type_name == "AWS::EC2::InternetGateway")
}

/// Whether traffic on the route can reach the internet. The routes behind a
/// transit gateway are unknown for a default route.
pub(super) fn leads_out(route: &Resource, graph: &Index<'_>) -> bool {
    leads_to_internet_gateway(route, graph)
        || route.get("NatGatewayId").is_some()
        || route.get("EgressOnlyInternetGatewayId").is_some()
        || (route.get("TransitGatewayId").is_some() && is_for_everywhere(route))
}

fn is_for_everywhere(route: &Resource) -> bool {
    DESTINATIONS.iter().filter_map(|path| route.get(path)).any(|cidr| cidr.value.as_str().is_none_or(is_everywhere))
}

/// Whether all ways out of the table are known: also those over IPv6, where its network has IPv6.
pub(super) fn declares_default(table: &Resource, graph: &Index<'_>) -> bool {
    let has_ipv6 = || graph.follow(table, "VpcId").is_some_and(has_ipv6);
    !table.is_declared()
        || (table.get(DEFAULT_ROUTE).is_some() && (!has_ipv6() || table.get(DEFAULT_IPV6_ROUTE).is_some()))
}
