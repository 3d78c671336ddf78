use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::BasePathMapping",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_base_path_mapping",
        properties: &[
            argument("BasePath", "base_path"),
            argument("DomainName", "domain_name"),
            argument("RestApiId", "api_id"),
            argument("Stage", "stage_name"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("domainName", "DomainName", "AWS::ApiGateway::DomainName"),
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
    ],
    classes: Classes { identity: &["DomainName", "RestApiId", "Stage", "BasePath"], ..Classes::NONE },
};
