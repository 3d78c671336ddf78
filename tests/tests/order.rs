//! In both back ends a resource waits for the policy under which a service works
//! for it. The tests read the written files, not the graph.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use migspec_ir::iam::CALLERS;
use migspec_ir::{Graph, Resource};
use migspec_targets::terraform::hcl::{Body, Expression, Item, Part};
use migspec_tests::emitted::{self, Emitted};
use migspec_tests::hcl;
use serde_json::Value as Json;

/// A policy of its own, and the property with the resource that it belongs to.
const POLICIES: &[(&str, &str, &str)] = &[
    ("AWS::IAM::RolePolicy", "RoleName", "AWS::IAM::Role"),
    ("AWS::Lambda::Permission", "FunctionName", "AWS::Lambda::Permission"),
    ("AWS::S3::BucketPolicy", "Bucket", "AWS::S3::BucketPolicy"),
    ("AWS::SNS::TopicPolicy", "Topics", "AWS::SNS::TopicPolicy"),
    ("AWS::SQS::QueuePolicy", "Queues", "AWS::SQS::QueuePolicy"),
];

type Waits = BTreeMap<String, BTreeSet<String>>;

/// Whether a name waits for another, directly or through others.
fn reaches(waits: &Waits, from: &str, to: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(name) = open.pop() {
        if name == to {
            return true;
        }
        if seen.insert(name.clone()) {
            open.extend(waits.get(&name).into_iter().flatten().cloned());
        }
    }
    false
}

/// The names that a JSON value refers to.
fn referenced(json: &Json, names: &mut BTreeSet<String>) {
    match json {
        Json::Object(map) => {
            if let Some(Json::String(name)) = map.get("Ref") {
                names.insert(name.clone());
            }
            if let Some(name) = map.get("Fn::GetAtt").and_then(|pair| pair.get(0)).and_then(Json::as_str) {
                names.insert(name.to_owned());
            }
            if let Some(text) = map.get("Fn::Sub").and_then(|sub| sub.as_str().or_else(|| sub.get(0)?.as_str())) {
                names.extend(
                    text.split("${").skip(1).filter_map(|rest| Some(rest.split(['}', '.']).next()?.to_owned())),
                );
            }
            map.values().for_each(|value| referenced(value, names));
        }
        Json::Array(items) => items.iter().for_each(|value| referenced(value, names)),
        _ => {}
    }
}

/// The resources of a template that each of its resources waits for.
fn template(text: &str) -> (Waits, BTreeMap<String, Json>) {
    let json: Json = serde_json::from_str(text).expect("a template is JSON");
    let mut waits = Waits::new();
    let mut resources = BTreeMap::new();
    for (name, resource) in json["Resources"].as_object().expect("resources") {
        let mut names = BTreeSet::new();
        referenced(&resource["Properties"], &mut names);
        let depends = resource["DependsOn"].as_array().into_iter().flatten().filter_map(Json::as_str);
        names.extend(depends.map(str::to_owned));
        waits.insert(name.clone(), names);
        resources.insert(name.clone(), resource.clone());
    }
    (waits, resources)
}

#[test]
fn templates_order_resources_after_their_rights() {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for emitted in emitted::all() {
        for (path, text) in emitted.files("cloudformation/", "template.json") {
            let (waits, resources) = template(text);
            for (policy, resource) in &resources {
                let Some((_, property, kind)) = POLICIES.iter().find(|(name, ..)| resource["Type"] == **name) else {
                    continue;
                };
                let mut owners = BTreeSet::new();
                referenced(&resource["Properties"][property], &mut owners);
                for (name, other) in resources.iter().filter(|(name, _)| !owners.is_disjoint(&waits[*name])) {
                    let type_name = other["Type"].as_str().unwrap_or_default();
                    let called = CALLERS.iter().any(|row| row.policy == *kind && row.callers.contains(&type_name));
                    if !called || reaches(&waits, policy, name) {
                        continue;
                    }
                    seen.insert(format!("{type_name} {kind}"));
                    if !reaches(&waits, name, policy) {
                        problems.push(format!("{} {path}: {name} does not wait for {policy}", emitted.name));
                    }
                }
            }
        }
    }
    assert!(seen.len() > 8, "{seen:#?}");
    assert!(problems.is_empty(), "{problems:#?}");
}

/// The addresses that a Terraform resource refers to, in its arguments and in
/// `depends_on`.
fn addresses(body: &Body, names: &mut BTreeSet<String>) {
    for item in &body.items {
        match item {
            Item::Attribute(_, value) => in_expression(value, names),
            Item::Block(block) => addresses(&block.body, names),
        }
    }
}

fn in_expression(value: &Expression, names: &mut BTreeSet<String>) {
    match value {
        Expression::Traversal(text) => {
            let mut steps = text.split(['.', '[']);
            if let (Some(kind), Some(name)) = (steps.next(), steps.next()) {
                names.insert(format!("{kind}.{name}"));
            }
        }
        Expression::List(items) | Expression::Call(_, items) => {
            items.iter().for_each(|item| in_expression(item, names))
        }
        Expression::Object(entries) => entries.iter().for_each(|(_, value)| in_expression(value, names)),
        Expression::Template(parts) => {
            for part in parts {
                if let Part::Expression(value) = part {
                    in_expression(value, names);
                }
            }
        }
        _ => {}
    }
}

/// The arguments with the resource that a policy belongs to.
const OWNERS: &[&str] = &["role", "bucket", "arn"];

