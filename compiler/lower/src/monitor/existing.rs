//! Topics that exist. Alarms, events and the workflow publish to them, and their owners subscribe people.

use migspec_diag::Diagnostic;
use migspec_ir::aws::sns::{DELIVERY_LOGGED, SUBSCRIBED};
use migspec_ir::{Datum, Id, Moment, Origin, Request, Resource, Settings, Value, json, list};
use migspec_syntax::value::Arn;
use migspec_syntax::{Setting, ast};

use super::BY;
use crate::cx::{Cx, datum};
use crate::policy::Statement;
use crate::{declared, keys, topics};

const POLICY: &str = "`policy=` of the `notify`";

/// The settings that declare a fact.
const TOPIC: Settings = &[
    ("refusedPublishers", POLICY),
    ("deniesInsecureTransport", POLICY),
    ("hasSubscription", "`subscribed=` of the `notify`"),
    ("logsDelivery", "`logs-delivery=` of the `notify`"),
];
const TOPIC_POLICY: Settings = &[
    ("grantsToEveryone", POLICY),
    ("bindsServices", POLICY),
    ("otherAccounts", POLICY),
    ("usesWildcardActions", POLICY),
];

/// The regions in which something publishes: that of the environment and those of copies.
fn regions<'a>(cx: &'a Cx) -> Vec<&'a str> {
    let replicas = cx.spec.database.iter().filter_map(|database| Some(database.replica.as_ref()?.region.as_str()));
    std::iter::once(&*cx.graph.environment.region).chain(replicas).collect()
}

pub(super) fn check(cx: &mut Cx) {
    let Some(monitor) = &cx.spec.monitor else { return };
    let mut known: Vec<&Setting<Arn>> = Vec::new();
    let mut faults: Vec<Diagnostic> = Vec::new();
    for notify in &monitor.notify {
        let Some(arn) = &notify.sns else {
            report_facts_of_nothing(cx, notify);
            continue;
        };
        if let Some(found) = fault(cx, arn) {
            faults.push(found);
            continue;
        }
        if let Some(first) = known.iter().find(|first| first.region() == arn.region()) {
            cx.report(
                Diagnostic::error("topic-elsewhere", format!("two topics exist in `{}`", arn.region()))
                    .at(arn.span(), "the second")
                    .with(first.span(), "the first")
                    .help("name one topic for each region; its owner subscribes the others to it"),
            );
        }
        known.push(arn);
    }
    check_people(cx, monitor);
    // A topic elsewhere is probably meant for the region that lacks one.
    if faults.is_empty() {
        check_regions(cx, &known);
    }
    for found in faults {
        cx.report(found);
    }
}

/// The reason why alarms and events cannot publish to a topic: it is in another region (fact: sns-alarms-region,
/// fact: events-to-topic-elsewhere), or a FIFO topic (fact: sns-fifo-needs-group).
fn fault(cx: &Cx, arn: &Setting<Arn>) -> Option<Diagnostic> {
    let here = &cx.graph.environment;
    if !topics::is_standard(arn) {
        let message = format!("`{}` is not the ARN of a standard topic", arn.value);
        return Some(
            Diagnostic::error("not-a-topic", message)
                .at(arn.span(), "no topic that alarms can publish to")
                .help("write \"arn:aws:sns:REGION:ACCOUNT:NAME\", as `aws sns list-topics` shows it"),
        );
    }
    let is_partition = arn.partition() == here.partition;
    let place = match (is_partition, regions(cx).contains(&arn.region())) {
        (true, true) => return None,
        (true, false) => format!("nothing publishes in `{}`", arn.region()),
        (false, _) => format!("not in the partition `{}`", here.partition),
    };
    Some(
        Diagnostic::error("topic-elsewhere", "the topic is in another region")
            .at(arn.span(), place)
            .with(here.span, "this environment")
            .help(format!(
                "alarms and events publish in their own region, to topics of any account: name a topic in {}",
                regions(cx).join(" or ")
            )),
    )
}

/// Its owner subscribes people to a topic that exists.
fn check_people(cx: &mut Cx, monitor: &ast::Monitor) {
    let Some(topic) = monitor.notify.iter().find_map(|notify| notify.sns.as_ref()) else { return };
    // The deployment subscribes the queue of a webhook to a topic of its own account.
    let is_own = topics::owner(cx, topic).is_none();
    let people = monitor.notify.iter().filter(|notify| notify.sns.is_none() && (notify.webhook.is_none() || !is_own));
    for notify in people {
        cx.report(
            Diagnostic::error("notify-recipient", "people subscribe to a topic that exists at its owner's")
                .at(notify.place.header, "would change the topic")
                .with(topic.span(), "the topic")
                .help("remove it, and ask the owner of the topic for the subscription"),
        );
    }
}

/// Each region in which something publishes has a topic, once one of them exists.
fn check_regions(cx: &mut Cx, known: &[&Setting<Arn>]) {
    let Some(first) = known.first() else { return };
    let missing: Vec<String> = regions(cx)
        .into_iter()
        .filter(|region| !known.iter().any(|arn| arn.region() == *region))
        .map(str::to_owned)
        .collect();
    for region in missing {
        let (account, partition) = (cx.graph.environment.account.clone(), cx.graph.environment.partition);
        cx.report(
            Diagnostic::error("topic-elsewhere", format!("`notify` names no topic in `{region}`"))
                .at(first.span(), format!("a topic in `{}`", first.region()))
                .help(format!("add: notify sns=\"arn:{partition}:sns:{region}:{account}:NAME\"")),
        );
    }
}

