//! Checks of the addresses of networks and sites.

pub(crate) mod existing;

use migspec_diag::{Diagnostic, Span, list};
use migspec_syntax::value::{Cidr, TierPurpose};
use migspec_syntax::{Setting, ast};

use super::plan::NoRoom;
use super::{ATTACHMENT_TIER, zones};
use crate::addresses;
use crate::cx::Cx;

pub(super) fn check(cx: &mut Cx) {
    let spec = cx.spec;
    for network in &spec.network {
        super::ranges(network).for_each(|range| check_size(cx, network, range));
        check_private(cx, network);
        if network.existing.is_some() {
            existing::check(cx, network);
            continue;
        }
        check_zones(cx, network);
        check_tiers(cx, network);
        existing::refuse(cx, network);
    }
    for site in &spec.site {
        addresses::site_ranges(site).for_each(|range| check_range(cx, range));
        check_width(cx, site);
    }
    for (database, replica) in spec.database.iter().filter_map(|d| Some((d, d.replica.as_ref()?))) {
        check_private_range(cx, &replica.cidr, &format!("the replica of database `{}`", database.key));
    }
    check_overlaps(cx, spec);
    existing::ipv6::check_networks(cx);
    existing::check_ids(cx);
}

/// The addresses of others on the internet are not reached from a network that
/// uses them itself.
fn check_private(cx: &mut Cx, network: &ast::Network) {
    if network.existing.is_none() {
        check_private_range(cx, &network.cidr, &format!("network `{}`", network.key));
    }
}

fn check_private_range(cx: &mut Cx, range: &Setting<Cidr>, owner: &str) {
    if !addresses::is_private(range.value) {
        cx.report(
            Diagnostic::error("public-range", format!("{owner} uses addresses of the internet"))
                .at(range.span(), "not a private range")
                .help("choose a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"),
        );
    }
}

/// A route to a site with more than the site's addresses leads traffic of others there.
fn check_range(cx: &mut Cx, range: &Setting<Cidr>) {
    if let Some(meaning) = addresses::special_range(range.value) {
        cx.report(
            Diagnostic::error("public-range", format!("each address of `{}` {meaning}", range.value))
                .at(range.span(), "no hosts of a site")
                .help("write the ranges of the site only, such as \"172.16.0.0/16\""),
        );
    }
    if addresses::mixes(range.value) {
        cx.report(
            Diagnostic::error("public-range", format!("`{}` contains private addresses and others", range.value))
                .at(range.span(), "more than the range of a site")
                .help("write the ranges of the site only, such as \"172.16.0.0/16\""),
        );
    }
}

/// Rules of security groups admit and reach the whole site. A policy judges other wide sites.
fn check_width(cx: &mut Cx, site: &ast::Site) {
    let Some(block) = addresses::whole_private(site) else { return };
    let message = format!("site `{}` covers all private addresses of {block}", site.key);
    let is_part = |range: &&Setting<Cidr>| block.contains(range.value);
    // A range with addresses of others is reported as that.
    let ranges = addresses::site_ranges(site).filter(|range| !addresses::mixes(range.value));
    let Some(widest) = ranges.filter(is_part).min_by_key(|range| range.prefix) else { return };
    cx.report(
        Diagnostic::error("site-too-wide", message)
            .at(widest.span(), "contains the addresses of every other private network")
            .help("write only the ranges of the hosts that the migration reaches, such as \"172.16.0.0/16\""),
    );
}

/// AWS accepts VPCs from /28 to /16 (fact: vpc-sizes).
fn has_size(prefix: u8) -> bool {
    (16..=28).contains(&prefix)
}

fn has_zones(network: &ast::Network) -> bool {
    let named = network.zone_ids.as_ref().map(|names| u32::try_from(names.ids.len()).unwrap_or(u32::MAX));
    (2..=6).contains(&named.unwrap_or(network.zones.0))
}

fn check_size(cx: &mut Cx, network: &ast::Network, range: &Setting<Cidr>) {
    let prefix = range.prefix;
    if has_size(prefix) {
        return;
    }
    let key = &network.key;
    cx.report(
        Diagnostic::error("network-size", format!("network `{key}` has a prefix of /{prefix}"))
            .at(range.span(), "AWS accepts /16 to /28")
            .help("choose a network from /16 to /28; use several networks for more addresses"),
    );
}

fn check_zones(cx: &mut Cx, network: &ast::Network) {
    if network.zone_ids.is_some() {
        return zones::check(cx, network);
    }
    if !has_zones(network) {
        zones::report_zones(cx, network, network.zones.0, network.zones.span());
    }
}

