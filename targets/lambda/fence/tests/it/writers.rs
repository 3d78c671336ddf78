//! Concurrent writers: no commit succeeds after the fence reports success.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migspec_function_testing::block_on;

use crate::stand::Stand;

/// Ways to write, each by four sessions that come back whenever they are ended.
const WAYS: [(&str, &str); 4] = [
    ("pay_app", "insert into payments.payment (amount) values (1)"),
    ("web", "set role owner; insert into payments.payment (amount) values (1); reset role"),
    ("job", "begin; set local role writers; insert into payments.payment (amount) values (1); commit"),
    ("anybody", "select other.pay(1)"),
];

async fn write(stand: Arc<Stand>, role: &'static str, sql: &'static str, stop: Arc<AtomicBool>, done: Arc<AtomicU64>) {
    while !stop.load(Ordering::SeqCst) {
        let Ok(client) = stand.login(role).await else {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        while !stop.load(Ordering::SeqCst) {
            match client.batch_execute(sql).await {
                Ok(()) => done.fetch_add(1, Ordering::SeqCst),
                Err(_) if client.is_closed() => break,
                Err(_) => {
                    let _ = client.batch_execute("rollback").await;
                    tokio::time::sleep(Duration::from_millis(1)).await;
                    0
                }
            };
        }
    }
}

async fn rows(stand: &Stand) -> i64 {
    stand.admin().await.query_one("select count(*) from payments.payment", &[]).await.unwrap().get(0)
}

#[test]
fn no_write_commits_behind_the_fence() {
    let Some(stand) = Stand::start() else { return };
    let stand = Arc::new(stand);
    block_on(async {
        let before = stand.catalogue().await;
        let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let writers: Vec<_> = (0..16)
            .map(|n| {
                let (role, sql) = WAYS[n % WAYS.len()];
                tokio::spawn(write(stand.clone(), role, sql, stop.clone(), done.clone()))
            })
            .collect();
        let mut slowest = [Duration::ZERO; 2];
        for round in 0..3 {
            let start = done.load(Ordering::SeqCst);
            while done.load(Ordering::SeqCst) < start + 100 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let begun = Instant::now();
            let fenced = stand.fence().await;
            assert!(fenced.fenced, "{fenced:?}");
            slowest[0] = slowest[0].max(begun.elapsed());
            assert!(fenced.sessions > 0, "round {round}: {fenced:?}");
            let behind = rows(&stand).await;
            // Long enough for an open transaction to show.
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert_eq!(rows(&stand).await, behind, "round {round}");
            let begun = Instant::now();
            stand.unfence().await;
            slowest[1] = slowest[1].max(begun.elapsed());
            let open = done.load(Ordering::SeqCst);
            while done.load(Ordering::SeqCst) < open + 100 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        stop.store(true, Ordering::SeqCst);
        for writer in writers {
            writer.await.unwrap();
        }
        assert_eq!(stand.catalogue().await, before);
        let [fence, unfence] = slowest.map(|took| took.as_millis());
        println!("under 16 writers: fence in at most {fence} ms, unfence in at most {unfence} ms");
    });
}
