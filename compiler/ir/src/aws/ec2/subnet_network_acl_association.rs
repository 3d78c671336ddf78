use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Describe, Field, Lookup, ResourceType, Terraform, argument};
use crate::workflow::Described;

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::SubnetNetworkAclAssociation",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_network_acl_association",
        attributes: &[("AssociationId", "id")],
        properties: &[argument("NetworkAclId", "network_acl_id"), argument("SubnetId", "subnet_id")],
        lookup: Some(&Lookup {
            describe: &[Describe {
                described: Described::NetworkAcls,
                of: Some("NetworkAclId"),
                compares: &[("SubnetId", Field::Among { set: "Associations", member: "SubnetId" })],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("networkAcl", "NetworkAclId", "AWS::EC2::NetworkAcl"),
        Fact::entity("subnet", "SubnetId", "AWS::EC2::Subnet"),
    ],
    classes: Classes { identity: &["NetworkAclId", "SubnetId"], ..Classes::NONE },
};
