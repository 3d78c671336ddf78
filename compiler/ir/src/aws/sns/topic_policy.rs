use crate::aws::resource_policy;
use crate::class::Classes;
use crate::graph::Resource;
use crate::resource_type::{Column, Concern, Describe, Field, Form, Lookup, Property, ResourceType, Terraform};
use crate::workflow::Described;

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
        lookup: Some(&Lookup {
            describe: &[Describe {
                described: Described::TopicPolicy,
                of: None,
                compares: &[("PolicyDocument", Field::Policy("Policy"))],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: resource_policy::OF_MESSAGES,
    classes: Classes { identity: &["Topics"], ..Classes::NONE },
};

pub(super) fn denies_insecure_transport(policy: &Resource) -> Option<bool> {
    resource_policy::denies_insecure_transport(policy, &["sns:Publish"])
}
