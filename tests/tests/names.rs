//! Every foreign name in the output exists: resource types, properties,
//! attributes, arguments, blocks, IAM actions and condition keys. The test
//! covers all artifacts of all specs.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use migspec_ir::schema;
use migspec_targets::terraform::hcl::{Block, Expression, Item, Part};
use migspec_tests::emitted::{self, Emitted};
use migspec_tests::hcl;
use serde_json::Value as Json;

/// Runs a check over everything that is emitted. A check returns the number of
/// names that it saw; together they are `at_least` so many.
fn all(at_least: usize, check: impl Fn(&Emitted, &mut Vec<String>) -> usize) {
    let (mut problems, mut seen) = (Vec::new(), 0);
    for emitted in emitted::all() {
        let mut found = Vec::new();
        seen += check(emitted, &mut found);
        problems.extend(found.into_iter().map(|problem| format!("{}: {problem}", emitted.name)));
    }
    problems.dedup();
    assert!(seen >= at_least, "{seen} names are seen");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn templates(emitted: &Emitted) -> Vec<Json> {
    let files = emitted.files("cloudformation/", ".template.json");
    files.map(|(_, text)| serde_json::from_str(text).expect("a template is JSON")).collect()
}

fn resources(template: &Json) -> impl Iterator<Item = (&String, &str, &Json)> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.map(|(id, resource)| (id, resource["Type"].as_str().unwrap_or_default(), resource))
}

#[test]
fn types_and_properties_of_templates() {
    all(500, |emitted, problems| {
        let mut seen = 0;
        for template in templates(emitted) {
            for (id, type_name, resource) in resources(&template) {
                seen += 1;
                if type_name == "AWS::CloudFormation::Stack" {
                    continue;
                }
                let Some(schema) = schema::cloudformation(type_name) else {
                    problems.push(format!("{id}: no type {type_name}"));
                    continue;
                };
                properties(schema, "", &resource["Properties"], &mut |path| {
                    problems.push(format!("{id}: no property {type_name}.{path}"));
                });
            }
        }
        seen
    });
}

/// Calls `unknown` with the path of each property that the schema lacks.
fn properties(schema: &schema::CloudFormationType, path: &str, json: &Json, unknown: &mut dyn FnMut(&str)) {
    match json {
        Json::Object(map) if is_intrinsic(map) => {}
        Json::Object(map) => {
            for (name, value) in map {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                if schema.property(&below).is_some() {
                    properties(schema, &below, value, unknown);
                } else if path.is_empty() || !schema.is_free_form(path) {
                    unknown(&below);
                }
            }
        }
        Json::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| properties(schema, &format!("{path}.{i}"), item, unknown));
        }
        _ => {}
    }
}

fn is_intrinsic(map: &serde_json::Map<String, Json>) -> bool {
    map.len() == 1 && map.keys().all(|name| name == "Ref" || name.starts_with("Fn::"))
}

#[test]
fn references_of_templates() {
    all(500, |emitted, problems| {
        let mut seen = 0;
        for template in templates(emitted) {
            let mut names = BTreeSet::new();
            references(&template, &mut names);
            seen += names.len();
            for (target, attribute) in names {
                let known = known_reference(&template, &target, attribute.as_deref());
                if !known {
                    problems.push(format!("no reference {target}.{}", attribute.unwrap_or_default()));
                }
            }
        }
        seen
    });
}

fn known_reference(template: &Json, target: &str, attribute: Option<&str>) -> bool {
    let Some(resource) = template["Resources"].get(target) else {
        return attribute.is_none() && (target.starts_with("AWS::") || template["Parameters"].get(target).is_some());
    };
    let Some(attribute) = attribute else { return true };
    match resource["Type"].as_str() {
        Some("AWS::CloudFormation::Stack") => attribute.starts_with("Outputs."),
        Some(type_name) => {
            let schema = schema::cloudformation(type_name);
            schema.is_some_and(|schema| schema.attributes().any(|known| known == attribute))
        }
        None => false,
    }
}

/// All targets of `Ref`, `Fn::GetAtt` and `Fn::Sub`, and of `DependsOn`.
fn references(json: &Json, names: &mut BTreeSet<(String, Option<String>)>) {
    match json {
        Json::Object(map) => {
            let text = |json: &Json| json.as_str().map(str::to_owned);
            names.extend(map.get("Ref").and_then(text).map(|name| (name, None)));
            names.extend(
                map.get("DependsOn").and_then(Json::as_array).into_iter().flatten().filter_map(text).map(|n| (n, None)),
            );
            if let Some(path) = map.get("Fn::GetAtt").and_then(Json::as_array) {
                names.extend(path.first().and_then(text).map(|name| (name, path.get(1).and_then(text))));
            }
            match map.get("Fn::Sub") {
                Some(Json::String(text)) => names.extend(substituted(text, None)),
                Some(Json::Array(both)) => {
                    let variables = both.get(1).and_then(Json::as_object);
                    names.extend(
                        both.first().and_then(Json::as_str).into_iter().flat_map(|text| substituted(text, variables)),
                    );
                }
                _ => {}
            }
            map.values().for_each(|value| references(value, names));
        }
        Json::Array(items) => items.iter().for_each(|item| references(item, names)),
        _ => {}
    }
}

