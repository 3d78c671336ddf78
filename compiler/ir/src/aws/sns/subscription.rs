use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// An e-mail subscription waits for its reader to confirm it; until then no
/// back end can delete it.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SNS::Subscription",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_sns_topic_subscription",
        reference: "arn",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("TopicArn", "topic_arn"),
            argument("Protocol", "protocol"),
            argument("Endpoint", "endpoint"),
            Property::new("FilterPolicy", Form::Json("filter_policy")),
            argument("FilterPolicyScope", "filter_policy_scope"),
            argument("RawMessageDelivery", "raw_message_delivery"),
            Property::new("DeliveryPolicy", Form::Json("delivery_policy")),
            Property::new("RedrivePolicy", Form::Json("redrive_policy")),
            Property::new("ReplayPolicy", Form::Json("replay_policy")),
            argument("SubscriptionRoleArn", "subscription_role_arn"),
        ],
        ..Column::BASE
    }),
    facts: &[Fact::string("protocol", "Protocol", ""), Fact::entity("topic", "TopicArn", "AWS::SNS::Topic")],
    classes: Classes { identity: &["TopicArn", "RedrivePolicy"], ..Classes::NONE },
};
