use std::collections::BTreeSet;

use crate::aws::dms::alarmed;
use crate::aws::ec2::{subnet, zones};
use crate::aws::iam::users;
use crate::class::{Classes, TEXT};
use crate::datum::Value;
use crate::fact::{Fact, FactType, FactValue};
use crate::graph::{Actor, Resource};
use crate::iam;
use crate::index::Index;
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, Terraform, argument};
use crate::secret;
use crate::workflow::{Api, Kind, State, Workflow};

/// `Code.ZipFile` has no column: functions are packages.
pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Lambda::Function",
    concern: Concern::Functions,
    terraform: Terraform::Column(Column {
        resource: "aws_lambda_function",
        reference: "function_name",
        attributes: &[("Arn", "arn")],
        properties: PROPERTIES,
        timeouts: &[("create", "15m"), ("update", "15m"), ("delete", "45m")],
        ..Column::BASE
    }),
    facts: FACTS,
    classes: Classes {
        identity: &["FunctionName", "Handler", "Architectures"],
        judged: &[("Role", "role")],
        free: &[("Description", TEXT)],
        undecided: &[
            "PackageType",
            "Timeout",
            "LoggingConfig.LogGroup",
            "LoggingConfig.ApplicationLogLevel",
            "ReservedConcurrentExecutions",
            "Runtime",
        ],
    },
};

const PROPERTIES: &[Property] = &[
    argument("FunctionName", "function_name"),
    argument("Description", "description"),
    argument("Role", "role"),
    argument("Runtime", "runtime"),
    argument("Handler", "handler"),
    argument("Architectures", "architectures"),
    argument("PackageType", "package_type"),
    Property::new(
        "Code",
        Form::Package {
            file: "filename",
            hash: "source_code_hash",
            properties: &[
                argument("S3Bucket", "s3_bucket"),
                argument("S3Key", "s3_key"),
                argument("S3ObjectVersion", "s3_object_version"),
                argument("ImageUri", "image_uri"),
                argument("SourceKMSKeyArn", "source_kms_key_arn"),
            ],
        },
    ),
    argument("CodeSigningConfigArn", "code_signing_config_arn"),
    argument("Layers", "layers"),
    argument("MemorySize", "memory_size"),
    argument("Timeout", "timeout"),
    argument("ReservedConcurrentExecutions", "reserved_concurrent_executions"),
    Property::new("EphemeralStorage", Form::Block("ephemeral_storage", &[argument("Size", "size")])),
    Property::new("Environment", Form::Block("environment", &[argument("Variables", "variables")])),
    argument("KmsKeyArn", "kms_key_arn"),
    Property::new(
        "VpcConfig",
        Form::Block(
            "vpc_config",
            &[
                argument("SubnetIds", "subnet_ids"),
                argument("SecurityGroupIds", "security_group_ids"),
                argument("Ipv6AllowedForDualStack", "ipv6_allowed_for_dual_stack"),
            ],
        ),
    ),
    Property::new("DeadLetterConfig", Form::Block("dead_letter_config", &[argument("TargetArn", "target_arn")])),
    Property::new("TracingConfig", Form::Block("tracing_config", &[argument("Mode", "mode")])),
    Property::new(
        "LoggingConfig",
        Form::Block(
            "logging_config",
            &[
                argument("LogFormat", "log_format"),
                argument("LogGroup", "log_group"),
                argument("ApplicationLogLevel", "application_log_level"),
                argument("SystemLogLevel", "system_log_level"),
            ],
        ),
    ),
    Property::new(
        "FileSystemConfigs",
        Form::Blocks("file_system_config", &[argument("Arn", "arn"), argument("LocalMountPath", "local_mount_path")]),
    ),
    Property::new(
        "ImageConfig",
        Form::Block(
            "image_config",
            &[
                argument("Command", "command"),
                argument("EntryPoint", "entry_point"),
                argument("WorkingDirectory", "working_directory"),
            ],
        ),
    ),
    Property::new("SnapStart", Form::Block("snap_start", &[argument("ApplyOn", "apply_on")])),
    Property::new(
        "RuntimeManagementConfig",
        Form::Satellite(Satellite {
            resource: "aws_lambda_runtime_management_config",
            links: &[("function_name", "function_name")],
            fixed: &[],
            form: &Form::Inline(&[
                argument("UpdateRuntimeOn", "update_runtime_on"),
                argument("RuntimeVersionArn", "runtime_version_arn"),
            ]),
            after: &[],
        }),
    ),
    Property::new("Tags", Form::Tags("tags")),
];

