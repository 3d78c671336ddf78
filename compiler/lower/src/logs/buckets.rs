//! Buckets of a log archive, which exist: access logs of load balancers and buckets, and flow logs. Who controls the account
//! of the migration cannot change them.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::{Datum, Id, Map, Moment, Origin, Request, Resource, Settings, Value, json, list, map};
use migspec_syntax::Setting;
use migspec_syntax::value::{AccountId, Arn, Duration, FileName};

use crate::cx::{Cx, datum, origin};
use crate::policy::Statement;
use crate::{declared, demand, key_arns, keys, log_delivery, names};

const BY: &str = "logs";

const POLICY: &str = "`policy=` of the bucket in `logs`";
const PUBLIC: &str = "`public=` of the bucket in `logs`";
const EXPIRES: &str = "`expires=` of the bucket in `logs`";
const KEY: &str = "`key=` of `flow`";

/// The settings that declare a fact.
const BUCKET: Settings = &[
    ("blockPublicAcls", PUBLIC),
    ("blockPublicPolicy", PUBLIC),
    ("ignorePublicAcls", PUBLIC),
    ("restrictPublicBuckets", PUBLIC),
    ("objectOwnership", "`acls=` of the bucket in `logs`"),
    ("versioningStatus", "`versions=` of the bucket in `logs`"),
    ("encrypted", KEY),
    ("sseAlgorithm", KEY),
    ("kmsMasterKey", KEY),
    ("hasLifecycle", EXPIRES),
    ("expirationDays", EXPIRES),
    ("abortsIncompleteUploads", EXPIRES),
    ("expiresNoncurrentVersions", EXPIRES),
    ("deniesInsecureTransport", POLICY),
    ("deniesOldTls", POLICY),
    ("refusedDeliveries", POLICY),
];
const BUCKET_POLICY: Settings = &[
    ("grantsToEveryone", POLICY),
    ("bindsServices", POLICY),
    ("otherAccounts", POLICY),
    ("usesWildcardActions", POLICY),
    ("usesNotAction", POLICY),
];

/// A bucket as the spec declares it.
struct Bucket<'a> {
    id: Id,
    /// `logs > access`.
    node: &'static str,
    place: Span,
    arn: &'a Setting<Arn>,
    owner: &'a Option<Setting<AccountId>>,
    policy: &'a Option<Setting<FileName>>,
    public: &'a Option<Setting<bool>>,
    acls: &'a Option<Setting<bool>>,
    versions: &'a Option<Setting<bool>>,
    expires: &'a Option<Setting<Duration>>,
    encryption: Option<Datum>,
}

/// The bucket of access logs. Load balancers write to buckets under S3's own key only (fact: elb-log-bucket).
fn access<'a>(cx: &Cx<'a>) -> Option<Bucket<'a>> {
    let node = cx.spec.logs.as_ref()?.access.as_ref()?;
    let at = Origin::derived(BY, node.place.header);
    Some(Bucket {
        id: names::access_log_archive(),
        node: "logs > access",
        place: node.place.header,
        arn: &node.bucket,
        owner: &node.owner,
        policy: &node.policy,
        public: &node.public,
        acls: &node.acls,
        versions: &node.versions,
        expires: &node.expires,
        encryption: Some(encryption(map!(at, { "SSEAlgorithm": "AES256" }), at)),
    })
}

fn flow<'a>(cx: &Cx<'a>) -> Option<Bucket<'a>> {
    let node = cx.spec.logs.as_ref()?.flow.as_ref()?;
    let under = |key: &Setting<Arn>| {
        let at = origin(key);
        let default =
            map!(at, { "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": datum(key, |key| key.as_str().to_owned()) });
        encryption(default, at)
    };
    Some(Bucket {
        id: names::flow_log_archive(),
        node: "logs > flow",
        place: node.place.header,
        arn: &node.bucket,
        owner: &node.owner,
        policy: &node.policy,
        public: &node.public,
        acls: &node.acls,
        versions: &node.versions,
        expires: &node.expires,
        encryption: node.key.as_ref().map(under),
    })
}

