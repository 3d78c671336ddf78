//! Checks of networks that exist, and of settings that only they take.

pub(super) mod ipv6;

use std::collections::BTreeSet;

use migspec_diag::{Diagnostic, Span, count};
use migspec_syntax::ast;
use migspec_syntax::value::{Cidr, TierPurpose};
use rustc_hash::FxHashMap;

use crate::cx::{Cx, path};
use crate::network::zones;

pub(super) fn check(cx: &mut Cx, network: &ast::Network) {
    for tier in &network.tier {
        check_tier(cx, network, tier);
        for subnet in &tier.subnet {
            zones::check_region(cx, subnet.zone.as_str(), subnet.zone.span());
        }
    }
    if let Some(names) = &network.zone_ids {
        cx.report(
            Diagnostic::error("declares-nothing", format!("`zone-ids` of the existing network `{}`", network.key))
                .at(names.place.header, "has no effect")
                .help("remove it: each `subnet` declares its own zone"),
        );
    }
    // The base of an environment may have a new network, with zones.
    if network.zones.is_written() && network.place.header.contains(network.zones.span()) {
        cx.report(
            Diagnostic::error("declares-nothing", format!("`zones` of the existing network `{}`", network.key))
                .at(network.zones.span(), "has no effect")
                .help("remove it: the zones are those of the declared subnets"),
        );
    }
    check_ranges(cx, network);
    ipv6::check(cx, network);
    let mut subnets: Vec<&ast::ExistingSubnet> = network.tier.iter().flat_map(|tier| &tier.subnet).collect();
    subnets.sort_by_key(|subnet| (subnet.cidr.address, subnet.cidr.prefix, subnet.place.header));
    for pair in subnets.windows(2).filter(|pair| pair[0].cidr.overlaps(pair[1].cidr.value)) {
        let (first, second) = (pair[0], pair[1]);
        let message = format!("the subnets `{}` and `{}` overlap", first.id.value, second.id.value);
        cx.report(
            Diagnostic::error("cidr-overlap", message)
                .at(second.cidr.span(), format!("{} of `{}`", second.cidr.value, second.id.value))
                .with(first.cidr.span(), format!("shares addresses with {} of `{}`", first.cidr.value, first.id.value))
                .help("declare the ranges that AWS shows for the subnets"),
        );
    }
}

/// A VPC is one network, and a subnet is in one tier: an id that is there twice joins what the spec keeps apart.
pub(super) fn check_ids(cx: &mut Cx) {
    let spec = cx.spec;
    let networks = &spec.network;
    let vpcs = networks.iter().filter_map(|network| network.existing.as_ref()).map(|id| (id.as_str(), id.span()));
    let subnets = networks.iter().flat_map(|network| &network.tier).flat_map(|tier| &tier.subnet);
    let mut seen: FxHashMap<&str, Span> = FxHashMap::default();
    for (id, at) in vpcs.chain(subnets.map(|subnet| (subnet.id.as_str(), subnet.id.span()))) {
        let Some(first) = seen.insert(id, at) else { continue };
        cx.report(
            Diagnostic::error("repeated-value", format!("two nodes declare `{id}`"))
                .at(at, "the second")
                .with(first, "the first")
                .help("write the id of each VPC and subnet once, as `aws ec2 describe-subnets` shows it"),
        );
    }
}

fn check_tier(cx: &mut Cx, network: &ast::Network, tier: &ast::Tier) {
    let zones: BTreeSet<&str> = tier.subnet.iter().map(|subnet| subnet.zone.as_str()).collect();
    let least = if matches!(*tier.holds, TierPurpose::Nat | TierPurpose::Transit) { 1 } else { 2 };
    if zones.len() < least {
        let message = format!("the tier `{}` of the existing network has {}", tier.key, count(zones.len(), "zone"));
        // Subnets that share a zone are there, in a wrong place.
        let repeated = tier.subnet.get(1).map(|subnet| subnet.zone.span());
        cx.report(
            Diagnostic::error("tier-without-subnets", message)
                .at(repeated.unwrap_or(tier.place.header), format!("needs subnets in {least} zones"))
                .help("declare them: subnet \"subnet-…\" zone=\"euc1-az1\" cidr=\"10.0.0.0/24\" routes=\"rtb-…\""),
        );
    }
    for subnet in &tier.subnet {
        if !network.routes.iter().any(|table| table.id.value == subnet.routes.value) {
            let message = format!("the network `{}` declares no route table `{}`", network.key, subnet.routes.value);
            cx.report(
                Diagnostic::error("unknown-reference", message)
                    .at(subnet.routes.span(), "not declared in this network")
                    .help(format!("add to the network: routes \"{}\" default=\"none\"", subnet.routes.value)),
            );
        }
    }
}

