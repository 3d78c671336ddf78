//! Webhooks: systems that receive every message of the topic over HTTPS, such as a pager.
//!
//! The topic copies its messages to a queue, and a pipe sends them on to an API destination with the credentials of a
//! connection that exists. So no spec holds a secret, a message waits while the system is down, and one that is not
//! delivered stays in a queue with an alarm. A subscription of the webhook itself would carry every message too, but with
//! the credentials in its address (fact: sns-webhooks). Rules on events would carry no message of the workflow.

use migspec_diag::{Diagnostic, Span};
use migspec_ir::partition::regional_service;
use migspec_ir::{Actor, Condition, Datum, Id, Origin, Resource, Value, map};
use migspec_syntax::value::{Arn, HttpsUrl};
use migspec_syntax::{Setting, ast};

use super::BY;
use super::alarm::{Alarm, Metric, Rings, Silence, home};
use crate::cx::{Cx, datum};
use crate::queue::{self, Queue};
use crate::roles::{self, Role};
use crate::{keys, names, ports, topics};

/// A message comes back after a minute, and after ten attempts it is undelivered.
const AGAIN_SECONDS: i64 = 60;
const ATTEMPTS: i64 = 10;
/// The body: a variable of an object takes no quotes, and the body of the queue alone would be no JSON
/// (fact: pipes-input-template).
const BODY: &str = "{\"notification\": <$.body>}";

/// A webhook with its connection.
struct Webhook<'a> {
    stem: String,
    url: &'a Setting<HttpsUrl>,
    connection: &'a Setting<Arn>,
    at: Origin,
}

/// The webhooks of a spec that the checks accept.
fn webhooks<'a>(cx: &Cx<'a>) -> Vec<Webhook<'a>> {
    let monitor = cx.spec.monitor.as_ref();
    let all = monitor.into_iter().flat_map(|monitor| monitor.notify.iter().enumerate());
    all.filter_map(|(n, notify)| {
        let (url, connection) = (notify.webhook.as_ref()?, notify.connection.as_ref()?);
        let at = Origin::derived(BY, notify.place.header);
        Some(Webhook { stem: stem(n), url, connection, at })
    })
    .collect()
}

fn stem(n: usize) -> String {
    format!("notifications-{}", n + 1)
}

pub(super) fn check(cx: &mut Cx) {
    let Some(monitor) = &cx.spec.monitor else { return };
    for notify in &monitor.notify {
        match (&notify.webhook, &notify.connection) {
            (Some(url), connection) => check_webhook(cx, notify, url, connection.as_ref()),
            (None, Some(connection)) => cx.report(
                Diagnostic::error("connection-without-webhook", "a connection belongs to a webhook")
                    .at(connection.span(), "sends nothing")
                    .help("add webhook=\"https://…\", or remove `connection`"),
            ),
            (None, None) => {}
        }
    }
}

fn check_webhook(cx: &mut Cx, notify: &ast::Notify, url: &Setting<HttpsUrl>, connection: Option<&Setting<Arn>>) {
    if let Some((message, label, help)) = fault(url) {
        cx.report(Diagnostic::error("webhook-out-of-reach", message).at(url.span(), label).help(help));
    }
    match connection {
        Some(connection) => check_connection(cx, connection),
        None => cx.report(
            Diagnostic::error("webhook-without-connection", "a webhook needs a connection of EventBridge")
                .at(notify.place.header, "no `connection`")
                .help(
                    "create one with `aws events create-connection`, which keeps the credentials, and add \
                     connection=\"arn:aws:events:REGION:ACCOUNT:connection/NAME/ID\"",
                ),
        ),
    }
    if let Some((region, replica)) = other_region(cx) {
        cx.report(
            Diagnostic::error("webhook-elsewhere", format!("the messages of `{region}` do not reach the webhook"))
                .at(url.span(), "receives those of the environment's region")
                .with(replica, "publishes in its own region")
                .help("notify by e-mail or with `sns=`, where each region has a recipient"),
        );
    }
}

/// A copy in another region, whose alarms publish there: a queue for undelivered messages belongs to the region of its
/// topic (fact: sns-undelivered-messages).
fn other_region<'a>(cx: &Cx<'a>) -> Option<(&'a str, Span)> {
    let home = &*cx.graph.environment.region;
    let mut replicas = cx.spec.database.iter().filter_map(|database| database.replica.as_ref());
    let replica = replicas.find(|replica| replica.region.as_str() != home)?;
    Some((replica.region.as_str(), replica.region.span()))
}

