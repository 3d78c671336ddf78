//! Lifecycle rules. Terraform needs the `Id`, and a filter, which an empty
//! `Prefix` makes. Filters by tag or size have no column: several of them need
//! another block.

use crate::fact::{FactType, FactValue};
use crate::graph::Resource;
use crate::resource_type::{Form, Property, Satellite, argument};

pub(super) const CONFIGURATION: Form = Form::Satellite(Satellite {
    resource: "aws_s3_bucket_lifecycle_configuration",
    links: &[("bucket", "id")],
    fixed: &[],
    form: &Form::Inline(&[
        Property::new("Rules", Form::Blocks("rule", RULE)),
        argument("TransitionDefaultMinimumObjectSize", "transition_default_minimum_object_size"),
    ]),
    // Rules on versions that are no longer current need versions.
    after: &["aws_s3_bucket_versioning"],
});

const RULE: &[Property] = &[
    argument("Id", "id"),
    argument("Status", "status"),
    Property::new("Prefix", Form::Within("filter", &Form::Argument("prefix"))),
    Property::new(
        "AbortIncompleteMultipartUpload",
        Form::Block("abort_incomplete_multipart_upload", &[argument("DaysAfterInitiation", "days_after_initiation")]),
    ),
    Property::new("ExpirationInDays", Form::Within("expiration", &Form::Argument("days"))),
    Property::new("ExpirationDate", Form::Within("expiration", &Form::Argument("date"))),
    Property::new(
        "ExpiredObjectDeleteMarker",
        Form::Within("expiration", &Form::Argument("expired_object_delete_marker")),
    ),
    Property::new(
        "NoncurrentVersionExpiration",
        Form::Block(
            "noncurrent_version_expiration",
            &[
                argument("NoncurrentDays", "noncurrent_days"),
                argument("NewerNoncurrentVersions", "newer_noncurrent_versions"),
            ],
        ),
    ),
    Property::new(
        "NoncurrentVersionTransitions",
        Form::Blocks(
            "noncurrent_version_transition",
            &[
                argument("TransitionInDays", "noncurrent_days"),
                argument("StorageClass", "storage_class"),
                argument("NewerNoncurrentVersions", "newer_noncurrent_versions"),
            ],
        ),
    ),
    Property::new(
        "Transitions",
        Form::Blocks(
            "transition",
            &[
                argument("TransitionInDays", "days"),
                argument("TransitionDate", "date"),
                argument("StorageClass", "storage_class"),
            ],
        ),
    ),
];

/// Whether an enabled rule for the whole bucket has one of these properties.
pub(super) fn has_rule_with(bucket: &Resource, properties: &[&str]) -> FactValue {
    let rules = bucket.get("LifecycleConfiguration.Rules").and_then(|d| d.value.as_list()).unwrap_or_default();
    rules
        .iter()
        .filter(|rule| rule.get("Status").is_some_and(|d| d.value.as_str() == Some("Enabled")))
        .filter(|rule| rule.get("Prefix").is_none_or(|d| d.value.as_str() == Some("")))
        .any(|rule| properties.iter().any(|property| rule.get(property).is_some()))
        .into()
}

/// The days of the first enabled rule that expires the current objects of the
/// whole bucket; 0 without such a rule.
pub(super) fn expiration_days(bucket: &Resource) -> FactValue {
    let rules = bucket.get("LifecycleConfiguration.Rules").and_then(|d| d.value.as_list()).unwrap_or_default();
    let days = rules
        .iter()
        .filter(|rule| rule.get("Status").is_some_and(|d| d.value.as_str() == Some("Enabled")))
        .filter(|rule| rule.get("Prefix").is_none_or(|d| d.value.as_str() == Some("")))
        .find_map(|rule| rule.get("ExpirationInDays"));
    days.map_or(FactValue::Long(0), |days| FactType::Long.convert(&days.value))
}
