use super::allowed;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// An inline policy of one role. Policies of users and groups have no column:
/// people get their rights elsewhere.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::IAM::Policy",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_iam_role_policy",
        reference: "name",
        attributes: &[("Id", "id")],
        properties: &[
            argument("PolicyName", "name"),
            Property::new("Roles", Form::Single(&Form::Argument("role"))),
            Property::new("PolicyDocument", Form::Json("policy")),
        ],
        ..Column::BASE
    }),
    facts: allowed::FACTS,
};