fn encryption(default: Map, at: Origin) -> Datum {
    let rule = map!(at, { "ServerSideEncryptionByDefault": default });
    Datum::new(map!(at, { "ServerSideEncryptionConfiguration": list!(at, [rule]) }), at)
}

/// The bucket for access logs of load balancers.
pub(crate) fn of_balancers(cx: &Cx) -> Id {
    access(cx).map_or_else(names::access_logs_bucket, |bucket| bucket.id)
}

/// The bucket for access logs of buckets: S3 delivers them within one account (fact: s3-log-same-account).
pub(crate) fn of_buckets(cx: &Cx) -> Id {
    let own = access(cx).filter(|bucket| owner(cx, bucket).is_none());
    own.map_or_else(names::access_logs_bucket, |bucket| bucket.id)
}

/// The bucket for flow logs, if the spec names one.
pub(crate) fn of_flows(cx: &Cx) -> Option<Id> {
    flow(cx).map(|bucket| bucket.id)
}

/// The account of a bucket, where it is not the environment's.
fn owner(cx: &Cx, bucket: &Bucket) -> Option<Arc<str>> {
    let other = bucket.owner.as_ref().filter(|owner| owner.as_str() != &*cx.graph.environment.account);
    other.map(|owner| owner.as_str().into())
}

/// Adds the buckets that receive logs. Networks are lowered before, and the APIs after.
pub(crate) fn lower(cx: &mut Cx) {
    if let Some(bucket) = access(cx) {
        let balancers = demand::load_balancer(cx).is_some();
        let buckets = of_buckets(cx) == bucket.id && demand::checkpoints(cx).is_some();
        let mut needed = Vec::new();
        if balancers {
            needed.push(log_delivery::of_balancers(cx, bucket.arn.as_str(), Origin::derived(BY, bucket.place)));
        }
        if buckets {
            needed.push(log_delivery::of_buckets(cx, bucket.arn.as_str(), Origin::derived(BY, bucket.place)));
        }
        add(cx, &bucket, needed);
    }
    if let Some(bucket) = flow(cx) {
        let used = cx.graph.of_type("AWS::EC2::FlowLog").filter_map(|log| log.get("LogDestination")?.value.target());
        let needed = match used.into_iter().any(|id| *id == bucket.id) {
            true => flow_logs(cx, bucket.arn.as_str(), Origin::derived(BY, bucket.place)).into(),
            false => Vec::new(),
        };
        let receives = !needed.is_empty();
        add(cx, &bucket, needed);
        if let Some(key) = cx.spec.logs.as_ref().and_then(|logs| logs.flow.as_ref()?.key.as_ref()).filter(|_| receives)
        {
            key_arns::check_arn(cx, key);
            check_region(cx, key);
            request_key(cx, key);
        }
    }
}

