use crate::class::{Classes, TEXT};
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, ResourceType, TAGS, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::ApiGateway::ClientCertificate",
    concern: Concern::Api,
    terraform: Terraform::Column(Column {
        resource: "aws_api_gateway_client_certificate",
        attributes: &[("ClientCertificateId", "id")],
        properties: &[argument("Description", "description"), TAGS],
        ..Column::BASE
    }),
    facts: &[Fact::string("description", "Description", "")],
    classes: Classes { free: &[("Description", TEXT)], ..Classes::NONE },
};
