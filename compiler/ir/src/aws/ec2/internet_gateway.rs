use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, ResourceType, TAGS, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::EC2::InternetGateway",
    concern: Concern::Network,
    terraform: Terraform::Column(Column {
        resource: "aws_internet_gateway",
        attributes: &[("InternetGatewayId", "id")],
        properties: &[TAGS],
        ..Column::BASE
    }),
    facts: &[Fact::computed("attached", FactType::Bool, |gateway, graph| {
        graph.referring(&gateway.id, "AWS::EC2::VPCGatewayAttachment", "InternetGatewayId").next().is_some().into()
    })],
    classes: Classes::NONE,
};
