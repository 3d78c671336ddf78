use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::Resource",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_resource",
        attributes: &[("ResourceId", "id")],
        properties: &[
            argument("ParentId", "parent_id"),
            argument("PathPart", "path_part"),
            argument("RestApiId", "rest_api_id"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::string("pathPart", "PathPart", ""),
    ],
    classes: Classes { identity: &["RestApiId", "ParentId", "PathPart"], ..Classes::NONE },
};
