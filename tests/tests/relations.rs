//! The relations between arguments that the provider's schemas declare, or that its functions check at a plan, hold for every
//! emitted resource. So do the forms of values that a second plan would differ from. `tests/relations.tsv` lists them, with
//! their source; a type without a row fails.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use migspec_ir::schema::{Block, terraform};
use migspec_targets::terraform::hcl::{Body, Expression, Item, Part};
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

/// The paths of the arguments and blocks of a resource, with the values of arguments.
type Arguments<'b> = BTreeMap<String, Vec<&'b Expression>>;

fn collect<'b>(within: &str, body: &'b Body, all: &mut Arguments<'b>) {
    for item in &body.items {
        match item {
            Item::Attribute(name, value) => all.entry(format!("{within}{name}")).or_default().push(value),
            Item::Block(block) => {
                all.entry(format!("{within}{}", block.kind)).or_default();
                collect(&format!("{within}{}.", block.kind), &block.body, all);
            }
        }
    }
}

/// The text of a literal; `None` for a value that only a deployment knows.
fn literal(value: &Expression) -> Option<String> {
    match value {
        Expression::Bool(value) => Some(value.to_string()),
        Expression::Integer(value) => Some(value.to_string()),
        Expression::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// Whether a value has a form in which AWS returns it.
fn has_form(value: &Expression, form: &str) -> bool {
    let text = literal(value);
    let is_text = |holds: fn(&str) -> bool| text.as_deref().is_none_or(holds);
    let names_streams = || match value {
        Expression::Template(parts) => matches!(parts.last(), Some(Part::Text(text)) if text.ends_with(":*")),
        _ => text.as_deref().is_some_and(|text| text.ends_with(":*")),
    };
    match form {
        "literal" => text.is_some(),
        "lower-case" => is_text(|text| !text.contains(char::is_uppercase)),
        "upper-case" => is_text(|text| !text.contains(char::is_lowercase)),
        "network" => is_text(is_network),
        "log-streams" => names_streams(),
        "log-group" => !names_streams(),
        "trimmed" => is_text(|text| text.trim() == text),
        "not-empty" => is_text(|text| !text.is_empty()),
        other => panic!("{other} is no form"),
    }
}

/// Whether an IPv4 range begins with its network address.
fn is_network(range: &str) -> bool {
    let parts = range.split_once('/').and_then(|(address, prefix)| {
        Some((u32::from(address.parse::<Ipv4Addr>().ok()?), prefix.parse::<u32>().ok()?))
    });
    parts.is_some_and(|(address, prefix)| {
        let host = u32::MAX.checked_shr(prefix).unwrap_or(0);
        prefix <= 32 && address & host == 0
    })
}

/// Whether an argument fulfils a term: `a` is set, `!a` is not, `a=v` and `a!=v` compare literals, and `a@form` names a form.
/// An unknown value fulfils each comparison that `unknown` allows.
fn fulfils(term: &str, all: &Arguments<'_>, unknown: Unknown) -> bool {
    if let Some(argument) = term.strip_prefix('!') {
        return !all.contains_key(argument);
    }
    let compare = |argument: &str, holds: &dyn Fn(&str) -> bool| {
        all.get(argument).is_some_and(|values| {
            values.iter().all(|value| literal(value).map_or(unknown == Unknown::Fulfils, |text| holds(&text)))
        })
    };
    if let Some((argument, form)) = term.split_once('@') {
        return all.get(argument).is_some_and(|values| values.iter().all(|value| has_form(value, form)));
    }
    match (term.split_once("!="), term.split_once('=')) {
        (Some((argument, value)), _) => compare(argument, &|text| text != value),
        (None, Some((argument, value))) => compare(argument, &|text| text == value),
        (None, None) => all.contains_key(term),
    }
}

/// Whether a value that only a deployment knows fulfils a comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unknown {
    Fulfils,
    Fails,
}

/// The violated relation of a resource, in words.
fn violation(relation: &Relation, set: &Arguments<'_>) -> Option<String> {
    if let (Relation { kind: "if", arguments }, [condition, terms @ ..]) = (relation, &*relation.arguments) {
        let broken = terms.iter().find(|term| !fulfils(term, set, Unknown::Fulfils));
        let broken = broken.filter(|_| fulfils(condition, set, Unknown::Fails));
        return broken.map(|term| format!("if {}: not {term}", arguments.join(" ")));
    }
    // The relation of a block's arguments holds where the block exists.
    let parent = relation.arguments.first().and_then(|argument| argument.rsplit_once('.')).map(|(parent, _)| parent);
    if parent.is_some_and(|parent| !set.contains_key(parent)) {
        return None;
    }
    let given: Vec<&str> = relation.arguments.iter().copied().filter(|argument| set.contains_key(*argument)).collect();
    let holds = match relation.kind {
        "none" => true,
        "conflict" => given.len() <= 1,
        "exactly-one" => given.len() == 1,
        "at-least-one" => !given.is_empty(),
        "together" => !set.contains_key(relation.arguments[0]) || given.len() == relation.arguments.len(),
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
        let mut set = BTreeMap::new();
        collect("", &block.body, &mut set);
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
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    for emitted in emitted::all() {
        for (path, text) in emitted.files("terraform/", ".tf") {
            found.extend(
                violations(&table, text).into_iter().map(|broken| format!("{}: {path}: {broken}", emitted.name)),
            );
            let types = text.lines().filter_map(|line| line.strip_prefix("resource \"")?.split('"').next());
            seen.extend(types.map(str::to_owned));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    let listed: BTreeSet<String> = table.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(seen, listed, "emitted types, and types with rows");
    let kinds = |kind: &str| table.values().flatten().filter(|relation| relation.kind == kind).count();
    assert!(kinds("conflict") > 50 && kinds("if") > 40);
}

/// The argument of a term, without its comparison.
fn argument(term: &str) -> &str {
    term.trim_start_matches('!').split(['=', '!', '@']).next().unwrap_or_default()
}

fn is_known(schema: Block<'_>, path: &str) -> bool {
    match path.split_once('.') {
        Some((block, rest)) => schema.block(block).is_some_and(|inner| is_known(inner, rest)),
        None => schema.is_settable(path) || schema.block(path).is_some(),
    }
}

#[test]
fn every_argument_of_a_relation_is_one_of_the_provider() {
    let (mut unknown, mut seen) = (Vec::new(), 0);
    for (type_name, relations) in table() {
        let schema = terraform(type_name).unwrap_or_else(|| panic!("{type_name} has no schema")).body();
        for term in relations.iter().flat_map(|relation| &relation.arguments) {
            seen += 1;
            let path = argument(term);
            if !path.starts_with("lifecycle.") && !is_known(schema, path) {
                unknown.push(format!("{type_name} {path}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert!(seen > 300, "{seen} arguments");
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
        ("aws_flow_log\" \"a\" {\n  transit_gateway_id = \"tgw-1\"\n  max_aggregation_interval = 600\n}", "if transit"),
        ("aws_kms_key\" \"a\" {\n  rotation_period_in_days = 90\n  enable_key_rotation = false\n}", "if rotation"),
        ("aws_vpc\" \"a\" {\n  cidr_block = \"10.0.0.1/16\"\n}", "@network"),
        ("aws_flow_log\" \"a\" {\n  log_destination = \"${a.b.arn}:*\"\n}", "@log-group"),
        (
            "aws_sfn_state_machine\" \"a\" {\n  logging_configuration {\n    log_destination = a.b.arn\n  }\n}",
            "@log-streams",
        ),
        ("aws_new\" \"a\" {\n}", "no row"),
    ] {
        let found = violations(&table, &format!("resource \"{body}\n"));
        assert!(found.iter().any(|problem| problem.contains(expected)), "{body}: {found:?}");
    }
}
