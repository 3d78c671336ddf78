//! Every property of every emitted type, changed as an override changes it.
//! `tests/properties.txt` lists each change with its outcome. A sample is
//! decided here; `MIGSPEC_BLESS=1` decides all of them, or those of the type in `MIGSPEC_TYPE`, and writes the list.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads files")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use migspec_ir::Graph;
use migspec_policies::mutation::{self, ChangeResult, PropertyChange};
use migspec_tests::{blessing, root, runs};

/// 2026-11-25
const TODAY: u64 = 20_782;
/// One of this many changes is decided, and one of this many that need policies.
const EVERY: usize = 17;

/// Changes that weaken nothing although no policy objects: type, path, change.
const HARMLESS: &[(&str, &str, &str, &str)] = &[
    ("AWS::ApiGateway::Method", "ApiKeyRequired", "now true", "one more requirement for callers"),
    ("AWS::ApiGateway::RestApi", "DisableExecuteApiEndpoint", "now true", "one way in less"),
    ("AWS::EC2::FlowLog", "MaxAggregationInterval", "*", "AWS takes 60 and 600 seconds, and both are enough"),
    ("AWS::EC2::Route", "GatewayId", "unset", "AWS refuses a route without a target"),
    ("AWS::EC2::TransitGatewayRoute", "Blackhole", "set to false", "AWS's default"),
    ("AWS::Events::Rule", "State", "now ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "more events, none less"),
    ("AWS::KMS::Key", "Tags", "*", "a label for people; required tags are found by their names"),
    ("AWS::Logs::LogGroup", "RetentionInDays", "unset", "AWS keeps the log for ever"),
    ("AWS::RDS::DBInstance", "MonitoringInterval", "times 1000", "AWS refuses intervals over 60 seconds"),
    (
        "AWS::S3::Bucket",
        "BucketEncryption.ServerSideEncryptionConfiguration.0.BucketKeyEnabled",
        "set to true",
        "the same key, with fewer calls of KMS",
    ),
    (
        "AWS::S3::Bucket",
        "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.SSEAlgorithm",
        "now aws:kms:dsse",
        "two layers of encryption with the same key",
    ),
    ("AWS::S3::Bucket", "ObjectLockConfiguration.Rule.DefaultRetention.Mode", "set to COMPLIANCE", "a stricter lock"),
    ("AWS::SQS::Queue", "MessageRetentionPeriod", "unset", "AWS's default of four days is enough"),
    ("AWS::SSM::Parameter", "Tags", "*", "a label for people; required tags are found by their names"),
];

fn graph() -> Graph {
    let text = runs::text("specs/payments.migspec.kdl");
    let (_, mut checked) = runs::check_text("payments.migspec.kdl", &text, Some("prod"));
    assert!(checked.findings.is_empty(), "the reference spec is clean");
    checked.graphs.remove(0)
}

fn file() -> PathBuf {
    root().join("tests/properties.txt")
}

fn key(change: &PropertyChange) -> (String, String) {
    (format!("{} {}", change.type_name, change.path), change.how.to_string())
}

/// The outcome as the list has it.
fn text(change: &PropertyChange, outcome: &ChangeResult) -> String {
    let is_it = |(of, path, how, _): &&(&str, &str, &str, &str)| {
        let below = change.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        *of == change.type_name && below && (*how == "*" || *how == change.how.to_string())
    };
    match (outcome, HARMLESS.iter().find(is_it)) {
        (ChangeResult::Silent, Some((.., why))) => format!("harmless: {why}"),
        _ => outcome.to_string(),
    }
}

/// The listed outcomes: `TYPE PATH <tab> OUTCOME <tab> CHANGE, CHANGE`.
fn listed() -> BTreeMap<(String, String), String> {
    let text = fs::read_to_string(file()).expect("the list can be read");
    let mut rows = BTreeMap::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let [of, outcome, changes] = parts.as_slice() else { panic!("{line}") };
        for change in changes.split(" | ") {
            rows.insert(((*of).to_owned(), change.to_owned()), (*outcome).to_owned());
        }
    }
    rows
}

