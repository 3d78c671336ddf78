//! The rights of the reference spec, actor by actor, against the set that is
//! expected: `tests/rights.kdl`.
//!
//! ```kdl
//! actor "validator" {
//!     right "dms:DescribeTableStatistics" "arn:…:task:…" // on these, and nothing else
//!     right "kms:Decrypt" "<secrets-key.Arn>" when="kms:ViaService"
//!     right "ssm:GetParameter" "arn:…" beyond="reason for more than least privilege"
//!     left-out "rds-db:connect" because="reason for less than an actor of its kind usually needs"
//! }
//! ```

#![allow(clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use kdl::{KdlDocument, KdlNode};
use migspec_ir::{Actor, Grant, Graph, iam};
use migspec_tests::runs;

/// An action on a resource, under conditions on these keys.
type Right = (String, String, String);

/// The expected permissions of one actor.
#[derive(Default)]
struct Expected {
    rights: BTreeSet<Right>,
    left_out: BTreeSet<String>,
    reasons: Vec<String>,
}

fn graph() -> Graph {
    migspec_lower::lower(&runs::view(&runs::text("specs/payments.migspec.kdl"), "prod")).value
}

fn rights_of(graph: &Graph) -> BTreeMap<&'static str, BTreeSet<Right>> {
    let mut held: BTreeMap<&str, BTreeSet<Right>> = BTreeMap::new();
    for grant in &graph.grants {
        let actor = graph.actors.get(&grant.role).unwrap_or_else(|| panic!("{} serves nobody", grant.role));
        held.entry(actor.name()).or_default().extend(rights(grant));
    }
    held
}

fn rights(grant: &Grant) -> impl Iterator<Item = Right> {
    let keys: BTreeSet<&str> = grant.conditions.iter().map(|c| &*c.key).collect();
    let keys = keys.into_iter().collect::<Vec<_>>().join(" ");
    let resources: Vec<String> = grant.resources.iter().map(|on| iam::text(&on.value)).collect();
    let pairs = grant.actions.iter().flat_map(move |action| resources.clone().into_iter().map(move |on| (*action, on)));
    pairs.map(move |(action, on)| (action.to_owned(), on, keys.clone()))
}

fn expected() -> BTreeMap<String, Expected> {
    let document: KdlDocument = runs::text("tests/rights.kdl").parse().expect("tests/rights.kdl is KDL");
    let mut actors: BTreeMap<String, Expected> = BTreeMap::new();
    for node in document.nodes() {
        let actor = actors.entry(argument(node, 0)).or_default();
        for row in node.children().into_iter().flat_map(KdlDocument::nodes) {
            actor.reasons.extend(["beyond", "because"].iter().filter_map(|name| property(row, name)));
            match row.name().value() {
                "left-out" => drop(actor.left_out.insert(argument(row, 0))),
                "right" => {
                    let keys = property(row, "when").unwrap_or_default();
                    let on = row.entries().iter().filter(|e| e.name().is_none()).skip(1);
                    let on = on.map(|e| e.value().as_string().expect("a resource is a text").to_owned());
                    actor.rights.extend(on.map(|on| (argument(row, 0), on, keys.clone())));
                }
                other => panic!("`{other}` is not `right` or `left-out`"),
            }
        }
    }
    actors
}

fn argument(node: &KdlNode, index: usize) -> String {
    node.get(index).and_then(|v| v.as_string()).unwrap_or_else(|| panic!("{node}: an argument is missing")).to_owned()
}

fn property(node: &KdlNode, name: &str) -> Option<String> {
    node.get(name).and_then(|v| v.as_string()).map(str::to_owned)
}

#[test]
fn every_actor_holds_what_is_expected_and_nothing_else() {
    let graph = graph();
    let (held, expected) = (rights_of(&graph), expected());
    let mut wrong = Vec::new();
    let none = BTreeSet::new();
    for actor in Actor::ALL.iter().map(|actor| actor.name()) {
        let held = held.get(actor).unwrap_or(&none);
        let expected = expected.get(actor).map_or(&none, |e| &e.rights);
        let show = |sign: &str, (action, on, when): &Right| format!("{actor} {sign} {action} {on} {when}");
        wrong.extend(held.difference(expected).map(|right| show("+", right)));
        wrong.extend(expected.difference(held).map(|right| show("-", right)));
    }
    assert!(wrong.is_empty(), "held but not expected (+), expected but not held (-):\n{}", wrong.join("\n"));
}

#[test]
fn what_is_left_out_is_not_held() {
    let graph = graph();
    let held = rights_of(&graph);
    for (actor, expected) in expected() {
        assert!(Actor::ALL.iter().any(|known| known.name() == actor), "there is no actor `{actor}`");
        for action in &expected.left_out {
            let holds = held.get(&*actor).is_some_and(|rights| rights.iter().any(|(held, ..)| held == action));
            assert!(!holds, "`{actor}` holds `{action}`");
        }
    }
}

#[test]
fn every_difference_has_a_reason() {
    let reasons: Vec<String> = expected().into_values().flat_map(|e| e.reasons).collect();
    assert!(reasons.len() > 10, "{} differences", reasons.len());
    assert!(reasons.iter().all(|reason| reason.split_whitespace().count() >= 4), "{reasons:#?}");
}

#[test]
fn every_right_has_its_reason_in_the_spec() {
    let graph = graph();
    for grant in &graph.grants {
        assert!(!grant.why.is_empty() && !grant.actions.is_empty() && !grant.resources.is_empty(), "{grant:?}");
        assert!(grant.actions.iter().all(|action| iam::action(action).is_some()), "{:?}", grant.actions);
    }
}