const FACTS: &[Fact] = &[
    // States of workflows whose timeout is not above that of the function, which could act after it.
    Fact::computed("outlastedStates", FactType::StringSet, outlasted_states),
    Fact::string("functionName", "FunctionName", ""),
    Fact::computed("role", FactType::Entity("AWS::IAM::Role"), |function, graph| users::of(function, "Role", graph)),
    Fact::string("runtime", "Runtime", ""),
    Fact::string("packageType", "PackageType", "Zip"),
    Fact::key("kmsKey", "KmsKeyArn"),
    Fact::computed("hasEnvironment", FactType::Bool, |function, _| (!variables(function).is_empty()).into()),
    Fact::computed("hasSecretVariables", FactType::Bool, |function, _| {
        variables(function).iter().any(|(name, value)| gives_away(name, value)).into()
    }),
    Fact::computed("reachesDatabases", FactType::Bool, |function, graph| {
        serves(function, graph, |actor| !matches!(actor, Actor::Authorizer | Actor::Monitor))
    }),
    Fact::computed("rollsBack", FactType::Bool, |function, graph| {
        serves(function, graph, |actor| actor == Actor::Rollback)
    }),
    Fact::computed("validates", FactType::Bool, |function, graph| {
        serves(function, graph, |actor| actor == Actor::Validator)
    }),
    Fact::computed("inNetworkOfDatabase", FactType::Bool, in_network_of_database),
    Fact::computed("alarmedMetrics", FactType::StringSet, |function, graph| {
        alarmed::metrics(function, "FunctionName", graph)
    }),
    Fact::computed("inVpc", FactType::Bool, |function, _| (!subnets(function).is_empty()).into()),
    Fact::computed("subnets", FactType::Long, |function, _| {
        i64::try_from(subnets(function).len()).unwrap_or(i64::MAX).into()
    }),
    Fact::computed("zones", FactType::Long, |function, graph| {
        zones::zone_count(function, "VpcConfig.SubnetIds", graph)
    }),
    Fact::computed("hasDeadLetterQueue", FactType::Bool, has_dead_letter_queue),
    // -1: the unreserved concurrency of the account.
    Fact::long("reservedConcurrentExecutions", "ReservedConcurrentExecutions", -1),
    Fact::string("tracingMode", "TracingConfig.Mode", "PassThrough"),
    // In seconds.
    Fact::long("timeout", "Timeout", 3),
    Fact::entity("logGroup", "LoggingConfig.LogGroup", "AWS::Logs::LogGroup"),
    Fact::computed("hasLogGroup", FactType::Bool, |function, _| {
        function.get("LoggingConfig.LogGroup").is_some().into()
    }),
    Fact::string("logFormat", "LoggingConfig.LogFormat", "Text"),
    Fact::string("applicationLogLevel", "LoggingConfig.ApplicationLogLevel", "INFO"),
    Fact::computed("hasCodeSigning", FactType::Bool, |function, _| {
        function.get("CodeSigningConfigArn").is_some().into()
    }),
    // Permissions that Lambda needs and the role lacks.
    Fact::computed("missingServiceRights", FactType::StringSet, missing_service_rights),
    // Permissions for Lambda that the function's code could use as well.
    Fact::computed("networkRightsOfCode", FactType::StringSet, network_rights_of_code),
    Fact::computed("hasLayers", FactType::Bool, |function, _| {
        function.get("Layers").and_then(|d| d.value.as_list()).is_some_and(|layers| !layers.is_empty()).into()
    }),
];

fn variables(function: &Resource) -> Vec<(&str, &Value)> {
    let variables = function.get("Environment.Variables").and_then(|d| d.value.as_map());
    variables.into_iter().flat_map(|map| map.iter()).map(|(name, datum)| (name, &datum.value)).collect()
}

fn gives_away(name: &str, value: &Value) -> bool {
    value.as_str().is_some_and(|text| secret::looks_secret(name, text))
}

fn subnets(function: &Resource) -> &[crate::Datum] {
    function.get("VpcConfig.SubnetIds").and_then(|d| d.value.as_list()).unwrap_or_default()
}

/// Whether its role is one of such an actor; a role of somebody else is none.
fn serves(function: &Resource, graph: &Index<'_>, is: fn(Actor) -> bool) -> FactValue {
    let role = function.get("Role").and_then(|d| d.value.target());
    role.and_then(|role| graph.actors.get(role)).is_some_and(|actor| is(*actor)).into()
}

/// Whether a database has a subnet in its network.
fn in_network_of_database(function: &Resource, graph: &Index<'_>) -> FactValue {
    let subnet = subnets(function).first().and_then(|subnet| graph.get(subnet.value.target()?));
    let Some(vpc) = subnet.and_then(|subnet| graph.follow(subnet, "VpcId")) else { return false.into() };
    let mut subnets = graph.referring(&vpc.id, "AWS::EC2::Subnet", "VpcId");
    subnets.any(|subnet| subnet::holds_database(subnet, graph)).into()
}

/// The permissions that the settings of a function need: logs, traces, dead
/// letters, the environment's key and network interfaces.
fn missing_service_rights(function: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(role) = graph.role(function, "Role") else { return FactValue::Unknown };
    let needed = service_rights(function);
    let allowed = |documents: &[iam::Document<'_>], action: &str| {
        let denies = |s: &iam::Statement<'_>| s.conditions.is_empty() && s.covers_action(action);
        documents.iter().any(|d| d.allowing().any(|s| s.covers_action(action)))
            && !documents.iter().any(|d| d.denying().any(denies))
    };
    let missing = iam::read_all(role, graph, |documents| {
        FactValue::set(needed.into_iter().filter(|action| !allowed(documents, action)).map(Some))
    });
    missing.unwrap_or(FactValue::Unknown)
}

