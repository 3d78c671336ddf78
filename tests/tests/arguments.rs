//! The provider's own validators accept every emitted argument.
//! `compiler/ir/schemas/arguments.tsv` lists for each argument the rules of the
//! provider; an argument without a row fails.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeSet;

use migspec_ir::schema::arguments::{rows, rules, types};
use migspec_ir::{arguments, schema};
use migspec_targets::terraform::hcl::{Block, Body, Expression, Item};
use migspec_tests::{emitted, hcl};

/// An argument of a block and its value.
struct Written {
    type_name: String,
    path: String,
    value: Expression,
}

/// Blocks and arguments of Terraform itself.
const META: &[&str] = &["lifecycle", "depends_on", "provider", "count", "for_each", "provisioner"];

fn resources(text: &str) -> Vec<Block> {
    let blocks = hcl::parse(text).items.into_iter().filter_map(|item| match item {
        Item::Block(block) if block.kind == "resource" => Some(block),
        _ => None,
    });
    blocks.collect()
}

fn written(text: &str) -> Vec<Written> {
    let mut all = Vec::new();
    for block in resources(text) {
        collect(&block.labels[0], "", &block.body, &mut all);
    }
    all
}

fn collect(type_name: &str, within: &str, body: &Body, all: &mut Vec<Written>) {
    for item in &body.items {
        match item {
            Item::Attribute(name, _) if within.is_empty() && META.contains(&name.as_str()) => {}
            Item::Attribute(name, value) => all.push(Written {
                type_name: type_name.to_owned(),
                path: format!("{within}{name}"),
                value: value.clone(),
            }),
            Item::Block(block) if within.is_empty() && META.contains(&block.kind.as_str()) => {}
            Item::Block(block) => collect(type_name, &format!("{within}{}.", block.kind), &block.body, all),
        }
    }
}

/// The literals of a value: texts and numbers, also in a list or a map.
fn literals(value: &Expression) -> Vec<String> {
    match value {
        Expression::String(text) | Expression::Heredoc(text) => vec![text.clone()],
        Expression::Integer(number) => vec![number.to_string()],
        Expression::Number(number) => vec![number.to_string()],
        Expression::List(items) => items.iter().flat_map(literals).collect(),
        Expression::Object(entries) => entries.iter().flat_map(|(_, value)| literals(value)).collect(),
        _ => Vec::new(),
    }
}

/// The problems of an argument.
fn problems(written: &Written) -> Vec<String> {
    let Written { type_name, path, value } = written;
    let mut problems = Vec::new();
    if rules(type_name, path).next().is_none() {
        problems.push(format!("{type_name} {path}: no row"));
    }
    let (keys, entries) = match value {
        Expression::Object(entries) => {
            (entries.iter().map(|(key, _)| key.clone()).collect(), vec![entries.len().to_string()])
        }
        _ => (Vec::new(), Vec::new()),
    };
    for rule in rules(type_name, path) {
        let texts = match rule {
            schema::arguments::Rule::Keys(_) => keys.clone(),
            schema::arguments::Rule::Entries(_) => entries.clone(),
            _ => literals(value),
        };
        let refused = texts.iter().filter(|text| !rule.accepts(text));
        problems.extend(refused.map(|text| format!("{type_name} {path}: `{text}` is not {rule}")));
    }
    problems
}

fn emitted_arguments() -> impl Iterator<Item = (&'static str, Written)> {
    emitted::all().iter().flat_map(|emitted| {
        let files = emitted.files("terraform/", ".tf");
        files.flat_map(|(_, text)| written(text)).map(|written| (&*emitted.name, written)).collect::<Vec<_>>()
    })
}

#[test]
fn the_provider_accepts_every_emitted_argument() {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for (_, argument) in emitted_arguments() {
        found.extend(problems(&argument));
        seen.insert((argument.type_name, argument.path));
    }
    assert!(found.is_empty(), "{found:#?}");
    assert!(seen.len() > 500, "{} arguments", seen.len());
}

/// Each row is about a type and an argument that some spec emits, and names a source.
#[test]
fn every_row_is_of_use() {
    let mut emitted_types = BTreeSet::new();
    let mut paths = BTreeSet::new();
    for (_, argument) in emitted_arguments() {
        emitted_types.insert(argument.type_name.clone());
        paths.insert(format!("{} {}", argument.type_name, argument.path));
    }
    let listed: BTreeSet<String> = types().into_iter().map(str::to_owned).collect();
    assert_eq!(emitted_types, listed);
    let unused: Vec<String> = types()
        .into_iter()
        .flat_map(|name| rows(name).iter().map(move |row| format!("{name} {}", row.path)))
        .filter(|row| !paths.contains(row))
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
    assert!(types().into_iter().flat_map(rows).all(|row| row.source.contains(": ") || row.source == "timeouts"));
}

/// `check` sees the same arguments as the back end writes.
#[test]
fn the_graph_becomes_the_arguments_that_are_written() {
    let mut seen = BTreeSet::new();
    for emitted in emitted::all() {
        let files = emitted.files("terraform/", ".tf");
        let written: BTreeSet<(String, String)> =
            files.flat_map(|(_, text)| written(text)).map(|w| (w.type_name, w.path)).collect();
        for resource in emitted.graph.resources.values().filter(|resource| resource.existing.is_none()) {
            for argument in arguments(resource) {
                let place = (argument.type_name.to_owned(), argument.path);
                assert!(written.contains(&place), "{}: {place:?} of {}", emitted.name, resource.id);
                seen.insert(place);
            }
        }
    }
    assert!(seen.len() > 350, "{} arguments", seen.len());
}

#[test]
fn a_refused_argument_is_seen() {
    for (text, expected) in [
        ("resource \"aws_rds_cluster\" \"a\" {\n  backup_retention_period = 36\n}\n", "is not a number up to 35"),
        ("resource \"aws_rds_cluster\" \"a\" {\n  cluster_identifier = \"Ledger\"\n}\n", "characters `0-9a-z-`"),
        ("resource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.1/16\"\n}\n", "without bits beyond its prefix"),
        ("resource \"aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.0/8\"\n}\n", "a prefix from /16 to /28"),
        ("resource \"aws_vpc\" \"a\" {\n  new_argument = 1\n}\n", "no row"),
        ("resource \"aws_new\" \"a\" {\n  name = \"a\"\n}\n", "no row"),
        (
            "resource \"aws_lb_target_group\" \"a\" {\n  health_check {\n    path = \"health\"\n  }\n}\n",
            "starts with `/`",
        ),
        (
            "resource \"aws_rds_cluster\" \"a\" {\n  enabled_cloudwatch_logs_exports = [\"postgres\"]\n}\n",
            "is not one of",
        ),
    ] {
        let found: Vec<String> = written(text).iter().flat_map(problems).collect();
        assert!(found.iter().any(|problem| problem.contains(expected)), "{text}{found:?}");
    }
}