/// Ends of names that no public DNS knows.
const PRIVATE: &[&str] = &[".corp", ".home.arpa", ".internal", ".intranet", ".lan", ".local", ".localhost", ".private"];

/// The message, the label and the help about an address that EventBridge does not reach, or that may hold a secret.
fn fault(url: &HttpsUrl) -> Option<(&'static str, &'static str, &'static str)> {
    const UNREACHED: &str = "EventBridge cannot call this webhook";
    let host = url.host().to_ascii_lowercase();
    let is_address = host.parse::<std::net::IpAddr>().is_ok();
    if is_address {
        let help = "write a host name: its certificate proves the system";
        return Some((UNREACHED, "an address without a name", help));
    }
    if !host.contains('.') || PRIVATE.iter().any(|end| host.ends_with(end)) {
        let help = "EventBridge calls public names only: `notify sns=` reaches private systems";
        return Some((UNREACHED, "a private name", help));
    }
    if !url.port().is_some_and(ports::is_of_https) {
        return Some((UNREACHED, "a port without a known TLS service", "remove the port to use 443"));
    }
    url.0.contains(['?', '#']).then_some((
        "the address of the webhook has parameters",
        "parameters, which often are a secret",
        "the connection adds parameters to the address: `aws events create-connection --auth-parameters`",
    ))
}

fn check_connection(cx: &mut Cx, arn: &Setting<Arn>) {
    let here = &cx.graph.environment;
    if connection_name(arn).is_none() {
        let message = format!("`{}` is not the ARN of a connection", arn.value);
        return cx.report(
            Diagnostic::error("not-a-connection", message).at(arn.span(), "no connection of EventBridge").help(
                "write \"arn:aws:events:REGION:ACCOUNT:connection/NAME/ID\", as `aws events list-connections` shows it",
            ),
        );
    }
    let is_here = arn.partition() == here.partition && *arn.account() == *here.account && *arn.region() == *here.region;
    if is_here {
        return;
    }
    let place = format!("account {} and region {}", here.account, here.region);
    let span = here.span;
    cx.report(
        Diagnostic::error("connection-elsewhere", "the connection belongs to another account or region")
            .at(arn.span(), format!("not in {place}"))
            .with(span, "this environment")
            .help("an API destination uses a connection of its own account and region"),
    );
}

/// The name in the ARN of a connection, `connection/NAME/ID`.
fn connection_name(arn: &Arn) -> Option<&str> {
    let (name, id) = arn.resource().strip_prefix("connection/")?.split_once('/')?;
    (arn.service() == "events" && !name.is_empty() && !id.is_empty() && !id.contains('/')).then_some(name)
}

/// What each webhook needs, except the subscription.
pub(super) fn lower(cx: &mut Cx) {
    // A topic of another account is its owner's; that has been reported.
    let topic = topics::of_region(cx, &cx.graph.environment.region);
    if topic.is_some_and(|(_, arn)| topics::owner(cx, arn).is_some()) {
        return;
    }
    for webhook in webhooks(cx) {
        let destination = destination(cx, &webhook);
        let queue = queues(cx, &webhook);
        pipe(cx, &webhook, &queue, destination);
        alarm(cx, &webhook);
    }
}

const PATH: &str = "monitor > notify";

fn destination(cx: &mut Cx, webhook: &Webhook) -> Id {
    let Webhook { stem, url, connection, at } = webhook;
    let (at, arn) = (*at, *connection);
    let known = Resource::new("AWS::Events::Connection", format!("{stem}-connection"), PATH, at)
        .existing(arn.as_str(), &[])
        .set("Name", datum(arn, |arn| connection_name(arn).unwrap_or_default().to_owned()))
        .set("Arn", datum(arn, |arn| arn.as_str().to_owned()));
    let known = cx.add(known);
    let resource = Resource::new("AWS::Events::ApiDestination", format!("{stem}-destination"), PATH, at)
        .set("Name", cx.physical(names::API_DESTINATION, stem))
        .set("Description", "Receives the messages of the migration")
        .set("ConnectionArn", datum(arn, |_| Value::attribute(known, "Arn")))
        .set("HttpMethod", "POST")
        .set("InvocationEndpoint", datum(url, |url| url.0.to_string()));
    cx.add(resource)
}

