//! How fast a table is compared, beside the simplest digest of the same table,
//! and how much memory that takes: `cargo bench -p migspec-validator`. The
//! sizes of the tables are arguments: `-- 10000 1000000`.

#![allow(clippy::disallowed_methods, clippy::panic, reason = "a bench measures time and fails by panicking")]

use std::time::{Duration, Instant};

use migspec_events::Side;
use migspec_function_testing::{Login, Options, Testbed, block_on};
use migspec_validator::compare::{Pace, Work, range};
use migspec_validator::pair::Pair;
use migspec_validator::port::Range;
use migspec_validator::settle::Patience;

const TABLE: &str = "CREATE SCHEMA IF NOT EXISTS payments; DROP TABLE IF EXISTS payments.payment; \
    CREATE UNLOGGED TABLE payments.payment (id bigint PRIMARY KEY, merchant uuid, amount numeric(18,4), currency char(3), \
    state text, at timestamptz, note jsonb)";
const BASELINE: &str = "SELECT count(*), sum(hashtext(t::text)) FROM payments.payment t";

fn main() {
    let sizes: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000, 1_000_000] } else { sizes };
    let settings = ["shared_buffers = '256MB'", "max_wal_size = '4GB'", "autovacuum = off"];
    let options = Options { settings: &settings, ..Options::default() };
    let Some(world) = Testbed::with(options, options) else { return };
    block_on(async {
        for side in [Side::Source, Side::Target] {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            world.login(login).await;
        }
        let text = "{\"rows\":true,\"invariants\":[],\"protected\":[]}";
        world.ports.set_parameter("/migration/test/replications/ledger/validation", text);
        println!("{:>10} {:>14} {:>14} {:>7} {:>12}", "rows", "baseline s", "validator s", "ratio", "memory MiB");
        for rows in sizes {
            measure(&world, rows).await;
        }
    });
}

async fn measure(world: &Testbed, rows: u64) {
    for side in [Side::Source, Side::Target] {
        world.run(side, TABLE).await;
        let fill = format!(
            "INSERT INTO payments.payment SELECT n, md5((n % 1000)::text)::uuid, n / 100.0, 'EUR', 'settled', \
             timestamptz '2026-01-01 00:00+00' + n * interval '1 s', jsonb_build_object('ref', n, 'ok', true) \
             FROM generate_series(1, {rows}) n"
        );
        world.run(side, &fill).await;
        world.run(side, "VACUUM ANALYZE payments.payment").await;
    }
    let call = migspec_function::Call::lasting(world.call().settings, world.call().log, Duration::from_secs(7200));
    let pair = Pair::open(&world.ports, &call, &world.run_of(), "bench").await.expect("both sides");
    let tables = pair.tables().await.expect("tables");
    let (mut baseline, mut validator) = (f64::MAX, f64::MAX);
    // Variants alternate, and the best of each counts: other load affects both
    // alike. Runs of minutes are measured once.
    let rounds = if rows > 2_000_000 { 1 } else { 3 };
    for _ in 0..rounds {
        let start = Instant::now();
        let both = tokio::try_join!(pair.source.query(BASELINE, &[]), pair.target.query(BASELINE, &[]));
        both.expect("the baseline");
        baseline = baseline.min(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let patience = Patience { whole: Duration::from_secs(1), lag: Duration::from_secs(1) };
        let pace = Pace { chunk: Duration::from_millis(500), patience, until: start + Duration::from_secs(3600) };
        let mut work = Work::of(Range::default());
        range(&pair, &tables[0], pace, &mut work).await.expect("a comparison");
        assert_eq!(work.findings.matched, rows);
        validator = validator.min(start.elapsed().as_secs_f64());
    }
    let ratio = validator / baseline;
    println!("{rows:>10} {baseline:>14.3} {validator:>14.3} {ratio:>7.2} {:>12.1}", peak_memory());
}

/// The most memory that this process had so far, in MiB.
fn peak_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}
