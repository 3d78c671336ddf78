use super::address::everywhere;
use super::routing::{DESTINATIONS, leads_out, leads_to_internet_gateway};
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};
use crate::{Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::Route",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_route",
        properties: &[
            argument("CarrierGatewayId", "carrier_gateway_id"),
            argument("CoreNetworkArn", "core_network_arn"),
            argument("DestinationCidrBlock", "destination_cidr_block"),
            argument("DestinationIpv6CidrBlock", "destination_ipv6_cidr_block"),
            argument("DestinationPrefixListId", "destination_prefix_list_id"),
            argument("EgressOnlyInternetGatewayId", "egress_only_gateway_id"),
            argument("GatewayId", "gateway_id"),
            Property::new("InstanceId", Form::Absent("give the instance's `NetworkInterfaceId`")),
            argument("LocalGatewayId", "local_gateway_id"),
            argument("NatGatewayId", "nat_gateway_id"),
            argument("NetworkInterfaceId", "network_interface_id"),
            argument("OdbNetworkArn", "odb_network_arn"),
            argument("RouteTableId", "route_table_id"),
            argument("TransitGatewayId", "transit_gateway_id"),
            argument("VpcEndpointId", "vpc_endpoint_id"),
            argument("VpcPeeringConnectionId", "vpc_peering_connection_id"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("routeTable", "RouteTableId", "AWS::EC2::RouteTable"),
        Fact::string("destinationCidrBlock", "DestinationCidrBlock", ""),
        Fact::computed("toEverywhere", FactType::Bool, |route, _| everywhere(route, DESTINATIONS)),
        Fact::computed("toInternetGateway", FactType::Bool, |route, graph| {
            leads_to_internet_gateway(route, graph).into()
        }),
        Fact::computed("toNatGateway", FactType::Bool, |route, _| route.get("NatGatewayId").is_some().into()),
        Fact::computed("toTransitGateway", FactType::Bool, |route, _| route.get("TransitGatewayId").is_some().into()),
        Fact::computed("leadsOut", FactType::Bool, |route, graph| leads_out(route, graph).into()),
        Fact::computed("leadsOutOfSight", FactType::Bool, |route, graph| leads_out_of_sight(route, graph).into()),
        Fact::computed("ofNatSubnet", FactType::Bool, of_nat_subnet),
        Fact::computed("ofDatabaseSubnet", FactType::Bool, |route, graph| {
            serves(route, graph, super::subnet::holds_database)
        }),
        Fact::computed("ofReplicationSubnet", FactType::Bool, |route, graph| {
            serves(route, graph, super::subnet::holds_replication)
        }),
    ],
    classes: Classes {
        identity: &["RouteTableId"],
        judged: &[("GatewayId", "toInternetGateway"), ("TransitGatewayId", "toTransitGateway")],
        // A narrower route opens no path that a flow lacks, and leaves traffic without one.
        undecided: &["DestinationCidrBlock"],
        ..Classes::NONE
    },
};

/// Whether the graph does not contain its target or its addresses.
fn leads_out_of_sight(route: &Resource, graph: &Index<'_>) -> bool {
    const ELSEWHERE: &[&str] = &[
        "CarrierGatewayId",
        "CoreNetworkArn",
        "DestinationPrefixListId",
        "LocalGatewayId",
        "NetworkInterfaceId",
        "OdbNetworkArn",
        "VpcEndpointId",
        "VpcPeeringConnectionId",
    ];
    let transit = route.get("TransitGatewayId").is_some() && graph.follow(route, "TransitGatewayId").is_none();
    transit || ELSEWHERE.iter().any(|path| route.get(path).is_some())
}

/// Whether nothing but subnets of NAT gateways uses the route's table.
fn of_nat_subnet(route: &Resource, graph: &Index<'_>) -> FactValue {
    let others = serves(route, graph, |subnet, graph| {
        graph.referring(&subnet.id, "AWS::EC2::NatGateway", "SubnetId").next().is_none()
    });
    match others {
        FactValue::Bool(others) => (!others).into(),
        unknown => unknown,
    }
}

/// Whether a subnet of the kind uses the route's table.
fn serves(route: &Resource, graph: &Index<'_>, kind: fn(&Resource, &Index<'_>) -> bool) -> FactValue {
    let Some(table) = graph.follow(route, "RouteTableId") else { return FactValue::Unknown };
    graph
        .referring(&table.id, "AWS::EC2::SubnetRouteTableAssociation", "RouteTableId")
        .filter_map(|association| graph.follow(association, "SubnetId"))
        .any(|subnet| kind(subnet, graph))
        .into()
}