fn check_ranges(cx: &mut Cx, network: &ast::Network) {
    let ranges: Vec<Cidr> = crate::network::ranges(network).map(|range| range.value).collect();
    let subnets = network.tier.iter().flat_map(|tier| &tier.subnet);
    let is_outside = |subnet: &&ast::ExistingSubnet| !ranges.iter().any(|range| range.contains(subnet.cidr.value));
    let outside: Vec<Outside> = subnets.filter(is_outside).map(|subnet| (subnet, subnet.cidr.span())).collect();
    let place = network.ranges.as_ref().map_or(network.cidr.span(), |node| node.place.header);
    report_outside(cx, network, &outside, place, &ranges);
}

/// A subnet that no range of its network contains, and its own range.
type Outside<'a> = (&'a ast::ExistingSubnet, Span);

/// One subnet has a wrong range; where several are outside, that of the network is wrong.
fn report_outside(cx: &mut Cx, network: &ast::Network, outside: &[Outside], place: Span, ranges: &[impl ToString]) {
    let Some((first, at)) = outside.first() else { return };
    let ranges: Vec<String> = ranges.iter().map(ToString::to_string).collect();
    let ranges = if ranges.is_empty() { "no range".to_owned() } else { ranges.join(", ") };
    let diagnostic = if outside.len() == 1 {
        let message = format!("the subnet `{}` is outside its network", first.id.value);
        Diagnostic::error("subnet-outside-network", message)
            .at(*at, format!("not in {ranges}"))
            .with(network.place.header, "the network")
    } else {
        let message = format!("{} are outside their network `{}`", count(outside.len(), "subnet"), network.key);
        let diagnostic = Diagnostic::error("subnet-outside-network", message).at(place, format!("has {ranges}"));
        outside.iter().fold(diagnostic, |found, (_, at)| found.with(*at, "outside"))
    };
    cx.report(diagnostic.help("correct the range, or declare all ranges of the network with `ranges` and `ipv6`"));
}

/// Settings of existing networks in a network that the compiler creates.
pub(super) fn refuse(cx: &mut Cx, network: &ast::Network) {
    let places = [
        ("owner", network.owner.as_ref().map(|owner| owner.span())),
        ("dns-support", network.dns_support.as_ref().map(|dns| dns.span())),
        ("dns-hostnames", network.dns_hostnames.as_ref().map(|dns| dns.span())),
        ("exclusive", network.exclusive.as_ref().map(|exclusive| exclusive.span())),
        ("ranges", network.ranges.as_ref().map(|ranges| ranges.place.header)),
        ("ipv6", network.ipv6.as_ref().map(|ranges| ranges.place.header)),
        ("routes", network.routes.first().map(|table| table.place.header)),
        ("flow-log", network.flow_log.as_ref().map(|log| log.place.header)),
        ("subnet", network.tier.iter().find_map(|tier| tier.subnet.first()).map(|subnet| subnet.place.header)),
        (
            "holds=\"transit\"",
            network.tier.iter().find(|t| *t.holds == TierPurpose::Transit).map(|tier| tier.holds.span()),
        ),
    ];
    for (setting, span) in places.into_iter().filter_map(|(setting, span)| Some((setting, span?))) {
        only_existing(cx, &path("network", &network.key), setting, span, "existing=\"vpc-…\"");
    }
}

/// A setting that declares a fact of something that does not exist yet.
pub(crate) fn only_existing(cx: &mut Cx, node: &str, setting: &str, at: Span, how: &str) {
    cx.report(
        Diagnostic::error(
            "declares-nothing",
            format!("`{setting}` declares a fact of a resource that exists, and {node} is new"),
        )
        .at(at, "declares a fact")
        .help(format!("remove it, or name the resource with `{how}`")),
    );
}
