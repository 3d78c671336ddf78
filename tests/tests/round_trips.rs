//! A second plan is empty. `tests/round_trips.tsv` lists for every emitted Terraform type what AWS writes after the creation
//! of a resource, and why the next plan asks for no change; this test compares each row with the emitted code and with the
//! provider's schema. A type without a row fails, and so does an argument that some resource leaves out and that the
//! provider does not compute: AWS may return a value for it.
//!
//! A source `rds: resourceClusterRead` is a function of the provider, version 6.47.0, in `internal/service/rds`.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use migspec_ir::schema::{Block as Schema, terraform};
use migspec_targets::terraform::hcl::{Block, Body, Expression, Item};
use migspec_tests::{emitted, hcl, root};

/// `TYPE <tab> ARGUMENT <tab> EMISSION <tab> SOURCE`
struct Row<'t> {
    type_name: &'t str,
    argument: &'t str,
    /// - `ignored`: `ignore_changes` names the argument where AWS writes it.
    /// - `set`: every resource of the type writes the argument, so that no default returns.
    /// - `computed`: the provider keeps AWS's value where the argument is left out.
    /// - `nested`: the same, within a block.
    /// - `unset`: no resource writes it, and the provider suppresses AWS's value.
    /// - `nothing`: AWS writes no argument.
    ///
    /// For an argument that some resource leaves out, with its blocks as `a.b`:
    ///
    /// - `default`: the provider has a default, which it sends or which is AWS's own.
    /// - `empty`: the provider reads it, and AWS has no value for it (fact: terraform-acceptance-plans).
    /// - `kept`: a block that the provider keeps as AWS returns it; the published schema does not show that.
    /// - `suppressed`: the provider suppresses the difference.
    /// - `unread`: the provider does not read it.
    emission: &'t str,
    source: &'t str,
}

fn rows(text: &str) -> Vec<Row<'_>> {
    text.lines()
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            let [type_name, argument, emission, source] = parts[..] else { panic!("{line}") };
            Row { type_name, argument, emission, source }
        })
        .collect()
}

/// All resources of all specs by type.
fn resources() -> BTreeMap<String, Vec<Block>> {
    let mut all: BTreeMap<String, Vec<Block>> = BTreeMap::new();
    for emitted in emitted::all() {
        for (_, text) in emitted.files("terraform/", ".tf") {
            for item in hcl::parse(text).items {
                if let Item::Block(block) = item
                    && block.kind == "resource"
                {
                    all.entry(block.labels[0].clone()).or_default().push(block);
                }
            }
        }
    }
    all
}

/// The emissions of arguments that are left out.
const LEFT_OUT: &[&str] = &["default", "empty", "kept", "suppressed", "unread"];

/// The arguments and blocks that a body leaves out and the provider does not compute.
fn collect_left_out(schema: Schema<'_>, within: &str, body: &Body, found: &mut BTreeSet<String>) {
    let has = |name: &str| {
        body.items.iter().any(|item| match item {
            Item::Attribute(known, _) => known == name,
            Item::Block(inner) => inner.kind == name,
        })
    };
    let optional = |name: &&str| schema.is_settable(name) && !schema.is_required(name) && !schema.is_computed(name);
    let arguments = schema.attributes().filter(optional).filter(|name| *name != "tags");
    let blocks = schema.blocks().filter(|name| *name != "timeouts");
    found.extend(arguments.chain(blocks).filter(|name| !has(name)).map(|name| format!("{within}{name}")));
    for item in &body.items {
        if let Item::Block(inner) = item
            && let Some(schema) = schema.block(&inner.kind).filter(|_| inner.kind != "timeouts")
        {
            collect_left_out(schema, &format!("{within}{}.", inner.kind), &inner.body, found);
        }
    }
}

/// The arguments that resources of a type leave out.
fn left_out(type_name: &str, blocks: &[Block]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Some(schema) = terraform(type_name) {
        blocks.iter().for_each(|block| collect_left_out(schema.body(), "", &block.body, &mut found));
    }
    found
}

fn writes(block: &Block, argument: &str) -> bool {
    block.body.items.iter().any(|item| match item {
        Item::Attribute(name, _) => name == argument,
        Item::Block(inner) => inner.kind == argument,
    })
}

fn ignores(block: &Block, argument: &str) -> bool {
    let lifecycle = block.body.items.iter().filter_map(|item| match item {
        Item::Block(inner) if inner.kind == "lifecycle" => Some(&inner.body.items),
        _ => None,
    });
    lifecycle.flatten().any(|item| match item {
        Item::Attribute(name, Expression::List(list)) if name == "ignore_changes" => {
            list.iter().any(|entry| matches!(entry, Expression::Traversal(text) if text == argument))
        }
        _ => false,
    })
}

/// Whether the provider keeps the value of an argument that is left out, in the resource or in a block.
fn is_computed_within(schema: Schema<'_>, argument: &str) -> bool {
    let within = || schema.blocks().filter_map(|name| schema.block(name)).any(|s| is_computed_within(s, argument));
    schema.is_computed(argument) || within()
}

