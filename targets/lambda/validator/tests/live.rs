//! During replication, no correct row is reported, and every corrupt row is
//! found.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and gives up in time")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migspec_events::{Run, Side};
use migspec_function_testing::{Login, Testbed, block_on};
use migspec_validator::compare::{Findings, Pace, Progress, Work, range};
use migspec_validator::pair::Pair;
use migspec_validator::port::Range;
use migspec_validator::settle::Patience;

const TABLES: &str = "CREATE SCHEMA payments; \
    CREATE TABLE payments.payment (id bigint PRIMARY KEY, amount numeric(18,4), state text, at timestamptz DEFAULT now())";

#[test]
fn live_changes_with_lag_are_no_mismatch_and_a_wrong_row_is() {
    let Some(world) = Testbed::start() else { return };
    let stop = Arc::new(AtomicBool::new(false));
    let written = Arc::new(AtomicU64::new(0));
    block_on(async {
        world.run_on_both(TABLES).await;
        let fill = "INSERT INTO payments.payment SELECT n, n, 'new', '2026-01-01' FROM generate_series(1, 20000) n";
        world.run(Side::Source, fill).await;
        world.replicate(Side::Source, Side::Target, "ledger_test").await;
        for side in [Side::Source, Side::Target] {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            world.login(login).await;
        }
        world.ports.set_parameter(
            "/migration/test/replications/ledger/validation",
            "{\"rows\":true,\"invariants\":[],\"protected\":[]}",
        );
        caught_up(&world).await;
        // A slot that nobody reads: its position is not awaited.
        world.run(Side::Source, "SELECT pg_create_logical_replication_slot('other', 'pgoutput')").await;
        // Apply stalls now and then: half a second behind, as DMS may be.
        let writers = [writer(&world, 1, &stop, &written).await, writer(&world, 2, &stop, &written).await];
        let stall = staller(&world, &stop).await;

        let call = world.call();
        let run: Run = world.run_of();
        let pair = Pair::open(&world.ports, &call, &run, "live").await.expect("both sides");
        let tables = pair.tables().await.expect("tables");
        let mut rechecked = 0;
        let mut passes = 0;
        let started = Instant::now();
        while passes < 3 || rechecked == 0 {
            let findings = compare(&pair, &tables[0]).await;
            assert_eq!(findings.wrong, [], "pass {passes}: no row is wrong");
            assert_eq!(findings.errors, [""; 0], "pass {passes}");
            rechecked += findings.rechecked;
            passes += 1;
            assert!(started.elapsed() < Duration::from_secs(300), "writes and comparisons never meet");
        }

        // A row that is wrong for good, among the changes. The writers leave it alone.
        world.run(Side::Target, "UPDATE payments.payment SET state = 'lost' WHERE id = 19999").await;
        world.run(Side::Target, "DELETE FROM payments.payment WHERE id = 19998").await;
        let findings = compare(&pair, &tables[0]).await;
        let wrong: Vec<&str> = findings.wrong.iter().map(|wrong| wrong.key[0].as_str()).collect();
        assert_eq!(wrong, ["19998", "19999"]);

        stop.store(true, Ordering::Relaxed);
        for task in writers.into_iter().chain([stall]) {
            task.await.expect("a writer ends");
        }
        assert!(written.load(Ordering::Relaxed) > 0);
    });
}

async fn compare(pair: &Pair, table: &migspec_validator::catalog::Table) -> Findings {
    let mut work = Work::of(Range::default());
    let patience = Patience { whole: Duration::from_secs(20), lag: Duration::from_secs(20) };
    let until = Instant::now() + Duration::from_secs(120);
    let pace = Pace { chunk: Duration::from_millis(100), patience, until };
    let progress = range(pair, table, pace, &mut work).await.expect("both sides answer");
    assert_eq!(progress, Progress::Complete);
    work.findings
}

async fn caught_up(world: &Testbed) {
    let count = async |side| {
        let client = world.open(side).await;
        client.query_one("SELECT count(*) FROM payments.payment", &[]).await.expect("a count").get::<_, i64>(0)
    };
    for _ in 0..600 {
        if count(Side::Target).await == count(Side::Source).await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the first copy does not arrive");
}

/// Inserts, updates and deletes, in transactions of several rows, below 19,000.
async fn writer(
    world: &Testbed,
    number: i64,
    stop: &Arc<AtomicBool>,
    written: &Arc<AtomicU64>,
) -> tokio::task::JoinHandle<()> {
    let client = world.open(Side::Source).await;
    let (stop, written) = (stop.clone(), written.clone());
    tokio::spawn(async move {
        let mut n = number;
        while !stop.load(Ordering::Relaxed) {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let id = 1 + n.rem_euclid(18_000);
            let sql = format!(
                "BEGIN; UPDATE payments.payment SET amount = amount + 1, at = now() WHERE id = {id}; \
                 DELETE FROM payments.payment WHERE id = {}; \
                 INSERT INTO payments.payment VALUES ({}, {n}::numeric % 1000, 'new') ON CONFLICT (id) DO UPDATE SET state = 'again'; \
                 UPDATE payments.payment SET amount = amount + 1 WHERE id = {number}; COMMIT",
                id + 1,
                id + 2
            );
            // Two writers may deadlock; the next turn is a different one.
            if client.batch_execute(&sql).await.is_err() {
                drop(client.batch_execute("ROLLBACK").await);
            }
            written.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
}

/// Holds a lock on the target's table for a while, so that apply waits.
async fn staller(world: &Testbed, stop: &Arc<AtomicBool>) -> tokio::task::JoinHandle<()> {
    let client = world.open(Side::Target).await;
    let stop = stop.clone();
    tokio::spawn(async move {
        while !stop.load(Ordering::Relaxed) {
            let sql = "BEGIN; LOCK TABLE payments.payment IN SHARE MODE; SELECT pg_sleep(0.5); COMMIT";
            if client.batch_execute(sql).await.is_err() {
                drop(client.batch_execute("ROLLBACK").await);
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    })
}
