use crate::class::{Classes, TEXT};
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::Model",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_model",
        reference: "name",
        properties: &[
            argument("ContentType", "content_type"),
            argument("Description", "description"),
            argument("Name", "name"),
            argument("RestApiId", "rest_api_id"),
            Property::new("Schema", Form::Json("schema")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::string("contentType", "ContentType", ""),
    ],
    classes: Classes {
        identity: &["RestApiId", "Name", "ContentType"],
        free: &[("Description", TEXT)],
        ..Classes::NONE
    },
};
