//! Customer-managed keys: one for each class of data, so that a right to read
//! logs is no right to read the database. Only for the classes in use.

mod existing;

use migspec_diag::Span;
use migspec_ir::partition::regional_service;
use migspec_ir::{Id, Origin, Resource, Value};

use crate::cx::Cx;
use crate::policy::{self, Statement};
use crate::{demand, names, protection, topics};

pub(crate) use existing::commands;

const BY: &str = "keys";

pub(crate) fn lower(cx: &mut Cx) {
    let classes = classes(cx);
    existing::check(cx, &classes);
    for (class, from) in classes {
        add(cx, class, from);
    }
}

/// Reports the keys of regions in which nothing needs them. Later passes ask for the keys of other regions.
pub(crate) fn finish(cx: &mut Cx) {
    existing::report_unused(cx);
}

/// The classes in use, each with the node that first needs it.
fn classes(cx: &Cx) -> Vec<(&'static str, Span)> {
    let spec = cx.spec;
    let migration = spec.place.header;
    let database = spec.database.first().map(|n| n.place.header);
    [
        ("logs", Some(migration)),
        ("notifications", Some(spec.monitor.as_ref().map_or(migration, |n| n.place.header))),
        ("database", database),
        ("secrets", spec.secrets.as_ref().map(|n| n.place.header).or(database)),
        ("replication", spec.replication.first().map(|n| n.place.header)),
        ("checkpoints", demand::checkpoints(cx)),
        ("functions", demand::functions(cx).first().map(|f| f.from)),
        ("workflow", spec.cutover.first().map(|n| n.place.header)),
    ]
    .into_iter()
    .filter_map(|(class, from)| from.map(|from| (class, from)))
    .collect()
}

/// The ARN of the key of a class.
pub(crate) fn arn(class: &str) -> Value {
    Value::attribute(names::key(class), "Arn")
}

fn add(cx: &mut Cx, class: &'static str, from: Span) {
    let region = cx.graph.environment.region.clone();
    if existing::lower(cx, class, class, &region, from) {
        return;
    }
    let (key, alias) = resources(cx, class, class, &region, from);
    cx.add(key);
    cx.add(alias);
}

/// The key of a class in a second region, made once however many need it.
pub(crate) fn in_region(cx: &mut Cx, class: &'static str, region: &str, from: Span) -> Id {
    let stem = format!("{class}-{region}");
    let id = names::key(&stem);
    if cx.graph.get(&id).is_none() && !existing::lower(cx, class, &stem, region, from) {
        let (key, alias) = resources(cx, class, &stem, region, from);
        cx.add(key.in_region(region));
        cx.add(alias.in_region(region));
    }
    id
}

fn resources(cx: &Cx, class: &'static str, stem: &str, region: &str, from: Span) -> (Resource, Resource) {
    let origin = Origin::derived(BY, from);
    let path = format!("migration \"{}\"", cx.spec.key.as_str());
    let mut statements = vec![account(cx, origin)];
    statements.extend(services(cx, class, region, origin));
    let key = Resource::new("AWS::KMS::Key", names::key(stem), path.as_str(), origin)
        .set("Description", format!("{class} of the migration {} in {}", cx.spec.key.as_str(), cx.env()))
        .set("EnableKeyRotation", true)
        .set("RotationPeriodInDays", 365)
        .set("PendingWindowInDays", protection::choose(cx, 30, 7))
        .set("MultiRegion", false)
        .set("KeyPolicy", policy::document(statements, origin))
        .retained();
    let alias = Resource::new("AWS::KMS::Alias", names::key_alias(stem), path, origin)
        .set("AliasName", format!("alias/{}", cx.physical(names::KEY_ALIAS, stem)))
        .set("TargetKeyId", Value::reference(names::key(stem)));
    (key, alias)
}

/// The role policies of this account decide the users of a key: they grant each actor its own keys, through its own
/// service only.
fn account(cx: &Cx, origin: Origin) -> Statement {
    Statement::allow("AccountPolicies", origin)
        .principal(cx.global_arn("iam", "root"))
        .actions(&["kms:*"])
        .resources(vec!["*".into()])
}

/// The services that use a key with their own principal.
fn services(cx: &Cx, class: &str, region: &str, origin: Origin) -> Vec<Statement> {
    match class {
        "logs" => vec![log_groups(cx, region, origin)],
        "notifications" => [
            publisher("Alarms", "cloudwatch.amazonaws.com", origin)
                .when("StringEquals", "aws:SourceAccount", cx.graph.environment.account.clone())
                .when("ArnLike", "aws:SourceArn", cx.arn_in(region, "cloudwatch", "alarm:*")),
            // EventBridge names no source (fact: kms-events-to-topic).
            publisher("Events", "events.amazonaws.com", origin),
        ]
        .into_iter()
        .chain(queues(cx, region, origin))
        .collect(),
        "workflow" => vec![log_delivery(cx, region, origin)],
        _ => Vec::new(),
    }
}

/// CloudWatch Logs names the log group in the encryption context, which holds
/// the account; it sends no `aws:SourceAccount`.
fn log_groups(cx: &Cx, region: &str, origin: Origin) -> Statement {
    Statement::allow("LogGroups", origin)
        .service(&regional_service("logs", region))
        .actions(&["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"])
        .resources(vec!["*".into()])
        .when("ArnLike", "kms:EncryptionContext:aws:logs:arn", cx.arn_in(region, "logs", "log-group:*"))
}

/// Alarms and rules on events publish to an encrypted topic.
fn publisher(sid: &str, service: &str, origin: Origin) -> Statement {
    Statement::allow(sid, origin)
        .service(service)
        .actions(&["kms:Decrypt", "kms:GenerateDataKey*"])
        .resources(vec!["*".into()])
}

/// The topic writes to the encrypted queues of webhooks (fact: sns-to-encrypted-queue).
fn queues(cx: &Cx, region: &str, origin: Origin) -> Option<Statement> {
    let existing = topics::of_region(cx, region).map(|(_, arn)| Value::from(arn.as_str()));
    let topic = existing.unwrap_or_else(|| cx.arn_in(region, "sns", &topics::new_name(cx)));
    let writes = || publisher("Topic", "sns.amazonaws.com", origin).when("ArnEquals", "aws:SourceArn", topic);
    topics::feed_webhooks(cx).then(writes)
}

/// The log delivery of an encrypted state machine decrypts the logs. It names the
/// log groups and no source (fact: kms-log-delivery).
fn log_delivery(cx: &Cx, region: &str, origin: Origin) -> Statement {
    Statement::allow("LogDelivery", origin)
        .service("delivery.logs.amazonaws.com")
        .actions(&["kms:Decrypt"])
        .resources(vec!["*".into()])
        .when("StringLike", "kms:EncryptionContext:SourceArn", cx.arn_in(region, "logs", "*"))
}
