use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::TransitGatewayRouteTableAssociation",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_ec2_transit_gateway_route_table_association",
        properties: &[
            argument("TransitGatewayAttachmentId", "transit_gateway_attachment_id"),
            argument("TransitGatewayRouteTableId", "transit_gateway_route_table_id"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("transitGatewayRouteTable", "TransitGatewayRouteTableId", "AWS::EC2::TransitGatewayRouteTable"),
        Fact::computed("onlyOneOfItsTable", FactType::Bool, |association, graph| {
            let Some(table) = graph.follow(association, "TransitGatewayRouteTableId") else {
                return FactValue::Unknown;
            };
            let all = graph.referring(&table.id, association.type_name, "TransitGatewayRouteTableId");
            (all.count() == 1).into()
        }),
    ],
    classes: Classes { identity: &["TransitGatewayAttachmentId", "TransitGatewayRouteTableId"], ..Classes::NONE },
};
