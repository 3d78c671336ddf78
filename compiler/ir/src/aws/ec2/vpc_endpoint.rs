use super::{subnet, zones};
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};
use crate::{Datum, Id, Index, Resource, Value, iam};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::VPCEndpoint",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_vpc_endpoint",
        attributes: &[("Id", "id"), ("NetworkInterfaceIds", "network_interface_ids")],
        properties: &[
            Property::new(
                "DnsOptions",
                Form::Block(
                    "dns_options",
                    &[
                        argument("DnsRecordIpType", "dns_record_ip_type"),
                        Property::new(
                            "PrivateDnsOnlyForInboundResolverEndpoint",
                            Form::Flag {
                                argument: "private_dns_only_for_inbound_resolver_endpoint",
                                yes: "OnlyInboundResolver",
                                no: "AllResolvers",
                            },
                        ),
                        argument("PrivateDnsPreference", "private_dns_preference"),
                        argument("PrivateDnsSpecifiedDomains", "private_dns_specified_domains"),
                    ],
                ),
            ),
            argument("IpAddressType", "ip_address_type"),
            Property::new("PolicyDocument", Form::Json("policy")),
            argument("PrivateDnsEnabled", "private_dns_enabled"),
            argument("ResourceConfigurationArn", "resource_configuration_arn"),
            argument("RouteTableIds", "route_table_ids"),
            argument("SecurityGroupIds", "security_group_ids"),
            argument("ServiceName", "service_name"),
            argument("ServiceNetworkArn", "service_network_arn"),
            Property::new("ServiceRegion", Form::Absent("endpoints are in the region of their service")),
            argument("SubnetIds", "subnet_ids"),
            TAGS,
            argument("VpcEndpointType", "vpc_endpoint_type"),
            argument("VpcId", "vpc_id"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("serviceName", "ServiceName", ""),
        Fact::string("vpcEndpointType", "VpcEndpointType", "Gateway"),
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        // AWS's default is false in the API; the console's is true.
        Fact::false_by_default("privateDnsEnabled", "PrivateDnsEnabled"),
        Fact::computed("hasPolicy", FactType::Bool, |endpoint, _| endpoint.get("PolicyDocument").is_some().into()),
        Fact::computed("allowsEverything", FactType::Bool, allows_everything),
        // All actions of its service, of which roles are granted only some.
        Fact::computed("admitsUngranted", FactType::Bool, admits_ungranted),
        Fact::computed("leadsToAnyBucket", FactType::Bool, leads_to_any_bucket),
        Fact::computed("limitsAccounts", FactType::Bool, limits_accounts),
        Fact::computed("subnets", FactType::Long, |endpoint, _| count(endpoint, "SubnetIds")),
        Fact::computed("zones", FactType::Long, |endpoint, graph| zones::zone_count(endpoint, "SubnetIds", graph)),
        Fact::computed("missesDataSubnet", FactType::Bool, misses_data_subnet),
        Fact::computed("routeTables", FactType::Long, |endpoint, _| count(endpoint, "RouteTableIds")),
        Fact::computed("securityGroups", FactType::Long, |endpoint, _| count(endpoint, "SecurityGroupIds")),
    ],
    classes: Classes { identity: &["ServiceName", "VpcId", "VpcEndpointType"], ..Classes::NONE },
};

/// Whether it is a gateway endpoint that a subnet with data has no route to.
fn misses_data_subnet(endpoint: &Resource, graph: &Index<'_>) -> FactValue {
    let gateway = endpoint.get("VpcEndpointType").and_then(|d| d.value.as_str()).unwrap_or("Gateway") == "Gateway";
    let Some(vpc) = graph.follow(endpoint, "VpcId").filter(|_| gateway) else { return false.into() };
    let tables = endpoint.get("RouteTableIds").and_then(|d| d.value.as_list()).unwrap_or_default();
    let named: Vec<&Id> = tables.iter().filter_map(|table| table.value.target()).collect();
    graph
        .referring(&vpc.id, "AWS::EC2::Subnet", "VpcId")
        .filter(|subnet| subnet::holds_database(subnet, graph) || subnet::holds_replication(subnet, graph))
        .any(|subnet| {
            let mut own = graph
                .referring(&subnet.id, "AWS::EC2::SubnetRouteTableAssociation", "SubnetId")
                .filter_map(|association| association.get("RouteTableId")?.value.target());
            !own.any(|table| named.contains(&table))
        })
        .into()
}

fn count(endpoint: &Resource, path: &str) -> FactValue {
    FactValue::Long(endpoint.get(path).and_then(|d| d.value.as_list()).map_or(0, |items| items.len() as i64))
}

/// The statements of the endpoint's policy that allow something.
fn allows(endpoint: &Resource) -> impl Iterator<Item = &Datum> {
    endpoint
        .get("PolicyDocument.Statement")
        .and_then(|d| d.value.as_list())
        .unwrap_or_default()
        .iter()
        .filter(|s| s.get("Effect").and_then(|d| d.value.as_str()) == Some("Allow"))
}

