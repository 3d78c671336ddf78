use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::TransitGatewayRouteTablePropagation",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_ec2_transit_gateway_route_table_propagation",
        properties: &[
            argument("TransitGatewayAttachmentId", "transit_gateway_attachment_id"),
            argument("TransitGatewayRouteTableId", "transit_gateway_route_table_id"),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::entity(
        "transitGatewayRouteTable",
        "TransitGatewayRouteTableId",
        "AWS::EC2::TransitGatewayRouteTable",
    )],
    classes: Classes { identity: &["TransitGatewayAttachmentId", "TransitGatewayRouteTableId"], ..Classes::NONE },
};
