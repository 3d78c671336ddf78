use super::transit_gateway_route_table::{associated_tables, propagated_tables};
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Compare, Concern, Fixed, Form, Lookup, Property, ResourceType, TAGS, Terraform, argument,
};
use crate::{Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::TransitGatewayAttachment",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_ec2_transit_gateway_vpc_attachment",
        attributes: &[("Id", "id")],
        properties: &[
            Property::new(
                "Options",
                Form::Inline(&[
                    argument("ApplianceModeSupport", "appliance_mode_support"),
                    argument("DnsSupport", "dns_support"),
                    argument("Ipv6Support", "ipv6_support"),
                    argument("SecurityGroupReferencingSupport", "security_group_referencing_support"),
                ]),
            ),
            argument("SubnetIds", "subnet_ids"),
            TAGS,
            argument("TransitGatewayId", "transit_gateway_id"),
            argument("VpcId", "vpc_id"),
        ],
        // The provider's defaults contradict the gateway's setting, so that custom
        // route tables need these arguments as well.
        fixed: &[
            ("transit_gateway_default_route_table_association", Fixed::Bool(false)),
            ("transit_gateway_default_route_table_propagation", Fixed::Bool(false)),
        ],
        lookup: Some(&Lookup {
            data: "aws_ec2_transit_gateway_attachment",
            by: "transit_gateway_attachment_id",
            same: &["Id"],
            compares: &[("TransitGatewayId", Compare::Equal("transit_gateway_id"))],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("transitGateway", "TransitGatewayId", "AWS::EC2::TransitGateway"),
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::string("applianceModeSupport", "Options.ApplianceModeSupport", "disable"),
        Fact::computed("associations", FactType::Long, |attachment, graph| {
            FactValue::Long(associated_tables(attachment, graph).count() as i64)
        }),
        Fact::computed("propagations", FactType::Long, |attachment, graph| {
            FactValue::Long(propagated_tables(attachment, graph).count() as i64)
        }),
        Fact::computed("sharesSubnet", FactType::Bool, shares_subnet),
        Fact::computed("inDatabaseSubnet", FactType::Bool, |attachment, graph| {
            graph
                .all("AWS::EC2::Subnet")
                .filter(|subnet| super::subnet::holds_database(subnet, graph))
                .any(|subnet| {
                    graph
                        .referring(&subnet.id, "AWS::EC2::TransitGatewayAttachment", "SubnetIds")
                        .any(|other| other.id == attachment.id)
                })
                .into()
        }),
    ],
    classes: Classes {
        identity: &["TransitGatewayId", "VpcId"],
        undecided: &["Options.ApplianceModeSupport"],
        ..Classes::NONE
    },
};

/// Whether anything else has an interface in one of its subnets.
fn shares_subnet(attachment: &Resource, graph: &Index<'_>) -> FactValue {
    const OTHERS: &[&str] = &[
        "AWS::ApiGatewayV2::VpcLink",
        "AWS::DMS::ReplicationSubnetGroup",
        "AWS::EC2::NatGateway",
        "AWS::EC2::VPCEndpoint",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::Lambda::Function",
        "AWS::RDS::DBSubnetGroup",
        "AWS::Route53Resolver::ResolverEndpoint",
    ];
    let subnets = attachment.get("SubnetIds").and_then(|d| d.value.as_list()).unwrap_or_default();
    let mut ids = subnets.iter().filter_map(|subnet| subnet.value.target());
    ids.any(|id| graph.referrers(id).any(|other| OTHERS.contains(&other.type_name))).into()
}
