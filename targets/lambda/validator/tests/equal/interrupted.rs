//! Sessions that are ended, locks of others and a server that restarts: the
//! comparison continues where it was.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use migspec_events::{Side, ValidatorEvent, ValidatorReply};
use migspec_function_testing::{Options, Testbed, block_on};

use crate::stand::{ask, pass_in, world};

/// Ends the validator's sessions on both sides again and again.
fn killer(world: &Arc<Testbed>, stop: &Arc<AtomicBool>, killed: &Arc<AtomicU64>) -> tokio::task::JoinHandle<()> {
    let (world, stop, killed) = (world.clone(), stop.clone(), killed.clone());
    tokio::spawn(async move {
        let sql = "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE usename = 'validator' AND state = 'active' AND query LIKE '%payments%') AS ended";
        while !stop.load(Ordering::SeqCst) && killed.load(Ordering::SeqCst) < 6 {
            for side in [Side::Source, Side::Target] {
                let row = world.open(side).await.query_one(sql, &[]).await.expect("sessions");
                killed.fetch_add(u64::try_from(row.get::<_, i64>(0)).unwrap_or(0), Ordering::SeqCst);
            }
        }
    })
}

#[test]
fn a_pass_outlives_its_sessions() {
    let Some(world) = world(Options::default()) else { return };
    let world = Arc::new(world);
    block_on(async {
        let (stop, killed) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let killer = killer(&world, &stop, &killed);
        let call = world.call();
        let (mut passes, mut clean) = (0, None);
        while killed.load(Ordering::SeqCst) == 0 || clean.is_none() {
            let (reply, summary) = pass_in(&world, &world.call()).await;
            assert_eq!((reply.mismatched, reply.errors), (0, 0), "{summary:#?}");
            clean = Some(reply.matched);
            passes += 1;
            assert!(passes < 50, "no session was ended while it compared");
        }
        stop.store(true, Ordering::SeqCst);
        killer.await.expect("it stops");
        let (reply, _) = pass_in(&world, &call).await;
        assert_eq!(clean, Some(reply.matched), "every row counts once, with and without ended sessions");
    });
}

#[test]
fn a_lock_of_another_session_is_waited_for() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let other = world.open(Side::Target).await;
        // Longer than the session's own limit for a lock.
        other.batch_execute("BEGIN; LOCK TABLE payments.by_uuid IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
        let release = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(7)).await;
            other.batch_execute("ROLLBACK").await
        });
        let call = world.call();
        let (reply, summary) = pass_in(&world, &call).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0), "{summary:#?}");
        release.await.expect("it ends").expect("the lock is released");
        let log = call.log.lines();
        assert!(log.contains("trying again") && log.contains("55P03"), "{log}");
    });
}

#[test]
fn a_server_that_restarts_does_not_end_the_check_within_the_fence() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let (reply, _) = pass_in(&world, &world.call()).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0));
        // The lock keeps the check on the table until the server goes down.
        let other = world.open(Side::Target).await;
        other.batch_execute("BEGIN; LOCK TABLE payments.by_uuid IN ACCESS EXCLUSIVE MODE").await.expect("a lock");
        let pid: i32 = other.query_one("SELECT pg_backend_pid()", &[]).await.expect("a number").get(0);
        let crash = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            // The server ends all sessions, recovers and starts again, as the other node of a failover does.
            let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
            assert!(killed.is_ok_and(|status| status.success()), "the session's process is killed");
        });
        let call = world.call();
        let event = ValidatorEvent::FenceWindow { run: world.run_of() };
        let reply: ValidatorReply = ask(&world, &call, event).await.expect("the check ends");
        crash.await.expect("it crashed");
        assert_eq!((reply.mismatched, reply.errors), (0, 0));
        assert!(call.log.lines().contains("trying again"), "{}", call.log.lines());
    });
}

#[test]
fn a_refusal_for_good_is_not_repeated() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        world.run(Side::Target, "REVOKE pg_read_all_data FROM validator").await;
        let call = world.call();
        let event = ValidatorEvent::FenceWindow { run: world.run_of() };
        let failure = ask::<ValidatorReply>(&world, &call, event).await.expect_err("it may not read");
        assert!(failure.message().contains("42501"), "{failure}");
        assert!(!call.log.lines().contains("trying again"));
    });
}
