use crate::class::Classes;
use crate::datum::Value;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, Terraform, argument};

/// `Arn` ends in `:*` in CloudFormation and not in Terraform. Most readers take
/// either; for those that insist on the end (Step Functions) the ARN is made
/// from the name.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Logs::LogGroup",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_log_group",
        reference: "name",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("LogGroupName", "name"),
            argument("LogGroupClass", "log_group_class"),
            argument("RetentionInDays", "retention_in_days"),
            argument("KmsKeyId", "kms_key_id"),
            argument("DeletionProtectionEnabled", "deletion_protection_enabled"),
            Property::new(
                "DataProtectionPolicy",
                Form::Satellite(Satellite {
                    resource: "aws_cloudwatch_log_data_protection_policy",
                    links: &[("log_group_name", "name")],
                    fixed: &[],
                    form: &Form::Json("policy_document"),
                    after: &[],
                }),
            ),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: &[
        // 0: for ever.
        Fact::long("retentionInDays", "RetentionInDays", 0),
        Fact::key("kmsKey", "KmsKeyId"),
        // fact: infrequent-access-logs
        Fact::string("logGroupClass", "LogGroupClass", "STANDARD"),
        Fact::computed("hearsPayments", FactType::Bool, hears_payments),
        Fact::computed("hasDataProtection", FactType::Bool, |group, _| {
            group.get("DataProtectionPolicy").is_some().into()
        }),
        Fact::computed("retained", FactType::Bool, |group, _| {
            let protected = group.get("DeletionProtectionEnabled").and_then(|d| d.value.as_bool());
            (group.lifecycle.retain || protected == Some(true)).into()
        }),
    ],
    classes: Classes { identity: &["LogGroupName"], ..Classes::NONE },
};

/// Whether a writer of the group handles payments: functions, databases,
/// replications, APIs and workflows. Network logs contain no payloads.
fn hears_payments(group: &Resource, graph: &Index<'_>) -> FactValue {
    const WRITERS: &[&str] =
        &["AWS::ApiGateway::Stage", "AWS::Lambda::Function", "AWS::RDS::DBCluster", "AWS::StepFunctions::StateMachine"];
    const NAMES: &[&str] = &[
        "/aws/apigateway/",
        "/aws/lambda/",
        "/aws/rds/",
        "/aws/vendedlogs/states/",
        "API-Gateway-Execution-Logs_",
        "dms-tasks-",
    ];
    // The id of an API follows the beginning of a name.
    let name = match group.get("LogGroupName").map(|datum| &datum.value) {
        Some(Value::Concat(parts)) => parts.first().and_then(Value::as_str),
        name => name.and_then(Value::as_str),
    };
    let name = name.unwrap_or_default();
    let named = NAMES.iter().any(|start| name.starts_with(start));
    (named || graph.referrers(&group.id).any(|r| WRITERS.contains(&r.type_name))).into()
}
