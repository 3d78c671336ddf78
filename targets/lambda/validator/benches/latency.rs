//! How much longer comparisons take over a line with latency to the target: `cargo bench
//! -p migspec-validator --bench latency`. The numbers of tables are arguments: `-- 10 100`.

#![allow(clippy::disallowed_methods, clippy::panic, reason = "a bench measures time and fails by panicking")]

use std::time::{Duration, Instant};

use migspec_events::{Compared, Planned, Side, ValidatorEvent};
use migspec_function::Call;
use migspec_function_testing::{Line, Login, Options, Testbed, block_on};
use serde::de::DeserializeOwned;

/// In each direction: between two regions of a continent, and between two continents.
const DELAYS: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(50)];
const ROWS: usize = 20_000;

fn main() {
    let counts: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let counts = if counts.is_empty() { vec![1, 10] } else { counts };
    let settings = ["shared_buffers = '256MB'", "autovacuum = off", "max_locks_per_transaction = 512"];
    let options = Options { settings: &settings, ..Options::default() };
    let Some(world) = Testbed::with(options, options) else { return };
    block_on(async {
        for side in [Side::Source, Side::Target] {
            let attributes = "IN ROLE pg_read_all_data";
            world.login(Login { side, purpose: "validation", role: "validator", attributes }).await;
        }
        let text = "{\"rows\":true,\"checksums\":{\"chunkMillis\":500},\"invariants\":[],\"protected\":[]}";
        world.ports.set_parameter("/migration/test/replications/ledger/validation", text);
        println!("{:>6} {:>8} {:>12} {:>7} {:>12} {:>7}", "tables", "trip ms", "chunks s", "ratio", "final s", "ratio");
        for tables in counts {
            fill(&world, tables).await;
            measure(&world, tables).await;
        }
    });
}

/// As many rows in all, on as many tables.
async fn fill(world: &Testbed, tables: usize) {
    for side in [Side::Source, Side::Target] {
        world.run(side, "DROP SCHEMA IF EXISTS payments CASCADE; CREATE SCHEMA payments").await;
        for n in 0..tables {
            let rows = ROWS / tables;
            let sql = format!(
                "CREATE TABLE payments.t{n} (id bigint PRIMARY KEY, amount numeric(18,4), note text); \
                 INSERT INTO payments.t{n} SELECT i, i / 100.0, md5(i::text) FROM generate_series(1, {rows}) i; \
                 ANALYZE payments.t{n}"
            );
            world.run(side, &sql).await;
        }
    }
}

/// The least of three rounds for each line; the lines alternate.
async fn measure(world: &Testbed, tables: usize) {
    let lines: Vec<(Duration, u16)> = std::iter::once((Duration::ZERO, world.target.port))
        .chain(DELAYS.map(|delay| (delay, Line::start(&world.target, delay).port)))
        .collect();
    let mut best = vec![(f64::MAX, f64::MAX); lines.len()];
    for _ in 0..3 {
        for ((_, port), (chunks, last)) in lines.iter().zip(&mut best) {
            world.describe(|replication| replication.target.port = *port);
            let start = Instant::now();
            pass(world).await;
            *chunks = chunks.min(start.elapsed().as_secs_f64());
            let start = Instant::now();
            let reply: migspec_events::ValidatorReply =
                ask(world, ValidatorEvent::FenceWindow { run: world.run_of() }).await;
            assert!(reply.complete && reply.mismatched + reply.errors == 0, "{reply:?}");
            *last = last.min(start.elapsed().as_secs_f64());
        }
    }
    let near = best[0];
    for ((delay, _), (chunks, last)) in lines.iter().zip(&best) {
        let (trip, ratios) = (2 * delay.as_millis(), (chunks / near.0, last / near.1));
        println!("{tables:>6} {trip:>8} {chunks:>12.3} {:>7.2} {last:>12.3} {:>7.2}", ratios.0, ratios.1);
    }
}

/// A pass over all rows, as the workflow has it with one group after the other.
async fn pass(world: &Testbed) {
    let run = || world.run_of();
    let planned: Planned = ask(world, ValidatorEvent::Plan { run: run() }).await;
    let groups = planned.groups.len() as u64;
    for group in planned.groups {
        let mut cursor = String::new();
        loop {
            let (pass, group) = (planned.pass.clone(), group.clone());
            let compared: Compared = ask(world, ValidatorEvent::Chunk { run: run(), pass, group, cursor }).await;
            if compared.complete {
                break;
            }
            cursor = compared.cursor;
        }
    }
    let summarise = ValidatorEvent::Summarise { run: run(), pass: planned.pass, groups };
    let reply: migspec_events::ValidatorReply = ask(world, summarise).await;
    assert_eq!(reply.mismatched + reply.errors, 0, "{reply:?}");
}

async fn ask<T: DeserializeOwned>(world: &Testbed, event: ValidatorEvent) -> T {
    let call = world.call();
    let call = Call::lasting(call.settings, call.log, Duration::from_secs(900));
    let reply = migspec_validator::handle(&world.ports, &call, event).await.unwrap_or_else(|e| panic!("{e}"));
    serde_json::from_value(reply).expect("a reply")
}
