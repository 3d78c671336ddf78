//! Keys that exist. The statements that the migration needs in their policies are
//! requests to their owners, as far as the declared policies lack them.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::partition::regional_service;
use migspec_ir::{Datum, Id, Moment, Origin, Request, Resource, Settings, Value, json};
use migspec_syntax::ast::{ExistingKey, Keys};
use migspec_syntax::value::Arn;

use super::{BY, services};
use crate::cx::{Cx, datum};
use crate::key_arns::{check_arn, declared_keys};
use crate::policy::Statement;
use crate::{declared, names, topics};

const POLICY: &str = "`policy=` of the key";
const SETTINGS: Settings = &[
    ("enableKeyRotation", "`rotation=` of the key"),
    ("rotationPeriodInDays", "`rotation=` of the key"),
    ("multiRegion", "`multi-region=` of the key"),
    ("hasPolicy", POLICY),
    ("isAdministered", POLICY),
    ("grantsToEveryone", POLICY),
    ("bindsServices", POLICY),
    ("mixesAdministrationAndUse", POLICY),
    ("foreignAccounts", POLICY),
    ("refusedServices", POLICY),
];

/// Checks every declared key by itself, and against the classes in use.
pub(super) fn check(cx: &mut Cx, classes: &[(&'static str, Span)]) {
    for class in Keys::USES {
        let keys = declared_keys(cx, class);
        for (n, key) in keys.iter().enumerate() {
            check_arn(cx, key.arn);
            let same = keys.iter().take(n).find(|earlier| earlier.arn.region() == key.arn.region());
            if let Some(earlier) = same {
                let message = format!("`{class}` has two keys in `{}`", key.arn.region());
                cx.report(
                    Diagnostic::error("two-keys-of-a-use", message)
                        .at(key.arn.span(), "the second")
                        .with(earlier.arn.span(), "the first")
                        .help("keep one key for each use and region"),
                );
            }
        }
        if let Some(key) = keys.first().filter(|_| !classes.iter().any(|(used, _)| used == class)) {
            report_no_use(cx, class, key);
        }
    }
}

fn report_no_use(cx: &mut Cx, class: &str, key: &ExistingKey) {
    let message = format!("nothing is encrypted with the key of `{class}` in `{}`", key.arn.region());
    let help = format!("remove it, or name a key in `{}`", cx.graph.environment.region);
    cx.report(Diagnostic::warning("unused-key", message).at(key.arn.span(), "has no effect").help(help));
}

/// Reports keys of a class in use whose region needs none.
pub(super) fn report_unused(cx: &mut Cx) {
    for class in Keys::USES {
        let keys = declared_keys(cx, class);
        let used: Vec<&str> = keys.iter().filter(|key| is_used(cx, key)).map(|key| key.arn.region()).collect();
        let in_use = cx.graph.get(&names::key(class)).is_some();
        for key in keys.iter().filter(|key| in_use && !used.contains(&key.arn.region())) {
            report_no_use(cx, class, key);
        }
    }
}

fn is_used(cx: &Cx, key: &ExistingKey) -> bool {
    cx.graph.existing().any(|(_, existing)| *existing.identity == *key.arn.as_str())
}

/// Adds the declared key of a class in a region. False if the spec declares no key
/// of the class, so that the migration creates one.
pub(super) fn lower(cx: &mut Cx, class: &'static str, stem: &str, region: &str, from: Span) -> bool {
    let keys = declared_keys(cx, class);
    let Some(first) = keys.first() else { return false };
    let Some(key) = keys.iter().find(|key| key.arn.region() == region) else {
        let message = format!("`keys` names no key of `{class}` in `{region}`");
        let partition = cx.graph.environment.partition;
        let mut places = [
            (first.arn.span(), format!("a key in `{}`", first.arn.region())),
            (from, format!("needs a key in `{region}`")),
        ];
        // The keys of the environment's region are there: a copy elsewhere needs another one.
        if *region != *cx.graph.environment.region {
            places.reverse();
        }
        let [(at, label), (other, why)] = places;
        cx.report(
            Diagnostic::error("key-elsewhere", message)
                .at(at, label)
                .with(other, why)
                .help(format!("add to `keys`: {class} \"arn:{partition}:kms:{region}:ACCOUNT:key/ID\"")),
        );
        // The references to it stay whole.
        let at = Origin::derived(BY, first.place.header);
        cx.add(placeholder(names::key(stem), first.arn.as_str(), class, at));
        return true;
    };
    add(cx, class, stem, region, key);
    true
}

fn placeholder(id: Id, arn: &str, class: &str, at: Origin) -> Resource {
    Resource::new("AWS::KMS::Key", id, format!("keys > {class}"), at).existing(arn, SETTINGS)
}

fn add(cx: &mut Cx, class: &'static str, stem: &str, region: &str, key: &ExistingKey) {
    let at = Origin::derived(BY, key.place.header);
    let rotation = key.rotation.map(|period| datum(period, |period| period.days() as i64));
    let requested = requested_statements(cx, class, key, region, at);
    let policy = key.policy.and_then(|name| declared::policy(cx, name, BY, "aws kms get-key-policy --query Policy"));
    let missing: Vec<Datum> = match &policy {
        Some(policy) => requested.into_iter().filter(|statement| !declared::allows(policy, statement)).collect(),
        None => requested,
    };
    request(cx, class, key, &missing);
    check_kind(cx, key);
    // The deployment fails if one of the first three differs.
    let mut resource = placeholder(names::key(stem), key.arn.as_str(), class, at)
        .owned_by(owner(cx, key))
        .set("Enabled", true)
        .set("KeySpec", "SYMMETRIC_DEFAULT")
        .set("KeyUsage", "ENCRYPT_DECRYPT")
        .set_if("MultiRegion", key.multi_region.map(|multi| datum(multi, |multi| *multi)))
        .set_if("EnableKeyRotation", key.rotation.map(|period| datum(period, |_| true)))
        .set_if("RotationPeriodInDays", rotation)
        .set_if("KeyPolicy", policy.map(|policy| declared::with(policy, missing)));
    if *region != *cx.graph.environment.region {
        resource = resource.in_region(region);
    }
    cx.add(resource);
}

/// The id of a multi-Region key starts with `mrk-`, and only that of one (fact: kms-multi-region-ids).
fn check_kind(cx: &mut Cx, key: &ExistingKey) {
    let Some(declared) = key.multi_region else { return };
    let Some(id) = key.arn.resource().strip_prefix("key/") else { return };
    let is_multi_region = id.starts_with("mrk-");
    if is_multi_region == **declared {
        return;
    }
    let kind = if is_multi_region { "a multi-Region key" } else { "a key of one region" };
    cx.report(
        Diagnostic::error("key-of-another-kind", format!("`{id}` is the id of {kind}"))
            .at(declared.span(), "declares the other kind")
            .with(key.arn.span(), "the key")
            .help(format!("write multi-region=#{is_multi_region}, or name the other key")),
    );
}

fn owner(cx: &Cx, key: &ExistingKey) -> Option<Arc<str>> {
    let account = key.arn.account();
    (*account != *cx.graph.environment.account).then(|| account.into())
}

/// The services through which roles and the deployment use the keys of a class,
/// and whether one of them creates grants (fact: kms-grants-of-services).
fn users(class: &str) -> (&'static [&'static str], bool) {
    match class {
        "database" => (&["rds"], true),
        "secrets" => (&["rds", "secretsmanager"], true),
        "replication" => (&["dms"], true),
        "checkpoints" => (&["s3"], false),
        "notifications" => (&["sns"], false),
        "functions" => (&["lambda", "sqs"], true),
        "workflow" => (&["states"], false),
        _ => (&[], false),
    }
}

/// The statements that the migration needs in the policy of a key.
fn requested_statements(cx: &Cx, class: &str, key: &ExistingKey, region: &str, at: Origin) -> Vec<Datum> {
    // Only the key's own account reads its policy (fact: key-policy-of-own-account).
    let reads: &[&'static str] = match owner(cx, key) {
        Some(_) => &["kms:DescribeKey", "kms:GetKeyRotationStatus"],
        None => &["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"],
    };
    let root = cx.global_arn("iam", "root");
    let to_account = |sid: &str| Statement::allow(sid, at).principal(root.clone()).resources(vec!["*".into()]);
    let (through, grants) = match class {
        "notifications" if topics::feed_webhooks(cx) => (&["sns", "sqs"] as &[_], false),
        _ => users(class),
    };
    let via: Vec<Value> = through.iter().map(|name| regional_service(name, region).into()).collect();
    let mut statements = vec![to_account("MigrationReadsKey").actions(reads)];
    if !via.is_empty() {
        let uses = to_account("MigrationUsesKey")
            .actions(&["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"])
            .when_any("StringEquals", "kms:ViaService", via.clone());
        statements.push(uses);
    }
    if grants {
        let grants = to_account("MigrationServicesUseKey")
            .actions(&["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"])
            .when("Bool", "kms:GrantIsForAWSResource", "true")
            .when_any("StringEquals", "kms:ViaService", via);
        statements.push(grants);
    }
    statements.extend(services(cx, class, region, at));
    statements.into_iter().map(Statement::build).collect()
}

/// The commands that add statements to the policy of a key.
pub(crate) fn commands(key: &Arn, statements: &serde_json::Value) -> Vec<String> {
    let (arn, region) = (key.as_str(), key.region());
    vec![
        format!(
            "aws kms get-key-policy --region {region} --key-id {arn} --policy-name default --query Policy \
             --output text > key-policy.json"
        ),
        declared::with_command(statements, "key-policy"),
        format!(
            "aws kms put-key-policy --region {region} --key-id {arn} --policy-name default \
             --policy file://key-policy-of-migration.json"
        ),
    ]
}

/// Asks the owner for the missing statements.
fn request(cx: &mut Cx, class: &str, key: &ExistingKey, missing: &[Datum]) {
    if missing.is_empty() {
        return;
    }
    let statements: serde_json::Value = missing.iter().map(|statement| json::of(&statement.value)).collect();
    let commands = commands(key.arn, &statements);
    let why = format!(
        "The migration encrypts with this key ({class}). Its policy needs these statements in addition to its own. \
         Without them, AWS refuses the key during the deployment."
    );
    let request = Request {
        owner: key.arn.account().into(),
        subject: key.arn.as_str().into(),
        when: Moment::Before,
        why,
        commands,
        origin: Origin::derived(BY, key.place.header),
    };
    cx.graph.requests.push(request);
}
