//! Where the time of the compiler goes: `cargo bench -p migspec-tests`.
//! Ratios matter, not seconds: `linear` prints ten times the work beside one.

#![allow(clippy::panic, reason = "a bench fails by panicking")]

use divan::Bencher;
use migspec_diag::Sources;
use migspec_policies::judge;
use migspec_targets::{Packages, TARGETS};
use migspec_tests::{generate, runs};

fn main() {
    divan::main();
}

fn reference() -> String {
    runs::text("specs/payments.migspec.kdl")
}

#[divan::bench]
fn read(bencher: Bencher) {
    let text = reference();
    bencher.bench(|| {
        let mut sources = Sources::new();
        let file = sources.add("payments.migspec.kdl", &text);
        migspec_syntax::read(file, &mut sources, &mut runs::importer()).value
    });
}

#[divan::bench]
fn load_policies(bencher: Bencher) {
    bencher.bench(|| migspec_policies::Rulebook::builtin().expect("the built-in policies can be read"));
}

#[divan::bench]
fn lower(bencher: Bencher) {
    let view = runs::view(&reference(), "prod");
    bencher.bench(|| migspec_lower::lower(&view));
}

#[divan::bench]
fn judge_prod(bencher: Bencher) {
    let graph = migspec_lower::lower(&runs::view(&reference(), "prod")).value;
    let rulebook = runs::rulebook();
    bencher.bench(|| judge(&graph, rulebook, runs::TODAY.days()).expect("a verdict"));
}

#[divan::bench(args = [10, 100, 1000], sample_count = 3, sample_size = 1)]
fn reach(bencher: Bencher, replications: usize) {
    let view = runs::view(&generate::replications(replications), "dev");
    let graph = migspec_lower::lower(&view).value;
    bencher.bench(|| migspec_policies::reach::Reachability::of(&graph));
}

#[divan::bench]
fn emit(bencher: Bencher) {
    let (sources, checked) = runs::check_text("payments.migspec.kdl", &reference(), Some("prod"));
    let packages = Packages::default();
    let graph = &checked.graphs[0];
    bencher.bench(|| migspec::compile::emit(graph, TARGETS, &packages, &sources).expect("artifacts"));
}

#[divan::bench(args = [10, 100, 1000], sample_count = 3, sample_size = 1)]
fn linear(bencher: Bencher, replications: usize) {
    let text = generate::replications(replications);
    bencher.bench(|| runs::check_text("many.migspec.kdl", &text, Some("dev")));
}