fn bless(graph: &Graph, changes: &[PropertyChange]) {
    let mut rows: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let (only, known) = (std::env::var("MIGSPEC_TYPE").ok(), listed());
    for change in changes {
        let kept = known.get(&key(change)).filter(|_| only.as_ref().is_some_and(|only| only != change.type_name));
        let outcome = kept.cloned().unwrap_or_else(|| {
            text(change, &change.outcome(graph, runs::rulebook(), TODAY).expect("every policy can be decided"))
        });
        let (of, how) = key(change);
        rows.entry((of, outcome)).or_default().push(how);
    }
    let mut list = String::new();
    for ((of, outcome), changes) in rows {
        writeln!(list, "{of}\t{outcome}\t{}", changes.join(" | ")).expect("a string takes all");
    }
    fs::write(file(), list).expect("the list can be written");
}

#[test]
fn every_change_of_a_property_has_its_listed_outcome() {
    let graph = graph();
    let changes = mutation::changes(&graph);
    if blessing() {
        bless(&graph, &changes);
    }
    let listed = listed();
    let mut wrong = Vec::new();
    let (mut seen, mut judged) = (0, 0);
    for (number, change) in changes.iter().enumerate() {
        let Some(expected) = listed.get(&key(change)) else {
            wrong.push(format!("{:?} is not listed", key(change)));
            continue;
        };
        // Outcomes without policies are cheap.
        let by_policies = !expected.contains("unjudged-override") && expected.starts_with("found");
        judged += usize::from(by_policies);
        if number % EVERY != 0 && !(by_policies && judged % EVERY == 0) {
            continue;
        }
        seen += 1;
        let outcome = change.outcome(&graph, runs::rulebook(), TODAY).expect("every policy can be decided");
        let found = text(change, &outcome);
        if found != *expected {
            wrong.push(format!("{:?}: {expected}, now {found}", key(change)));
        }
    }
    assert!(seen > 200, "{seen} changes were decided");
    assert_eq!(listed.len(), changes.len(), "the list has rows of changes that no longer exist");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// At most 1 percent is silent, and at most 2 percent is found at another place.
#[test]
fn nearly_every_change_is_found_where_it_is_made() {
    let listed = listed();
    let count = |start: &str| listed.values().filter(|outcome| outcome.starts_with(start)).count();
    let (found, silent, elsewhere) = (count("found"), count("silent"), count("elsewhere"));
    let counted = found + count("refused") + silent + elsewhere;
    assert!(listed.len() >= 1_000 && found >= 1_000, "{} changes, {found} found", listed.len());
    assert!(silent * 100 <= counted, "{silent} of {counted} changes are silent");
    assert!(elsewhere * 50 <= counted, "{elsewhere} of {counted} changes are found at another place");
}

/// Numbers that look random and are the same in every run: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound.max(1) as u64).unwrap_or_default()
    }
}

/// A setting of the environment, or its default.
fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// The list has the first resource of each type. This draws a resource and one of its changes: `MIGSPEC_ROUNDS` times,
/// beginning with `MIGSPEC_SEED`.
#[test]
fn a_random_change_of_any_resource_is_found_or_weakens_nothing() {
    let graph = graph();
    let ids: Vec<_> = graph.resources.keys().cloned().collect();
    let mut numbers = Numbers(number("MIGSPEC_SEED", 13));
    let (mut silent, mut decided) = (Vec::new(), 0);
    for _ in 0..number("MIGSPEC_ROUNDS", 60) {
        let drawn = graph.get(&ids[numbers.below(ids.len())]).cloned().expect("a resource of the graph");
        let mut alone = Graph::new(&graph.migration, graph.environment.clone());
        alone.resources.insert(drawn.id.clone(), drawn);
        let changes = mutation::changes(&alone);
        let Some(change) = changes.get(numbers.below(changes.len())) else { continue };
        let outcome = change.outcome(&graph, runs::rulebook(), TODAY).expect("every policy can be decided");
        decided += 1;
        if text(change, &outcome) == "silent" {
            silent.push(format!("{} of `{}`: {}", change.path, change.resource, change.how));
        }
    }
    assert!(decided > 40 || number("MIGSPEC_ROUNDS", 60) < 60, "{decided} changes were decided");
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
