//! How much the policies notice of the reference spec: every fact is flipped,
//! and of its parts a sample. `migspec policy mutate` changes all of them.

use std::fmt::Write;

use migspec_policies::mutation::{self, Flip, Mutations, Reason, reasons};
use migspec_tests::runs;

/// The least share of flips that are noticed, in tenths of a percent.
const LEAST: usize = 950;
/// Of the parts of the graph each so manieth is changed here.
const EVERY: usize = 29;
/// 2026-11-25
const TODAY: u64 = 20_782;

fn mutations() -> Mutations {
    let text = runs::text("specs/payments.migspec.kdl");
    let (_, checked) = runs::check_text("payments.migspec.kdl", &text, Some("prod"));
    assert!(checked.findings.is_empty(), "the reference spec is clean");
    let graph = checked.graphs.first().expect("the reference spec has a production environment");
    mutation::mutate(graph, runs::rulebook(), TODAY, EVERY).expect("every policy can be decided")
}

fn listed<'m>(flips: impl Iterator<Item = &'m Flip>) -> String {
    let mut text = String::new();
    for ((type_name, fact), flips) in mutation::by_fact(flips) {
        let was = flips.first().map(|flip| flip.value.as_str());
        writeln!(text, "{type_name}.{fact}: {} times, such as {was:?}", flips.len()).expect("a string takes all");
    }
    text
}

/// What a reason speaks of that is noticed, or is not there at all. Parts are a
/// sample here: of them nothing is known.
fn idle(reason: &Reason, mutations: &Mutations) -> Vec<String> {
    let flips = |fact: &str| {
        let one = Reason { facts: vec![fact.to_owned()], ..reason.clone() };
        mutations.flips.iter().any(|flip| flip.survives() && one.concerns(flip))
    };
    reason.facts.iter().filter(|fact| !fact.contains(' ') && !flips(fact)).cloned().collect()
}

#[test]
fn nearly_every_flip_is_noticed_and_each_survivor_is_explained() {
    let mutations = mutations();
    let unexplained = mutations.survivors().filter(|flip| !reasons().survivors.iter().any(|r| r.concerns(flip)));
    let unexplained = listed(unexplained);
    let idle: Vec<String> =
        reasons().excluded.iter().chain(&reasons().survivors).flat_map(|reason| idle(reason, &mutations)).collect();
    let (score, all) = (mutations.score(), mutations.score_of_all());
    let state = format!("{score:?}, of all {all:?}\nunexplained:\n{unexplained}\nidle: {idle:#?}");
    assert!(score.permille() >= LEAST && unexplained.is_empty() && idle.is_empty(), "{state}");
}

/// What is encrypted, open, kept, deleted, written down, versioned or secret
/// always counts.
#[test]
fn what_protects_is_never_excluded() {
    const PROTECTS: &[&str] = &[
        "encrypt",
        "kms",
        "tls",
        "ssl",
        "internetaccess",
        "opento",
        "public",
        "retention",
        "backup",
        "deletion",
        "logs",
        "version",
        "secret",
        "password",
        "policy",
        "trust",
        "boundary",
        "condition",
        "signing",
        "rotat",
        "authorization",
    ];
    let facts = reasons().excluded.iter().flat_map(|reason| &reason.facts);
    let protecting = facts.filter(|fact| {
        let name = fact.rsplit('.').next().unwrap_or(fact).to_ascii_lowercase();
        PROTECTS.iter().any(|word| name.contains(word))
    });
    assert_eq!(protecting.collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(reasons().excluded.iter().all(|reason| reason.because.split_whitespace().count() > 8));
}
