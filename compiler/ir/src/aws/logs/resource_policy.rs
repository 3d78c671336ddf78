use crate::aws::resource_policy;
use crate::class::Classes;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Logs::ResourcePolicy",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_log_resource_policy",
        reference: "policy_name",
        properties: &[
            argument("PolicyName", "policy_name"),
            Property::new("PolicyDocument", Form::Json("policy_document")),
        ],
        ..Column::BASE
    }),
    facts: &[resource_policy::OTHER_ACCOUNTS, resource_policy::GRANTS_TO_EVERYONE, resource_policy::BINDS_SERVICES],
    classes: Classes { identity: &["PolicyName"], ..Classes::NONE },
};
