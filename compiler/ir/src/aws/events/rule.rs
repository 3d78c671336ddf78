use crate::class::{Classes, TEXT};
use crate::fact::{Fact, FactType, FactValue};
use crate::resource_type::{Column, Concern, Form, Property, ResourceType, Satellite, TAGS, Terraform, argument};
use crate::{Datum, Index, Map, Resource};

use serde_json::Value as Json;

use super::sample::Event;
use super::{pattern, sample};

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
        // Events of its resources that no rule catches.
        Fact::computed("missedEvents", FactType::StringSet, missed_events),
        Fact::computed("hasPattern", FactType::Bool, |rule, _| rule.get("EventPattern").is_some().into()),
        Fact::computed("targets", FactType::Long, |rule, _| FactValue::Long(targets(rule).len() as i64)),
        Fact::computed("everyTargetHasDeadLetters", FactType::Bool, |rule, _| {
            targets(rule).iter().all(|target| target.get("DeadLetterConfig.Arn").is_some()).into()
        }),
    ],
    classes: Classes {
        identity: &["Name"],
        judged: &[("EventPattern", "missedEvents")],
        free: &[("Description", TEXT)],
        undecided: &["ScheduleExpression"],
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

/// Whether a rule of the resource's region is for its events and sends them to a target. Whether its pattern catches
/// them is a fact of the rule.
pub(in crate::aws) fn tells(resource: &Resource, graph: &Index<'_>) -> FactValue {
    let on = |rule: &&Resource| rule.get("State").and_then(|d| d.value.as_str()) != Some("DISABLED");
    let rules: Vec<&Resource> =
        of_region(resource, graph).filter(on).filter(|rule| !targets(rule).is_empty()).collect();
    let events = sample::of(resource, graph);
    events.iter().all(|event| rules.iter().any(|rule| is_meant(rule, &rules, event))).into()
}

/// The events that rules send to a topic, each with its text. `None` if the target writes a text of its own.
pub(in crate::aws) fn sends(topic: &Resource, graph: &Index<'_>) -> Vec<(String, Option<Json>)> {
    let target = |rule: &Resource| {
        targets(rule)
            .iter()
            .find(|target| target.get("Arn").and_then(|arn| arn.value.target()) == Some(&topic.id))
            .cloned()
    };
    let rules: Vec<(&Resource, Datum)> =
        of_region(topic, graph).filter_map(|rule| Some((rule, target(rule)?))).collect();
    let resources = graph.resources.values().filter(|resource| resource.region == topic.region);
    let events = resources.flat_map(|resource| sample::of(resource, graph));
    let sent = events.filter_map(|event| {
        let (_, target) = rules.iter().find(|(rule, _)| matches(rule, &event) == Some(true))?;
        let is_whole = ["Input", "InputPath", "InputTransformer"].iter().all(|name| target.get(name).is_none());
        Some((event.name, is_whole.then_some(event.json)))
    });
    sent.collect()
}

fn of_region<'g>(resource: &Resource, graph: &Index<'g>) -> impl Iterator<Item = &'g Resource> {
    let region = resource.region.clone();
    graph.all("AWS::Events::Rule").filter(move |rule| rule.region == region)
}

fn matches(rule: &Resource, event: &Event) -> Option<bool> {
    rule.get("EventPattern").map_or(Some(false), |pattern| pattern::matches(pattern, &event.json))
}

/// Whether the pattern of one of the rules matches the event.
fn is_caught(rules: &[&Resource], event: &Event) -> Option<bool> {
    let results: Vec<Option<bool>> = rules.iter().map(|rule| matches(rule, event)).collect();
    if results.contains(&Some(true)) { Some(true) } else { results.iter().all(Option::is_some).then_some(false) }
}

/// The events that no pattern of its region matches, although this rule names their resource; where none names it, the
/// rules for the service are meant.
fn missed_events(rule: &Resource, graph: &Index<'_>) -> FactValue {
    let rules: Vec<&Resource> = of_region(rule, graph).collect();
    let resources = graph.resources.values().filter(|resource| resource.region == rule.region);
    let events = resources.flat_map(|resource| sample::of(resource, graph));
    let mut missed = Vec::new();
    for event in events.filter(|event| is_meant(rule, &rules, event)) {
        match is_caught(&rules, &event) {
            Some(true) => {}
            Some(false) => missed.push(event.name),
            None => return FactValue::Unknown,
        }
    }
    FactValue::set(missed.iter().map(Some))
}

fn is_meant(rule: &Resource, rules: &[&Resource], event: &Event) -> bool {
    match rules.iter().any(|rule| names(rule, event)) {
        true => names(rule, event),
        false => is_of_service(rule, event),
    }
}

/// Whether the pattern lists the resource of the event.
fn names(rule: &Resource, event: &Event) -> bool {
    let Some(listed) = rule.get("EventPattern.resources") else { return false };
    let mut part = Map::new();
    part.set("resources", listed.clone());
    pattern::matches(&Datum::new(part, listed.origin), &event.json) == Some(true)
}

fn is_of_service(rule: &Resource, event: &Event) -> bool {
    let lists = |path: &str, wanted: &str| {
        let listed = rule.get(path).and_then(|d| d.value.as_list()).unwrap_or_default();
        listed.iter().any(|item| item.value.as_str() == Some(wanted))
    };
    lists("EventPattern.source", event.source) || lists("EventPattern.detail-type", event.kind)
}
