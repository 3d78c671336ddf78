use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::GatewayResponse",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_gateway_response",
        attributes: &[("Id", "id")],
        properties: &[
            argument("ResponseParameters", "response_parameters"),
            argument("ResponseTemplates", "response_templates"),
            argument("ResponseType", "response_type"),
            argument("RestApiId", "rest_api_id"),
            argument("StatusCode", "status_code"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::string("responseType", "ResponseType", ""),
    ],
    classes: Classes { identity: &["RestApiId", "ResponseType"], ..Classes::NONE },
};
