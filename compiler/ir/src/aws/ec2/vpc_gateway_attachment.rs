use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::VPCGatewayAttachment",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_internet_gateway_attachment",
        properties: &[
            argument("InternetGatewayId", "internet_gateway_id"),
            argument("VpcId", "vpc_id"),
            Property::new("VpnGatewayId", Form::Absent("a VPN ends at a transit gateway: see AWS::EC2::VPNConnection")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("internetGateway", "InternetGatewayId", "AWS::EC2::InternetGateway"),
        Fact::entity("vpc", "VpcId", "AWS::EC2::VPC"),
    ],
    classes: Classes { identity: &["InternetGatewayId", "VpcId"], ..Classes::NONE },
};
