use super::allowed;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// Roles name the policies that they have: `Roles`, `Users` and `Groups` have no
/// column.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::IAM::ManagedPolicy",
    concern: Concern::Security,
    terraform: Terraform::Column(Column {
        resource: "aws_iam_policy",
        reference: "arn",
        attributes: &[("PolicyArn", "arn"), ("PolicyId", "policy_id")],
        properties: &[
            argument("ManagedPolicyName", "name"),
            argument("Path", "path"),
            argument("Description", "description"),
            Property::new("PolicyDocument", Form::Json("policy")),
        ],
        ..Column::BASE
    }),
    facts: allowed::FACTS,
};
