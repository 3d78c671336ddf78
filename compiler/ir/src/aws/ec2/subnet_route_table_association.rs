use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Compare, Concern, Describe, Field, Lookup, ResourceType, Terraform, argument};
use crate::workflow::Described;

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::SubnetRouteTableAssociation",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_route_table_association",
        attributes: &[("Id", "id")],
        properties: &[argument("RouteTableId", "route_table_id"), argument("SubnetId", "subnet_id")],
        // An existing association has the identity of its subnet.
        lookup: Some(&Lookup {
            data: "aws_route_table",
            by: "subnet_id",
            compares: &[("RouteTableId", Compare::Equal("route_table_id"))],
            describe: &[Describe {
                described: Described::RouteTables,
                of: Some("RouteTableId"),
                compares: &[("SubnetId", Field::Among { set: "Associations", member: "SubnetId" })],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("routeTable", "RouteTableId", "AWS::EC2::RouteTable"),
        Fact::entity("subnet", "SubnetId", "AWS::EC2::Subnet"),
    ],
    classes: Classes { identity: &["RouteTableId", "SubnetId"], ..Classes::NONE },
};
