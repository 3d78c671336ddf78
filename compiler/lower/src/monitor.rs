//! Monitoring: a topic, alarms, the alarms that gate each step, and a dashboard.

mod alarm;
mod application;
mod chat;
mod dashboard;
mod data;
mod events;
mod existing;
mod gates;
mod network;
mod tasks;
mod thresholds;
pub(crate) mod webhook;

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Origin, Resource, Value, list, map};
use migspec_syntax::ast;

use crate::cx::{Cx, datum};
use crate::policy::{self, Statement};
use crate::{keys, names, topics};

pub(crate) use gates::{gate_name, watch_name};

const BY: &str = "monitor";

/// The topic that exists, before the workflows that compare its facts.
pub(crate) fn lower_existing(cx: &mut Cx) {
    let region = cx.graph.environment.region.clone();
    if topics::of_region(cx, &region).is_some() {
        topic(cx, None, origin(cx));
    }
}

fn origin(cx: &Cx) -> Origin {
    Origin::derived(BY, cx.spec.monitor.as_ref().map_or(cx.spec.place.header, |node| node.place.header))
}

pub(crate) fn lower(cx: &mut Cx) {
    let origin = origin(cx);
    thresholds::check(cx);
    check_recipients(cx);
    existing::check(cx);
    webhook::check(cx);
    topic(cx, None, origin);
    webhook::lower(cx);
    data::lower(cx);
    tasks::lower(cx);
    application::lower(cx);
    events::lower(cx);
    network::lower(cx);
    gates::lower(cx);
    if let Some(node) = cx.spec.monitor.as_ref().and_then(|monitor| monitor.dashboard.as_ref()) {
        dashboard::lower(cx, node);
    }
    chat::lower(cx);
}

/// The topic of a region, by default the environment's. An alarm can notify
/// only topics of its own region.
fn topic(cx: &mut Cx, region: Option<&str>, origin: Origin) -> Value {
    let home = cx.graph.environment.region.clone();
    let stem = region.map_or_else(String::new, |region| format!("{region}-"));
    let id = if region.is_some() { format!("{stem}notifications-topic").into() } else { names::topic() };
    let reference = Value::reference(id.clone());
    if cx.graph.get(&id).is_some() {
        return reference;
    }
    if existing::lower(cx, &id, region.unwrap_or(&home)) {
        return reference;
    }
    let key = match region {
        Some(region) => Value::attribute(keys::in_region(cx, "notifications", region, origin.span()), "Arn"),
        None => keys::arn("notifications"),
    };
    let name = topics::new_name(cx);
    let arn = cx.arn_in(region.unwrap_or(&home), "sns", &name);
    let region_of_topic = region.unwrap_or(&home).to_owned();
    let place = |resource: Resource| match region {
        Some(region) => resource.in_region(region),
        None => resource,
    };
    let topic = Resource::new("AWS::SNS::Topic", id.clone(), "monitor", origin)
        .set("TopicName", name)
        .set("KmsMasterKeyId", key);
    cx.add(place(topic));
    let policy = Resource::new("AWS::SNS::TopicPolicy", format!("{id}-policy"), "monitor", origin)
        .set("Topics", list!(origin, [reference.clone()]))
        .set("PolicyDocument", policy::document(statements(cx, arn, &region_of_topic, origin), origin));
    cx.add(place(policy));
    subscriptions(cx, &stem, &reference, place);
    reference
}

fn statements(cx: &Cx, topic: Value, region: &str, origin: Origin) -> Vec<Statement> {
    let tls = Statement::deny("TlsOnly", origin)
        .anyone()
        .actions(&["sns:Publish"])
        .resources(vec![topic.clone()])
        .when("Bool", "aws:SecureTransport", "false");
    let [alarms, events] = publishers(cx, &topic, region, origin);
    vec![tls, alarms, events]
}

/// The services that publish to a topic.
fn publishers(cx: &Cx, topic: &Value, region: &str, origin: Origin) -> [Statement; 2] {
    let publish = |sid: &str, service: &str| {
        Statement::allow(sid, origin).service(service).actions(&["sns:Publish"]).resources(vec![topic.clone()])
    };
    let alarms = publish("Alarms", "cloudwatch.amazonaws.com")
        .when("StringEquals", "aws:SourceAccount", cx.graph.environment.account.clone())
        .when("ArnLike", "aws:SourceArn", cx.arn_in(region, "cloudwatch", "alarm:*"));
    // EventBridge meets no condition (fact: events-to-topic).
    let events = publish("Events", "events.amazonaws.com");
    [alarms, events]
}

fn subscriptions(cx: &mut Cx, stem: &str, topic: &Value, place: impl Fn(Resource) -> Resource) {
    let Some(monitor) = &cx.spec.monitor else { return };
    for (n, notify) in monitor.notify.iter().enumerate() {
        let Some((protocol, endpoint)) = recipient(n, notify) else { continue };
        let id = format!("{stem}notifications-{}-subscription", n + 1);
        let at = Origin::derived(BY, notify.place.header);
        let undelivered = notify.webhook.as_ref().map(|_| {
            let [_, undelivered] = webhook::queue_ids(n);
            map!(at, { "deadLetterTargetArn": Value::attribute(undelivered, "Arn") })
        });
        let resource = Resource::new("AWS::SNS::Subscription", id, "monitor > notify", at)
            .set("TopicArn", Datum::new(topic.clone(), endpoint.origin))
            .set("Protocol", protocol)
            .set("Endpoint", endpoint)
            .set_if("RedrivePolicy", undelivered);
        cx.add(place(resource));
    }
}

/// The protocol and the endpoint of a subscription. `None` for a topic that exists.
fn recipient(n: usize, notify: &ast::Notify) -> Option<(&'static str, Datum)> {
    let email = || Some(("email", datum(notify.email.as_ref()?, |email| email.as_str().to_owned())));
    let phone = || Some(("sms", datum(notify.phone.as_ref()?, |phone| phone.as_str().to_owned())));
    let queue = || {
        let [queue, _] = webhook::queue_ids(n);
        Some(("sqs", datum(notify.webhook.as_ref()?, |_| Value::attribute(queue, "Arn"))))
    };
    email().or_else(phone).or_else(queue)
}

/// A recipient has one address: a subscription has one endpoint.
fn check_recipients(cx: &mut Cx) {
    let Some(monitor) = &cx.spec.monitor else { return };
    for notify in &monitor.notify {
        let given = [
            notify.email.is_some(),
            notify.phone.is_some(),
            notify.sns.is_some(),
            notify.webhook.is_some(),
            notify.chat.is_some(),
        ];
        let (label, help) = match given.into_iter().filter(|given| *given).count() {
            1 => continue,
            0 => (
                "no address",
                "add: email=\"payments-ops@example.com\", phone=\"+493012345678\", webhook=\"https://…\", chat=\"arn:aws:chatbot:…\" or sns=\"arn:aws:sns:…\"",
            ),
            _ => ("several addresses", "write a `notify` for each of them"),
        };
        cx.report(
            Diagnostic::error(
                "notify-recipient",
                "a recipient needs exactly one of `email`, `phone`, `webhook`, `chat` and `sns`",
            )
            .at(notify.place.header, label)
            .help(help),
        );
    }
}
