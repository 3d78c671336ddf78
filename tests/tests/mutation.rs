//! The mutation score of the policies for the reference spec: all facts, and a
//! sample of the parts. `migspec policy mutate` changes all of them.

use std::collections::BTreeMap;
use std::fmt::Write;

use migspec_diag::code_info;
use migspec_policies::mutation::{self, Flip, Mutations, Reason, Variant, reasons};
use migspec_tests::runs;

/// The minimum mutation score, in tenths of a percent.
const LEAST: usize = 950;
/// One of this many parts of the graph is changed here.
const EVERY: usize = 29;
/// 2026-11-25
const TODAY: u64 = 20_782;

/// All facts, a sample of the parts, and each part that is an example of a
/// survivor.
fn mutations() -> Mutations {
    let text = runs::text("specs/payments.migspec.kdl");
    let (_, checked) = runs::check_text("payments.migspec.kdl", &text, Some("prod"));
    assert!(checked.findings.is_empty(), "the reference spec is clean");
    let graph = checked.graphs.first().expect("the reference spec has a production environment");
    let shown = |variant: &Variant<'_>| reasons().survivors.iter().any(|reason| reason.shows(variant));
    let chosen = |number: usize, variant: &Variant<'_>| number.is_multiple_of(EVERY) || shown(variant);
    mutation::mutate(graph, runs::rulebook(), TODAY, chosen).expect("every policy can be decided")
}

fn list<'m>(flips: impl Iterator<Item = &'m Flip>) -> String {
    let mut text = String::new();
    for ((type_name, fact), flips) in mutation::by_fact(flips) {
        let was = flips.first().map(|flip| flip.value.as_str());
        writeln!(text, "{type_name}.{fact}: {} times, such as {was:?}", flips.len()).expect("a string takes all");
    }
    text
}

/// Entries of a reason that a policy denies, or that do not exist.
fn idle(reason: &Reason, mutations: &Mutations) -> Vec<String> {
    let survives = |fact: &str| {
        let one = Reason {
            facts: [fact.to_owned()].into(),
            by: BTreeMap::new(),
            examples: BTreeMap::new(),
            ..reason.clone()
        };
        mutations.flips.iter().any(|flip| flip.survives() && one.concerns(flip))
    };
    let facts = reason.facts().filter(|fact| !survives(fact)).cloned();
    let example = |(part, shown): &(&String, &String)| {
        let is_it = |flip: &&Flip| {
            format!("{}.{}", flip.type_name, flip.fact) == **part
                && format!("{}: {}", flip.resource, flip.value) == **shown
        };
        mutations.flips.iter().filter(is_it).any(Flip::survives)
    };
    let examples = reason.examples.iter().filter(|pair| !example(pair)).map(|(part, shown)| format!("{part} {shown}"));
    facts.chain(examples).collect()
}

/// Substitutes in a reason that decide nothing: neither a fully denied fact nor
/// a code of the compiler.
fn undecided(reason: &Reason, mutations: &Mutations) -> Vec<String> {
    let noticed = |fact: &str| {
        let one = Reason { facts: [fact.to_owned()].into(), was: None, by: BTreeMap::new(), ..reason.clone() };
        let mut flips = mutations.flips.iter().filter(|flip| one.concerns(flip)).peekable();
        flips.peek().is_some() && flips.all(|flip| !flip.survives())
    };
    let by = reason.by.iter().filter(|(_, by)| code_info(by).is_none() && !noticed(by));
    by.map(|(fact, by)| format!("{fact} by {by}")).collect()
}

#[test]
fn nearly_every_flip_is_noticed_and_each_survivor_is_explained() {
    let mutations = mutations();
    let unexplained = mutations.survivors().filter(|flip| flip.explanation().is_none());
    let unexplained = list(unexplained);
    let all = || reasons().excluded.iter().chain(&reasons().survivors);
    let idle: Vec<String> = all().flat_map(|reason| idle(reason, &mutations)).collect();
    let undecided: Vec<String> = all().flat_map(|reason| undecided(reason, &mutations)).collect();
    let (score, of_all) = (mutations.score(), mutations.score_of_all());
    let state = format!(
        "{score:?}, of all {of_all:?}\nunexplained:\n{unexplained}\nidle: {idle:#?}\nnot decided: {undecided:#?}"
    );
    assert!(score.permille() >= LEAST, "{state}");
    assert!(unexplained.is_empty() && idle.is_empty() && undecided.is_empty(), "{state}");
}

/// Facts about encryption, access, retention, deletion, logging, versions or
/// secrets always count, unless their value is already the weakest or a
/// substitute decides it.
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
    let whole = reasons().excluded.iter().filter(|reason| reason.was.is_none());
    let protecting = whole.flat_map(|reason| &reason.facts).filter(|fact| {
        let name = fact.rsplit('.').next().unwrap_or(fact).to_ascii_lowercase();
        PROTECTS.iter().any(|word| name.contains(word))
    });
    assert_eq!(protecting.collect::<Vec<_>>(), Vec::<&String>::new());
    let all = reasons().excluded.iter().chain(&reasons().survivors);
    assert!(all.into_iter().all(|reason| reason.because.split_whitespace().count() > 8));
}
