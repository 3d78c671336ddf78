//! The relations between arguments that the provider's schemas declare hold for every emitted resource.
//! `tests/relations.tsv` lists them, with their source; a type without a row fails.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeMap, BTreeSet};

use migspec_targets::terraform::hcl::{Body, Item};
use migspec_tests::{emitted, hcl};

struct Relation {
    kind: &'static str,
    arguments: Vec<&'static str>,
}

fn table() -> BTreeMap<&'static str, Vec<Relation>> {
    let mut table: BTreeMap<&str, Vec<Relation>> = BTreeMap::new();
    for line in include_str!("../relations.tsv").lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [type_name, kind, arguments, source] = cells.as_slice() else { panic!("{line}") };
        assert!(source.contains(": "), "{line}: no source");
        let arguments: Vec<&str> = arguments.split(' ').filter(|argument| !argument.is_empty()).collect();
        assert_eq!(arguments.is_empty(), *kind == "none", "{line}");
        table.entry(type_name).or_default().push(Relation { kind, arguments });
    }
    table
}

/// The paths of the arguments and blocks of a resource.
fn paths(within: &str, body: &Body, all: &mut BTreeSet<String>) {
    for item in &body.items {
        match item {
            Item::Attribute(name, _) => {
                all.insert(format!("{within}{name}"));
            }
            Item::Block(block) => {
                all.insert(format!("{within}{}", block.kind));
                paths(&format!("{within}{}.", block.kind), &block.body, all);
            }
        }
    }
}

/// The violated relation of a resource, in words.
fn violation(relation: &Relation, set: &BTreeSet<String>) -> Option<String> {
    // The relation of a block's arguments holds where the block exists.
    let parent = relation.arguments.first().and_then(|argument| argument.rsplit_once('.')).map(|(parent, _)| parent);
    if parent.is_some_and(|parent| !set.contains(parent)) {
        return None;
    }
    let given: Vec<&str> = relation.arguments.iter().copied().filter(|argument| set.contains(*argument)).collect();
    let holds = match relation.kind {
        "none" => true,
        "conflict" => given.len() <= 1,
        "exactly-one" => given.len() == 1,
        "at-least-one" => !given.is_empty(),
        "together" => !set.contains(relation.arguments[0]) || given.len() == relation.arguments.len(),
        other => panic!("{other} is no relation"),
    };
    (!holds).then(|| format!("{} of {}: given are {given:?}", relation.kind, relation.arguments.join(", ")))
}

fn violations(table: &BTreeMap<&str, Vec<Relation>>, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for item in hcl::parse(text).items {
        let Item::Block(block) = item else { continue };
        if block.kind != "resource" {
            continue;
        }
        let mut set = BTreeSet::new();
        paths("", &block.body, &mut set);
        let place = block.labels.join(".");
        match table.get(block.labels[0].as_str()) {
            None => found.push(format!("{place}: no row")),
            Some(relations) => {
                let broken = relations.iter().filter_map(|relation| violation(relation, &set));
                found.extend(broken.map(|broken| format!("{place}: {broken}")));
            }
        }
    }
    found
}

#[test]
fn the_arguments_of_every_emitted_resource_fit_together() {
    let table = table();
    let mut seen = BTreeSet::new();
    for emitted in emitted::all() {
        for (path, text) in emitted.files("terraform/", ".tf") {
            let found = violations(&table, text);
            assert!(found.is_empty(), "{}: {path}: {found:#?}", emitted.name);
            let types = text.lines().filter_map(|line| line.strip_prefix("resource \"")?.split('"').next());
            seen.extend(types.map(str::to_owned));
        }
    }
    let listed: BTreeSet<String> = table.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(seen, listed, "emitted types, and types with rows");
    assert!(table.values().flatten().filter(|relation| relation.kind != "none").count() > 100);
}

#[test]
fn a_broken_relation_is_seen() {
    let table = table();
    for (body, expected) in [
        ("aws_cloudwatch_event_target\" \"a\" {\n  input = \"{}\"\n  input_path = \"$\"\n}", "conflict"),
        ("aws_lambda_function\" \"a\" {\n  function_name = \"a\"\n}", "exactly-one"),
        ("aws_cloudwatch_event_rule\" \"a\" {\n  name = \"a\"\n}", "at-least-one"),
        ("aws_kms_key\" \"a\" {\n  rotation_period_in_days = 90\n}", "together"),
        (
            "aws_secretsmanager_secret_rotation\" \"a\" {\n  rotation_rules {\n    duration = \"1h\"\n  }\n}",
            "exactly-one",
        ),
        ("aws_new\" \"a\" {\n}", "no row"),
    ] {
        let found = violations(&table, &format!("resource \"{body}\n"));
        assert!(found.iter().any(|problem| problem.contains(expected)), "{body}: {found:?}");
    }
}
