use super::{bucket_policy, delivery, lifecycle};
use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, Terraform, argument};

/// Terraform spreads a bucket over resources of its own. `AccessControl` has
/// no column: access is given by policies alone.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::S3::Bucket",
    concern: Concern::Storage,
    terraform: Terraform::Column(Column {
        resource: "aws_s3_bucket",
        reference: "bucket",
        attributes: &[
            ("Arn", "arn"),
            ("DomainName", "bucket_domain_name"),
            ("RegionalDomainName", "bucket_regional_domain_name"),
        ],
        properties: PROPERTIES,
        // fact: s3-force-destroy
        emptied: &["force_destroy"],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes {
        identity: &["BucketName"],
        undecided: &["LoggingConfiguration.DestinationBucketName"],
        ..Classes::NONE
    },
};

const PROPERTIES: &[Property] = &[
    argument("BucketName", "bucket"),
    argument("ObjectLockEnabled", "object_lock_enabled"),
    Property::new("Tags", Form::Tags("tags")),
    satellite(
        "PublicAccessBlockConfiguration",
        "aws_s3_bucket_public_access_block",
        &Form::Inline(&[
            argument("BlockPublicAcls", "block_public_acls"),
            argument("BlockPublicPolicy", "block_public_policy"),
            argument("IgnorePublicAcls", "ignore_public_acls"),
            argument("RestrictPublicBuckets", "restrict_public_buckets"),
        ]),
    ),
    satellite(
        "OwnershipControls",
        "aws_s3_bucket_ownership_controls",
        &Form::Inline(&[Property::new(
            "Rules",
            Form::Blocks("rule", &[argument("ObjectOwnership", "object_ownership")]),
        )]),
    ),
    satellite(
        "BucketEncryption",
        "aws_s3_bucket_server_side_encryption_configuration",
        &Form::Inline(&[Property::new("ServerSideEncryptionConfiguration", Form::Blocks("rule", ENCRYPTION))]),
    ),
    satellite(
        "VersioningConfiguration",
        "aws_s3_bucket_versioning",
        &Form::Block("versioning_configuration", &[argument("Status", "status")]),
    ),
    Property::new(
        "ObjectLockConfiguration",
        Form::Satellite(Satellite {
            resource: "aws_s3_bucket_object_lock_configuration",
            links: &[("bucket", "id")],
            fixed: &[],
            form: &Form::Inline(OBJECT_LOCK),
            after: &["aws_s3_bucket_versioning"],
        }),
    ),
    satellite(
        "LoggingConfiguration",
        "aws_s3_bucket_logging",
        &Form::Inline(&[
            argument("DestinationBucketName", "target_bucket"),
            argument("LogFilePrefix", "target_prefix"),
        ]),
    ),
    Property::new("LifecycleConfiguration", lifecycle::CONFIGURATION),
    satellite(
        "NotificationConfiguration",
        "aws_s3_bucket_notification",
        &Form::Inline(&[Property::new(
            "EventBridgeConfiguration",
            Form::Inline(&[argument("EventBridgeEnabled", "eventbridge")]),
        )]),
    ),
];

const ENCRYPTION: &[Property] = &[
    Property::new(
        "ServerSideEncryptionByDefault",
        Form::Block(
            "apply_server_side_encryption_by_default",
            &[argument("SSEAlgorithm", "sse_algorithm"), argument("KMSMasterKeyID", "kms_master_key_id")],
        ),
    ),
    argument("BucketKeyEnabled", "bucket_key_enabled"),
];

const OBJECT_LOCK: &[Property] = &[
    argument("ObjectLockEnabled", "object_lock_enabled"),
    Property::new(
        "Rule",
        Form::Block(
            "rule",
            &[Property::new(
                "DefaultRetention",
                Form::Block(
                    "default_retention",
                    &[argument("Mode", "mode"), argument("Days", "days"), argument("Years", "years")],
                ),
            )],
        ),
    ),
];

const fn satellite(name: &'static str, resource: &'static str, form: &'static Form) -> Property {
    let satellite = Satellite { resource, links: &[("bucket", "id")], fixed: &[], form, after: &[] };
    Property::new(name, Form::Satellite(satellite))
}

const FACTS: &[Fact] = &[
    Fact::string("bucketName", "BucketName", ""),
    Fact::computed("encrypted", FactType::Bool, |bucket, _| {
        fact_if_declared(bucket, DEFAULT_ENCRYPTION, || bucket.get(DEFAULT_ENCRYPTION).is_some().into())
    }),
    Fact::string(
        "sseAlgorithm",
        "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm",
        "AES256",
    ),
    Fact::key(
        "kmsMasterKey",
        "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID",
    ),
    Fact::false_by_default("bucketKeyEnabled", "BucketEncryption.ServerSideEncryptionConfiguration.0.BucketKeyEnabled"),
    Fact::false_by_default("blockPublicAcls", "PublicAccessBlockConfiguration.BlockPublicAcls"),
    Fact::false_by_default("blockPublicPolicy", "PublicAccessBlockConfiguration.BlockPublicPolicy"),
    Fact::false_by_default("ignorePublicAcls", "PublicAccessBlockConfiguration.IgnorePublicAcls"),
    Fact::false_by_default("restrictPublicBuckets", "PublicAccessBlockConfiguration.RestrictPublicBuckets"),
    Fact::string("objectOwnership", "OwnershipControls.Rules.0.ObjectOwnership", "BucketOwnerEnforced"),
    Fact::string("versioningStatus", "VersioningConfiguration.Status", ""),
    // Of evidence, which no existing bucket receives.
    Fact::computed("objectLockEnabled", FactType::Bool, |bucket, _| match bucket.get("ObjectLockEnabled") {
        None => false.into(),
        Some(datum) => FactType::Bool.convert(&datum.value),
    }),
    Fact::string("objectLockMode", "ObjectLockConfiguration.Rule.DefaultRetention.Mode", ""),
    Fact::computed("objectLockDays", FactType::Long, object_lock_days),
    Fact::entity("loggingDestination", "LoggingConfiguration.DestinationBucketName", "AWS::S3::Bucket"),
    Fact::computed("logsAccess", FactType::Bool, logs_access),
    Fact::computed("logsToItself", FactType::Bool, |bucket, _| {
        let to = bucket.get("LoggingConfiguration.DestinationBucketName").map(|d| d.value.target());
        // A destination left out is the bucket itself.
        let itself = to.is_none_or(|to| to == Some(&bucket.id));
        (bucket.get("LoggingConfiguration").is_some() && itself).into()
    }),
    Fact::computed("receivesAccessLogs", FactType::Bool, |bucket, graph| {
        delivery::receives_access_logs(bucket, graph).into()
    }),
    // It exists, and receives logs of this account beside those of others.
    Fact::computed("archivesLogs", FactType::Bool, |bucket, graph| {
        (bucket.is_declared() && delivery::receives_logs(bucket, graph)).into()
    }),
    Fact::computed("hasLifecycle", FactType::Bool, |bucket, _| {
        fact_if_declared(bucket, LIFECYCLE, || bucket.get("LifecycleConfiguration.Rules.0").is_some().into())
    }),
    Fact::computed("abortsIncompleteUploads", FactType::Bool, |bucket, _| {
        fact_if_declared(bucket, LIFECYCLE, || lifecycle::has_rule_with(bucket, &["AbortIncompleteMultipartUpload"]))
    }),
    Fact::computed("expiresNoncurrentVersions", FactType::Bool, |bucket, _| {
        let expires = ["NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays"];
        fact_if_declared(bucket, LIFECYCLE, || lifecycle::has_rule_with(bucket, &expires))
    }),
    // The days until current objects expire; 0 for never.
    Fact::computed("expirationDays", FactType::Long, |bucket, _| {
        fact_if_declared(bucket, LIFECYCLE, || lifecycle::expiration_days(bucket))
    }),
    // No deployment deletes a bucket that exists.
    Fact::computed("retained", FactType::Bool, |bucket, _| (bucket.lifecycle.retain || bucket.is_declared()).into()),
    Fact::computed("deniesInsecureTransport", FactType::Bool, |bucket, graph| {
        any_policy(bucket, graph, bucket_policy::denies_insecure_transport)
    }),
    Fact::computed("deniesOldTls", FactType::Bool, |bucket, graph| {
        any_policy(bucket, graph, bucket_policy::denies_old_tls)
    }),
    Fact::computed("holdsEvidence", FactType::Bool, holds_evidence),
    Fact::computed("deniesOtherKeys", FactType::Bool, |bucket, graph| {
        any_policy(bucket, graph, bucket_policy::denies_other_keys)
    }),
    Fact::computed("deniesOtherWays", FactType::Bool, |bucket, graph| {
        any_policy(bucket, graph, bucket_policy::denies_other_ways)
    }),
    Fact::computed("deniesOtherAccounts", FactType::Bool, |bucket, graph| {
        any_policy(bucket, graph, bucket_policy::denies_other_accounts)
    }),
    // Services whose access logs it receives and does not take.
    Fact::computed("refusedDeliveries", FactType::StringSet, delivery::refused_deliveries),
    // An endpoint of a network names it.
    Fact::computed("behindEndpoint", FactType::Bool, |bucket, graph| {
        graph.referrers(&bucket.id).any(|r| r.type_name == "AWS::EC2::VPCEndpoint").into()
    }),
];

const DEFAULT_ENCRYPTION: &str = "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault";

const LIFECYCLE: &str = "LifecycleConfiguration";

/// A fact of a property that the spec may leave undeclared for a bucket that exists.
fn fact_if_declared(bucket: &Resource, property: &str, fact: impl FnOnce() -> FactValue) -> FactValue {
    match bucket.is_declared() && bucket.get(property).is_none() {
        true => FactValue::Unknown,
        false => fact(),
    }
}

/// Whether the answer is yes for one of the bucket's policies.
fn any_policy(bucket: &Resource, graph: &Index<'_>, question: fn(&Resource, &Index<'_>) -> Option<bool>) -> FactValue {
    let policies = graph.referring(&bucket.id, "AWS::S3::BucketPolicy", "Bucket");
    policies
        .map(|policy| question(policy, graph))
        .collect::<Option<Vec<_>>>()
        .map(|answers| answers.contains(&true))
        .into()
}

