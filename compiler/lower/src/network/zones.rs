//! The availability zones of subnets: the named ones, or zones that have the services
//! of the migration. An id stays the same zone while another one is impaired; a place
//! in the list of available zones does not.

use std::collections::BTreeMap;

use migspec_diag::{Diagnostic, Span, count};
use migspec_ir::zones::{self, Served};
use migspec_ir::{Datum, Resource, Value};
use migspec_syntax::ast;

use super::plan;
use crate::cx::{Cx, datum};

const LINK: &str = "AWS::ApiGatewayV2::VpcLink";

/// The property and value with the zone of a subnet.
pub(super) fn of(cx: &Cx, network: &ast::Network, zone: u32) -> (&'static str, Datum) {
    let place = zone as usize;
    if let Some(id) = network.zone_ids.as_ref().and_then(|names| names.ids.get(place)) {
        return ("AvailabilityZoneId", datum(id, |id| id.as_str().to_owned()));
    }
    let links = cx.spec.api.iter().map(|_| LINK).take(1);
    let choice = zones::choice(links, &cx.graph.environment.region, plan::zones(network) as usize);
    match choice.and_then(|choice| choice.get(place).copied()) {
        Some(id) => ("AvailabilityZoneId", datum(&network.zones, |_| id)),
        None => ("AvailabilityZone", datum(&network.zones, |_| Value::Zone(zone as u8))),
    }
}

pub(super) fn report_zones(cx: &mut Cx, network: &ast::Network, zones: u32, at: Span) {
    let key = &network.key;
    cx.report(
        Diagnostic::error("zones-out-of-range", format!("network `{key}` spans {}", count(zones, "zone")))
            .at(at, "must be 2 to 6")
            .help("write `zones=3`: databases and load balancers need two zones, and no region has more than six"),
    );
}

/// Checks the named zones of a network.
pub(super) fn check(cx: &mut Cx, network: &ast::Network) {
    let Some(names) = &network.zone_ids else { return };
    let (key, named) = (&network.key, u32::try_from(names.ids.len()).unwrap_or(u32::MAX));
    if !(2..=6).contains(&named) {
        report_zones(cx, network, named, names.place.header);
    }
    if network.zones.is_written() && network.zones.0 != named {
        let spans = count(network.zones.0, "zone");
        cx.report(
            Diagnostic::error("zones-out-of-range", format!("network `{key}` spans {spans} and names {named}"))
                .at(network.zones.span(), "differs from the names")
                .with(names.place.header, count(named, "zone"))
                .help("remove `zones=`: the names are enough"),
        );
    }
    let repeated = zones::repeated_zones(names.ids.iter().map(|id| id.value.as_str()));
    for zone in repeated {
        let Some(last) = names.ids.iter().rfind(|id| id.value.as_str() == zone) else { continue };
        cx.report(
            Diagnostic::error("zones-out-of-range", format!("network `{key}` names `{zone}` more than once"))
                .at(last.span(), "two subnets of a tier share it")
                .help("name each zone once"),
        );
    }
    for id in &names.ids {
        check_region(cx, id.value.as_str(), id.span());
    }
}

/// A zone is in the region of the environment.
pub(super) fn check_region(cx: &mut Cx, zone: &str, at: Span) {
    let region = cx.graph.environment.region.clone();
    if !zones::is_in(zone, &region) {
        cx.report(
            Diagnostic::error("zone-outside-region", format!("`{zone}` is no zone of `{region}`"))
                .at(at, "a zone of another region")
                .help(format!("write zones of the region, such as `{}-az1`", zones::prefix(&region))),
        );
    }
}

/// The subnets of resources that their service creates in some zones only. The check
/// reads the graph, so that it applies to existing subnets and to overrides too.
pub(crate) fn check_services(cx: &mut Cx) {
    let mut found: BTreeMap<Span, Diagnostic> = BTreeMap::new();
    for resource in cx.graph.resources.values() {
        let region = resource.region.as_deref().unwrap_or(&cx.graph.environment.region);
        let Some(row) = zones::service_zones(resource.type_name, region) else { continue };
        for subnet in subnets(cx, resource) {
            if let Some((at, diagnostic)) = lacking(row, subnet) {
                found.entry(at).or_insert(diagnostic);
            }
        }
    }
    for diagnostic in found.into_values() {
        cx.report(diagnostic);
    }
}

fn subnets<'a>(cx: &'a Cx, resource: &'a Resource) -> impl Iterator<Item = &'a Resource> {
    let list = resource.get("SubnetIds").and_then(|datum| datum.value.as_list()).unwrap_or_default();
    list.iter().filter_map(|item| cx.graph.resources.get(item.value.target()?))
}

/// The finding about a subnet in a zone without the service.
fn lacking(row: &Served, subnet: &Resource) -> Option<(Span, Diagnostic)> {
    let (have, region) = (row.zones.len(), row.region);
    let served = row.zones.iter().map(|zone| format!("`{zone}`")).collect::<Vec<_>>().join(", ");
    let (at, message, help) = match subnet.get("AvailabilityZoneId") {
        Some(id) => {
            let zone = id.value.as_str().filter(|zone| zones::is_in(zone, region) && !row.zones.contains(zone))?;
            let message = format!("API Gateway creates no VPC links in `{zone}`");
            (id.origin.span(), message, format!("use zones that have them: {served}"))
        }
        None => {
            let place = subnet.get("AvailabilityZone")?;
            let message = format!("API Gateway creates VPC links in {} of `{region}`", count(have, "zone"));
            (place.origin.span(), message, format!("write `zones={have}`, or name {served} in `zone-ids`"))
        }
    };
    Some((at, Diagnostic::error("zone-without-service", message).at(at, "lacks VPC links").help(help)))
}

#[cfg(test)]
mod tests {
    use migspec_diag::Sources;
    use migspec_ir::Origin;

    use super::*;

    #[test]
    fn more_subnets_than_zones_with_the_service_are_found() {
        let at = Origin::derived("network", Span::new(Sources::default().add("test", " "), 0, 1));
        let subnet = |property: &str, zone: Value| {
            Resource::new("AWS::EC2::Subnet", "subnet", "network \"a\"", at).set(property, zone)
        };
        let row = zones::service_zones(LINK, "eu-west-3").expect("it lacks a zone");
        let text = |subnet: &Resource| lacking(row, subnet).map(|(_, found)| found.message);
        let counted = text(&subnet("AvailabilityZone", Value::Zone(2)));
        assert_eq!(counted.as_deref(), Some("API Gateway creates VPC links in 2 zones of `eu-west-3`"));
        assert!(text(&subnet("AvailabilityZoneId", "euw3-az2".into())).is_some());
        assert!(text(&subnet("AvailabilityZoneId", "euw3-az3".into())).is_none());
    }
}