/// The queue of a webhook, and its queue for undelivered messages.
pub(super) fn queue_ids(n: usize) -> [Id; 2] {
    ids_of_queues(&stem(n))
}

fn ids_of_queues(stem: &str) -> [Id; 2] {
    [format!("{stem}-queue").into(), format!("{stem}-dead-letters").into()]
}

fn queues(cx: &mut Cx, webhook: &Webhook) -> Id {
    let at = webhook.at;
    let [id, undelivered] = ids_of_queues(&webhook.stem);
    let redrive = map!(at, {
        "deadLetterTargetArn": Value::attribute(undelivered.clone(), "Arn"),
        "maxReceiveCount": ATTEMPTS,
    });
    let topic = topics::arn(cx);
    let mut add = |id: Id, stem: &str, redrive| {
        let name = cx.physical(names::QUEUE, stem);
        let topic = Some(topic.clone());
        let key = "notifications";
        queue::add(cx, Queue { id, name: &name, key, visible_again: AGAIN_SECONDS, redrive, topic, path: PATH, at })
    };
    add(undelivered, &format!("{}-dead-letters", webhook.stem), None);
    add(id, &webhook.stem, Some(redrive))
}

fn pipe(cx: &mut Cx, webhook: &Webhook, queue: &Id, destination: Id) {
    let (stem, at) = (&webhook.stem, webhook.at);
    let name = cx.physical(names::PIPE, stem);
    let role_stem = format!("{stem}-pipe");
    let role = Role {
        id: names::role(&role_stem),
        stem: &role_stem,
        actor: Actor::Pager,
        service: "pipes.amazonaws.com",
        source: Some(cx.arn("pipes", &format!("pipe/{name}"))),
    };
    let role = roles::add(cx, role, PATH, at);
    grant(cx, webhook, &role, queue);
    // Each message alone: an API destination takes no batches (fact: pipes-batches).
    let source = map!(at, { "SqsQueueParameters": map!(at, { "BatchSize": 1 }) });
    let pipe = Resource::new("AWS::Pipes::Pipe", format!("{stem}-pipe"), PATH, at)
        .set("Name", name)
        .set("Description", "Sends the messages of the migration on to a webhook")
        .set("DesiredState", "RUNNING")
        .set("RoleArn", Value::attribute(role, "Arn"))
        .set("Source", Value::attribute(queue.clone(), "Arn"))
        .set("SourceParameters", source)
        .set("Target", Value::attribute(destination, "Arn"))
        .set("TargetParameters", map!(at, { "InputTemplate": BODY }));
    cx.add(pipe);
}

/// The rights of a pipe (fact: pipes-rights).
fn grant(cx: &mut Cx, webhook: &Webhook, role: &Id, queue: &Id) {
    let (at, why) = (webhook.at, "monitor > notify");
    let queue = Datum::new(Value::attribute(queue.clone(), "Arn"), at);
    let reads = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
    cx.grant(role, &reads, vec![queue], Vec::new(), why, at);
    let via = regional_service("sqs", &cx.graph.environment.region);
    let via = Condition { operator: "StringEquals", key: "kms:ViaService".into(), values: vec![Datum::new(via, at)] };
    cx.grant(role, &["kms:Decrypt"], vec![Datum::new(keys::arn("notifications"), at)], vec![via], why, at);
    let name = cx.physical(names::API_DESTINATION, &webhook.stem);
    // The ARN of a destination ends in an id that AWS chooses.
    let destination = Datum::new(cx.arn("events", &format!("api-destination/{name}/*")), at);
    cx.grant(role, &["events:InvokeApiDestination"], vec![destination], Vec::new(), why, at);
}

fn alarm(cx: &mut Cx, webhook: &Webhook) {
    let stem = format!("{}-dead-letters", webhook.stem);
    let alarm = Alarm {
        description: "A message has not reached the webhook: read it in the queue, and inform the operators".to_owned(),
        metric: Metric {
            namespace: "AWS/SQS",
            name: "ApproximateNumberOfMessagesVisible",
            dimensions: vec![("QueueName", cx.physical(names::QUEUE, &stem).into())],
            statistic: "Maximum",
        },
        rings: Rings::above(Datum::new(0, webhook.at), 300, 1),
        silence: Silence::IsFine,
        path: PATH.to_owned(),
        origin: webhook.at,
        stem,
    };
    alarm.add(cx, &home());
}
