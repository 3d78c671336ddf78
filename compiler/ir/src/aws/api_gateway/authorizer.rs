use crate::class::Classes;
use crate::fact::{Fact, FactType};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::Authorizer",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_authorizer",
        attributes: &[("AuthorizerId", "id")],
        properties: &[
            Property::new("AuthType", Form::Absent("it only describes a custom authorizer for importers")),
            argument("AuthorizerCredentials", "authorizer_credentials"),
            argument("AuthorizerResultTtlInSeconds", "authorizer_result_ttl_in_seconds"),
            argument("AuthorizerUri", "authorizer_uri"),
            argument("IdentitySource", "identity_source"),
            argument("IdentityValidationExpression", "identity_validation_expression"),
            argument("Name", "name"),
            argument("ProviderARNs", "provider_arns"),
            argument("RestApiId", "rest_api_id"),
            argument("Type", "type"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::entity("restApi", "RestApiId", "AWS::ApiGateway::RestApi"),
        Fact::string("type", "Type", ""),
        Fact::long("authorizerResultTtlInSeconds", "AuthorizerResultTtlInSeconds", 300),
        Fact::string("identitySource", "IdentitySource", ""),
        Fact::string("identityValidationExpression", "IdentityValidationExpression", ""),
        Fact::entity("authorizerCredentials", "AuthorizerCredentials", "AWS::IAM::Role"),
        Fact::computed("hasCredentials", FactType::Bool, |authorizer, _| {
            authorizer.get("AuthorizerCredentials").is_some().into()
        }),
    ],
    classes: Classes {
        identity: &["RestApiId", "Name", "AuthorizerUri", "ProviderARNs"],
        undecided: &["Type", "AuthorizerCredentials", "IdentitySource", "IdentityValidationExpression"],
        ..Classes::NONE
    },
};
