use super::conduct;
use crate::aws::dms::alarmed;
use crate::aws::iam::users;
use crate::class::Classes;
use crate::datum::Value;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::Resource;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Terraform, argument};

/// The definition is one literal document: `Definition`,
/// `DefinitionS3Location` and `DefinitionSubstitutions` have no column.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::StepFunctions::StateMachine",
    concern: Concern::Workflow,
    terraform: Terraform::Column(Column {
        resource: "aws_sfn_state_machine",
        reference: "arn",
        attributes: &[("Arn", "arn"), ("Name", "name"), ("StateMachineRevisionId", "revision_id")],
        properties: &[
            argument("StateMachineName", "name"),
            argument("StateMachineType", "type"),
            argument("RoleArn", "role_arn"),
            argument("DefinitionString", "definition"),
            Property::new("LoggingConfiguration", Form::Block("logging_configuration", LOGGING)),
            Property::new(
                "TracingConfiguration",
                Form::Block("tracing_configuration", &[argument("Enabled", "enabled")]),
            ),
            Property::new(
                "EncryptionConfiguration",
                Form::Block(
                    "encryption_configuration",
                    &[
                        argument("Type", "type"),
                        argument("KmsKeyId", "kms_key_id"),
                        argument("KmsDataKeyReusePeriodSeconds", "kms_data_key_reuse_period_seconds"),
                    ],
                ),
            ),
            Property::new("Tags", Form::Tags("tags")),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("stateMachineName", "StateMachineName", ""),
        Fact::string("stateMachineType", "StateMachineType", "STANDARD"),
        Fact::computed("role", FactType::Entity("AWS::IAM::Role"), |machine, graph| {
            users::of(machine, "RoleArn", graph)
        }),
        // Whether it runs the derived and verified workflow.
        Fact::computed("derived", FactType::Bool, |machine, _| {
            machine.get("DefinitionString").is_none_or(|d| matches!(d.value, Value::Definition(_))).into()
        }),
        Fact::string("encryptionType", "EncryptionConfiguration.Type", "AWS_OWNED_KEY"),
        Fact::key("kmsKey", "EncryptionConfiguration.KmsKeyId"),
        Fact::string("level", "LoggingConfiguration.Level", "OFF"),
        Fact::false_by_default("includeExecutionData", "LoggingConfiguration.IncludeExecutionData"),
        Fact::computed("hasLogDestination", FactType::Bool, has_log_destination),
        Fact::computed("logsToDeclaredGroup", FactType::Bool, logs_to_declared_group),
        Fact::computed("alarmedMetrics", FactType::StringSet, |machine, graph| {
            alarmed::metrics(machine, "StateMachineName", graph)
        }),
        Fact::false_by_default("tracingEnabled", "TracingConfiguration.Enabled"),
        Fact::computed("missingRights", FactType::StringSet, conduct::missing_rights),
        Fact::computed("surplusRights", FactType::StringSet, conduct::surplus_rights),
        Fact::computed("questionsWithoutTimeout", FactType::StringSet, conduct::questions_without_timeout),
        Fact::computed("fetchesSecrets", FactType::Bool, conduct::fetches_secrets),
        Fact::computed("holdsSecret", FactType::Bool, conduct::holds_secret),
        Fact::computed("statesWithoutErrorRoute", FactType::StringSet, conduct::states_without_error_route),
        Fact::computed("statesWithoutTimeout", FactType::StringSet, conduct::states_without_timeout),
        Fact::computed("statesWithoutWayBack", FactType::StringSet, conduct::states_without_way_back),
    ],
    classes: Classes {
        identity: &["StateMachineName"],
        judged: &[("RoleArn", "role"), ("DefinitionString", "derived")],
        ..Classes::NONE
    },
};

const LOGGING: &[Property] = &[
    argument("Level", "level"),
    argument("IncludeExecutionData", "include_execution_data"),
    Property::new(
        "Destinations",
        Form::Single(&Form::Inline(&[Property::new(
            "CloudWatchLogsLogGroup",
            Form::Inline(&[argument("LogGroupArn", "log_destination")]),
        )])),
    ),
];

/// Whether the first destination is a log group by an ARN that ends in `:*`,
/// which Step Functions insists on.
fn has_log_destination(machine: &Resource, _: &Index<'_>) -> FactValue {
    let arn = machine.get("LoggingConfiguration.Destinations.0.CloudWatchLogsLogGroup.LogGroupArn");
    match arn.map(|d| &d.value) {
        None => false.into(),
        Some(Value::String(text)) => text.ends_with(":*").into(),
        Some(Value::Concat(parts)) => parts.last().and_then(Value::as_str).is_some_and(|t| t.ends_with(":*")).into(),
        // The `Arn` attribute ends so in CloudFormation only.
        Some(Value::Attribute(..)) => false.into(),
        Some(_) => FactValue::Unknown,
    }
}

/// Whether the destination names a log group of the graph, and ends in `:*`.
fn logs_to_declared_group(machine: &Resource, graph: &Index<'_>) -> FactValue {
    if has_log_destination(machine, graph) != FactValue::Bool(true) {
        return has_log_destination(machine, graph);
    }
    let arn = machine.get("LoggingConfiguration.Destinations.0.CloudWatchLogsLogGroup.LogGroupArn");
    let name = match arn.map(|d| &d.value) {
        Some(Value::String(text)) => text.split_once(":log-group:").and_then(|(_, rest)| rest.strip_suffix(":*")),
        _ => None,
    };
    // An ARN made from a reference names a group of the graph by itself.
    name.is_none_or(|name| graph.log_group(name).is_some()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn a_log_destination_ends_in_a_wildcard() {
        for (arn, expected) in [
            ("arn:aws:logs:us-east-1:1:log-group:/aws/vendedlogs/states/m:*", true),
            ("arn:aws:logs:us-east-1:1:log-group:/aws/vendedlogs/states/m", false),
        ] {
            let destinations = format!(r#"[{{"CloudWatchLogsLogGroup": {{"LogGroupArn": "{arn}"}}}}]"#);
            let properties = format!(r#"{{"LoggingConfiguration": {{"Destinations": {destinations}}}}}"#);
            let machine = resource("AWS::StepFunctions::StateMachine", "m", &properties);
            assert_eq!(fact(&TYPE, "hasLogDestination", [machine]), FactValue::Bool(expected), "{arn}");
        }
    }
}
