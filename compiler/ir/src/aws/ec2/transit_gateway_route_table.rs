use super::address::is_everywhere;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Compare, Concern, Lookup, ResourceType, TAGS, Terraform, argument};
use crate::{Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::TransitGatewayRouteTable",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_ec2_transit_gateway_route_table",
        attributes: &[("TransitGatewayRouteTableId", "id")],
        properties: &[TAGS, argument("TransitGatewayId", "transit_gateway_id")],
        lookup: Some(&Lookup {
            data: "aws_ec2_transit_gateway_route_table",
            by: "id",
            same: &["Id", "TransitGatewayRouteTableId"],
            compares: &[("TransitGatewayId", Compare::Equal("transit_gateway_id"))],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("transitGateway", "TransitGatewayId", "AWS::EC2::TransitGateway"),
        Fact::computed("associations", FactType::Long, |table, graph| count(table, graph, ASSOCIATION)),
        Fact::computed("propagations", FactType::Long, |table, graph| count(table, graph, PROPAGATION)),
        Fact::computed("hasDefaultRoute", FactType::Bool, has_default_route),
    ],
    classes: Classes { identity: &["TransitGatewayId"], ..Classes::NONE },
};

const ASSOCIATION: &str = "AWS::EC2::TransitGatewayRouteTableAssociation";
const PROPAGATION: &str = "AWS::EC2::TransitGatewayRouteTablePropagation";

/// The associations of an attachment.
pub(super) fn associated_tables<'g>(attachment: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    graph.referring(&attachment.id, ASSOCIATION, "TransitGatewayAttachmentId").collect::<Vec<_>>().into_iter()
}

/// The propagations of an attachment.
pub(super) fn propagated_tables<'g>(attachment: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    graph.referring(&attachment.id, PROPAGATION, "TransitGatewayAttachmentId").collect::<Vec<_>>().into_iter()
}

fn count(table: &Resource, graph: &Index<'_>, type_name: &str) -> FactValue {
    FactValue::Long(graph.referring(&table.id, type_name, "TransitGatewayRouteTableId").count() as i64)
}

fn has_default_route(table: &Resource, graph: &Index<'_>) -> FactValue {
    graph
        .referring(&table.id, "AWS::EC2::TransitGatewayRoute", "TransitGatewayRouteTableId")
        .filter_map(|route| route.get("DestinationCidrBlock"))
        .any(|cidr| cidr.value.as_str().is_none_or(is_everywhere))
        .into()
}