fn substituted(text: &str, variables: Option<&serde_json::Map<String, Json>>) -> Vec<(String, Option<String>)> {
    let names = text.split("${").skip(1).filter(|rest| !rest.starts_with('!'));
    let names = names.filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    let names = names.filter(|name| variables.is_none_or(|v| !v.contains_key(*name)));
    names
        .map(|name| match name.split_once('.') {
            Some((target, attribute)) if !name.starts_with("AWS::") => (target.to_owned(), Some(attribute.to_owned())),
            _ => (name.to_owned(), None),
        })
        .collect()
}

/// All blocks of a configuration.
fn blocks(emitted: &Emitted) -> Vec<Block> {
    let bodies = emitted.files("terraform/", ".tf").map(|(_, text)| hcl::parse(text));
    let items = bodies.flat_map(|body| body.items);
    items
        .filter_map(|item| match item {
            Item::Block(block) => Some(block),
            Item::Attribute(..) => None,
        })
        .collect()
}

#[test]
fn types_and_arguments_of_configurations() {
    const META: &[&str] = &["depends_on", "lifecycle", "provider"];
    fn body(schema: schema::Block, block: &Block, path: &str, problems: &mut Vec<String>) {
        for item in &block.body.items {
            match item {
                Item::Attribute(name, _) if META.contains(&name.as_str()) || schema.is_settable(name) => {}
                Item::Attribute(name, _) => problems.push(format!("{path}: no argument {name}")),
                Item::Block(inner) if META.contains(&inner.kind.as_str()) => {}
                Item::Block(inner) => match schema.block(&inner.kind) {
                    Some(schema) => body(schema, inner, &format!("{path}.{}", inner.kind), problems),
                    None => problems.push(format!("{path}: no block {}", inner.kind)),
                },
            }
        }
    }
    all(500, |emitted, problems| {
        let blocks = blocks(emitted);
        for block in &blocks {
            let schema = match block.kind.as_str() {
                "resource" => schema::terraform(&block.labels[0]),
                "ephemeral" => schema::ephemeral(&block.labels[0]),
                _ => continue,
            };
            let path = block.labels.join(".");
            match schema {
                Some(schema) => body(schema.body(), block, &path, problems),
                None => problems.push(format!("no type {path}")),
            }
        }
        blocks.len()
    });
}

#[test]
fn references_of_configurations() {
    all(500, |emitted, problems| {
        let blocks = blocks(emitted);
        let declared: BTreeSet<(&str, &str, &str)> = blocks
            .iter()
            .filter(|b| b.labels.len() == 2)
            .map(|b| (b.kind.as_str(), b.labels[0].as_str(), b.labels[1].as_str()))
            .collect();
        let variables: BTreeSet<&str> =
            blocks.iter().filter(|b| b.kind == "variable").map(|b| b.labels[0].as_str()).collect();
        let mut paths = BTreeSet::new();
        blocks.iter().for_each(|block| traversals_of(block, &mut paths));
        for path in &paths {
            // A member of a decoded document has no schema, but the document has.
            let decoded = path.strip_prefix("jsondecode(").and_then(|p| p.split_once(')'));
            let address = decoded.map_or(path.as_str(), |(document, _)| document);
            let parts: Vec<&str> = address.split(['.', '[']).collect();
            let known = match parts.as_slice() {
                // The judges know the attributes of data sources.
                ["path", "module"] | ["self", ..] => true,
                ["var", name] => variables.contains(name),
                ["data", kind, name, ..] => declared.contains(&("data", kind, name)),
                ["ephemeral", kind, name, attribute, ..] => {
                    declared.contains(&("ephemeral", kind, name))
                        && schema::ephemeral(kind).is_some_and(|s| s.body().has_attribute(attribute))
                }
                // The address of a resource, in the form for `depends_on`.
                [kind, name] => declared.contains(&("resource", kind, name)),
                [kind, name, attribute, ..] => {
                    let has = |s: schema::Block| s.has_attribute(attribute) || s.block(attribute).is_some();
                    declared.contains(&("resource", kind, name))
                        && schema::terraform(kind).is_some_and(|s| has(s.body()))
                }
                // A bare argument in `ignore_changes`, a bare type of a variable.
                _ => true,
            };
            if !known {
                problems.push(format!("no reference {path}"));
            }
        }
        paths.len()
    });
}

fn traversals_of(block: &Block, paths: &mut BTreeSet<String>) {
    for item in &block.body.items {
        match item {
            Item::Attribute(_, value) => traversals(value, paths),
            Item::Block(block) => traversals_of(block, paths),
        }
    }
}