/// Whether anybody may do anything with anything through it: AWS's default.
fn allows_everything(endpoint: &Resource, _: &Index<'_>) -> FactValue {
    if endpoint.get("PolicyDocument").is_none() {
        return true.into();
    }
    let open = |statement: &Datum| {
        ["Principal", "Action", "Resource"].iter().all(|part| statement.get(part).is_some_and(is_anything))
            && statement.get("Condition").is_none()
    };
    allows(endpoint).any(open).into()
}

/// `*`, alone, in a list or as `{"AWS": "*"}`.
fn is_anything(datum: &Datum) -> bool {
    match &datum.value {
        Value::String(text) => &**text == "*",
        Value::List(items) => items.iter().any(is_anything),
        Value::Map(map) => map.iter().any(|(_, datum)| is_anything(datum)),
        _ => false,
    }
}

/// If no grant of the graph uses the service, the callers have roles outside the
/// graph, whose permissions are unknown.
fn admits_ungranted(endpoint: &Resource, graph: &Index<'_>) -> FactValue {
    // Endpoints are named after the host, actions after the service.
    let name = match endpoint.get("ServiceName").and_then(|d| d.value.as_str()).and_then(service) {
        Some(name) => name,
        None => return FactValue::Unknown,
    };
    // A declared workload calls it with a role outside the graph.
    if serves_workload(endpoint, name, graph) {
        return false.into();
    }
    let service = match name {
        "monitoring" => "cloudwatch",
        "ecr.api" | "ecr.dkr" => "ecr",
        name => name,
    };
    let is_granted = |prefix: &str| {
        let actions = graph.grants.iter().flat_map(|grant| &grant.actions);
        actions.into_iter().any(|action| action.split_once(':').is_some_and(|(of, _)| of == prefix))
    };
    if endpoint.get("PolicyDocument").is_none() {
        return is_granted(service).into();
    }
    iam::ask(endpoint, "PolicyDocument", |document| {
        let wild = iam::wildcard_actions(document);
        wild.iter().any(|action| is_granted(action.split_once(':').map_or(service, |(of, _)| of)))
    })
}

/// The service in the name of an endpoint: `ecr.api` of `com.amazonaws.us-east-1.ecr.api`.
pub fn service(name: &str) -> Option<&str> {
    name.split_once("amazonaws.")?.1.split_once('.').map(|(_, service)| service)
}

/// Whether a workload of the endpoint's network calls the service.
fn serves_workload(endpoint: &Resource, service: &str, graph: &Index<'_>) -> bool {
    let Some(vpc) = endpoint.get("VpcId").and_then(|d| d.value.target()) else { return false };
    let calls = |compute: &Resource| {
        let services = compute.get("Services").and_then(|d| d.value.as_list()).unwrap_or_default();
        services.iter().any(|name| name.value.as_str() == Some(service))
    };
    graph.referring(vpc, "Migspec::Compute", "Vpc").any(calls)
}

/// Whether a statement reads the layers of images and nothing else: AWS owns their bucket (fact: ecr-endpoints).
fn reads_image_layers(statement: &iam::Statement<'_>) -> bool {
    let of_layers = |resource: &Value| iam::text(resource).ends_with("-starport-layer-bucket/*");
    let reads = |action: &&str| *action == "s3:GetObject";
    !statement.resources.is_empty()
        && statement.resources.iter().copied().all(of_layers)
        && statement.actions.iter().all(reads)
}

/// Whether it leads to S3 and some statement names no bucket: neither by its ARN
/// nor by a reference.
fn leads_to_any_bucket(endpoint: &Resource, _: &Index<'_>) -> FactValue {
    let service = endpoint.get("ServiceName").and_then(|d| d.value.as_str()).unwrap_or_default();
    if !service.ends_with(".s3") {
        return false.into();
    }
    let any = |resource: &Value| {
        let text = iam::text(resource);
        let bucket = text.strip_prefix("arn:aws:s3:::").unwrap_or(&text);
        bucket.starts_with('*')
    };
    match endpoint.get("PolicyDocument") {
        None => true.into(),
        Some(_) => iam::ask(endpoint, "PolicyDocument", |document| {
            document.allowing().any(|s| s.not_resource || s.resources.iter().any(|resource| any(resource)))
        }),
    }
}

/// Whether every statement that allows something is limited to resources of the
/// own account or organisation.
fn limits_accounts(endpoint: &Resource, graph: &Index<'_>) -> FactValue {
    if endpoint.get("PolicyDocument").is_none() {
        return false.into();
    }
    let own = &graph.environment.account;
    iam::ask(endpoint, "PolicyDocument", |document| {
        let limited = |s: &iam::Statement<'_>| {
            reads_image_layers(s) || !iam::admits_stranger(&s.conditions, iam::Arrival::Outward, own)
        };
        document.allowing().next().is_some() && document.allowing().all(limited)
    })
}