fn check_tiers(cx: &mut Cx, network: &ast::Network) {
    for tier in network.tier.iter().filter(|t| *t.holds != TierPurpose::Nat) {
        let Some(per) = &tier.per else { continue };
        cx.report(
            Diagnostic::error("per-without-nat", format!("the tier `{}` holds no NAT gateways", tier.key))
                .at(per.span(), "has no effect")
                .with(tier.holds.span(), "the purpose of the tier")
                .help("remove `per=`, or write it at the tier with `holds=\"nat\"`"),
        );
    }
    for tier in network.tier.iter().filter(|t| t.key.as_str() == ATTACHMENT_TIER) {
        cx.report(
            Diagnostic::error("reserved-tier", format!("the tier key `{ATTACHMENT_TIER}` is reserved"))
                .at(tier.key.span(), "reserved for the attachment subnets of the transit")
                .help("give the tier a different key"),
        );
    }
}

/// Addresses that a node of the spec claims.
struct Range {
    cidr: Cidr,
    what: String,
    span: Span,
    /// Whether a route can connect the network. Replica networks have no routes.
    joined: bool,
}

fn check_overlaps(cx: &mut Cx, spec: &ast::Migration) {
    let mut ranges = ranges(spec);
    ranges.sort_by_key(|r| (r.cidr.address, r.cidr.prefix, r.span));
    // Aligned ranges overlap only by nesting, so the last range that reaches
    // this far is the only candidate.
    let mut open: Option<usize> = None;
    for i in 0..ranges.len() {
        if let Some(o) = open
            && ranges[o].cidr.contains(ranges[i].cidr)
        {
            report_overlap(cx, &ranges[o], &ranges[i]);
            continue;
        }
        open = Some(i);
    }
}

fn ranges(spec: &ast::Migration) -> Vec<Range> {
    let networks =
        spec.network.iter().flat_map(|n| super::ranges(n).map(move |range| ("network", &n.key, range, true)));
    let sites =
        spec.site.iter().flat_map(|s| addresses::site_ranges(s).map(move |range| ("site", &s.key, range, true)));
    let replicas = spec
        .database
        .iter()
        .filter_map(|d| d.replica.as_ref().map(|r| ("the replica of database", &d.key, &r.cidr, false)));
    networks
        .chain(sites)
        .chain(replicas)
        .map(|(kind, key, cidr, joined)| Range {
            cidr: cidr.value,
            what: format!("{kind} `{key}`"),
            span: cidr.span(),
            joined,
        })
        .collect()
}

fn report_overlap(cx: &mut Cx, a: &Range, b: &Range) {
    if !a.joined && !b.joined {
        return;
    }
    let (first, second) = if a.span <= b.span { (a, b) } else { (b, a) };
    cx.report(
        Diagnostic::error("cidr-overlap", format!("{} and {} overlap", first.what, second.what))
            .at(second.span, format!("{} of {}", second.cidr, second.what))
            .with(first.span, format!("shares addresses with {} of {}", first.cidr, first.what))
            .help("give each network and site a range of its own: a route needs one destination"),
    );
}

/// Reports the tiers without room, once for a network. A wrong number of zones or size of the network is their cause, and
/// is reported itself.
pub(super) fn report_no_room(cx: &mut Cx, network: &ast::Network, missing: &[NoRoom]) {
    let is_caused = !has_size(network.cidr.prefix) || !has_zones(network);
    if is_caused || missing.is_empty() {
        return;
    }
    let names: Vec<String> = missing
        .iter()
        .map(|gap| gap.tier.map_or("the attachment subnets".to_owned(), |tier| format!("tier `{tier}`")))
        .collect();
    let (key, zones) = (&network.key, super::plan::zones(network));
    let place = |gap: &NoRoom| {
        let tier = network.tier.iter().find(|tier| Some(&tier.key.value) == gap.tier);
        (
            tier.map_or(network.place.header, |tier| tier.place.header),
            format!("needs a free /{} for {zones} zones", gap.needed),
        )
    };
    let message = format!("network `{key}` has no room for {}", list(&names));
    let size = network.cidr.size();
    let mut diagnostic =
        Diagnostic::error("network-too-small", message).at(network.cidr.span(), format!("{size} addresses in all"));
    for (at, text) in missing.iter().map(place) {
        diagnostic = diagnostic.with(at, text);
    }
    let larger = super::plan::larger(cx.spec, network);
    cx.report(diagnostic.help(match larger {
        Some(prefix) => format!("write a `cidr` of /{prefix}, or fewer zones"),
        None => "write fewer zones, or move tiers to another network: AWS accepts no network above /16".to_owned(),
    }));
}
