use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
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
        Fact::computed("onlyOneOfItsTable", FactType::Bool, is_only_one),
    ],
    classes: Classes { identity: &["TransitGatewayAttachmentId", "TransitGatewayRouteTableId"], ..Classes::NONE },
};

fn is_only_one(association: &Resource, graph: &Index<'_>) -> FactValue {
    let table = |of: &Resource| graph.follow(of, "TransitGatewayRouteTableId");
    let Some(own) = table(association) else { return FactValue::Unknown };
    // Two nodes may name one table that exists.
    let identity = |table: &Resource| table.existing.as_ref().map(|existing| existing.identity.clone());
    let is_own =
        |other: &Resource| other.id == own.id || identity(other).is_some_and(|found| Some(found) == identity(own));
    let all = graph.all(association.type_name).filter(|other| table(other).is_some_and(is_own));
    (all.count() == 1).into()
}
