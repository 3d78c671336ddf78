use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{
    Column, Concern, Describe, Field, Lookup, Part, Readers, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::{Api, Ids};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::NetworkAcl",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_network_acl",
        attributes: &[("Id", "id")],
        properties: &[TAGS, argument("VpcId", "vpc_id")],
        lookup: Some(&Lookup {
            data: "",
            by: "",
            part: Part::Whole,
            same: &["Id"],
            compares: &[],
            describe: Some(&Describe {
                api: Api::DescribeNetworkAcls,
                ids: Ids::List("NetworkAclIds"),
                answer: "NetworkAcls",
                id: "NetworkAclId",
                readers: Readers::Owner,
                of: None,
                compares: &[("VpcId", Field::Equal("VpcId"))],
            }),
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