/// The addresses that each resource waits for, and those in its owner's argument.
fn configuration(emitted: &Emitted) -> (Waits, Waits) {
    let (mut waits, mut owners) = (Waits::new(), Waits::new());
    for (_, text) in emitted.files("terraform/", ".tf") {
        for item in hcl::parse(text).items {
            let Item::Block(block) = item else { continue };
            if let (true, [kind, name]) = (block.kind == "resource", block.labels.as_slice()) {
                let address = format!("{kind}.{name}");
                addresses(&block.body, waits.entry(address.clone()).or_default());
                for item in &block.body.items {
                    if let Item::Attribute(name, value) = item
                        && OWNERS.contains(&name.as_str())
                    {
                        in_expression(value, owners.entry(address.clone()).or_default());
                    }
                }
            }
        }
    }
    (waits, owners)
}

/// The Terraform types of policies and of resources that a service works for.
const PAIRS: &[(&str, &str, &str)] = &[
    ("aws_lb", "aws_s3_bucket_policy", "aws_s3_bucket"),
    ("aws_api_gateway_account", "aws_iam_role_policy", "aws_iam_role"),
    ("aws_dms_endpoint", "aws_iam_role_policy", "aws_iam_role"),
    ("aws_lambda_function", "aws_iam_role_policy", "aws_iam_role"),
    ("aws_flow_log", "aws_iam_role_policy", "aws_iam_role"),
    ("aws_sfn_state_machine", "aws_iam_role_policy", "aws_iam_role"),
    ("aws_rds_cluster_instance", "aws_iam_role_policy", "aws_iam_role"),
    ("aws_cloudwatch_metric_alarm", "aws_sns_topic_policy", "aws_sns_topic"),
    ("aws_cloudwatch_event_rule", "aws_sns_topic_policy", "aws_sns_topic"),
];

#[test]
fn configurations_order_resources_after_their_rights() {
    let mut seen = BTreeSet::new();
    let mut problems = Vec::new();
    for emitted in emitted::all() {
        let (waits, owned) = configuration(emitted);
        let of_type = |kind: &str| {
            let prefix = format!("{kind}.");
            waits.keys().filter(move |name| name.starts_with(&prefix)).collect::<Vec<_>>()
        };
        for pair @ (waiting, policies, owners) in PAIRS {
            for policy in of_type(policies) {
                let owns = |owner: &&String| owned.get(policy).is_some_and(|owners| owners.contains(*owner));
                let owners: Vec<&String> = of_type(owners).into_iter().filter(owns).collect();
                for name in of_type(waiting).into_iter().filter(|name| owners.iter().any(|o| waits[*name].contains(*o)))
                {
                    seen.insert(pair);
                    if !reaches(&waits, name, policy) && !reaches(&waits, policy, name) {
                        problems.push(format!("{}: {name} does not wait for {policy}", emitted.name));
                    }
                }
            }
        }
    }
    // The rules of events refer to no topic: their targets do.
    assert!(seen.len() + 2 > PAIRS.len(), "{seen:#?}");
    assert!(problems.is_empty(), "{problems:#?}");
}

/// A service principal in a written policy acts for some written resource, and
/// each of its conditions is in the table.
#[test]
fn services_in_policies_are_known() {
    fn documents(resource: &Resource) -> Option<(&'static str, &migspec_ir::Datum)> {
        let (kind, property) = match resource.type_name {
            "AWS::IAM::Role" => ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
            "AWS::KMS::Key" => ("AWS::KMS::Key", "KeyPolicy"),
            "AWS::S3::BucketPolicy" => ("AWS::S3::BucketPolicy", "PolicyDocument"),
            "AWS::SNS::TopicPolicy" => ("AWS::SNS::TopicPolicy", "PolicyDocument"),
            "AWS::SQS::QueuePolicy" => ("AWS::SQS::QueuePolicy", "PolicyDocument"),
            "AWS::Logs::ResourcePolicy" => ("AWS::Logs::ResourcePolicy", "PolicyDocument"),
            _ => return None,
        };
        Some((kind, resource.get(property)?))
    }
    fn unknown(graph: &Graph, seen: &mut BTreeSet<String>) -> Vec<String> {
        let mut unknown = Vec::new();
        for (kind, document) in graph.resources.values().filter_map(documents) {
            let services = migspec_ir::iam::read(document, |d| {
                migspec_ir::iam::services(d).into_iter().map(str::to_owned).collect::<Vec<_>>()
            });
            for service in services.expect("a policy can be read") {
                seen.insert(service.clone());
                let row = migspec_ir::iam::caller(&service, kind);
                let acts = row.is_some_and(|row| row.callers.iter().any(|name| graph.of_type(name).next().is_some()));
                if !acts {
                    unknown.push(format!("{service} in {kind}"));
                }
            }
        }
        unknown
    }
    let mut seen = BTreeSet::new();
    for emitted in emitted::all() {
        assert_eq!(unknown(&emitted.graph, &mut seen), Vec::<String>::new(), "{}", emitted.name);
    }
    assert!(seen.len() > 10, "{seen:#?}");
}

/// A parameter for the id of a resource has no default: no value exists before the
/// resource does, and a stack with an invented id cannot be created.
#[test]
fn no_parameter_defaults_to_an_id() {
    let (mut seen, mut late) = (0, 0);
    for emitted in emitted::all() {
        for (path, text) in emitted.files("cloudformation/", "template.json") {
            let json: Json = serde_json::from_str(text).expect("a template is JSON");
            late += usize::from(path.ends_with("attachments.template.json"));
            for (name, parameter) in json["Parameters"].as_object().into_iter().flatten() {
                seen += 1;
                let default = parameter["Default"].as_str().unwrap_or_default();
                let digits = default.rsplit('-').next().unwrap_or_default();
                let is_id = digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_hexdigit());
                assert!(!is_id, "{} {path}: {name} defaults to {default}", emitted.name);
            }
        }
    }
    assert!(seen > 10 && late > 0, "{seen} parameters, {late} stacks of attachments");
}
