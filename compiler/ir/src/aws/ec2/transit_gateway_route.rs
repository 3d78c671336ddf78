use super::address::everywhere;
use crate::class::{Classes, REACHABILITY};
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::TransitGatewayRoute",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_ec2_transit_gateway_route",
        properties: &[
            argument("Blackhole", "blackhole"),
            argument("DestinationCidrBlock", "destination_cidr_block"),
            argument("TransitGatewayAttachmentId", "transit_gateway_attachment_id"),
            argument("TransitGatewayRouteTableId", "transit_gateway_route_table_id"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::false_by_default("blackhole", "Blackhole"),
        Fact::string("destinationCidrBlock", "DestinationCidrBlock", ""),
        Fact::entity("transitGatewayRouteTable", "TransitGatewayRouteTableId", "AWS::EC2::TransitGatewayRouteTable"),
        Fact::computed("toEverywhere", FactType::Bool, |route, _| everywhere(route, &["DestinationCidrBlock"])),
    ],
    classes: Classes {
        identity: &["TransitGatewayRouteTableId"],
        judged: &[("TransitGatewayAttachmentId", REACHABILITY), ("Blackhole", REACHABILITY)],
        // A wider route opens no path that a route of the network lacks.
        undecided: &["DestinationCidrBlock"],
        ..Classes::NONE
    },
};
