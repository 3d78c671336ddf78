use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::RouteTable",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_route_table",
        attributes: &[("RouteTableId", "id")],
        properties: &[TAGS, argument("VpcId", "vpc_id")],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::computed("hasInternetRoute", FactType::Bool, |table, graph| {
            graph
                .referring(&table.id, "AWS::EC2::Route", "RouteTableId")
                .any(|route| super::route::leads_out(route, graph))
                .into()
        }),
    ],
    classes: Classes { identity: &["VpcId"], ..Classes::NONE },
};