/// Whether the functions write their evidence to the bucket.
fn holds_evidence(bucket: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(name) = bucket.get("BucketName") else { return false.into() };
    let told = |function: &Resource| {
        let evidence = function.get("Environment.Variables.MIGSPEC_EVIDENCE");
        evidence.is_some_and(|d| d.value == name.value || d.value.target() == Some(&bucket.id))
    };
    graph.all("AWS::Lambda::Function").any(told).into()
}

/// Whether accesses are logged, and into another bucket.
fn logs_access(bucket: &Resource, _: &Index<'_>) -> FactValue {
    let destination = bucket.get("LoggingConfiguration.DestinationBucketName");
    destination.is_some_and(|d| d.value.target() != Some(&bucket.id)).into()
}

/// The days for which a new object cannot be changed; 0: none.
fn object_lock_days(bucket: &Resource, _: &Index<'_>) -> FactValue {
    let of = |unit: &str| bucket.get(&format!("ObjectLockConfiguration.Rule.DefaultRetention.{unit}"));
    match (of("Days"), of("Years")) {
        (Some(days), _) => FactType::Long.convert(&days.value),
        (None, Some(years)) => years.value.as_integer().map(|years| years.saturating_mul(365)).into(),
        (None, None) => 0.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn bucket(properties: &str) -> Resource {
        resource("AWS::S3::Bucket", "b", properties)
    }

    #[test]
    fn the_key_of_the_default_encryption_is_found() {
        let rule = r#"{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["k", "Arn"]}}}"#;
        let keyed = bucket(&format!(r#"{{"BucketEncryption": {{"ServerSideEncryptionConfiguration": [{rule}]}}}}"#));
        assert_eq!(fact(&TYPE, "kmsMasterKey", [keyed.clone()]), FactValue::Entity("k".into()));
        assert_eq!(fact(&TYPE, "encrypted", [keyed]), FactValue::Bool(true));
        assert_eq!(fact(&TYPE, "encrypted", [bucket("{}")]), FactValue::Bool(false));
        assert_eq!(fact(&TYPE, "kmsMasterKey", [bucket("{}")]), FactValue::AwsOwned);
    }

    #[test]
    fn logging_into_itself_is_no_logging() {
        for (to, logs) in [("other", true), ("b", false)] {
            let properties = format!(r#"{{"LoggingConfiguration": {{"DestinationBucketName": {{"Ref": "{to}"}}}}}}"#);
            assert_eq!(fact(&TYPE, "logsAccess", [bucket(&properties)]), FactValue::Bool(logs), "{to}");
        }
        assert_eq!(fact(&TYPE, "logsAccess", [bucket("{}")]), FactValue::Bool(false));
    }

    #[test]
    fn only_an_enabled_rule_for_the_whole_bucket_counts() {
        for (status, prefix, counts) in [("Enabled", "", true), ("Disabled", "", false), ("Enabled", "tmp/", false)] {
            let rule = format!(
                r#"{{"Status": "{status}", "Prefix": "{prefix}", "AbortIncompleteMultipartUpload": {{"DaysAfterInitiation": 7}}}}"#
            );
            let bucket = bucket(&format!(r#"{{"LifecycleConfiguration": {{"Rules": [{rule}]}}}}"#));
            assert_eq!(
                fact(&TYPE, "abortsIncompleteUploads", [bucket.clone()]),
                FactValue::Bool(counts),
                "{status} {prefix}"
            );
            assert_eq!(fact(&TYPE, "expiresNoncurrentVersions", [bucket]), FactValue::Bool(false));
        }
    }

    #[test]
    fn retention_counts_in_days() {
        for (retention, days) in [(r#"{"Days": 400}"#, 400), (r#"{"Years": 2}"#, 730)] {
            let lock = format!(r#"{{"ObjectLockConfiguration": {{"Rule": {{"DefaultRetention": {retention}}}}}}}"#);
            assert_eq!(fact(&TYPE, "objectLockDays", [bucket(&lock)]), FactValue::Long(days), "{retention}");
        }
    }
}
