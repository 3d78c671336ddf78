use super::task_settings::Settings;
use super::{alarmed, endpoint, mappings};
use crate::class::Classes;
use crate::datum::Value;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// Tasks are started by the workflow: `start_replication_task` is never set.
/// `CdcStartTime` has no column: PostgreSQL knows only positions.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::DMS::ReplicationTask",
    concern: Concern::Replication,
    terraform: Terraform::Column(Column {
        resource: "aws_dms_replication_task",
        reference: "replication_task_arn",
        attributes: &[("ReplicationTaskArn", "replication_task_arn")],
        properties: &[
            argument("ReplicationTaskIdentifier", "replication_task_id"),
            argument("ResourceIdentifier", "resource_identifier"),
            argument("MigrationType", "migration_type"),
            argument("ReplicationInstanceArn", "replication_instance_arn"),
            argument("SourceEndpointArn", "source_endpoint_arn"),
            argument("TargetEndpointArn", "target_endpoint_arn"),
            Property::new("TableMappings", Form::Json("table_mappings")),
            Property::new("ReplicationTaskSettings", Form::Json("replication_task_settings")),
            argument("CdcStartPosition", "cdc_start_position"),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes {
        identity: &[
            "ReplicationTaskIdentifier",
            "ResourceIdentifier",
            "ReplicationInstanceArn",
            "SourceEndpointArn",
            "TargetEndpointArn",
        ],
        ..Classes::NONE
    },
};

const FACTS: &[Fact] = &[
    Fact::string("migrationType", "MigrationType", ""),
    Fact::string("resourceIdentifier", "ResourceIdentifier", ""),
    Fact::entity("replicationInstance", "ReplicationInstanceArn", "AWS::DMS::ReplicationInstance"),
    Fact::entity("sourceEndpoint", "SourceEndpointArn", "AWS::DMS::Endpoint"),
    Fact::entity("targetEndpoint", "TargetEndpointArn", "AWS::DMS::Endpoint"),
    Fact::computed("endpointsShareSecret", FactType::Bool, endpoints_share_secret),
    Fact::computed("validationEnabled", FactType::Bool, |task, _| {
        Settings::of(task).off_by_default("ValidationSettings.EnableValidation").into()
    }),
    Fact::computed("loggingEnabled", FactType::Bool, |task, _| {
        Settings::of(task).off_by_default("Logging.EnableLogging").into()
    }),
    Fact::computed("quietLogComponents", FactType::StringSet, |task, _| {
        Settings::of(task).components_at(&["LOGGER_SEVERITY_ERROR", "LOGGER_SEVERITY_WARNING"])
    }),
    Fact::computed("verboseLogComponents", FactType::StringSet, |task, _| {
        Settings::of(task).components_at(&["LOGGER_SEVERITY_DETAILED_DEBUG"])
    }),
    Fact::computed("fullLobMode", FactType::Bool, |task, _| {
        Settings::of(task).off_by_default("TargetMetadata.FullLobMode").into()
    }),
    Fact::computed("limitedSizeLobMode", FactType::Bool, |task, _| {
        Settings::of(task).on_by_default("TargetMetadata.LimitedSizeLobMode").into()
    }),
    // In KiB.
    Fact::computed("lobMaxSize", FactType::Long, |task, _| {
        Settings::of(task).integer("TargetMetadata.LobMaxSize", 32).into()
    }),
    Fact::computed("stopsOnTruncation", FactType::Bool, |task, _| Settings::of(task).stops_on_truncation()),
    Fact::computed("appliesErrorsBySuspending", FactType::Bool, |task, _| {
        Settings::of(task).applies_errors_by_suspending()
    }),
    Fact::computed("targetTablePrepMode", FactType::String, |task, _| {
        Settings::of(task).word("FullLoadSettings.TargetTablePrepMode", "DROP_AND_CREATE").into()
    }),
    Fact::computed("timeTravels", FactType::Bool, |task, _| {
        Settings::of(task).off_by_default("TTSettings.EnableTT").into()
    }),
    Fact::computed("timeTravelsUnderKey", FactType::Bool, |task, _| {
        let settings = Settings::of(task);
        let mode = settings.word("TTSettings.TTS3Settings.EncryptionMode", "SSE_S3");
        let key = settings.word("TTSettings.TTS3Settings.ServerSideEncryptionKmsKeyId", "");
        mode.zip(key).map(|(mode, key)| mode.eq_ignore_ascii_case("SSE_KMS") && !key.is_empty()).into()
    }),
    Fact::computed("statesSchemaChanges", FactType::Bool, |task, _| Settings::of(task).states_schema_changes()),
    Fact::computed("startsWithoutGap", FactType::Bool, starts_without_gap),
    // Whether it copies more than the row of a rehearsal.
    Fact::computed("copiesApplication", FactType::Bool, mappings::copies_application),
    Fact::computed("transformedProtectedColumns", FactType::StringSet, mappings::transformed_protected_columns),
    Fact::computed("preventsLoopback", FactType::Bool, |task, _| {
        Settings::of(task).off_by_default("LoopbackPreventionSettings.EnableLoopbackPrevention").into()
    }),
    Fact::computed("recoversFromTargetTable", FactType::Bool, |task, _| {
        Settings::of(task).off_by_default("TargetMetadata.TaskRecoveryTableEnabled").into()
    }),
    // A schedule sends its ARN to the task monitor every minute.
    Fact::computed("isMonitored", FactType::Bool, |task, graph| alarmed::is_monitored(task, graph).into()),
    Fact::computed("patientlyAlarmedMetrics", FactType::StringSet, |task, graph| {
        alarmed::patient_metrics(task, "ResourceIdentifier", graph)
    }),
    Fact::computed("alarmedMetrics", FactType::StringSet, |task, graph| {
        alarmed::metrics(task, "ResourceIdentifier", graph)
    }),
];

/// Whether no change falls between the copy of the data and the first change
/// that is read: one task does both, or it begins at a known point.
fn starts_without_gap(task: &Resource, graph: &Index<'_>) -> FactValue {
    match task.get("MigrationType").map(|d| d.value.as_str()) {
        Some(Some("full-load-and-cdc")) => true.into(),
        Some(Some("cdc")) => {
            let slot = graph.follow(task, "SourceEndpointArn").and_then(endpoint::slot);
            (task.get("CdcStartPosition").is_some() || slot.is_some()).into()
        }
        Some(None) => FactValue::Unknown,
        Some(Some(_)) | None => false.into(),
    }
}

/// Whether one set of credentials opens both sides.
fn endpoints_share_secret(task: &Resource, graph: &Index<'_>) -> FactValue {
    let side = |property| graph.follow(task, property).map(endpoint::secret);
    let (Some(source), Some(target)) = (side("SourceEndpointArn"), side("TargetEndpointArn")) else {
        return FactValue::Unknown;
    };
    source.zip(target).is_some_and(|(source, target)| same_secret(&source.value, &target.value)).into()
}

/// A reference in any form, or the same text.
fn same_secret(one: &Value, other: &Value) -> bool {
    one == other || one.target().is_some_and(|id| other.target() == Some(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    fn task(settings: &str) -> Resource {
        resource("AWS::DMS::ReplicationTask", "t", &format!(r#"{{"ReplicationTaskSettings": {settings}}}"#))
    }

    #[test]
    fn errors_suspend_only_when_every_policy_does() {
        let settings = |delete| {
            let policies = ["DataErrorPolicy", "ApplyErrorInsertPolicy", "ApplyErrorUpdatePolicy"];
            let suspend: Vec<_> = policies.iter().map(|p| format!(r#""{p}": "SUSPEND_TABLE", "#)).collect();
            format!(r#"{{"ErrorBehavior": {{{} "ApplyErrorDeletePolicy": "{delete}"}}}}"#, suspend.concat())
        };
        for (delete, expected) in [("STOP_TASK", true), ("IGNORE_RECORD", false), ("LOG_ERROR", false)] {
            let value = fact(&TYPE, "appliesErrorsBySuspending", [task(&settings(delete))]);
            assert_eq!(value, FactValue::Bool(expected), "{delete}");
        }
    }

    #[test]
    fn the_defaults_of_dms_are_not_safe() {
        let silent = || resource("AWS::DMS::ReplicationTask", "t", "{}");
        for name in ["appliesErrorsBySuspending", "stopsOnTruncation", "validationEnabled", "loggingEnabled"] {
            assert_eq!(fact(&TYPE, name, [silent()]), FactValue::Bool(false), "{name}");
        }
        assert_eq!(fact(&TYPE, "lobMaxSize", [silent()]), FactValue::Long(32));
    }

    #[test]
    fn settings_may_be_text_and_bad_text_is_undecided() {
        let text = r#""{\"ValidationSettings\": {\"EnableValidation\": true}}""#;
        assert_eq!(fact(&TYPE, "validationEnabled", [task(text)]), FactValue::Bool(true));
        assert_eq!(fact(&TYPE, "validationEnabled", [task(r#""no json""#)]), FactValue::Unknown);
    }

    #[test]
    fn components_are_listed_by_severity() {
        let settings = r#"{"Logging": {"LogComponents": [
            {"Id": "SOURCE_CAPTURE", "Severity": "LOGGER_SEVERITY_ERROR"},
            {"Id": "TARGET_APPLY", "Severity": "LOGGER_SEVERITY_DEFAULT"},
            {"Id": "TRANSFORMATION", "Severity": "LOGGER_SEVERITY_DETAILED_DEBUG"}]}}"#;
        let quiet = fact(&TYPE, "quietLogComponents", [task(settings)]);
        let verbose = fact(&TYPE, "verboseLogComponents", [task(settings)]);
        assert_eq!(quiet, FactValue::set([Some("SOURCE_CAPTURE")]));
        assert_eq!(verbose, FactValue::set([Some("TRANSFORMATION")]));
    }

    #[test]
    fn alarms_name_a_task_by_its_resource_identifier() {
        let task = resource(
            "AWS::DMS::ReplicationTask",
            "t",
            r#"{"ResourceIdentifier": "LEDGER", "ReplicationTaskIdentifier": "ledger-task"}"#,
        );
        let alarm = |id, value| {
            let properties = format!(
                r#"{{"MetricName": "{id}", "Dimensions": [{{"Name": "ReplicationTaskIdentifier", "Value": "{value}"}}]}}"#
            );
            resource("AWS::CloudWatch::Alarm", id, &properties)
        };
        let resources = [task, alarm("CDCLatencySource", "LEDGER"), alarm("CDCLatencyTarget", "ledger-task")];
        assert_eq!(fact(&TYPE, "alarmedMetrics", resources), FactValue::set([Some("CDCLatencySource")]));
    }

    #[test]
    fn one_secret_for_both_sides_is_found() {
        let endpoint = |id, secret| {
            let properties = format!(r#"{{"PostgreSqlSettings": {{"SecretsManagerSecretId": {secret}}}}}"#);
            resource("AWS::DMS::Endpoint", id, &properties)
        };
        let task = || {
            let ends = r#"{"SourceEndpointArn": {"Ref": "source"}, "TargetEndpointArn": {"Ref": "target"}}"#;
            resource("AWS::DMS::ReplicationTask", "t", ends)
        };
        for (source, target, shared) in [
            (r#"{"Ref": "s"}"#, r#"{"Fn::GetAtt": ["s", "Id"]}"#, true),
            (r#"{"Ref": "s"}"#, r#"{"Ref": "other"}"#, false),
            (r#""arn:one""#, r#""arn:one""#, true),
        ] {
            let resources = [task(), endpoint("source", source), endpoint("target", target)];
            assert_eq!(fact(&TYPE, "endpointsShareSecret", resources), FactValue::Bool(shared), "{source} {target}");
        }
    }
}
