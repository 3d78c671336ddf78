use std::collections::BTreeSet;

use super::topic_policy;
use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::iam;
use crate::index::Index;
use crate::resource_type::{
    Column, Compare, Concern, Describe, Field, Form, Lookup, Part, Property, ResourceType, Terraform, argument,
};
use crate::workflow::Described;

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
        // The data source returns neither the key nor the policy (fact: sns-topic-lookup).
        lookup: Some(&Lookup {
            data: "aws_sns_topic",
            by: "name",
            part: Part::Last,
            same: &["TopicArn"],
            compares: &[("TopicArn", Compare::Equal("arn"))],
            describe: &[Describe {
                described: Described::Topic,
                of: None,
                compares: &[
                    (SUBSCRIBED, Field::Positive("SubscriptionsConfirmed")),
                    ("KmsMasterKeyId", Field::Key("KmsMasterKeyId")),
                ],
            }],
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::string("topicName", "TopicName", ""),
        Fact::key("kmsMasterKey", "KmsMasterKeyId"),
        Fact::computed("encrypted", FactType::Bool, |topic, _| topic.get("KmsMasterKeyId").is_some().into()),
        Fact::computed("servicesPublish", FactType::Bool, services_publish),
        // Services that publish to it and that its policy does not let.
        Fact::computed("refusedPublishers", FactType::StringSet, refused_publishers),
        Fact::computed("hasSubscription", FactType::Bool, |topic, graph| {
            if topic.is_declared() {
                return declaration(topic, SUBSCRIBED);
            }
            graph.referring(&topic.id, "AWS::SNS::Subscription", "TopicArn").next().is_some().into()
        }),
        // A system may not receive a message that nothing keeps.
        Fact::computed("losesUndelivered", FactType::Bool, |topic, graph| {
            // Its owner may subscribe a system at any time.
            if topic.is_declared() {
                return true.into();
            }
            let mut subscriptions = graph.referring(&topic.id, "AWS::SNS::Subscription", "TopicArn");
            subscriptions.any(|s| !to_people(s) && s.get("RedrivePolicy.deadLetterTargetArn").is_none()).into()
        }),
        Fact::computed("logsDelivery", FactType::Bool, |topic, _| match topic.existing {
            Some(_) => declaration(topic, DELIVERY_LOGGED),
            None => topic.get("DeliveryStatusLogging").is_some().into(),
        }),
        Fact::computed("deniesInsecureTransport", FactType::Bool, |topic, graph| {
            let policies = graph.referring(&topic.id, "AWS::SNS::TopicPolicy", "Topics");
            let answers = policies.map(topic_policy::denies_insecure_transport).collect::<Option<Vec<_>>>();
            answers.map(|answers| answers.contains(&true)).into()
        }),
    ],
    classes: Classes { identity: &["TopicName"], free: &[("DisplayName", TEXT)], ..Classes::NONE },
};

/// SNS logs deliveries to systems only, not to people.
fn to_people(subscription: &Resource) -> bool {
    let protocol = subscription.get("Protocol").and_then(|d| d.value.as_str());
    matches!(protocol, Some("email" | "email-json" | "sms"))
}

/// Properties of existing topics alone.
pub const SUBSCRIBED: &str = "Subscribed";
pub const DELIVERY_LOGGED: &str = "DeliveryLogged";

/// What the spec declares about an existing topic.
fn declaration(topic: &Resource, property: &str) -> FactValue {
    topic.get(property).and_then(|datum| datum.value.as_bool()).into()
}

/// Whether alarms or event rules publish: they cannot through AWS's own key.
fn services_publish(topic: &Resource, graph: &Index<'_>) -> FactValue {
    publishers(topic, graph).next().is_some().into()
}

/// The services that publish for the resources that name the topic.
fn publishers<'a>(topic: &'a Resource, graph: &'a Index<'_>) -> impl Iterator<Item = &'static str> {
    let rows = || iam::CALLERS.iter().filter(|row| row.policy == topic_policy::TYPE.name);
    let of = move |r: &Resource| rows().find(|row| row.callers.contains(&r.type_name)).map(|row| row.service);
    // EventBridge publishes to a topic of another account with a role (fact: events-to-topic-elsewhere).
    let uses_role = |r: &Resource| topic_owner(topic).is_some() && r.type_name == "AWS::Events::Rule";
    graph.referrers(&topic.id).filter(move |r| !uses_role(r)).filter_map(of)
}

fn topic_owner(topic: &Resource) -> Option<&str> {
    topic.existing.as_ref()?.owner.as_deref()
}

fn refused_publishers(topic: &Resource, graph: &Index<'_>) -> FactValue {
    let own = format!("account {}", graph.environment.account);
    let mut refused: BTreeSet<&str> = publishers(topic, graph).collect();
    refused.extend(topic_owner(topic).map(|_| own.as_str()));
    for policy in graph.referring(&topic.id, "AWS::SNS::TopicPolicy", "Topics") {
        let allowed = policy.get("PolicyDocument").and_then(|document| {
            iam::read(document, |d| refused.iter().copied().filter(|s| allows(d, s)).collect::<Vec<_>>())
        });
        let Some(allowed) = allowed else { return FactValue::Unknown };
        refused.retain(|service| !allowed.contains(service));
    }
    FactValue::set(refused.into_iter().map(Some))
}

/// Whether a policy lets a service publish, or the roles of the migration's account.
fn allows(document: &iam::Document<'_>, publisher: &str) -> bool {
    match publisher.strip_prefix("account ") {
        Some(account) => iam::allows_account(document, account, "sns:Publish"),
        None => iam::allowing_service(document, publisher, "sns:Publish").next().is_some(),
    }
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
