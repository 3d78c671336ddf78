//! The Transit Gateway, its attachments, and a route table for each attachment.
//! The routes follow from flows.

mod existing;
mod vpn;

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Id, Origin, Resource, Value, map};
use migspec_syntax::value::{Key, TierPurpose};
use migspec_syntax::{Setting, ast};

use crate::cx::{Cx, datum, derived, path};
use crate::network::{ATTACHMENT_TIER, flow_logs, shared, tier_subnets};
use crate::{addresses, names};

/// The autonomous system number of a new Transit Gateway: AWS's default.
const ASN: u32 = 64_512;

pub(crate) fn lower(cx: &mut Cx) {
    let spec = cx.spec;
    for site in &spec.site {
        site_entity(cx, site);
    }
    let Some(transit) = &spec.transit else {
        return;
    };
    match &transit.existing {
        Some(id) => existing::gateway(cx, transit, id),
        None => {
            existing::refuse(cx, transit);
            gateway(cx, transit);
        }
    }
    // The owner accepts all attachments before it associates and routes the first one.
    for member in &transit.attach.members {
        if let Some(network) = spec.network.iter().find(|network| network.key.value == member.value) {
            existing::refuse_shared(cx, transit, network);
            existing::accept(cx, transit, network, member.span());
        }
    }
    for member in &transit.attach.members {
        attach(cx, transit, member);
    }
}

/// The attachment of a member: the value that names it, and the dependency of
/// its routes.
pub(crate) struct Attachment {
    pub(crate) id: Id,
    pub(crate) value: Value,
}

/// The attachment of a network.
pub(crate) fn network_attachment(transit: &ast::Transit, network: &str) -> Attachment {
    let id = names::attachment(transit.key.as_str(), network);
    Attachment { value: Value::reference(&id), id }
}

/// The attachment of a site: an existing one, or that of its VPN connection.
pub(crate) fn site_attachment(transit: &ast::Transit, site: &ast::Site) -> Option<Attachment> {
    if site.attachment.is_some() {
        return Some(network_attachment(transit, site.key.as_str()));
    }
    site.vpn.as_ref()?;
    let id = names::vpn_connection(site.key.as_str());
    Some(Attachment { value: Value::attribute(&id, "TransitGatewayAttachmentId"), id })
}

/// The entity of a site, for policies and flows.
fn site_entity(cx: &mut Cx, site: &ast::Site) {
    let at = Origin::derived("transit", site.place.header);
    let ranges = addresses::site_ranges(site).map(|cidr| datum(cidr, |cidr| cidr.to_string()));
    let ranges: Vec<Datum> = ranges.collect();
    // A whole private range is reported as that, and so is a range with addresses of others.
    let is_reported = addresses::whole_private(site).is_some()
        || addresses::site_ranges(site).any(|range| addresses::mixes(range.value));
    let widest = addresses::site_ranges(site).min_by_key(|range| range.prefix).filter(|_| !is_reported);
    let all: u64 = addresses::site_ranges(site).map(|range| range.size()).sum();
    let resource = Resource::new("Migspec::Site", names::site(site.key.as_str()), path("site", &site.key), at)
        .set("Name", site.key.as_str())
        .set("CidrBlocks", Datum::new(Value::List(ranges), at))
        .set_if("Addresses", widest.map(|widest| datum(widest, |_| i64::try_from(all).unwrap_or(i64::MAX))))
        .set("Vpn", site.vpn.is_some())
        .set_if("VpnConnection", attached_connection(cx.spec, site));
    cx.add(resource);
}

/// The connection of a site that a transit attaches: its VPN, or an existing
/// attachment.
pub(crate) fn attached_connection(spec: &ast::Migration, site: &ast::Site) -> Option<Value> {
    let transit = spec.transit.iter().find(|t| t.attach.members.iter().any(|m| m.value == site.key.value))?;
    site_attachment(transit, site).map(|attachment| Value::reference(attachment.id))
}

pub(crate) use existing::{is_foreign, owner, request_route};

/// Nothing is joined by default: attachments are associated and routed one by
/// one.
fn gateway(cx: &mut Cx, transit: &ast::Transit) {
    let at = Origin::derived("transit", transit.place.header);
    let path = path("transit", &transit.key);
    let description = format!("Joins the networks of {}", cx.spec.key);
    let id = cx.add(
        Resource::new("AWS::EC2::TransitGateway", names::transit_gateway(transit.key.as_str()), path.as_str(), at)
            .set("Description", description)
            .set("AmazonSideAsn", ASN)
            .set("AutoAcceptSharedAttachments", "disable")
            .set("DefaultRouteTableAssociation", "disable")
            .set("DefaultRouteTablePropagation", "disable")
            .set("DnsSupport", "enable")
            .set("VpnEcmpSupport", "enable")
            .set("MulticastSupport", "disable")
            .set("SecurityGroupReferencingSupport", "enable"),
    );
    flow_logs::of_transit(cx, transit, id, &path, at);
}

fn attach(cx: &mut Cx, transit: &ast::Transit, member: &Setting<Key>) {
    let spec = cx.spec;
    let network = spec.network.iter().find(|n| n.key.value == member.value);
    let site = spec.site.iter().find(|s| s.key.value == member.value);
    match (network, site) {
        (Some(network), _) => attach_network(cx, transit, network, member),
        (None, Some(site)) => attach_site(cx, transit, site, member),
        (None, None) => {
            let networks = spec.network.iter().map(|n| n.key.as_str());
            let known = networks.chain(spec.site.iter().map(|s| s.key.as_str()));
            cx.unknown_reference(&["network", "site"], member, known);
        }
    }
}