/// Functions find their role's interfaces, subnets and groups in EC2; their code
/// needs nothing of it. A role that is not in the graph is for other facts.
fn network_rights_of_code(function: &Resource, graph: &Index<'_>) -> FactValue {
    let Some(role) = graph.role(function, "Role") else { return FactValue::StringSet(BTreeSet::new()) };
    let environment = &graph.environment;
    let name = function.get("FunctionName").map(|d| iam::text(&d.value)).unwrap_or_default();
    let arn =
        format!("arn:{}:lambda:{}:{}:function:{name}", environment.partition, environment.region, environment.account);
    let open = iam::read_all(role, graph, |documents| {
        FactValue::set(iam::open_to_code(documents, "ec2:", &arn).into_iter().map(Some))
    });
    open.unwrap_or(FactValue::Unknown)
}

/// fact: lambda-execution-rights
fn service_rights(function: &Resource) -> Vec<&'static str> {
    let mut needed = vec!["logs:CreateLogStream", "logs:PutLogEvents"];
    if function.get("TracingConfig.Mode").is_some_and(|d| d.value.as_str() == Some("Active")) {
        needed.extend(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]);
    }
    if function.get("DeadLetterConfig.TargetArn").is_some() {
        needed.push("sqs:SendMessage");
    }
    if function.get("KmsKeyArn").is_some() {
        needed.push("kms:Decrypt");
    }
    if !subnets(function).is_empty() {
        needed.extend([
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
        ]);
    }
    needed
}

/// A queue of its own, or a destination for failed events.
fn has_dead_letter_queue(function: &Resource, graph: &Index<'_>) -> FactValue {
    let configured = graph
        .referring(&function.id, "AWS::Lambda::EventInvokeConfig", "FunctionName")
        .any(|config| config.get("DestinationConfig.OnFailure.Destination").is_some());
    (configured || function.get("DeadLetterConfig.TargetArn").is_some()).into()
}

/// The validator is exempt, because it only reads.
fn outlasted_states(function: &Resource, graph: &Index<'_>) -> FactValue {
    let role = function.get("Role").and_then(|datum| datum.value.target());
    let only_reads = role.and_then(|role| graph.actors.get(role)) == Some(&Actor::Validator);
    let name = function.get("FunctionName").and_then(|datum| datum.value.as_str());
    let Some(name) = name.filter(|_| !only_reads) else { return FactValue::set::<&str>([]) };
    let Some(own) = function.get("Timeout").map_or(Some(3), |datum| datum.value.as_integer()) else {
        return FactValue::Unknown;
    };
    let is_outlasted = |state: &&State| {
        let Kind::Task { api: Api::InvokeFunction, arguments, .. } = &state.kind else { return false };
        let called = arguments.get("FunctionName").and_then(|name| name.as_text()).unwrap_or_default();
        let is_called = called.rsplit(":function:").next().unwrap_or(called) == name;
        is_called && state.timeout.is_some_and(|given| i64::try_from(given).unwrap_or(i64::MAX) <= own)
    };
    let states = graph.workflows.values().flat_map(Workflow::all_states);
    FactValue::set(states.filter(is_outlasted).map(|state| Some(&*state.name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{fact, resource};

    #[test]
    fn a_secret_among_the_variables_is_named() {
        let variables = r#"{"DB_PASSWORD": "hunter2", "DB_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:1:secret:x",
                            "API_TOKEN": {"Ref": "t"}, "LOG_LEVEL": "info"}"#;
        let function = format!(r#"{{"Environment": {{"Variables": {variables}}}}}"#);
        let function = resource("AWS::Lambda::Function", "f", &function);
        assert_eq!(fact(&TYPE, "hasSecretVariables", [function]), FactValue::Bool(true));
        let bare = resource("AWS::Lambda::Function", "f", "{}");
        assert_eq!(fact(&TYPE, "hasSecretVariables", [bare.clone()]), FactValue::Bool(false));
        assert_eq!(fact(&TYPE, "hasEnvironment", [bare]), FactValue::Bool(false));
    }

    #[test]
    fn failed_events_go_to_a_queue_or_a_destination() {
        let bare = resource("AWS::Lambda::Function", "f", "{}");
        let queue = resource("AWS::Lambda::Function", "f", r#"{"DeadLetterConfig": {"TargetArn": {"Ref": "q"}}}"#);
        let config =
            r#"{"FunctionName": {"Ref": "f"}, "DestinationConfig": {"OnFailure": {"Destination": {"Ref": "q"}}}}"#;
        let config = resource("AWS::Lambda::EventInvokeConfig", "c", config);
        assert_eq!(fact(&TYPE, "hasDeadLetterQueue", [bare.clone()]), FactValue::Bool(false));
        assert_eq!(fact(&TYPE, "hasDeadLetterQueue", [queue]), FactValue::Bool(true));
        assert_eq!(fact(&TYPE, "hasDeadLetterQueue", [bare, config]), FactValue::Bool(true));
    }
}
