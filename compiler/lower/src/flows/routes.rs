//! Routes between networks: in the route tables of the subnets that hold an
//! end of a flow, and in the transit's route table of each end's attachment.

use std::sync::Arc;

use migspec_ir::{Flow, Resource, Value};
use migspec_syntax::ast;

use super::topology::{End, Range, TierRef};
use crate::cx::Cx;
use crate::network::shared;
use crate::transit::{self, Attachment, network_attachment, site_attachment};
use crate::{names, network};

/// Routes one flow both ways. False if no transit joins its ends.
pub(super) fn lower(cx: &mut Cx, flow: &Flow, from: &End, to: &End) -> bool {
    let spec = cx.spec;
    let (Some(transit), Some(a), Some(b)) = (&spec.transit, &from.member, &to.member) else {
        return false;
    };
    let (Some(near), Some(far)) = (attachment(spec, transit, a), attachment(spec, transit, b)) else {
        return false;
    };
    for (end, other, attached, beyond) in [(from, to, &near, &far), (to, from, &far, &near)] {
        let member = end.member.clone().unwrap_or_default();
        for range in &other.ranges {
            for tier in end.ranges.iter().filter_map(|r| r.tier.as_ref()) {
                subnet_routes(cx, flow, transit, tier, range, attached);
            }
            let far = other.member.clone().unwrap_or_default();
            transit_route(cx, flow, transit, (&member, &far), range, beyond);
        }
    }
    true
}

/// The attachment of a member of the transit.
fn attachment(spec: &ast::Migration, transit: &ast::Transit, member: &Arc<str>) -> Option<Attachment> {
    transit.attach.members.iter().find(|m| m.as_str() == &**member)?;
    if spec.network.iter().any(|n| n.key.as_str() == &**member) {
        return Some(network_attachment(transit, member));
    }
    let site = spec.site.iter().find(|s| s.key.as_str() == &**member)?;
    site_attachment(transit, site)
}

/// A route to the transit for each zone of a tier. It must wait for the
/// attachment: before it, EC2 does not know the gateway in this network.
fn subnet_routes(
    cx: &mut Cx,
    flow: &Flow,
    transit: &ast::Transit,
    tier: &TierRef,
    range: &Range,
    attachment: &Attachment,
) {
    let Some(network) = cx.index.networks.get(&*tier.network).copied() else { return };
    for seat in network::seats(network, &tier.tier) {
        let id = names::route_at(&seat.stem, &range.name);
        let to = range.cidr.to_string();
        if cx.graph.get(&id).is_some() || network::existing::has_route(cx, &seat.table, &to) {
            continue;
        }
        let route = Resource::new("AWS::EC2::Route", id, flow.why.clone(), flow.origin)
            .set("RouteTableId", Value::reference(seat.table))
            .set("DestinationCidrBlock", to)
            .set("TransitGatewayId", Value::reference(names::transit_gateway(transit.key.as_str())))
            .after(&attachment.id);
        shared::add(cx, network, route, shared::request_route);
    }
}

/// A route from the attachment of a member to that of another.
fn transit_route(
    cx: &mut Cx,
    flow: &Flow,
    transit: &ast::Transit,
    (member, far): (&str, &str),
    range: &Range,
    beyond: &Attachment,
) {
    let key = transit.key.as_str();
    let id = names::transit_route(key, member, &range.name);
    if cx.graph.get(&id).is_some() {
        return;
    }
    let to = range.cidr.to_string();
    let route = Resource::new("AWS::EC2::TransitGatewayRoute", id.clone(), flow.why.clone(), flow.origin)
        .set("TransitGatewayRouteTableId", Value::reference(names::transit_route_table(key, member)))
        .set("DestinationCidrBlock", to.as_str())
        .set("TransitGatewayAttachmentId", beyond.value.clone());
    if transit::is_foreign(cx, transit) {
        transit::request_route(cx, transit, member, &to, far, flow.origin);
        cx.add(route.requested_from(transit::owner(cx, transit)));
    } else {
        cx.add(route.after(&beyond.id));
    }
}
