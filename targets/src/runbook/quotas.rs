//! The quotas of the account that a deployment needs, derived from the graph
//! (fact: quotas-defaults, fact: lambda-unreserved).

use std::collections::BTreeMap;

use migspec_ir::{Graph, Resource};
use serde::Serialize;

/// A quota and how much of it this deployment uses.
#[derive(Serialize)]
pub(super) struct Quota {
    name: &'static str,
    default: u64,
    used: u64,
    /// Prints the quota of the account.
    command: String,
}

/// Executions that Lambda keeps for functions without a reserve.
const UNRESERVED: u64 = 100;

/// A row of the table: its name, its default, the quota's service and code, and
/// the use of it.
struct Row {
    name: &'static str,
    default: u64,
    service: &'static str,
    code: &'static str,
    used: fn(&Graph) -> u64,
}

const ROWS: &[Row] = &[
    Row {
        name: "Elastic IP addresses",
        default: 5,
        service: "ec2",
        code: "L-0263D0A3",
        used: |graph| number(graph, "AWS::EC2::EIP"),
    },
    Row { name: "VPCs", default: 5, service: "vpc", code: "L-F678F1CE", used: |graph| number(graph, "AWS::EC2::VPC") },
    Row {
        name: "NAT gateways in one zone",
        default: 5,
        service: "vpc",
        code: "L-FE5A380F",
        used: |graph| most(graph, "AWS::EC2::NatGateway", zone_of),
    },
    Row {
        name: "Interface endpoints in one VPC",
        default: 50,
        service: "vpc",
        code: "L-29B6F2EB",
        used: |graph| most(graph, "AWS::EC2::VPCEndpoint", |_, endpoint| interface(endpoint)),
    },
    Row {
        name: "Inbound or outbound rules of one security group",
        default: 60,
        service: "vpc",
        code: "L-0EA8095F",
        used: |graph| rules(graph, "SecurityGroupIngress").max(rules(graph, "SecurityGroupEgress")),
    },
    Row {
        name: "Transit gateways",
        default: 5,
        service: "ec2",
        code: "L-A2478D36",
        used: |graph| number(graph, "AWS::EC2::TransitGateway"),
    },
    Row {
        name: "Resolver endpoints",
        default: 4,
        service: "route53resolver",
        code: "L-4A669CC0",
        used: |graph| number(graph, "AWS::Route53Resolver::ResolverEndpoint"),
    },
    Row {
        name: "Site-to-Site VPN connections",
        default: 50,
        service: "ec2",
        code: "L-3E6EC3A3",
        used: |graph| number(graph, "AWS::EC2::VPNConnection"),
    },
    Row {
        name: "Concurrent executions of Lambda, with the 100 that stay unreserved",
        default: 1000,
        service: "lambda",
        code: "L-B99A9384",
        used: concurrency,
    },
    Row {
        name: "IAM roles",
        default: 1000,
        service: "iam",
        code: "L-FE177D64",
        used: |graph| number(graph, "AWS::IAM::Role"),
    },
];

/// The quotas that a deployment uses.
pub(super) fn rows(graph: &Graph) -> Vec<Quota> {
    let region = &graph.environment.region;
    let used = ROWS.iter().map(|row| (row, (row.used)(graph))).filter(|(_, used)| *used > 0);
    let mut quotas: Vec<Quota> = used
        .map(|(Row { name, default, service, code, .. }, used)| {
            // Service Quotas lists IAM in one region.
            let region = if *service == "iam" { "us-east-1" } else { region };
            let command = format!(
                "aws service-quotas get-service-quota --region {region} --service-code {service} --quota-code {code} \
                 --query Quota.Value"
            );
            Quota { name, default: *default, used, command }
        })
        .collect();
    let policies = number(graph, "AWS::Logs::ResourcePolicy");
    if policies > 0 {
        let command =
            format!("aws logs describe-resource-policies --region {region} --query 'length(resourcePolicies)'");
        quotas.push(Quota {
            name: "Resource policies of CloudWatch Logs, in use",
            default: 10,
            used: policies,
            command,
        });
    }
    quotas
}

/// Resources of a type in the environment's region.
fn number(graph: &Graph, type_name: &str) -> u64 {
    graph.of_type(type_name).filter(|resource| resource.region.is_none()).count() as u64
}

/// The largest number of resources with the same owner.
fn most(graph: &Graph, type_name: &str, owner: impl Fn(&Graph, &Resource) -> Option<String>) -> u64 {
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for owner in graph.of_type(type_name).filter_map(|resource| owner(graph, resource)) {
        *numbers.entry(owner).or_default() += 1;
    }
    numbers.into_values().max().unwrap_or_default()
}

/// The largest number of rules of one group in a direction: its own property, and resources.
fn rules(graph: &Graph, direction: &str) -> u64 {
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    for group in graph.of_type("AWS::EC2::SecurityGroup") {
        let own = group.get(direction).and_then(|d| d.value.as_list()).unwrap_or_default();
        numbers.insert(group.id.to_string(), own.len() as u64);
    }
    for group in graph.of_type(&format!("AWS::EC2::{direction}")).filter_map(|rule| target(rule, "GroupId")) {
        *numbers.entry(group).or_default() += 1;
    }
    numbers.into_values().max().unwrap_or_default()
}

fn target(resource: &Resource, property: &str) -> Option<String> {
    resource.get(property)?.value.target().map(ToString::to_string)
}

fn interface(endpoint: &Resource) -> Option<String> {
    let kind = endpoint.get("VpcEndpointType").and_then(|d| d.value.as_str());
    target(endpoint, "VpcId").filter(|_| kind == Some("Interface"))
}

/// The zone of a NAT gateway, by the zone of its subnet.
fn zone_of(graph: &Graph, gateway: &Resource) -> Option<String> {
    let subnet = gateway.get("SubnetId")?.value.target().and_then(|id| graph.get(id))?;
    let zone = subnet.get("AvailabilityZone").or_else(|| subnet.get("AvailabilityZoneId"))?;
    Some(format!("{:?}", zone.value))
}

fn concurrency(graph: &Graph) -> u64 {
    let reserves = graph.of_type("AWS::Lambda::Function").filter_map(|f| f.get("ReservedConcurrentExecutions"));
    let sum: u64 = reserves.filter_map(|d| u64::try_from(d.value.as_integer()?).ok()).sum();
    if sum == 0 { 0 } else { sum + UNRESERVED }
}
