use super::allowed;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, Terraform, argument};

/// Policies of users and groups have no column: people get their rights
/// elsewhere.
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
            Property::new(
                "Roles",
                Form::Satellites {
                    name_from: "",
                    each: Satellite {
                        resource: "aws_iam_role_policy_attachment",
                        links: &[("policy_arn", "arn")],
                        fixed: &[],
                        form: &Form::Argument("role"),
                        after: &[],
                    },
                },
            ),
        ],
        ..Column::BASE
    }),
    facts: allowed::FACTS,
};
