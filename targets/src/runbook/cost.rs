//! The parts of a deployment that AWS bills by the hour, derived from the graph: counts and classes, and no prices.

use std::collections::BTreeMap;

use migspec_ir::{Graph, Resource};
use serde::Serialize;

/// Equal resources that run by the hour.
#[derive(Serialize)]
pub(super) struct Hourly {
    name: &'static str,
    class: String,
    count: usize,
}

struct Row {
    type_name: &'static str,
    name: &'static str,
    /// The class of a resource. `None` if AWS does not bill it by the hour.
    class: fn(&Resource) -> Option<String>,
    /// The parts of one resource that AWS bills each.
    parts: fn(&Resource) -> usize,
}

/// A row for resources without classes.
const fn plain(type_name: &'static str, name: &'static str) -> Row {
    Row { type_name, name, class: |_| Some(String::new()), parts: |_| 1 }
}

const ROWS: &[Row] = &[
    Row {
        type_name: "AWS::RDS::DBInstance",
        name: "Aurora instances",
        class: |instance| text(instance, "DBInstanceClass"),
        parts: |_| 1,
    },
    Row {
        type_name: "AWS::DMS::ReplicationInstance",
        name: "DMS replication instances, with standby",
        class: |instance| {
            let storage = instance.get("AllocatedStorage").and_then(|d| d.value.as_integer()).unwrap_or_default();
            Some(format!("{}, {storage} GiB", text(instance, "ReplicationInstanceClass")?))
        },
        parts: |instance| if flag(instance, "MultiAZ") { 2 } else { 1 },
    },
    plain("AWS::EC2::NatGateway", "NAT gateways"),
    plain("AWS::EC2::EIP", "Public IPv4 addresses"),
    Row {
        type_name: "AWS::EC2::VPCEndpoint",
        name: "Interface endpoints, for each zone",
        class: |endpoint| text(endpoint, "VpcEndpointType").filter(|kind| kind == "Interface").map(|_| String::new()),
        parts: |endpoint| items(endpoint, "SubnetIds"),
    },
    plain("AWS::EC2::TransitGatewayAttachment", "Attachments of networks to the transit"),
    plain("AWS::EC2::TransitGatewayVpcAttachment", "Attachments of networks to the transit"),
    plain("AWS::EC2::VPNConnection", "VPN connections, each with its attachment"),
    Row {
        type_name: "AWS::ElasticLoadBalancingV2::LoadBalancer",
        name: "Load balancers",
        class: |balancer| Some(text(balancer, "Type").unwrap_or_else(|| "application".to_owned())),
        parts: |_| 1,
    },
];

/// The rows of a deployment, of all its regions.
pub(super) fn rows(graph: &Graph) -> Vec<Hourly> {
    let mut rows = Vec::new();
    for row in ROWS {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for resource in graph.of_type(row.type_name).filter(|resource| resource.existing.is_none()) {
            if let Some(class) = (row.class)(resource) {
                *counts.entry(class).or_default() += (row.parts)(resource);
            }
        }
        rows.extend(counts.into_iter().map(|(class, count)| Hourly { name: row.name, class, count }));
    }
    rows
}

fn text(resource: &Resource, property: &str) -> Option<String> {
    resource.get(property)?.value.as_str().map(str::to_owned)
}

fn flag(resource: &Resource, property: &str) -> bool {
    resource.get(property).and_then(|d| d.value.as_bool()) == Some(true)
}

fn items(resource: &Resource, property: &str) -> usize {
    resource.get(property).and_then(|d| d.value.as_list()).map_or(0, <[_]>::len)
}