fn traversals(expression: &Expression, paths: &mut BTreeSet<String>) {
    match expression {
        Expression::Traversal(path) => {
            paths.insert(path.clone());
        }
        Expression::List(items) | Expression::Call(_, items) => items.iter().for_each(|item| traversals(item, paths)),
        Expression::Object(entries) => entries.iter().for_each(|(_, value)| traversals(value, paths)),
        Expression::Template(parts) => parts.iter().for_each(|part| match part {
            Part::Expression(inner) => traversals(inner, paths),
            Part::Text(_) => {}
        }),
        _ => {}
    }
}

/// Global condition keys, by their prefix, and the key that Lambda adds to
/// every call with a function's credentials.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
/// <https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html>
const EVERYWHERE: &[&str] = &["aws:", "lambda:sourcefunctionarn"];

/// Actions of services outside the vendored table: the permissions boundary
/// denies them, and no role is granted them.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudtrail.html>
const DENIED: &[&str] = &["cloudtrail:DeleteTrail", "cloudtrail:StopLogging"];

#[test]
fn actions_and_condition_keys_of_policies() {
    all(500, |emitted, problems| {
        let mut seen = 0;
        for template in templates(emitted) {
            for (id, _, resource) in resources(&template) {
                let mut statements = Vec::new();
                collect_statements(&resource["Properties"], &mut statements);
                seen += statements.len();
                for statement in statements {
                    actions(statement, &mut |problem| problems.push(format!("{id}: {problem}")));
                }
            }
        }
        seen
    });
}

/// All policy statements, in any property.
fn collect_statements<'j>(json: &'j Json, statements: &mut Vec<&'j Json>) {
    match json {
        Json::Object(map) => {
            if map.contains_key("Effect") && (map.contains_key("Action") || map.contains_key("NotAction")) {
                statements.push(json);
            }
            map.values().for_each(|value| collect_statements(value, statements));
        }
        Json::Array(items) => items.iter().for_each(|item| collect_statements(item, statements)),
        _ => {}
    }
}

fn actions(statement: &Json, problem: &mut dyn FnMut(String)) {
    let texts = |json: &Json| -> Vec<String> {
        match json {
            Json::String(one) => vec![one.clone()],
            Json::Array(many) => many.iter().filter_map(|s| s.as_str().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    };
    let names: Vec<String> =
        ["Action", "NotAction"].iter().filter_map(|key| statement.get(key)).flat_map(texts).collect();
    let known: Vec<_> = names.iter().filter_map(|name| schema::action(name)).collect();
    for name in names.iter().filter(|name| !name.contains('*')) {
        let denied = statement["Effect"] == "Deny" && DENIED.contains(&name.as_str());
        if schema::action(name).is_none() && !denied {
            problem(format!("no action {name}"));
        }
    }
    let wild = names.iter().any(|name| name.contains('*'));
    for key in statement["Condition"].as_object().into_iter().flatten().flat_map(|(_, keys)| keys.as_object()).flatten()
    {
        let key = key.0;
        let global = EVERYWHERE.iter().any(|start| key.to_lowercase().starts_with(start));
        // Tags in keys: `kms:EncryptionContext:aws:s3:arn` is `kms:EncryptionContext:${EncryptionContextKey}`.
        let family =
            |pattern: &str| pattern.split("${").next().is_some_and(|p| p.len() < pattern.len() && key.starts_with(p));
        let same = |pattern: &str| pattern.eq_ignore_ascii_case(key) || family(pattern);
        if !global && !wild && !known.iter().any(|action| action.conditions().any(same)) {
            problem(format!("no condition key {key} for {}", names.join(", ")));
        }
    }
}

/// A finding about a version lists exactly the known versions.
#[test]
fn a_finding_about_a_version_names_those_that_are_known() {
    use migspec_ir::aws::rds::support;
    let rules = migspec_tests::runs::rulebook().rules().expect("the built-in policies can be read");
    let rule = rules.iter().find(|rule| &*rule.id == "outdated-engine").expect("the policy is there");
    for engine in ["aurora-mysql", "aurora-postgresql"] {
        let known = format!("{} of `{engine}`", support::known_versions(engine));
        assert!(rule.help.contains(&known), "{}: {known}", rule.help);
    }
}

/// Alarms on our own metrics: functions write those with a dimension, filters on their logs the others.
#[test]
fn own_metrics_with_a_dimension_are_those_of_the_functions() {
    let readme = include_str!("../../targets/lambda/README.md");
    let written = |name: &str, dimension: &str| {
        readme
            .lines()
            .any(|line| line.starts_with(&format!("| `{name}` |")) && line.ends_with(&format!("| `{dimension}` |")))
    };
    let mut seen = 0;
    for (name, dimensions) in migspec_ir::metrics::OWN {
        if let [dimension] = dimensions {
            assert!(written(name, dimension), "no function writes {name} by {dimension}");
            seen += 1;
        }
    }
    assert!(seen > 0);
}
