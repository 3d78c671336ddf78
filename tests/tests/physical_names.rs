//! Physical names: two specs in one account and environment never share one.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use migspec_ir::{Graph, Value, naming};
use migspec_tests::{emitted, runs};
use serde_json::Value as Json;

/// Roles that AWS DMS looks for by name, once for each account. A second spec in
/// the account writes `create=#false`.
const OF_THE_ACCOUNT: &[&str] = &["dms-vpc-role", "dms-cloudwatch-logs-role"];

/// The names of a graph by type and property.
fn names(graph: &Graph) -> BTreeMap<(&'static str, &'static str), BTreeSet<String>> {
    let mut all: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for resource in graph.resources.values() {
        for rule in naming::of_type(resource.type_name).filter(|rule| rule.unique) {
            if let Some(Value::String(name)) = resource.get(rule.property).map(|datum| &datum.value) {
                all.entry((resource.type_name, rule.property)).or_default().insert(name.to_string());
            }
        }
    }
    all
}

/// Asserts that no kind has a name in both graphs, and returns how many kinds
/// have names in both.
fn apart(what: &str, one: &Graph, other: &Graph) -> usize {
    let (one, other) = (names(one), names(other));
    let mut kinds = 0;
    for (kind, names) in &one {
        let Some(others) = other.get(kind) else { continue };
        kinds += 1;
        let shared: Vec<&String> =
            names.intersection(others).filter(|name| !OF_THE_ACCOUNT.contains(&name.as_str())).collect();
        assert!(shared.is_empty(), "{what}: {kind:?} share {shared:?}");
    }
    kinds
}

#[test]
fn specs_of_one_account_share_no_name() {
    let all = emitted::all();
    let mut pairs = 0;
    for (n, one) in all.iter().enumerate() {
        for other in &all[n + 1..] {
            let (a, b) = (&one.graph.environment, &other.graph.environment);
            if a.account == b.account && one.graph.migration != other.graph.migration {
                let kinds = apart(&format!("{} and {}", one.name, other.name), &one.graph, &other.graph);
                assert!(kinds >= 15, "{} and {}: {kinds} kinds", one.name, other.name);
                pairs += 1;
            }
        }
    }
    assert!(pairs >= 5, "{pairs} pairs");
}

/// Copies of a spec with another key: with a longer key, and with one that
/// differs only after the place where long names end.
#[test]
fn copies_of_a_spec_share_no_name() {
    let long = "payments-of-all-merchants-of-the-group-a";
    let keys = ["payments", "payments-eu", "paymentseu", long, &long.replace("-a", "-b")];
    let text = runs::text("specs/payments.migspec.kdl");
    let graphs: Vec<Graph> = keys
        .iter()
        .map(|key| {
            let text = text.replace("migration \"payments\"", &format!("migration \"{key}\""));
            migspec_lower::lower(&runs::view(&text, "prod")).value
        })
        .collect();
    for (n, one) in graphs.iter().enumerate() {
        for other in &graphs[n + 1..] {
            let kinds = apart(&format!("{} and {}", one.migration, other.migration), one, other);
            assert!(kinds >= 30, "{kinds} kinds");
        }
    }
}

/// A property with a physical name has a rule: the name starts with the key of
/// the migration.
#[test]
fn every_physical_name_has_a_rule() {
    let mut seen = BTreeSet::new();
    for emitted in emitted::all() {
        let starts = [format!("{}-", emitted.graph.migration), "/migration/".to_owned(), "migration/".to_owned()];
        let all: BTreeSet<String> = names(&emitted.graph).into_values().flatten().collect();
        for resource in emitted.graph.resources.values().filter(|r| r.type_name.starts_with("AWS::")) {
            for (property, datum) in resource.properties.iter() {
                let Value::String(text) = &datum.value else { continue };
                // The literal name of another resource.
                let named = naming::of_type(resource.type_name).any(|rule| rule.property == property);
                if all.contains(&**text) && !named {
                    continue;
                }
                if starts.iter().any(|start| text.starts_with(start)) && !text.contains('@') {
                    assert!(named, "{}: no rule for `{property}` of {}", emitted.name, resource.type_name);
                    seen.insert((resource.type_name, property.to_string()));
                }
            }
        }
    }
    assert!(seen.len() >= 25, "{seen:?}");
}

/// Each name in a template follows the rule of its service, and the rules of
/// all types that have a literal name are met.
#[test]
fn emitted_names_follow_their_rules() {
    let (mut emitted_types, mut judged) = (BTreeSet::new(), BTreeSet::new());
    for emitted in emitted::all() {
        for (path, text) in emitted.files("cloudformation/", ".template.json") {
            let template: Json = serde_json::from_str(text).expect("a template is JSON");
            for (id, resource) in template["Resources"].as_object().into_iter().flatten() {
                for rule in naming::of_type(resource["Type"].as_str().unwrap_or_default()) {
                    emitted_types.insert(rule.type_name);
                    let Some(name) = resource["Properties"][rule.property].as_str() else { continue };
                    if let Some(problem) = rule.problem(name) {
                        panic!("{} {path}: `{name}` of {id} {problem}", emitted.name);
                    }
                    judged.insert(rule.type_name);
                }
            }
        }
    }
    let unjudged: Vec<_> = emitted_types.difference(&judged).collect();
    assert!(judged.len() >= 20 && unjudged.is_empty(), "{} types judged, not {unjudged:?}", judged.len());
}
