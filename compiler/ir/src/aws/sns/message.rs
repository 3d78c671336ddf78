//! Messages of AWS services to a topic (fact: sns-messages). They have no attributes.

use serde_json::{Value as Json, json};

use crate::aws::events::rule;
use crate::datum::Datum;
use crate::graph::Resource;
use crate::index::Index;

/// A message that a subscriber of the topic must receive.
pub(super) struct Message {
    /// The alarm, or the resource of the event and its change.
    pub(super) name: String,
    /// `None` if the publisher writes a text of its own.
    pub(super) body: Option<Json>,
}

pub(super) fn of(topic: &Resource, graph: &Index<'_>) -> Vec<Message> {
    let alarms = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"].into_iter().flat_map(|name| {
        let notifies = |alarm: &&Resource| {
            let actions = alarm.get("AlarmActions").and_then(|d| d.value.as_list()).unwrap_or_default();
            actions.iter().any(|action| action.value.target() == Some(&topic.id))
        };
        graph.all(name).filter(notifies)
    });
    let alarms = alarms.map(|alarm| Message { name: alarm.id.to_string(), body: Some(of_alarm(alarm, graph)) });
    let events = rule::sends(topic, graph).into_iter().map(|(name, body)| Message { name, body });
    alarms.chain(events).collect()
}

/// The message about an alarm that rings. A value that only the deployment knows is left out.
fn of_alarm(alarm: &Resource, graph: &Index<'_>) -> Json {
    let text = |path: &str| alarm.get(path).and_then(|d: &Datum| d.value.as_str()).map(Json::from);
    let mut body = json!({
        "AWSAccountId": &*graph.environment.account,
        "NewStateValue": "ALARM",
        "OldStateValue": "OK",
    });
    for name in ["AlarmName", "AlarmDescription"] {
        text(name).into_iter().for_each(|value| body[name] = value);
    }
    for name in ["MetricName", "Namespace"] {
        text(name).into_iter().for_each(|value| body["Trigger"][name] = value);
    }
    body
}
