use crate::fact::{Fact, FactType};
use crate::graph::Resource;
use crate::iam;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform};

/// The policy of one topic.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SNS::TopicPolicy",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_sns_topic_policy",
        reference: "id",
        properties: &[
            Property::new("Topics", Form::Single(&Form::Argument("arn"))),
            Property::new("PolicyDocument", Form::Json("policy")),
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
        Fact::computed("usesWildcardActions", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", |d| !iam::wildcard_actions(d).is_empty())
        }),
        Fact::computed("bindsServices", FactType::Bool, |policy, _| {
            iam::ask(policy, "PolicyDocument", |d| iam::unbound_services(d).is_empty())
        }),
    ],
};

pub(super) fn denies_insecure_transport(policy: &Resource) -> Option<bool> {
    iam::read(policy.get("PolicyDocument")?, |document| {
        iam::denies_insecure_transport(document, &["sns:Publish"], iam::Parts::Itself)
    })
}
