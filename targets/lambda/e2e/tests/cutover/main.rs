//! The emitted workflow in an interpreter, its functions for real, on two
//! PostgreSQL servers, under a stream of payments: through the cutover, and
//! back after it. No payment is lost and none is made twice.

#![allow(clippy::disallowed_methods, clippy::disallowed_types, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod aws;
mod dms;
mod machine;
mod payments;
mod stage;

use std::sync::Arc;
use std::time::Duration;

use migspec_events::Side;
use migspec_function::Metric;
use migspec_function_testing::{block_on, lines, metric_values};

use crate::machine::End;
use crate::payments::{ACCOUNT, Clients, Ledger};
use crate::stage::Stage;

/// Payments that are made before the watch decides.
const WATCHED: usize = 300;
/// The longest allowed time without a payment, shorter than DMS takes to stop or
/// start a task: 15 s, or less where the emulator is faster.
fn longest() -> Duration {
    Duration::from_secs(15).min(dms::slow() * 4 / 5)
}

async fn run(stage: Stage) -> Option<(Arc<Stage>, End, Ledger)> {
    let stage = Arc::new(stage);
    let clients = Clients::start(&stage);
    let replication = dms::start(&stage);
    let end = machine::run(&stage).await?;
    // By now, the slowest client has read the switch and uses the right
    // database.
    clients.more(100).await;
    let ledger = clients.stop().await;
    stage.stop();
    replication.await.unwrap();
    nothing_is_told(&stage);
    Some((stage, end, ledger))
}

/// No log, no evidence and no message holds a password or account data.
fn nothing_is_told(stage: &Stage) {
    let log = stage.log.lines();
    let lines = lines(&log);
    assert!(!metric_values(&lines, Metric::FenceTime).is_empty(), "the log is that of the functions");
    let state = stage.world.ports.state();
    let kept = state.objects.iter().map(|(key, bytes)| (key.key.clone(), String::from_utf8_lossy(bytes).into_owned()));
    let told = state.notices.iter().map(|(_, subject, text)| (subject.clone(), text.clone()));
    for (place, text) in kept.chain(told).chain([("the log".to_owned(), log)]) {
        for secret in ["-password", "only-for-this-test", ACCOUNT] {
            assert!(!text.contains(secret), "{secret} is in {place}");
        }
    }
}

#[test]
fn no_payment_is_lost_or_doubled_on_the_way_there() {
    let Some(stage) = Stage::start() else { return };
    block_on(async {
        let Some((stage, end, ledger)) = run(stage).await else { return };
        assert_eq!(end.status, "SUCCEEDED", "{end:#?}");
        assert_eq!(end.problems, Vec::<String>::new());
        ledger.is_whole(&stage, Side::Target).await;
        assert!(
            ledger.made_on(Side::Source) > 0 && ledger.made_on(Side::Target) >= WATCHED,
            "both were the writer once"
        );
        println!("cutover: {ledger}");
        assert!(ledger.pause() < longest(), "{ledger}");
    });
}

#[test]
fn no_payment_is_lost_or_doubled_on_the_way_back() {
    let Some(stage) = Stage::start().map(Stage::with_alarm) else { return };
    block_on(async {
        let Some((stage, end, ledger)) = run(stage).await else { return };
        assert_eq!((end.status.as_str(), end.error.as_str()), ("FAILED", "Migration.RolledBack"), "{end:#?}");
        assert_eq!(end.problems, Vec::<String>::new());
        assert!(end.path.contains(&"ReadWatchAlarms".to_owned()), "it failed after the flip: {end:#?}");
        ledger.is_whole(&stage, Side::Source).await;
        assert!(ledger.made_on(Side::Target) >= WATCHED, "the target's writes returned to the source");
        println!("cutover and rollback: {ledger}");
        assert!(ledger.pause() < longest(), "{ledger}");
    });
}
