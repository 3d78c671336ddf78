//! Events whose sessions are ended, and that meet locks of others.

use std::time::Duration;

use migspec_events::{FenceEvent, Fenced, Side};
use migspec_fence::{Reply, handle};
use migspec_function_testing::{Login, Testbed, block_on};

fn world() -> Option<Testbed> {
    let world = Testbed::start()?;
    block_on(async {
        world
            .login(Login { side: Side::Source, purpose: "fence", role: "migspec_fence", attributes: "SUPERUSER" })
            .await;
        world.run(Side::Source, migspec_events::setup::FENCE).await;
        let application = "create schema payments; create table payments.payment (id bigint primary key); \
            create role pay_app login; grant usage on schema payments to pay_app; grant insert on payments.payment to pay_app";
        world.run(Side::Source, application).await;
    });
    Some(world)
}

/// Another session keeps `lock` for longer than the function's own limit, and
/// the function's first session is ended while it waits.
async fn disturbed(world: &Testbed, lock: &str, event: FenceEvent) -> (Reply, String) {
    let other = world.open(Side::Source).await;
    other.batch_execute(lock).await.unwrap();
    let killer = world.open(Side::Source).await;
    let ended = tokio::spawn(async move {
        let sql = "select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity \
                   where usename = 'migspec_fence' and wait_event_type = 'Lock') ended";
        let mut ended = 0;
        for _ in 0..500 {
            ended = killer.query_one(sql, &[]).await.unwrap().get::<_, i64>(0);
            if ended > 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_secs(6)).await;
        drop(other);
        ended
    });
    let call = world.call();
    let reply = handle(&world.ports, &call, event).await.unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(ended.await.unwrap(), 1, "a session waited and was ended");
    (reply, call.log.lines())
}

#[test]
fn a_fence_outlives_its_session_and_another_fence() {
    let Some(world) = world() else { return };
    block_on(async {
        let lock = "select pg_advisory_lock(1835624307, 1717923427)";
        let event = FenceEvent::Fence { run: world.run_of(), side: Side::Source };
        let (reply, log) = disturbed(&world, lock, event).await;
        assert!(matches!(reply, Reply::Fenced(Fenced { fenced: true, .. })), "{reply:?}");
        assert!(log.contains("57P01") && log.contains("55P03"), "{log}");
        let sql = "select has_table_privilege('pay_app', 'payments.payment', 'insert')";
        let row = world.open(Side::Source).await.query_one(sql, &[]).await.unwrap();
        assert!(!row.get::<_, bool>(0));
    });
}

#[test]
fn a_freeze_waits_for_an_exclusive_lock_of_another_session() {
    let Some(world) = world() else { return };
    block_on(async {
        let lock = "begin; lock table migspec.migspec_frozen in access exclusive mode";
        let event = FenceEvent::Freeze { run: world.run_of(), side: Side::Source };
        let (reply, log) = disturbed(&world, lock, event).await;
        assert!(matches!(&reply, Reply::Frozen(frozen) if frozen.frozen), "{reply:?}");
        assert!(log.contains("57P01") && log.contains("55P03"), "{log}");
    });
}

#[test]
fn a_token_outlives_its_session() {
    let Some(world) = world() else { return };
    block_on(async {
        let lock = "begin; lock table migspec.migspec_fence in access exclusive mode";
        let event = FenceEvent::WriteToken { run: world.run_of(), token: "t".into() };
        let (reply, _) = disturbed(&world, lock, event).await;
        let Reply::TokenWritten(written) = reply else { panic!("{reply:?}") };
        let row = world.open(Side::Source).await;
        let row = row.query_one("select position from migspec.migspec_fence where token = 't'", &[]).await.unwrap();
        assert_eq!(row.get::<_, String>(0), written.position, "the answer is that of the row");
    });
}
