use super::topic_policy;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// Subscriptions are resources of their own; logs of delivery have no column.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::SNS::Topic",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_sns_topic",
        reference: "arn",
        attributes: &[("TopicArn", "arn"), ("TopicName", "name")],
        properties: &[
            argument("TopicName", "name"),
            argument("DisplayName", "display_name"),
            argument("KmsMasterKeyId", "kms_master_key_id"),
            argument("FifoTopic", "fifo_topic"),
            argument("ContentBasedDeduplication", "content_based_deduplication"),
            argument("FifoThroughputScope", "fifo_throughput_scope"),
            Property::new("ArchivePolicy", Form::Json("archive_policy")),
            Property::new("SignatureVersion", Form::Typed("signature_version")),
            argument("TracingConfig", "tracing_config"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("topicName", "TopicName", ""),
        Fact::key("kmsMasterKey", "KmsMasterKeyId"),
        Fact::computed("encrypted", FactType::Bool, |topic, _| topic.get("KmsMasterKeyId").is_some().into()),
        Fact::computed("servicesPublish", FactType::Bool, services_publish),
        Fact::computed("hasSubscription", FactType::Bool, |topic, graph| {
            graph.referring(&topic.id, "AWS::SNS::Subscription", "TopicArn").next().is_some().into()
        }),
        Fact::computed("deliversToSystems", FactType::Bool, |topic, graph| {
            let subscriptions = graph.referring(&topic.id, "AWS::SNS::Subscription", "TopicArn");
            let protocols = subscriptions.map(|s| s.get("Protocol").and_then(|d| d.value.as_str()));
            // People confirm what they take; SNS logs the delivery to systems only.
            protocols.into_iter().any(|p| !matches!(p, Some("email" | "email-json" | "sms"))).into()
        }),
        Fact::computed("logsDelivery", FactType::Bool, |topic, _| topic.get("DeliveryStatusLogging").is_some().into()),
        Fact::computed("deniesInsecureTransport", FactType::Bool, |topic, graph| {
            let policies = graph.referring(&topic.id, "AWS::SNS::TopicPolicy", "Topics");
            let answers = policies.map(topic_policy::denies_insecure_transport).collect::<Option<Vec<_>>>();
            answers.map(|answers| answers.contains(&true)).into()
        }),
    ],
};

/// Whether alarms or event rules publish: they cannot through AWS's own key.
fn services_publish(topic: &Resource, graph: &Index<'_>) -> FactValue {
    const PUBLISHERS: &[&str] = &["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::Events::Rule"];
    graph.referrers(&topic.id).any(|r| PUBLISHERS.contains(&r.type_name)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn an_alarm_that_acts_on_the_topic_publishes() {
        let topic = || resource("AWS::SNS::Topic", "t", "{}");
        let alarm = resource("AWS::CloudWatch::Alarm", "a", r#"{"AlarmActions": [{"Ref": "t"}]}"#);
        let policy = resource("AWS::SNS::TopicPolicy", "p", r#"{"Topics": [{"Ref": "t"}]}"#);
        assert_eq!(fact(&TYPE, "servicesPublish", [topic(), alarm]), FactValue::Bool(true));
        assert_eq!(fact(&TYPE, "servicesPublish", [topic(), policy]), FactValue::Bool(false));
    }

    #[test]
    fn keys_of_aws_are_no_keys_of_ours() {
        let topic = resource("AWS::SNS::Topic", "t", r#"{"KmsMasterKeyId": "alias/aws/sns"}"#);
        assert_eq!(fact(&TYPE, "kmsMasterKey", [topic.clone()]), FactValue::AwsOwned);
        assert_eq!(fact(&TYPE, "encrypted", [topic]), FactValue::Bool(true));
    }
}