/// A zone without a subnet of the attachment does not reach the transit (fact: transit-attachment-zones).
fn check_zones(cx: &mut Cx, network: &ast::Network, member: &Setting<Key>) {
    let Some(tier) = network.tier.iter().find(|tier| *tier.holds == TierPurpose::Transit) else { return };
    let attached: Vec<&str> = tier.subnet.iter().map(|subnet| subnet.zone.as_str()).collect();
    let others = || {
        let tiers = network.tier.iter().filter(|tier| !matches!(*tier.holds, TierPurpose::Transit | TierPurpose::Nat));
        tiers.flat_map(|tier| &tier.subnet)
    };
    let apart: Vec<&ast::ExistingSubnet> = others().filter(|s| !attached.contains(&s.zone.as_str())).collect();
    let Some(first) = apart.first() else { return };
    let zone = first.zone.as_str();
    // The odd one of the attachment is in a zone of nobody else; or one subnet is in a zone that others avoid.
    let is_used = |zone: &str| others().any(|subnet| subnet.zone.as_str() == zone);
    let odd = tier.subnet.iter().find(|subnet| !is_used(subnet.zone.as_str()));
    let attachment = (odd.map_or(tier.place.header, |subnet| subnet.zone.span()), "the subnets of the attachment");
    let mut places = [attachment, (first.zone.span(), "does not reach the transit")];
    if odd.is_none() && apart.len() == 1 {
        places.reverse();
    }
    cx.report(
        Diagnostic::error(
            "zone-without-attachment",
            format!("the attachment of `{}` has no subnet in `{zone}`", network.key),
        )
        .at(places[0].0, places[0].1)
        .with(places[1].0, places[1].1)
        .with(member.span(), "attached here")
        .help(format!("add a subnet in `{zone}` to the tier `{}`, or use no subnet of that zone", tier.key)),
    );
}

fn attach_network(cx: &mut Cx, transit: &ast::Transit, network: &ast::Network, member: &Setting<Key>) {
    let at = Origin::derived("transit", member.span());
    let key = network.key.as_str();
    let subnets: Vec<Datum> = tier_subnets(network, ATTACHMENT_TIER)
        .into_iter()
        .map(|id| derived(Value::reference(id), "transit", member.span()))
        .collect();
    if subnets.is_empty() {
        cx.report(
            Diagnostic::error("missing-tier", format!("the network `{key}` has no tier with holds=\"transit\""))
                .at(member.span(), "needs subnets for the attachment")
                .with(network.place.header, "in this network")
                .help("add to the network: tier \"attachment\" holds=\"transit\" { subnet \"subnet-…\" … }"),
        );
    }
    check_zones(cx, network, member);
    let attachment = network_attachment(transit, key);
    let resource =
        Resource::new("AWS::EC2::TransitGatewayAttachment", &attachment.id, path("transit", &transit.key), at)
            .set("TransitGatewayId", Value::reference(names::transit_gateway(transit.key.as_str())))
            .set("VpcId", Value::reference(names::vpc(key)))
            .set("SubnetIds", subnets)
            .set(
                "Options",
                map!(at, {
                    "DnsSupport": "enable",
                    "Ipv6Support": "disable",
                    "ApplianceModeSupport": "disable",
                    "SecurityGroupReferencingSupport": "enable",
                }),
            );
    shared::add(cx, network, resource, shared::request_attachment);
    route_table(cx, transit, key, &attachment, at);
}

fn attach_site(cx: &mut Cx, transit: &ast::Transit, site: &ast::Site, member: &Setting<Key>) {
    let at = Origin::derived("transit", member.span());
    match (&site.attachment, &site.vpn) {
        (Some(attachment), vpn) => {
            if let Some(vpn) = vpn {
                cx.report(
                    Diagnostic::error("declares-nothing", format!("`vpn` of the site `{}`", site.key))
                        .at(vpn.place.header, "has no effect")
                        .with(attachment.place.header, "joins the site")
                        .help("remove one of both: a site has one link"),
                );
            }
            existing::site(cx, transit, site, attachment);
        }
        (None, Some(vpn)) => vpn::lower(cx, transit, site, vpn),
        (None, None) => return report_no_link(cx, site, member),
    }
    if let Some(attachment) = site_attachment(transit, site) {
        route_table(cx, transit, site.key.as_str(), &attachment, at);
    }
}

fn report_no_link(cx: &mut Cx, site: &ast::Site, member: &Setting<Key>) {
    cx.report(
        Diagnostic::error("site-without-link", format!("site `{}` has no VPN", site.key))
            .at(member.span(), "attached here")
            .with(site.place.header, "has no `vpn`")
            .help("add `vpn gateway=\"…\" asn=…` to the site, or `attachment \"tgw-attach-…\"`"),
    );
}

/// A route table for one attachment, so that its destinations are independent of
/// the others.
fn route_table(cx: &mut Cx, transit: &ast::Transit, member: &str, attachment: &Attachment, at: Origin) {
    if existing::is_foreign(cx, transit) {
        return existing::route_table(cx, transit, member, attachment, at);
    }
    let key = transit.key.as_str();
    let path = path("transit", &transit.key);
    let table = cx.add(
        Resource::new("AWS::EC2::TransitGatewayRouteTable", names::transit_route_table(key, member), path.as_str(), at)
            .set("TransitGatewayId", Value::reference(names::transit_gateway(key))),
    );
    cx.add(
        Resource::new(
            "AWS::EC2::TransitGatewayRouteTableAssociation",
            names::transit_association(key, member),
            path,
            at,
        )
        .set("TransitGatewayAttachmentId", attachment.value.clone())
        .set("TransitGatewayRouteTableId", Value::reference(table))
        .after(&attachment.id),
    );
}
