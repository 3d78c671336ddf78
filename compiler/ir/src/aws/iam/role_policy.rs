use super::allowed;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// An inline policy of a role. `AWS::IAM::Policy` is the older way to say the
/// same; what is emitted says it in this one.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::IAM::RolePolicy",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_iam_role_policy",
        reference: "id",
        properties: &[
            argument("PolicyName", "name"),
            argument("RoleName", "role"),
            Property::new("PolicyDocument", Form::Json("policy")),
        ],
        ..Column::BASE
    }),
    facts: allowed::FACTS,
};
