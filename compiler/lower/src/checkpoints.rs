//! Buckets: working data of the migration, the evidence of each gate, and the
//! access logs of both.

mod endpoint;
mod policies;

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Id, Map, Origin, Resource, Value, list, map};

use crate::cx::{Cx, datum};
use crate::{demand, keys, logs, names, protection};

pub(crate) use endpoint::bind;

const BY: &str = "checkpoints";

/// Access logs are kept as long as other logs.
const ACCESS_LOG_DAYS: u32 = crate::logs::RETENTION_DAYS;

pub(crate) fn lower(cx: &mut Cx) {
    let Some(from) = demand::checkpoints(cx) else {
        let own = logs::buckets::of_balancers(cx) == names::access_logs_bucket();
        if let Some(from) = demand::load_balancer(cx).filter(|_| own) {
            access_logs(cx, Origin::derived(BY, from));
        }
        return;
    };
    check(cx);
    let origin = Origin::derived(BY, from);
    if logs::buckets::of_buckets(cx) == names::access_logs_bucket() {
        access_logs(cx, origin);
    }
    checkpoints(cx, origin);
    evidence(cx, origin);
}

/// `{migration}-{kind}-{environment}-{account}`: bucket names are global.
pub(crate) fn name(cx: &Cx, kind: &str) -> String {
    let owner = format!("{}-{}", cx.env(), cx.graph.environment.account);
    let longest = migspec_ir::naming::longest("AWS::S3::Bucket", "BucketName");
    names::physical(&cx.pattern, &cx.graph.migration, kind, &owner, longest)
}

fn check(cx: &mut Cx) {
    let Some(node) = &cx.spec.checkpoints else { return };
    if node.retain.days() == 0 || node.retain.days() > 36_500 {
        cx.report(
            Diagnostic::error("evidence-retention", format!("the evidence retention cannot be {}", node.retain.value))
                .at(node.retain.span(), "out of range")
                .help("keep evidence for at least a year: write retain=\"400d\""),
        );
    }
}

fn retention(cx: &Cx, origin: Origin) -> Datum {
    match &cx.spec.checkpoints {
        Some(node) => datum(&node.retain, |d| d.days() as i64),
        None => Datum::new(400, Origin::Default { of: "retain", node: origin.span() }),
    }
}

/// The settings of every bucket: versioning, no public access, one owner, no
/// unfinished uploads.
fn bucket(cx: &Cx, id: Id, kind: &str, origin: Origin) -> Resource {
    let name = name(cx, kind);
    Resource::new("AWS::S3::Bucket", id, "checkpoints", origin)
        .set("BucketName", name)
        .set("VersioningConfiguration", map!(origin, { "Status": "Enabled" }))
        .set(
            "PublicAccessBlockConfiguration",
            map!(origin, {
                "BlockPublicAcls": true,
                "BlockPublicPolicy": true,
                "IgnorePublicAcls": true,
                "RestrictPublicBuckets": true,
            }),
        )
        .set(
            "OwnershipControls",
            map!(origin, { "Rules": list!(origin, [map!(origin, { "ObjectOwnership": "BucketOwnerEnforced" })]) }),
        )
        .retained()
}

fn encryption(origin: Origin) -> Map {
    let default = map!(origin, { "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": keys::arn("checkpoints") });
    let rule = map!(origin, { "ServerSideEncryptionByDefault": default, "BucketKeyEnabled": true });
    map!(origin, { "ServerSideEncryptionConfiguration": list!(origin, [rule]) })
}

fn log_expiry(cx: &Cx, kind: &str, origin: Origin) -> Map {
    map!(origin, {
        "DestinationBucketName": Value::reference(logs::buckets::of_buckets(cx)),
        "LogFilePrefix": format!("s3/{kind}/"),
    })
}

fn upload_expiry(origin: Origin) -> Map {
    map!(origin, { "DaysAfterInitiation": 7 })
}

/// A rule that expires noncurrent versions, and objects after `expires`.
fn lifecycle(old_versions: Datum, expires: Option<Datum>, origin: Origin) -> Map {
    let mut rule = map!(origin, {
        "Id": "expire",
        // Of every object (fact: s3-lifecycle-filter).
        "Prefix": "",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": upload_expiry(origin),
        "NoncurrentVersionExpiration": map!(origin, { "NoncurrentDays": old_versions }),
    });
    if let Some(days) = expires {
        rule.set("ExpirationInDays", days);
    }
    map!(origin, { "Rules": list!(origin, [rule]) })
}

fn checkpoints(cx: &mut Cx, origin: Origin) {
    let id = names::checkpoints_bucket();
    let bucket = bucket(cx, id.clone(), "checkpoints", origin)
        .set("BucketEncryption", encryption(origin))
        .set("LoggingConfiguration", log_expiry(cx, "checkpoints", origin))
        .set("LifecycleConfiguration", lifecycle(Datum::new(90, origin), Some(retention(cx, origin)), origin));
    cx.add(bucket);
    policies::data(cx, &id, "checkpoints", origin);
}

/// Evidence cannot be deleted or replaced before its time: in a protected environment, by no principal.
fn evidence(cx: &mut Cx, origin: Origin) {
    let id = names::evidence_bucket();
    let retention = retention(cx, origin);
    let lock = map!(origin, { "Mode": lock_mode(cx), "Days": retention.clone() });
    let rule = map!(origin, { "DefaultRetention": lock });
    let bucket = bucket(cx, id.clone(), "evidence", origin)
        .set("BucketEncryption", encryption(origin))
        .set("LoggingConfiguration", log_expiry(cx, "evidence", origin))
        .set("ObjectLockEnabled", true)
        .set("ObjectLockConfiguration", map!(origin, { "ObjectLockEnabled": "Enabled", "Rule": rule }))
        .set("LifecycleConfiguration", lifecycle(retention, None, origin));
    cx.add(bucket);
    policies::data(cx, &id, "evidence", origin);
}

fn lock_mode(cx: &Cx) -> Datum {
    let written = cx.spec.checkpoints.as_ref().and_then(|node| node.lock.as_ref());
    let default = || protection::choose(cx, "COMPLIANCE", "GOVERNANCE");
    written.map_or_else(default, |mode| datum(mode, |mode| mode.word().to_uppercase()))
}

/// Load balancers write access logs to buckets under S3's own key only, so
/// this bucket is the one without a key of ours. It holds no account data.
fn access_logs(cx: &mut Cx, origin: Origin) {
    let id = names::access_logs_bucket();
    let default = map!(origin, { "SSEAlgorithm": "AES256" });
    let rule = map!(origin, { "ServerSideEncryptionByDefault": default });
    let days = || Datum::new(ACCESS_LOG_DAYS, origin);
    let bucket = bucket(cx, id.clone(), "access-logs", origin)
        .set("BucketEncryption", map!(origin, { "ServerSideEncryptionConfiguration": list!(origin, [rule]) }))
        .set("LifecycleConfiguration", lifecycle(days(), Some(days()), origin));
    cx.add(bucket);
    policies::access_logs(cx, &id, origin);
}
