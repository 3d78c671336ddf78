use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::EIP",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_eip",
        reference: "public_ip",
        attributes: &[("AllocationId", "allocation_id"), ("PublicIp", "public_ip")],
        properties: &[
            argument("Address", "address"),
            argument("Domain", "domain"),
            argument("InstanceId", "instance"),
            argument("IpamPoolId", "ipam_pool_id"),
            argument("NetworkBorderGroup", "network_border_group"),
            argument("PublicIpv4Pool", "public_ipv4_pool"),
            TAGS,
            Property::new("TransferAddress", Form::Absent("addresses are allocated, never taken over")),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::string("domain", "Domain", "vpc")],
    classes: Classes { undecided: &["Domain"], ..Classes::NONE },
};
