//! The sizes of everything that is emitted, near the limits of the services and
//! beyond them.

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use migspec_diag::Outcome;
use migspec_ir::limits::{self, LIMITS, STANDARD_PARAMETER};
use migspec_ir::{Graph, Value};
use migspec_tests::{emitted, runs};

const TABLE: &str = "        table \"payments.payment\" key=\"id\" {";
const INVARIANT: &str = "        invariant \"ledger-balance\"";

/// The reference spec with a long key, more tables with a masked column, and
/// more invariants.
fn spec(tables: usize, invariants: usize) -> String {
    let text = runs::text("specs/payments.migspec.kdl");
    assert!(text.contains(TABLE) && text.contains(INVARIANT));
    let more: String = (0..tables)
        .map(|n| {
            format!(
                "        table \"payments.table_of_account_data_{n:0>4}\" key=\"id\" {{\n            \
                 column \"card_number\" class=\"pan\" protection=\"tokenised\"\n        }}\n"
            )
        })
        .collect();
    let counted: String = (0..invariants)
        .map(|n| {
            format!(
                "        invariant \"balance-of-all-merchants-{n:0>4}\" \
                 sql=\"select currency, sum(amount) from payments.payment where merchant = {n} group by currency\"\n"
            )
        })
        .collect();
    text.replace("migration \"payments\"", "migration \"payments-of-all-merchants-of-the-group-a\"")
        .replace(TABLE, &format!("{more}{TABLE}"))
        .replace(INVARIANT, &format!("{counted}{INVARIANT}"))
}

fn lowered(text: &str) -> Outcome<Graph> {
    migspec_lower::lower(&runs::view(text, "prod"))
}

fn codes(outcome: &Outcome<Graph>) -> Vec<&str> {
    outcome.diagnostics.iter().map(|d| &*d.code).collect()
}

/// The largest share of each limit that a graph uses, in percent.
fn shares(graph: &Graph) -> BTreeMap<(&'static str, &'static str), usize> {
    let mut shares = BTreeMap::new();
    for resource in graph.resources.values() {
        for limit in limits::of_type(resource.type_name) {
            if let Some(size) = limit.measure(resource, graph) {
                let share = shares.entry((limit.type_name, limit.path)).or_insert(0);
                *share = (*share).max(size * 100 / limit.most);
            }
        }
    }
    shares
}

#[test]
fn everything_that_is_emitted_fits() {
    let mut seen = BTreeMap::new();
    for emitted in emitted::all() {
        for (limit, share) in shares(&emitted.graph) {
            assert!(share <= 100, "{}: {share} % of {limit:?}", emitted.name);
            let most = seen.entry(limit).or_insert(0);
            *most = share.max(*most);
        }
    }
    let unseen: Vec<_> = LIMITS.iter().filter(|l| !seen.contains_key(&(l.type_name, l.path))).collect();
    assert!(unseen.is_empty(), "no spec has {unseen:?}");
}

/// Definitions of state machines are embedded as text in both back ends.
#[test]
fn definitions_fit() {
    let mut seen = 0;
    for emitted in emitted::all() {
        for (path, text) in emitted.files("stepfunctions/", ".asl.json") {
            assert!(text.len() <= limits::DEFINITION, "{}: {path} has {} bytes", emitted.name, text.len());
            seen += 1;
        }
    }
    assert!(seen > 3, "{seen} definitions");
}

/// A spec either fits, or each document beyond its limit is a finding.
#[test]
fn growing_specs_fit_or_are_refused() {
    for (tables, invariants, fits) in [(10, 1, true), (60, 1, true), (200, 1, false), (1000, 40, false), (10, 40, true)]
    {
        let outcome = lowered(&spec(tables, invariants));
        let over: Vec<_> = shares(&outcome.value).into_iter().filter(|(_, share)| *share > 100).collect();
        let refused = codes(&outcome).contains(&"container-too-large");
        assert_eq!(!refused, fits, "{tables} tables, {invariants} invariants: {:?}", outcome.diagnostics);
        assert_eq!(over.is_empty(), fits, "{tables} tables, {invariants} invariants: {over:?}");
    }
}

/// A parameter up to 4,096 bytes has no tier, a larger one is advanced, one
/// beyond 8,192 bytes is refused with both numbers.
#[test]
fn parameters_at_the_limits() {
    let tier = |outcome: &Outcome<Graph>| {
        let parameter = outcome.value.get(&"replications-ledger-validation-parameter".into()).expect("a parameter");
        let size = limits::text_size(&parameter.get("Value").expect("a value").value, &outcome.value);
        (size, parameter.get("Tier").map(|tier| tier.value.clone()))
    };
    let mut tiers = Vec::new();
    for invariants in 1..80 {
        let outcome = lowered(&spec(1, invariants));
        let (size, tier) = tier(&outcome);
        let refused = outcome.diagnostics.iter().find(|d| d.code == "container-too-large");
        assert_eq!(tier, (size > STANDARD_PARAMETER).then(|| Value::from("Advanced")), "{size} bytes");
        assert_eq!(refused.is_some(), size > 8192, "{size} bytes");
        if let Some(finding) = refused {
            assert!(finding.message.contains(&format!("about {size} bytes; SSM Parameter accepts 8192")));
            tiers.push("refused");
            break;
        }
        tiers.push(if tier.is_some() { "advanced" } else { "standard" });
    }
    tiers.dedup();
    assert_eq!(tiers, ["standard", "advanced", "refused"]);
}

/// A bundle of certificates beyond 8,192 bytes.
#[test]
fn a_bundle_of_certificates_is_refused() {
    let one = runs::text("specs/corp-root-ca.pem");
    let bundle = one.repeat(8192 / one.len() + 1);
    let text = runs::text("specs/payments.migspec.kdl");
    let mut sources = migspec_diag::Sources::new();
    let file = sources.add("payments.migspec.kdl", &text);
    let mut importer = runs::MemoryImporter::default();
    importer.files.insert("corp-root-ca.pem".to_owned(), bundle);
    let spec = migspec_syntax::read(file, &mut sources, &mut importer).value;
    let outcome = migspec_lower::lower(&spec.view("prod").value.expect("the spec can be read"));
    let finding = outcome.diagnostics.iter().find(|d| d.code == "container-too-large").expect("it is refused");
    assert!(finding.message.contains("replications-ledger-authority-parameter"), "{}", finding.message);
}

/// The limit of environment variables, with keys of 40 characters.
#[test]
fn long_keys_fit_where_services_limit_names() {
    let long = "ledger-of-all-merchants-of-all-the-group";
    let text = runs::text("specs/payments.migspec.kdl").replace("\"ledger\"", &format!("\"{long}\""));
    let text = text.replace(&format!("name \"{long}\""), "name \"ledger\"");
    let outcome = lowered(&text);
    let refused = ["container-too-large", "name-too-long", "refused-name", "name-collision"];
    let found: Vec<&str> = codes(&outcome).into_iter().filter(|code| refused.contains(code)).collect();
    assert!(found.is_empty(), "{:?}", outcome.diagnostics);
}

/// CloudFormation resolves a limited number of secrets in a template.
/// fact: limit-dynamic-references
#[test]
fn templates_have_few_dynamic_references() {
    let mut seen = 0;
    for emitted in emitted::all() {
        for (path, text) in emitted.files("cloudformation/", ".template.json") {
            let references = text.matches("{{resolve:").count();
            assert!(references <= 60, "{}/{path}: {references} dynamic references", emitted.name);
            seen += references;
        }
    }
    assert!(seen > 0, "no template has one");
}