/// Adds a bucket and its policy, with the statements that deliveries need.
fn add(cx: &mut Cx, bucket: &Bucket, needed: Vec<Statement>) {
    check(cx, bucket, &needed);
    if needed.is_empty() {
        return;
    }
    let at = Origin::derived(BY, bucket.place);
    let owner = owner(cx, bucket);
    let name = || bucket.arn.resource().to_owned();
    let resource = Resource::new("AWS::S3::Bucket", bucket.id.clone(), bucket.node, at)
        .existing(name(), BUCKET)
        .owned_by(owner.clone())
        .set_if("BucketName", is_bucket(cx, bucket.arn).then(|| datum(bucket.arn, |_| name())))
        .set("Arn", datum(bucket.arn, |arn| arn.as_str().to_owned()))
        .set_if("PublicAccessBlockConfiguration", bucket.public.as_ref().map(public_access))
        .set_if("OwnershipControls", bucket.acls.as_ref().map(ownership))
        .set_if("VersioningConfiguration", bucket.versions.as_ref().map(versioning))
        .set_if("BucketEncryption", bucket.encryption.clone())
        .set_if("LifecycleConfiguration", bucket.expires.as_ref().map(lifecycle));
    cx.add(resource);
    let command = format!("aws s3api get-bucket-policy --bucket {} --query Policy", bucket.arn.resource());
    let policy = bucket.policy.as_ref().and_then(|file| declared::policy(cx, file, BY, &command));
    let needed: Vec<Datum> = needed.into_iter().map(Statement::build).collect();
    let missing: Vec<Datum> = match &policy {
        Some(policy) => needed.into_iter().filter(|statement| !declared::allows(policy, statement)).collect(),
        None => needed,
    };
    request(cx, bucket, &missing);
    let resource = Resource::new("AWS::S3::BucketPolicy", format!("{}-policy", bucket.id), bucket.node, at)
        .existing(name(), BUCKET_POLICY)
        .owned_by(owner)
        .set("Bucket", Value::reference(bucket.id.clone()))
        .set_if("PolicyDocument", policy.map(|policy| declared::with(policy, missing)));
    cx.add(resource);
}

/// Whether an ARN names a bucket of the environment's partition.
fn is_bucket(cx: &Cx, arn: &Arn) -> bool {
    let name = arn.resource();
    let is_here = arn.service() == "s3" && arn.partition() == cx.graph.environment.partition;
    is_here && !name.is_empty() && !name.contains(['/', '*', ':'])
}

fn check(cx: &mut Cx, bucket: &Bucket, needed: &[Statement]) {
    let arn = &bucket.arn.value;
    let name = arn.resource();
    let partition = cx.graph.environment.partition;
    if !is_bucket(cx, arn) {
        let message = format!("`{arn}` is not the ARN of a bucket in the partition `{partition}`");
        cx.report(
            Diagnostic::error("not-a-log-bucket", message)
                .at(bucket.arn.span(), "no bucket")
                .help(format!("write \"arn:{partition}:s3:::NAME\", without a prefix")),
        );
    } else if needed.is_empty() {
        cx.report(
            Diagnostic::warning("unused-log-bucket", format!("nothing sends logs to the bucket `{name}`"))
                .at(bucket.place, "has no effect")
                .help(format!("remove `{}`", bucket.node.rsplit(' ').next().unwrap_or(bucket.node))),
        );
    }
}

fn public_access(public: &Setting<bool>) -> Datum {
    let at = origin(public);
    let block = || !public.value;
    let flags = map!(at, {
        "BlockPublicAcls": block(),
        "BlockPublicPolicy": block(),
        "IgnorePublicAcls": block(),
        "RestrictPublicBuckets": block(),
    });
    Datum::new(flags, at)
}

fn ownership(acls: &Setting<bool>) -> Datum {
    let at = origin(acls);
    let owner = if acls.value { "BucketOwnerPreferred" } else { "BucketOwnerEnforced" };
    Datum::new(map!(at, { "Rules": list!(at, [map!(at, { "ObjectOwnership": owner })]) }), at)
}

fn versioning(versions: &Setting<bool>) -> Datum {
    let at = origin(versions);
    Datum::new(map!(at, { "Status": if versions.value { "Enabled" } else { "Suspended" } }), at)
}

/// Objects, their old versions and unfinished uploads expire.
fn lifecycle(expires: &Setting<Duration>) -> Datum {
    let at = origin(expires);
    let days = || datum(expires, |expires| expires.days() as i64);
    let rule = map!(at, {
        "Id": "expire",
        "Prefix": "",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": map!(at, { "DaysAfterInitiation": days() }),
        "ExpirationInDays": days(),
        "NoncurrentVersionExpiration": map!(at, { "NoncurrentDays": days() }),
    });
    Datum::new(map!(at, { "Rules": list!(at, [rule]) }), at)
}

