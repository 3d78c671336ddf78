//! The DNS servers of sites that answer the networks on AWS.

use std::collections::BTreeSet;

use migspec_ir::{Graph, Resource};
use serde::Serialize;

/// The domain of a rule, the servers that it asks, and the ranges of the subnets that the questions come from.
#[derive(Serialize)]
pub(super) struct Forwarded {
    domain: String,
    servers: String,
    ranges: String,
}

pub(super) fn rows(graph: &Graph) -> Vec<Forwarded> {
    let row = |rule: &Resource| {
        let endpoint = graph.get(rule.get("ResolverEndpointId")?.value.target()?)?;
        let servers = rule.get("TargetIps")?.value.as_list()?.iter();
        let addresses = endpoint.get("IpAddresses")?.value.as_list()?.iter();
        let subnets = addresses.filter_map(|address| graph.get(address.get("SubnetId")?.value.target()?));
        Some(Forwarded {
            domain: rule.get("DomainName")?.value.as_str()?.to_owned(),
            servers: list(servers.filter_map(|server| server.get("Ip")?.value.as_str())),
            ranges: list(subnets.filter_map(|subnet| subnet.get("CidrBlock")?.value.as_str())),
        })
    };
    graph.of_type("AWS::Route53Resolver::ResolverRule").filter_map(row).collect()
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    texts.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}
