use super::vpc_ranges::{IPV6_CIDR_BLOCKS, IPV6_RANGES};
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Property, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::Described;
use crate::{Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::Subnet",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_subnet",
        attributes: &[
            ("AvailabilityZone", "availability_zone"),
            ("CidrBlock", "cidr_block"),
            ("SubnetId", "id"),
            ("VpcId", "vpc_id"),
        ],
        properties: &[
            argument("AssignIpv6AddressOnCreation", "assign_ipv6_address_on_creation"),
            argument("AvailabilityZone", "availability_zone"),
            argument("AvailabilityZoneId", "availability_zone_id"),
            argument("CidrBlock", "cidr_block"),
            argument("EnableDns64", "enable_dns64"),
            argument("EnableLniAtDeviceIndex", "enable_lni_at_device_index"),
            argument("Ipv4IpamPoolId", "ipv4_ipam_pool_id"),
            argument("Ipv4NetmaskLength", "ipv4_netmask_length"),
            argument("Ipv6CidrBlock", "ipv6_cidr_block"),
            argument("Ipv6IpamPoolId", "ipv6_ipam_pool_id"),
            argument("Ipv6Native", "ipv6_native"),
            argument("Ipv6NetmaskLength", "ipv6_netmask_length"),
            argument("MapPublicIpOnLaunch", "map_public_ip_on_launch"),
            argument("OutpostArn", "outpost_arn"),
            Property::new(
                "PrivateDnsNameOptionsOnLaunch",
                Form::Inline(&[
                    argument("EnableResourceNameDnsAAAARecord", "enable_resource_name_dns_aaaa_record_on_launch"),
                    argument("EnableResourceNameDnsARecord", "enable_resource_name_dns_a_record_on_launch"),
                    argument("HostnameType", "private_dns_hostname_type_on_launch"),
                ]),
            ),
            TAGS,
            argument("VpcId", "vpc_id"),
        ],
        // AWS keeps network interfaces of functions and replication instances
        // for a while after they are gone.
        timeouts: &[("delete", "60m")],
        lookup: Some(&Lookup {
            data: "aws_subnet",
            by: "id",
            same: &["SubnetId"],
            compares: &[
                ("AvailabilityZoneId", Compare::Equal("availability_zone_id")),
                ("CidrBlock", Compare::Equal("cidr_block")),
                (IPV6_CIDR_BLOCKS, Compare::OneOf("ipv6_cidr_block")),
                ("MapPublicIpOnLaunch", Compare::Equal("map_public_ip_on_launch")),
                ("VpcId", Compare::Equal("vpc_id")),
            ],
            describe: &[Describe {
                described: Described::Subnets,
                of: None,
                compares: &[
                    ("AvailabilityZoneId", Field::Equal("AvailabilityZoneId")),
                    ("CidrBlock", Field::Equal("CidrBlock")),
                    (IPV6_CIDR_BLOCKS, IPV6_RANGES),
                    ("MapPublicIpOnLaunch", Field::Equal("MapPublicIpOnLaunch")),
                    ("VpcId", Field::Equal("VpcId")),
                ],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::string("cidrBlock", "CidrBlock", ""),
        Fact::false_by_default("mapPublicIpOnLaunch", "MapPublicIpOnLaunch"),
        Fact::computed("hasInternetRoute", FactType::Bool, has_internet_route),
        Fact::computed("hasInternetGatewayRoute", FactType::Bool, has_internet_gateway_route),
        Fact::computed("hasNetworkAcl", FactType::Bool, has_network_acl),
        Fact::computed("holdsDatabase", FactType::Bool, |subnet, graph| holds_database(subnet, graph).into()),
        Fact::computed("holdsReplication", FactType::Bool, |subnet, graph| holds_replication(subnet, graph).into()),
        Fact::computed("holdsWorkload", FactType::Bool, |subnet, graph| holds_workload(subnet, graph).into()),
        Fact::computed("holdsTransitAttachment", FactType::Bool, holds_transit_attachment),
    ],
    classes: Classes { identity: &["VpcId", "CidrBlock"], ..Classes::NONE },
};

/// Whether one of its routes leads out: through an internet or NAT gateway, or
/// everywhere through a transit gateway.
fn has_internet_route(subnet: &Resource, graph: &Index<'_>) -> FactValue {
    has_route(subnet, graph, super::routing::leads_out)
}

fn has_internet_gateway_route(subnet: &Resource, graph: &Index<'_>) -> FactValue {
    has_route(subnet, graph, super::routing::leads_to_internet_gateway)
}

/// Whether one of its routes leads there. Unknown if its table exists and the
/// spec does not declare its default route.
fn has_route(subnet: &Resource, graph: &Index<'_>, leads: fn(&Resource, &Index<'_>) -> bool) -> FactValue {
    let found = routes(subnet, graph).any(|route| leads(route, graph));
    let mut tables = tables(subnet, graph);
    if !found && tables.any(|table| !super::routing::declares_default(table, graph)) {
        return FactValue::Unknown;
    }
    found.into()
}

/// The tables that the subnet is associated with: one.
fn tables<'g>(subnet: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    let associations = graph.referring(&subnet.id, "AWS::EC2::SubnetRouteTableAssociation", "SubnetId");
    associations.filter_map(|association| graph.follow(association, "RouteTableId")).collect::<Vec<_>>().into_iter()
}

/// The routes of the subnet's own table.
fn routes<'g>(subnet: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    tables(subnet, graph)
        .flat_map(|table| graph.referring(&table.id, "AWS::EC2::Route", "RouteTableId"))
        .collect::<Vec<_>>()
        .into_iter()
}

/// Whether an ACL of its own guards it. An existing subnet has one that the spec
/// may not declare.
fn has_network_acl(subnet: &Resource, graph: &Index<'_>) -> FactValue {
    let found = graph.referring(&subnet.id, "AWS::EC2::SubnetNetworkAclAssociation", "SubnetId").next().is_some();
    if !found && subnet.is_declared() { FactValue::Unknown } else { found.into() }
}

/// Whether a database's subnet group names it.
pub(in crate::aws) fn holds_database(subnet: &Resource, graph: &Index<'_>) -> bool {
    graph.referring(&subnet.id, "AWS::RDS::DBSubnetGroup", "SubnetIds").next().is_some()
}

/// Whether a replication subnet group names it.
pub(super) fn holds_replication(subnet: &Resource, graph: &Index<'_>) -> bool {
    graph.referring(&subnet.id, "AWS::DMS::ReplicationSubnetGroup", "SubnetIds").next().is_some()
}

/// Whether something that is no store has an interface in it. Endpoints count
/// for neither: they belong to AWS.
pub(super) fn holds_workload(subnet: &Resource, graph: &Index<'_>) -> bool {
    const WORKLOADS: &[(&str, &str)] = &[
        ("AWS::ApiGatewayV2::VpcLink", "SubnetIds"),
        ("AWS::EC2::NatGateway", "SubnetId"),
        ("AWS::EC2::TransitGatewayAttachment", "SubnetIds"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets"),
        ("AWS::Lambda::Function", "VpcConfig.SubnetIds"),
    ];
    WORKLOADS.iter().any(|(type_name, path)| graph.referring(&subnet.id, type_name, path).next().is_some())
}

fn holds_transit_attachment(subnet: &Resource, graph: &Index<'_>) -> FactValue {
    graph.referring(&subnet.id, "AWS::EC2::TransitGatewayAttachment", "SubnetIds").next().is_some().into()
}
