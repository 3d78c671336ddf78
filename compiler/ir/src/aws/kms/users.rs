//! The services that use a key under their own principal, which only the key
//! policy can allow. Services that act for a caller of this account need no
//! statement.

use std::collections::BTreeSet;

use crate::fact::FactValue;
use crate::graph::Resource;
use crate::iam;
use crate::index::Index;
use crate::partition::regional_service;

/// The services that must use the key and that its policy does not name.
pub(super) fn refused_services(key: &Resource, graph: &Index<'_>) -> FactValue {
    let needed: BTreeSet<String> = graph.referrers(&key.id).flat_map(|user| services(user, graph)).collect();
    if key.is_declared() && key.get("KeyPolicy").is_none() && !needed.is_empty() {
        return FactValue::Unknown;
    }
    let Some(policy) = key.get("KeyPolicy").filter(|_| !needed.is_empty()) else {
        return FactValue::set(needed.into_iter().map(Some));
    };
    let allowed = iam::read(policy, |d| iam::services(d).into_iter().map(str::to_owned).collect::<BTreeSet<_>>());
    allowed.map_or(FactValue::Unknown, |allowed| FactValue::set(needed.difference(&allowed).map(Some)))
}

fn services(user: &Resource, graph: &Index<'_>) -> Vec<String> {
    let region = user.region.as_deref().unwrap_or(&graph.environment.region);
    match user.type_name {
        "AWS::Logs::LogGroup" => vec![regional_service("logs", region)],
        "AWS::SNS::Topic" => publishers(user, graph).map(str::to_owned).collect(),
        // A topic sends its messages to an encrypted queue.
        "AWS::SQS::Queue" if is_endpoint(user, graph) => vec!["sns.amazonaws.com".to_owned()],
        // The log delivery of an encrypted state machine decrypts the log.
        "AWS::StepFunctions::StateMachine" if user.get("LoggingConfiguration.Destinations.0").is_some() => {
            vec!["delivery.logs.amazonaws.com".to_owned()]
        }
        _ => Vec::new(),
    }
}

fn is_endpoint(queue: &Resource, graph: &Index<'_>) -> bool {
    graph.referring(&queue.id, "AWS::SNS::Subscription", "Endpoint").next().is_some()
}

fn publishers<'g>(topic: &'g Resource, graph: &'g Index<'_>) -> impl Iterator<Item = &'static str> + use<'g> {
    graph.referrers(&topic.id).filter_map(|resource| match resource.type_name {
        "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm" => Some("cloudwatch.amazonaws.com"),
        "AWS::Events::Rule" => Some("events.amazonaws.com"),
        _ => None,
    })
}
