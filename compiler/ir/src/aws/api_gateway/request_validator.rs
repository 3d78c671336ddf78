use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::RequestValidator",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_request_validator",
        attributes: &[("RequestValidatorId", "id")],
        properties: &[
            argument("Name", "name"),
            argument("RestApiId", "rest_api_id"),
            argument("ValidateRequestBody", "validate_request_body"),
            argument("ValidateRequestParameters", "validate_request_parameters"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::false_by_default("validateRequestBody", "ValidateRequestBody"),
        Fact::false_by_default("validateRequestParameters", "ValidateRequestParameters"),
    ],
    classes: Classes {
        identity: &["RestApiId", "Name"],
        undecided: &["ValidateRequestBody", "ValidateRequestParameters"],
        ..Classes::NONE
    },
};
