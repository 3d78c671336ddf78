//! Ways out of a workload to ranges of addresses: of a site, of the rest of its own network, or of the internet.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Id, Resource, Value, Zone};
use migspec_syntax::value::{Cidr, Text};
use migspec_syntax::{Setting, ast};

use crate::cx::{Cx, origin, path};
use crate::{addresses, names, network, transit};

/// The place that contains a range.
enum Owner<'a> {
    Network(&'a ast::Network),
    Site(&'a ast::Site),
    /// Public addresses.
    Internet,
    /// Private addresses outside the spec.
    Nobody,
    /// A part of the range is in one place, and the rest is elsewhere.
    Several,
}

/// The end of a flow from a workload to a range. Reports a range that no flow can name.
pub(super) fn zone(cx: &mut Cx, workload: &str, own: &ast::Network, to: &Setting<Text>, range: &str) -> Option<Zone> {
    let range = parse(cx, to, range)?;
    match owner(cx.spec, range) {
        Owner::Network(network) if is_beside(network, own, range) => {
            let vpc = Value::reference(names::vpc(network.key.as_str()));
            let place = Resource::set(entity(workload, network.key.as_str(), to, range), "Vpc", vpc);
            Some(Zone::Site(add(cx, place)))
        }
        Owner::Network(network) => {
            report_workloads(cx, to, network);
            None
        }
        Owner::Site(site) => {
            let connection = transit::attached_connection(cx.spec, site);
            let place = entity(workload, site.key.as_str(), to, range)
                .set("Vpn", site.vpn.is_some())
                .set_if("VpnConnection", connection);
            Some(Zone::Site(add(cx, place)))
        }
        Owner::Internet => {
            super::internet(cx, own, to);
            Some(Zone::Public(range.to_string().into()))
        }
        Owner::Nobody => {
            report_nobody(cx, to, range);
            None
        }
        Owner::Several => {
            report_several(cx, to, range);
            None
        }
    }
}

fn parse(cx: &mut Cx, to: &Setting<Text>, text: &str) -> Option<Cidr> {
    match Cidr::parse(text) {
        Ok(range) => Some(range),
        Err(problem) => {
            let scheme = to.value.split(':').next().unwrap_or_default();
            let help = problem.help.unwrap_or_default().replace("write \"", &format!("write \"{scheme}:"));
            cx.report(Diagnostic::error("wrong-value", problem.message).at(to.span(), "not a range").help(help));
            None
        }
    }
}

fn owner(spec: &ast::Migration, range: Cidr) -> Owner<'_> {
    let networks = spec.network.iter().flat_map(|n| network::ranges(n).map(move |own| (own.value, Owner::Network(n))));
    let sites = spec.site.iter().flat_map(|s| addresses::site_ranges(s).map(move |own| (own.value, Owner::Site(s))));
    let mut meeting = networks.chain(sites).filter(|(own, _)| own.overlaps(range));
    match meeting.next() {
        Some((own, owner)) if own.contains(range) => owner,
        Some(_) => Owner::Several,
        None if addresses::is_private(range) => Owner::Nobody,
        None if addresses::ranges().any(|(special, _)| special.overlaps(range)) => Owner::Several,
        None => Owner::Internet,
    }
}

/// Whether a range is in the workload's own network, which exists, and outside the declared subnets.
fn is_beside(network: &ast::Network, own: &ast::Network, range: Cidr) -> bool {
    let mut subnets = network.tier.iter().flat_map(|tier| &tier.subnet);
    network.key.value == own.key.value
        && network.existing.is_some()
        && !subnets.any(|subnet| subnet.cidr.value.overlaps(range))
}

/// The entity of a range, which policies and flows name.
fn entity(workload: &str, within: &str, to: &Setting<Text>, range: Cidr) -> Resource {
    let at = origin(to);
    let id = names::workload_range(workload, &range.to_string().replace(['.', '/'], "-"));
    let here = super::reason_of_flow(&format!("compute \"{workload}\""), to);
    Resource::new("Migspec::Site", id.clone(), here, at)
        .set("Name", id.as_str())
        .set("CidrBlocks", vec![Datum::new(range.to_string(), at)])
        .set("Within", within)
}

/// A workload may name a range twice.
fn add(cx: &mut Cx, place: Resource) -> Id {
    if cx.graph.get(&place.id).is_none() {
        return cx.add(place);
    }
    place.id
}

fn report_workloads(cx: &mut Cx, to: &Setting<Text>, network: &ast::Network) {
    cx.report(
        Diagnostic::error("egress-into-network", format!("`{}` contains resources of the migration", to.value))
            .at(to.span(), "addresses of a declared network")
            .with(network.place.header, "the network")
            .help(format!(
                "name addresses of a site, or those of the workload's own existing network outside the subnets of {}",
                path("network", &network.key)
            )),
    );
}

fn report_nobody(cx: &mut Cx, to: &Setting<Text>, range: Cidr) {
    cx.report(
        Diagnostic::error("egress-without-path", format!("no site has the addresses {range}"))
            .at(to.span(), "private addresses without a path")
            .help(format!("declare their site, and attach it to the transit: site \"…\" cidr=\"{range}\"")),
    );
}

fn report_several(cx: &mut Cx, to: &Setting<Text>, range: Cidr) {
    let help = match range.prefix {
        0 | 1 => "write \"https:internet\", which excludes private addresses",
        _ => "write one range for each site, network or part of the internet",
    };
    cx.report(
        Diagnostic::error("mixed-egress", format!("the range {range} is in several places"))
            .at(to.span(), "private and other addresses, or those of two places")
            .help(help),
    );
}
