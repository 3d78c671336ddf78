use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Describe, Field, Lookup, ResourceType, TAGS, Terraform, argument};
use crate::workflow::Described;

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::NetworkAcl",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_network_acl",
        attributes: &[("Id", "id")],
        properties: &[TAGS, argument("VpcId", "vpc_id")],
        lookup: Some(&Lookup {
            same: &["Id"],
            describe: &[Describe {
                described: Described::NetworkAcls,
                of: None,
                compares: &[("VpcId", Field::Equal("VpcId"))],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
        Fact::computed("attached", FactType::Bool, |acl, graph| {
            graph.referring(&acl.id, "AWS::EC2::SubnetNetworkAclAssociation", "NetworkAclId").next().is_some().into()
        }),
    ],
    classes: Classes { identity: &["VpcId"], ..Classes::NONE },
};
