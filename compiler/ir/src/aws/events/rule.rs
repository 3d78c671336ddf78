use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, TAGS, Terraform, argument};
use crate::{Datum, Index, Resource};

pub const TYPE: ResourceType = ResourceType {
    name: "AWS::Events::Rule",
    concern: Concern::Monitoring,
    terraform: Terraform::Column(Column {
        resource: "aws_cloudwatch_event_rule",
        reference: "name",
        attributes: &[("Arn", "arn")],
        properties: &[
            argument("Description", "description"),
            argument("EventBusName", "event_bus_name"),
            Property::new("EventPattern", Form::Json("event_pattern")),
            argument("Name", "name"),
            argument("RoleArn", "role_arn"),
            argument("ScheduleExpression", "schedule_expression"),
            argument("State", "state"),
            TAGS,
            Property::new(
                "Targets",
                Form::Satellites {
                    name_from: "Id",
                    each: Satellite {
                        resource: "aws_cloudwatch_event_target",
                        links: &[("rule", "name"), ("event_bus_name", "event_bus_name")],
                        fixed: &[],
                        form: &Form::Inline(TARGET),
                        after: &[],
                    },
                },
            ),
        ],
        ..Column::BASE
    }),
    facts: &[
        Fact::string("state", "State", "ENABLED"),
        Fact::string("scheduleExpression", "ScheduleExpression", ""),
        // The pattern lists the resources whose events it matches.
        Fact::computed("namesResources", FactType::Bool, |rule, _| names_resources(rule).into()),
        Fact::computed("hasPattern", FactType::Bool, |rule, _| rule.get("EventPattern").is_some().into()),
        Fact::computed("targets", FactType::Long, |rule, _| FactValue::Long(targets(rule).len() as i64)),
        Fact::computed("everyTargetHasDeadLetters", FactType::Bool, |rule, _| {
            targets(rule).iter().all(|target| target.get("DeadLetterConfig.Arn").is_some()).into()
        }),
    ],
    classes: Classes {
        identity: &["Name"],
        free: &[("Description", TEXT)],
        undecided: &["ScheduleExpression"],
        ..Classes::NONE
    },
};

const TARGET: &[Property] = &[
    absent("AppSyncParameters"),
    argument("Arn", "arn"),
    absent("BatchParameters"),
    Property::new("DeadLetterConfig", Form::Block("dead_letter_config", &[argument("Arn", "arn")])),
    absent("EcsParameters"),
    Property::new(
        "HttpParameters",
        Form::Block(
            "http_target",
            &[
                argument("HeaderParameters", "header_parameters"),
                argument("PathParameterValues", "path_parameter_values"),
                argument("QueryStringParameters", "query_string_parameters"),
            ],
        ),
    ),
    argument("Id", "target_id"),
    argument("Input", "input"),
    argument("InputPath", "input_path"),
    Property::new(
        "InputTransformer",
        Form::Block(
            "input_transformer",
            &[argument("InputPathsMap", "input_paths"), argument("InputTemplate", "input_template")],
        ),
    ),
    Property::new(
        "KinesisParameters",
        Form::Block("kinesis_target", &[argument("PartitionKeyPath", "partition_key_path")]),
    ),
    absent("RedshiftDataParameters"),
    Property::new(
        "RetryPolicy",
        Form::Block(
            "retry_policy",
            &[
                argument("MaximumEventAgeInSeconds", "maximum_event_age_in_seconds"),
                argument("MaximumRetryAttempts", "maximum_retry_attempts"),
            ],
        ),
    ),
    argument("RoleArn", "role_arn"),
    Property::new(
        "RunCommandParameters",
        Form::Inline(&[Property::new(
            "RunCommandTargets",
            Form::Blocks("run_command_targets", &[argument("Key", "key"), argument("Values", "values")]),
        )]),
    ),
    absent("SageMakerPipelineParameters"),
    Property::new("SqsParameters", Form::Block("sqs_target", &[argument("MessageGroupId", "message_group_id")])),
];

const fn absent(name: &'static str) -> Property {
    Property::new(name, Form::Absent("events go to functions, queues, topics and workflows"))
}

fn targets(rule: &Resource) -> &[Datum] {
    rule.get("Targets").and_then(|d| d.value.as_list()).unwrap_or_default()
}

/// Whether an event matches only if it concerns a listed resource. A rule without
/// a pattern follows a schedule and matches no event.
fn names_resources(rule: &Resource) -> bool {
    let listed = rule.get("EventPattern.resources").and_then(|d| d.value.as_list());
    rule.get("EventPattern").is_none() || listed.is_some_and(|resources| !resources.is_empty())
}

/// Whether a rule of the resource's region sends events of the resource to a
/// target. The source of the events is a service, such as `aws.rds`.
pub(in crate::aws) fn tells(resource: &Resource, source: &str, graph: &Index<'_>) -> bool {
    let names = |rule: &Resource| {
        let sources = rule.get("EventPattern.source").and_then(|d| d.value.as_list()).unwrap_or_default();
        sources.iter().any(|word| word.value.as_str() == Some(source))
    };
    // A pattern without resources matches the events of all resources.
    let covers = |rule: &Resource| match rule.get("EventPattern.resources").and_then(|d| d.value.as_list()) {
        None => true,
        Some(named) => named.iter().any(|item| item.value.target() == Some(&resource.id)),
    };
    let on = |rule: &Resource| rule.get("State").and_then(|d| d.value.as_str()) != Some("DISABLED");
    let rules = graph.all("AWS::Events::Rule").filter(|rule| rule.region == resource.region);
    rules.into_iter().any(|rule| on(rule) && names(rule) && covers(rule) && !targets(rule).is_empty())
}
