use crate::Resource;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Compare, Concern, Lookup, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::RouteTable",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_route_table",
        attributes: &[("RouteTableId", "id")],
        properties: &[TAGS, argument("VpcId", "vpc_id")],
        lookup: Some(&Lookup {
            data: "aws_route_table",
            by: "route_table_id",
            same: &["RouteTableId"],
            compares: &[(DEFAULT_ROUTE, Compare::DefaultRoute("routes")), ("VpcId", Compare::Equal("vpc_id"))],
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::computed("hasInternetRoute", FactType::Bool, |table, graph| {
            let mut routes = graph.referring(&table.id, "AWS::EC2::Route", "RouteTableId");
            let found = routes.any(|route| super::route::leads_out(route, graph));
            if found || declares_default(table) { found.into() } else { FactValue::Unknown }
        }),
    ],
    classes: Classes { identity: &["VpcId"], ..Classes::NONE },
};

/// A property of existing tables alone: the target of the route to everywhere,
/// or `none`.
pub const DEFAULT_ROUTE: &str = "DefaultRoute";

/// Whether all ways out of the table are known.
pub(super) fn declares_default(table: &Resource) -> bool {
    table.existing.is_none() || table.get(DEFAULT_ROUTE).is_some()
}