/// Flow logs come from the delivery of CloudWatch Logs (fact: flow-logs-to-bucket).
fn flow_logs(cx: &Cx, bucket: &str, at: Origin) -> [Statement; 2] {
    let account = cx.graph.environment.account.clone();
    let allow = |sid: &str, action: &str, resource: String| {
        Statement::allow(sid, at)
            .service("delivery.logs.amazonaws.com")
            .actions(&[action])
            .resources(vec![resource.into()])
            .when("StringEquals", "aws:SourceAccount", account.clone())
            .when("ArnLike", "aws:SourceArn", cx.arn("logs", "*"))
    };
    let write = allow("FlowLogs", "s3:PutObject", format!("{bucket}/AWSLogs/{account}/*"));
    [
        write.when("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control"),
        allow("FlowLogsCheckAccess", "s3:GetBucketAcl", bucket.to_owned()),
    ]
}

/// Asks the owner for the statements that the policy of the bucket lacks.
fn request(cx: &mut Cx, bucket: &Bucket, missing: &[Datum]) {
    if missing.is_empty() {
        return;
    }
    let name = bucket.arn.resource();
    let statements: serde_json::Value = missing.iter().map(|statement| json::of(&statement.value)).collect();
    let commands = vec![
        format!("aws s3api get-bucket-policy --bucket {name} --query Policy --output text > bucket-policy.json"),
        declared::with_command(&statements, "bucket-policy"),
        format!("aws s3api put-bucket-policy --bucket {name} --policy file://bucket-policy-of-migration.json"),
    ];
    let why = format!(
        "Account {} sends its logs here. The policy of the bucket needs these statements in addition to its own. \
         Without them, AWS refuses the destination, and the deployment fails. The bucket is in the region {}, and keeps \
         the logs for a year at least.",
        cx.graph.environment.account, cx.graph.environment.region
    );
    let owner = owner(cx, bucket).unwrap_or_else(|| cx.graph.environment.account.clone());
    let origin = Origin::derived(BY, bucket.place);
    let subject = bucket.arn.as_str().into();
    cx.graph.requests.push(Request { owner, subject, when: Moment::Before, why, commands, origin });
}

/// S3 encrypts with keys of the region of the bucket (fact: s3-key-region).
fn check_region(cx: &mut Cx, key: &Setting<Arn>) {
    let written = cx.spec.logs.as_ref().and_then(|logs| logs.flow.as_ref()?.region.as_ref());
    let region = written.map_or(&*cx.graph.environment.region, |region| region.as_str()).to_owned();
    if key.region() == region {
        return;
    }
    let place = written.map_or(cx.graph.environment.span, Setting::span);
    cx.report(
        Diagnostic::error("key-elsewhere", format!("the key of the flow logs is in `{}`", key.region()))
            .at(key.span(), format!("the bucket is in `{region}`"))
            .with(place, "the region of the bucket")
            .help(format!("write the key of the bucket, or region=\"{}\" if the bucket is there", key.region())),
    );
}

/// Asks the owner of the key for the statement of the delivery (fact: flow-logs-bucket-key).
fn request_key(cx: &mut Cx, key: &Setting<Arn>) {
    let at = origin(key);
    let statement = Statement::allow("FlowLogsUseKey", at)
        .service("delivery.logs.amazonaws.com")
        .actions(&["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"])
        .resources(vec!["*".into()])
        .build();
    let why =
        "The bucket of the flow logs is under this key, and their delivery encrypts with it. If the policy of the key \
               lacks this statement, no flow log arrives."
            .to_owned();
    let request = Request {
        owner: key.account().into(),
        subject: key.as_str().into(),
        when: Moment::Before,
        why,
        commands: keys::commands(key, &serde_json::Value::Array(vec![json::of(&statement.value)])),
        origin: at,
    };
    cx.graph.requests.push(request);
}