fn problem(row: &Row<'_>, blocks: &[Block]) -> Option<String> {
    let schema = terraform(row.type_name)?.body();
    let some = |holds: fn(&Block, &str) -> bool| blocks.iter().any(|block| holds(block, row.argument));
    let holds = match row.emission {
        "ignored" => some(ignores),
        "set" => blocks.iter().all(|block| writes(block, row.argument)),
        "computed" => schema.is_computed(row.argument),
        "nested" => is_computed_within(schema, row.argument),
        "unset" => !some(writes),
        "nothing" => row.argument == "-",
        emission if LEFT_OUT.contains(&emission) => left_out(row.type_name, blocks).contains(row.argument),
        _ => false,
    };
    let text = format!("{} {}: not {}", row.type_name, row.argument, row.emission);
    (!holds || row.source.is_empty()).then_some(text)
}

#[test]
fn every_emitted_type_has_rows_and_they_hold() {
    let text = fs::read_to_string(root().join("tests/round_trips.tsv")).expect("the table can be read");
    let (rows, resources) = (rows(&text), resources());
    assert!(rows.windows(2).all(|pair| (pair[0].type_name, pair[0].argument) < (pair[1].type_name, pair[1].argument)));
    let listed: BTreeSet<&str> = rows.iter().map(|row| row.type_name).collect();
    let emitted: BTreeSet<&str> = resources.keys().map(String::as_str).collect();
    assert_eq!(emitted.difference(&listed).collect::<Vec<_>>(), Vec::<&&str>::new(), "types without a row");
    assert_eq!(listed.difference(&emitted).collect::<Vec<_>>(), Vec::<&&str>::new(), "types that nothing emits");
    let problems: Vec<String> = rows.iter().filter_map(|row| problem(row, &resources[row.type_name])).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    let ignored: BTreeSet<(&str, &str)> =
        rows.iter().filter(|row| row.emission == "ignored").map(|row| (row.type_name, row.argument)).collect();
    assert!(ignored.len() >= 5, "{ignored:?}");
}

/// AWS may return a value for an argument that is left out: each has a row.
#[test]
fn every_argument_that_is_left_out_has_a_row() {
    let text = fs::read_to_string(root().join("tests/round_trips.tsv")).expect("the table can be read");
    let rows = rows(&text);
    let (mut missing, mut seen) = (Vec::new(), 0);
    for (type_name, blocks) in resources() {
        for argument in left_out(&type_name, &blocks) {
            seen += 1;
            if !rows.iter().any(|row| row.type_name == type_name && row.argument == argument) {
                missing.push(format!("{type_name} {argument}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(seen > 300, "{seen} arguments");
}

/// The emitted code ignores nothing that the table does not list.
#[test]
fn every_ignored_argument_has_a_row() {
    let text = fs::read_to_string(root().join("tests/round_trips.tsv")).expect("the table can be read");
    let rows = rows(&text);
    let mut seen = 0;
    for (type_name, blocks) in resources() {
        for block in &blocks {
            for item in block.body.items.iter().filter_map(|item| match item {
                Item::Block(inner) if inner.kind == "lifecycle" => Some(&inner.body.items),
                _ => None,
            }) {
                for entry in item {
                    let Item::Attribute(name, Expression::List(list)) = entry else { continue };
                    for argument in list.iter().filter(|_| name == "ignore_changes") {
                        let Expression::Traversal(argument) = argument else { panic!("{argument:?}") };
                        let listed = rows.iter().any(|row| {
                            (row.type_name, row.argument, row.emission) == (&*type_name, &**argument, "ignored")
                        });
                        assert!(listed, "{type_name} ignores {argument}");
                        seen += 1;
                    }
                }
            }
        }
    }
    assert!(seen > 20, "{seen} ignored arguments");
}

#[test]
fn a_wrong_row_is_seen() {
    let resources = resources();
    for (row, wrong) in [
        ("aws_rds_cluster\tengine_version\tignored\tx", false),
        ("aws_rds_cluster\tport\tignored\tx", true),
        ("aws_rds_cluster\tavailability_zones\tcomputed\tx", false),
        ("aws_rds_cluster\tiops\tcomputed\tx", true),
        ("aws_subnet\tcidr_block\tset\tx", false),
        ("aws_subnet\tipv6_native\tset\tx", true),
        ("aws_subnet\tipv6_native\tunset\t", true),
        ("aws_subnet\tcidr_block\tnothing\tx", true),
        ("aws_subnet\tenable_dns64\tdefault\tx", false),
        ("aws_subnet\tcidr_block\tdefault\tx", true),
        ("aws_lb_listener\tdefault_action.redirect\tsuppressed\tx", false),
        ("aws_lb_listener\tdefault_action.type\tempty\tx", true),
    ] {
        let row = &rows(row)[0];
        assert_eq!(problem(row, &resources[row.type_name]).is_some(), wrong, "{} {}", row.type_name, row.argument);
    }
}
