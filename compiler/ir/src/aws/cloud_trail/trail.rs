use crate::class::Classes;
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{
    Column, Concern, Describe, Field, Form, Lookup, Property, ResourceType, TAGS, Terraform, argument,
};
use crate::workflow::Described;

/// The record of the account's API calls. A spec only names trails that exist: they outlive every migration.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::CloudTrail::Trail",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudtrail",
        attributes: &[("Arn", "arn")],
        properties: &[
            Property::new("AdvancedEventSelectors", SELECTION),
            Property::new("AggregationConfigurations", SELECTION),
            argument("CloudWatchLogsLogGroupArn", "cloud_watch_logs_group_arn"),
            argument("CloudWatchLogsRoleArn", "cloud_watch_logs_role_arn"),
            argument("EnableLogFileValidation", "enable_log_file_validation"),
            Property::new("EventSelectors", SELECTION),
            argument("IncludeGlobalServiceEvents", "include_global_service_events"),
            Property::new("InsightSelectors", SELECTION),
            argument("IsLogging", "enable_logging"),
            argument("IsMultiRegionTrail", "is_multi_region_trail"),
            argument("IsOrganizationTrail", "is_organization_trail"),
            argument("KMSKeyId", "kms_key_id"),
            argument("S3BucketName", "s3_bucket_name"),
            argument("S3KeyPrefix", "s3_key_prefix"),
            argument("SnsTopicName", "sns_topic_name"),
            TAGS,
            argument("TrailName", "name"),
        ],
        // The provider has no data source of trails.
        lookup: Some(&Lookup {
            same: &["Arn"],
            describe: &[Describe {
                described: Described::Trails,
                of: None,
                compares: &[
                    ("EnableLogFileValidation", Field::Equal("LogFileValidationEnabled")),
                    ("IsMultiRegionTrail", Field::Equal("IsMultiRegionTrail")),
                    ("KMSKeyId", Field::Equal("KmsKeyId")),
                ],
            }],
            ..Lookup::BASE
        }),
        ..Column::BASE
    }),
    facts: &[
        Fact::false_by_default("multiRegion", "IsMultiRegionTrail"),
        Fact::false_by_default("validatesFiles", "EnableLogFileValidation"),
        Fact::computed("encrypted", FactType::Bool, |trail, _| match trail.get("KMSKeyId") {
            Some(_) => true.into(),
            None if trail.is_declared() => FactValue::Unknown,
            None => false.into(),
        }),
    ],
    classes: Classes { identity: &["TrailName"], ..Classes::NONE },
};

const SELECTION: Form = Form::Absent("the owner of the trail selects its events");
