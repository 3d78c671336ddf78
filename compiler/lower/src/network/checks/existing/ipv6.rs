//! Checks of the IPv6 ranges of existing networks.

use migspec_diag::Diagnostic;
use migspec_syntax::value::Ipv6Cidr;
use migspec_syntax::{Setting, ast};

use super::report_outside;
use crate::cx::Cx;

/// The lengths of prefixes that AWS accepts, in steps of four (fact: vpc-ipv6-sizes).
const NETWORK: (u8, u8) = (44, 60);
const SUBNET: (u8, u8) = (44, 64);

pub(super) fn check(cx: &mut Cx, network: &ast::Network) {
    for range in ranges(network) {
        check_size(cx, range, NETWORK);
    }
    let own: Vec<Ipv6Cidr> = ranges(network).map(|range| range.value).collect();
    let mut outside = Vec::new();
    for subnet in network.tier.iter().flat_map(|tier| &tier.subnet) {
        let Some(range) = &subnet.ipv6 else { continue };
        check_size(cx, range, SUBNET);
        if !own.iter().any(|own| own.contains(range.value)) {
            outside.push((subnet, range.span()));
        }
    }
    let place = network.ipv6.as_ref().map_or(network.place.header, |node| node.place.header);
    report_outside(cx, network, &outside, place, &own);
    let subnets = network.tier.iter().flat_map(|tier| &tier.subnet);
    report_overlaps(cx, subnets.filter_map(|subnet| Some(("subnet", subnet.id.as_str(), subnet.ipv6.as_ref()?))));
}

/// Networks that share IPv6 addresses.
pub(in crate::network::checks) fn check_networks(cx: &mut Cx) {
    let networks = &cx.spec.network;
    let all = networks.iter().flat_map(|network| ranges(network).map(|range| ("network", network.key.as_str(), range)));
    report_overlaps(cx, all);
}

/// The kind and the name of a node, and one of its ranges.
type Named<'a> = (&'a str, &'a str, &'a Setting<Ipv6Cidr>);

fn report_overlaps<'a>(cx: &mut Cx, all: impl Iterator<Item = Named<'a>>) {
    let mut known: Vec<Named> = Vec::new();
    for (kind, name, range) in all {
        if let Some((_, other, first)) = known.iter().find(|(.., other)| other.overlaps(range.value)) {
            cx.report(
                Diagnostic::error("cidr-overlap", format!("{kind} `{other}` and {kind} `{name}` overlap"))
                    .at(range.span(), format!("{} of {kind} `{name}`", range.value))
                    .with(first.span(), format!("shares addresses with {} of {kind} `{other}`", first.value))
                    .help("declare the ranges that AWS shows"),
            );
        }
        known.push((kind, name, range));
    }
}

fn ranges(network: &ast::Network) -> impl Iterator<Item = &Setting<Ipv6Cidr>> {
    network.ipv6.iter().flat_map(|node| &node.ranges)
}

fn check_size(cx: &mut Cx, range: &Setting<Ipv6Cidr>, (shortest, longest): (u8, u8)) {
    let prefix = range.prefix;
    if (shortest..=longest).contains(&prefix) && prefix.is_multiple_of(4) {
        return;
    }
    cx.report(
        Diagnostic::error("network-size", format!("`{}` has a prefix of /{prefix}", range.value))
            .at(range.span(), format!("AWS accepts /{shortest} to /{longest}, in steps of four"))
            .help("declare the range that AWS shows"),
    );
}
