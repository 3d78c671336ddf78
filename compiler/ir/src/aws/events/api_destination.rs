use crate::class::{Classes, TEXT};
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, Terraform, argument};

/// A system that receives events over HTTPS, with the credentials of a connection.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Events::ApiDestination",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_event_api_destination",
        reference: "name",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("Name", "name"),
            argument("Description", "description"),
            argument("ConnectionArn", "connection_arn"),
            argument("HttpMethod", "http_method"),
            argument("InvocationEndpoint", "invocation_endpoint"),
            argument("InvocationRateLimitPerSecond", "invocation_rate_limit_per_second"),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("invocationEndpoint", "InvocationEndpoint", ""),
        Fact::entity("connection", "ConnectionArn", "AWS::Events::Connection"),
    ],
    classes: Classes { identity: &["Name", "ConnectionArn"], free: &[("Description", TEXT)], ..Classes::NONE },
};