fn report_facts_of_nothing(cx: &mut Cx, notify: &ast::Notify) {
    let facts = [
        ("policy", notify.policy.as_ref().map(|policy| policy.span())),
        ("subscribed", notify.subscribed.as_ref().map(|subscribed| subscribed.span())),
        ("logs-delivery", notify.logs_delivery.as_ref().map(|logs| logs.span())),
    ];
    for (setting, span) in facts.into_iter().filter_map(|(setting, span)| Some((setting, span?))) {
        crate::network::checks::existing::only_existing(cx, "the topic", setting, span, "sns=\"arn:aws:sns:…\"");
    }
}

/// Adds the topic of a region that exists. False if the migration creates one.
pub(super) fn lower(cx: &mut Cx, id: &Id, region: &str) -> bool {
    let Some((notify, arn)) = topics::of_region(cx, region) else { return false };
    let at = Origin::derived(BY, notify.place.header);
    let home = *region == *cx.graph.environment.region;
    let key = match home {
        true => keys::arn("notifications"),
        false => Value::attribute(keys::in_region(cx, "notifications", region, notify.place.header), "Arn"),
    };
    let place = |resource: Resource| if home { resource } else { resource.in_region(region) };
    let owner = topics::owner(cx, arn);
    let feeds_webhooks = home && owner.is_none();
    let name = datum(arn, |arn| arn.resource().to_owned());
    let flag = |setting: &Option<Setting<bool>>| setting.as_ref().map(|setting| datum(setting, |value| *value));
    let topic = Resource::new("AWS::SNS::Topic", id.clone(), "monitor > notify", at)
        .existing(arn.as_str(), TOPIC)
        .owned_by(owner.clone())
        .set("TopicName", name)
        .set("TopicArn", datum(arn, |arn| arn.as_str().to_owned()))
        .set("KmsMasterKeyId", key)
        .set_if(SUBSCRIBED, flag(&notify.subscribed))
        .set_if(DELIVERY_LOGGED, flag(&notify.logs_delivery));
    cx.add(place(topic));
    let text = Value::from(arn.as_str());
    let [alarms, events] = super::publishers(cx, &text, region, at);
    let others = match owner {
        Some(_) => users(cx, text, at),
        None => events,
    };
    let needed: Vec<Datum> = [alarms, others].into_iter().map(Statement::build).collect();
    let policy = notify
        .policy
        .as_ref()
        .and_then(|name| declared::policy(cx, name, BY, "aws sns get-topic-attributes --query Attributes.Policy"));
    let missing: Vec<Datum> = match &policy {
        Some(policy) => needed.into_iter().filter(|statement| !declared::allows(policy, statement)).collect(),
        None => needed,
    };
    request(cx, arn, &missing, at);
    let resource = Resource::new("AWS::SNS::TopicPolicy", format!("{id}-policy"), "monitor > notify", at)
        .existing(arn.as_str(), TOPIC_POLICY)
        .owned_by(owner)
        .set("Topics", list!(at, [Value::reference(id.clone())]))
        .set_if("PolicyDocument", policy.map(|policy| declared::with(policy, missing)));
    cx.add(place(resource));
    if feeds_webhooks {
        super::subscriptions(cx, "", &Value::reference(id.clone()), place);
    }
    true
}

/// The roles of the migration's account, which EventBridge and the workflow use for a topic of another account. The rights of
/// each role name the topic (fact: sns-topic-elsewhere).
fn users(cx: &Cx, topic: Value, at: Origin) -> Statement {
    Statement::allow("Migration", at)
        .principal(cx.global_arn("iam", "root"))
        .actions(&["sns:GetTopicAttributes", "sns:Publish"])
        .resources(vec![topic])
}

/// Asks the owner for the statements that the policy of the topic lacks.
fn request(cx: &mut Cx, arn: &Setting<Arn>, missing: &[Datum], at: Origin) {
    if missing.is_empty() {
        return;
    }
    let (topic, region) = (arn.as_str(), arn.region());
    let statements: serde_json::Value = missing.iter().map(|statement| json::of(&statement.value)).collect();
    let commands = vec![
        format!(
            "aws sns get-topic-attributes --region {region} --topic-arn {topic} --query Attributes.Policy --output text \
             > topic-policy.json"
        ),
        declared::with_command(&statements, "topic-policy"),
        format!(
            "aws sns set-topic-attributes --region {region} --topic-arn {topic} --attribute-name Policy \
             --attribute-value file://topic-policy-of-migration.json"
        ),
    ];
    let why =
        "Alarms and events of the migration publish to this topic. Its policy needs these statements in addition to \
               its own. Without them, an alarm fires and nobody hears of it."
            .to_owned();
    let owner = arn.account().into();
    cx.graph.requests.push(Request { owner, subject: topic.into(), when: Moment::Before, why, commands, origin: at });
}
