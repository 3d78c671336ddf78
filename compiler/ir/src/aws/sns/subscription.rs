use super::message::{self, Message};
use crate::aws::events::pattern;
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
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
    facts: &[
        Fact::string("protocol", "Protocol", ""),
        Fact::entity("topic", "TopicArn", "AWS::SNS::Topic"),
        // Alarms and events of the topic that reach no subscriber because of its filter.
        Fact::computed("missedMessages", FactType::StringSet, missed_messages),
    ],
    classes: Classes {
        identity: &["TopicArn", "RedrivePolicy"],
        judged: &[("FilterPolicy", "missedMessages"), ("FilterPolicyScope", "missedMessages")],
        ..Classes::NONE
    },
};

fn missed_messages(subscription: &Resource, graph: &Index<'_>) -> FactValue {
    let topic = subscription.get("TopicArn").and_then(|d| d.value.target()).and_then(|id| graph.get(id));
    let Some(topic) = topic.filter(|_| subscription.get("FilterPolicy").is_some()) else {
        return FactValue::set::<&str>([]);
    };
    let others = graph.referring(&topic.id, TYPE.name, "TopicArn").filter(|other| other.id != subscription.id);
    let subscriptions: Vec<&Resource> = others.chain([subscription]).collect();
    let (mut missed, mut is_known) = (Vec::new(), true);
    for message in message::of(topic, graph) {
        let results: Vec<Option<bool>> = subscriptions.iter().map(|one| passes(one, &message)).collect();
        if results.contains(&Some(true)) {
            continue;
        }
        match results.contains(&None) {
            true => is_known = false,
            false => missed.push(message.name),
        }
    }
    // A message that is missed decides, whatever becomes of the others.
    if missed.is_empty() && !is_known {
        return FactValue::Unknown;
    }
    FactValue::set(missed.iter().map(Some))
}

/// Whether the filter of a subscription lets a message pass (fact: sns-filters).
fn passes(subscription: &Resource, message: &Message) -> Option<bool> {
    let Some(policy) = subscription.get("FilterPolicy") else { return Some(true) };
    match subscription.get("FilterPolicyScope").map(|scope| scope.value.as_str()) {
        None | Some(Some("MessageAttributes")) => pattern::matches(policy, &serde_json::json!({})),
        Some(Some("MessageBody")) => pattern::matches(policy, message.body.as_ref()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn missed(filter: &str) -> FactValue {
        let subscription = resource(TYPE.name, "s", &format!(r#"{{"TopicArn": {{"Ref": "t"}}, {filter}}}"#));
        let topic = resource("AWS::SNS::Topic", "t", "{}");
        let alarm = resource("AWS::CloudWatch::Alarm", "a", r#"{"AlarmName": "lag", "AlarmActions": [{"Ref": "t"}]}"#);
        fact(&TYPE, "missedMessages", [subscription, topic, alarm])
    }

    #[test]
    fn a_filter_passes_the_alarms_of_its_topic() {
        let (none, all) = (FactValue::set::<&str>([]), FactValue::set([Some("a")]));
        assert_eq!(missed(r#""FilterPolicy": {"severity": ["high"]}"#), all);
        assert_eq!(missed(r#""FilterPolicy": {"severity": [{"exists": false}]}"#), none);
        let in_body =
            |policy: &str| missed(&format!(r#""FilterPolicyScope": "MessageBody", "FilterPolicy": {policy}"#));
        assert_eq!(in_body(r#"{"NewStateValue": ["ALARM"]}"#), none);
        assert_eq!(in_body(r#"{"AlarmName": [{"prefix": "cpu"}]}"#), all);
        assert_eq!(in_body(r#"{"AlarmName": [{"numeric": [">", 2]}]}"#), FactValue::Unknown);
    }
}
