use super::routing::{DEFAULT_IPV6_ROUTE, DEFAULT_ROUTE, declares_default};
use super::subnet;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Compare, Concern, Describe, Family, Field, Lookup, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::Described;
use crate::{Index, Resource};

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
            compares: &[
                (DEFAULT_ROUTE, Compare::DefaultRoute("routes", Family::Ipv4)),
                (DEFAULT_IPV6_ROUTE, Compare::DefaultRoute("routes", Family::Ipv6)),
                ("VpcId", Compare::Equal("vpc_id")),
            ],
            describe: &[Describe {
                described: Described::RouteTables,
                of: None,
                compares: &[
                    (DEFAULT_ROUTE, Field::DefaultRoute(Family::Ipv4)),
                    (DEFAULT_IPV6_ROUTE, Field::DefaultRoute(Family::Ipv6)),
                    ("VpcId", Field::Equal("VpcId")),
                ],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::computed("hasInternetRoute", FactType::Bool, |table, graph| {
            let mut routes = graph.referring(&table.id, "AWS::EC2::Route", "RouteTableId");
            let found = routes.any(|route| super::routing::leads_out(route, graph));
            if found || declares_default(table, graph) { found.into() } else { FactValue::Unknown }
        }),
        Fact::computed("hidesDefaultRoute", FactType::Bool, |table, graph| hides_default_route(table, graph).into()),
    ],
    classes: Classes { identity: &["VpcId"], ..Classes::NONE },
};

/// Whether workloads use the table and its default route is not declared. For subnets of databases and of replication
/// the same question is open in other facts.
fn hides_default_route(table: &Resource, graph: &Index<'_>) -> bool {
    let associations = graph.referring(&table.id, "AWS::EC2::SubnetRouteTableAssociation", "RouteTableId");
    let subnets: Vec<&Resource> = associations.filter_map(|it| graph.follow(it, "SubnetId")).collect();
    let is_store =
        |subnet: &&Resource| subnet::holds_database(subnet, graph) || subnet::holds_replication(subnet, graph);
    !declares_default(table, graph)
        && subnets.iter().any(|subnet| subnet::holds_workload(subnet, graph))
        && !subnets.iter().any(is_store)
}
