//! Compile times: `cargo bench -p migspec-tests`. Ratios matter, not seconds:
//! `linear` prints ten times the work beside one.

#![allow(clippy::panic, reason = "a bench fails by panicking")]

use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher};
use migspec_analyze::workflow::{Depth, Exploration, offences};
use migspec_diag::Sources;
use migspec_ir::Graph;
use migspec_policies::judge;
use migspec_targets::{Packages, TARGETS};
use migspec_tests::{generate, runs};

/// Each bench also reports its peak memory.
#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

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
    bencher.bench(|| judge(&migspec_analyze::Analysis::of(&graph), rulebook, runs::TODAY.days()).expect("a verdict"));
}

/// The policies alone, over an existing graph. Items are resources; the last
/// graph has more than 100,000. Ten times as many must take ten times as long,
/// without more memory at a time.
#[divan::bench(args = [230, 2300], sample_count = 3, sample_size = 1)]
fn judge_many(bencher: Bencher, replications: usize) {
    let view = runs::view(&generate::replications(replications), "dev");
    let graph = migspec_lower::lower(&view).value;
    let rulebook = runs::rulebook();
    bencher
        .counter(ItemsCount::new(graph.resources.len()))
        .bench(|| judge(&migspec_analyze::Analysis::of(&graph), rulebook, runs::TODAY.days()).expect("a verdict"));
}

#[divan::bench(args = [10, 100, 1000], sample_count = 3, sample_size = 1)]
fn reach(bencher: Bencher, replications: usize) {
    let view = runs::view(&generate::replications(replications), "dev");
    let graph = migspec_lower::lower(&view).value;
    bencher.bench(|| migspec_analyze::reach::Reachability::of(&graph));
}

/// One execution, as in `check`.
#[divan::bench]
fn explore(bencher: Bencher) {
    let graph = migspec_lower::lower(&runs::view(&reference(), "prod")).value;
    bencher.bench(|| explored(&graph, Depth::Execution));
}

/// Executions with interruptions and redrives, as in `verify`.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn explore_restarts(bencher: Bencher) {
    let graph = migspec_lower::lower(&runs::view(&reference(), "prod")).value;
    bencher.bench(|| explored(&graph, Depth::Restarts));
}

/// Steps of the traffic shift: each adds four states.
#[divan::bench(args = [9, 90], sample_count = 10, sample_size = 1)]
fn explore_steps(bencher: Bencher, steps: usize) {
    let step = |i: usize| format!("step \"{}%\" bake=\"15m\"\n", i * 90 / steps);
    let first = "step \"10%\" bake=\"10m\"";
    let steps: String = (1..=steps).map(step).collect();
    let text = reference();
    assert!(text.contains(first), "`{first}` is in the reference spec");
    let text = text.replacen(first, &steps, 1).replacen("step \"50%\" bake=\"15m\"", "", 1);
    let graph = migspec_lower::lower(&runs::view(&text, "prod")).value;
    bencher.bench(|| explored(&graph, Depth::Execution));
}

fn explored(graph: &Graph, depth: Depth) -> usize {
    let explorations = graph.workflows.values().flat_map(|workflow| Exploration::each(workflow, depth));
    explorations.map(|exploration| exploration.size() + offences(&exploration, depth).len()).sum()
}

#[divan::bench]
fn emit(bencher: Bencher) {
    let (sources, checked) = runs::check_text("payments.migspec.kdl", &reference(), Some("prod"));
    let packages = Packages::default();
    let graph = &checked.graphs[0];
    bencher.bench(|| migspec_targets::emit(graph, TARGETS, &packages, &sources).expect("artifacts"));
}

#[divan::bench(args = [10, 100, 1000], sample_count = 3, sample_size = 1)]
fn linear(bencher: Bencher, replications: usize) {
    let text = generate::replications(replications);
    bencher.bench(|| runs::check_text("many.migspec.kdl", &text, Some("dev")));
}
