use crate::fact::{Fact, FactType};
use crate::iam;
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
    facts: &[
        // Accounts that are let in beside the own one.
        Fact::computed("otherAccounts", FactType::StringSet, |policy, graph| {
            iam::accounts_let_in(policy, "PolicyDocument", graph)
        }),
        Fact::computed("grantsToEveryone", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", iam::grants_to_everyone)
        }),
        Fact::computed("bindsServices", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", |d| iam::unbound_services(d).is_empty())
        }),
    ],
};
