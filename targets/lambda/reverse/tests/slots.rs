//! Slots on real servers.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

use std::time::Instant;

use migspec_events::{ReverseEvent, ReverseSlot, Side, SlotReport, SlotsDropped};
use migspec_function::postgres::Lsn;
use migspec_function_testing::{Login, Testbed, block_on};
use migspec_reverse::{Reply, drop_slot, handle};

fn world() -> Option<Testbed> {
    let world = Testbed::start()?;
    let login = |side, purpose, role| Login { side, purpose, role, attributes: "REPLICATION" };
    block_on(async {
        world.run_on_both("create schema payments; create table payments.payment (id bigint primary key)").await;
        world.login(login(Side::Target, "reverse-capture", "migspec_reverse")).await;
        world.login(login(Side::Source, "replication", "dms")).await;
    });
    Some(world)
}

async fn ask(world: &Testbed, event: ReverseEvent) -> Reply {
    handle(&world.ports, &world.call(), event).await.unwrap_or_else(|e| panic!("{e}"))
}

async fn report(world: &Testbed) -> SlotReport {
    match ask(world, ReverseEvent::Report { run: world.run_of() }).await {
        Reply::Report(report) => report,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_slot_is_made_once_watched_and_dropped_on_both_sides() {
    let Some(world) = world() else { return };
    block_on(async {
        let create_after = |after: String| ask(&world, ReverseEvent::Create { run: world.run_of(), after });
        let create = || create_after("0/1".to_owned());
        let find = || ask(&world, ReverseEvent::Find { run: world.run_of() });
        let Reply::Slot(ReverseSlot { slot, position }) = create().await else { panic!("a slot is made") };
        assert_eq!(slot, "migspec_reverse");
        let made = Reply::Slot(ReverseSlot { slot: slot.clone(), position: position.clone() });
        assert_eq!(create().await, made, "one that exists is kept");
        assert_eq!((create_after(position.clone()).await, find().await), (made.clone(), made));
        world.run(Side::Target, "insert into payments.payment select generate_series(1, 10000)").await;
        let report = report(&world).await;
        assert!(!report.active && report.wal_status == "reserved", "{report:?}");
        assert!(report.lag_bytes > 500_000 && report.retained_bytes >= report.lag_bytes, "{report:?}");
        // The slot contains all changes since its creation: they flow back.
        let target = world.open(Side::Target).await;
        let changes =
            "select count(*) from pg_logical_slot_peek_changes('migspec_reverse', null, null) where data like 'table%'";
        assert_eq!(target.query_one(changes, &[]).await.unwrap().get::<_, i64>(0), 10_000);
        // A slot from before the cut contains changes of the forward task.
        let now: String = target.query_one("select pg_current_wal_insert_lsn()::text", &[]).await.unwrap().get(0);
        let Reply::Slot(anew) = create_after(now.clone()).await else { panic!("a slot is made") };
        assert!(Lsn::of_text(&anew.position).unwrap() >= Lsn::of_text(&now).unwrap(), "{anew:?}, {now}");
        assert_eq!(target.query_one(changes, &[]).await.unwrap().get::<_, i64>(0), 0);
        // As DMS names the slot of the task ledger-test, and one of somebody else.
        world
            .run(
                Side::Source,
                "select pg_create_logical_replication_slot('ledger_test_00016402_ab', 'test_decoding'), \
                 pg_create_logical_replication_slot('other_cdc', 'test_decoding')",
            )
            .await;
        let dropped = SlotsDropped { dropped: 2, left: vec!["other_cdc".to_owned()] };
        let drop = || ask(&world, ReverseEvent::Drop { run: world.run_of() });
        assert_eq!(drop().await, Reply::Dropped(dropped.clone()));
        assert_eq!(drop().await, Reply::Dropped(SlotsDropped { dropped: 0, ..dropped }), "twice is once");
        let failure = handle(&world.ports, &world.call(), ReverseEvent::Report { run: world.run_of() }).await;
        assert!(failure.is_err_and(|f| f.message().contains("no slot migspec_reverse")));
    });
}

/// A call whose client is gone still makes the slot, until its statement ends.
#[test]
fn a_slot_that_another_call_makes_is_waited_for() {
    let Some(world) = world() else { return };
    block_on(async {
        let open = world.open(Side::Target).await;
        open.batch_execute("begin; select txid_current()").await.unwrap();
        let other = world.open(Side::Target).await;
        let making = tokio::spawn(async move {
            other.batch_execute("select pg_create_logical_replication_slot('migspec_reverse', 'test_decoding')").await
        });
        let watch = world.open(Side::Target).await;
        let begun = "select count(*) from pg_replication_slots where confirmed_flush_lsn is null";
        while watch.query_one(begun, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let release = tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            open.batch_execute("commit").await
        });
        let call = world.call();
        let event = ReverseEvent::Create { run: world.run_of(), after: "0/1".to_owned() };
        let reply = handle(&world.ports, &call, event).await.unwrap_or_else(|e| panic!("{e}"));
        assert!(matches!(&reply, Reply::Slot(made) if made.slot == "migspec_reverse"), "{reply:?}");
        assert!(call.log.lines().contains("the slot migspec_reverse is being made"), "{}", call.log.lines());
        making.await.unwrap().unwrap();
        release.await.unwrap().unwrap();
    });
}

#[test]
fn of_slots_that_start_alike_none_is_dropped() {
    let Some(world) = world() else { return };
    block_on(async {
        for slot in ["ledger_test_00016402_ab", "ledger_test_00016402_cd"] {
            let make = format!("select pg_create_logical_replication_slot('{slot}', 'test_decoding')");
            world.run(Side::Source, &make).await;
        }
        let refused = handle(&world.ports, &world.call(), ReverseEvent::Drop { run: world.run_of() }).await;
        let failure = refused.expect_err("one of them may belong to another task");
        assert!(failure.message().contains("ledger_test_00016402_ab, ledger_test_00016402_cd"), "{failure}");
        let source = world.open(Side::Source).await;
        let left = "select count(*) from pg_replication_slots where slot_name like 'ledger_test_%'";
        assert_eq!(source.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 2, "both remain");
    });
}

#[test]
fn a_slot_that_is_read_is_not_dropped() {
    let Some(world) = world() else { return };
    block_on(async {
        world.replicate(Side::Source, Side::Target, "ledger_test").await;
        let source = world.open(Side::Source).await;
        let reads = "select count(*) from pg_replication_slots where slot_name = 'ledger_test' and active";
        while source.query_one(reads, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let failure = drop_slot(&source, "ledger_test", Instant::now()).await.expect_err("it is read");
        assert!(failure.message().contains("still read"), "{failure}");
        let of_another = world.open(Side::Target).await;
        of_another
            .batch_execute("select pg_create_logical_replication_slot('migspec_reverse', 'pgoutput')")
            .await
            .unwrap();
        let failure =
            handle(&world.ports, &world.call(), ReverseEvent::Create { run: world.run_of(), after: "0/1".to_owned() })
                .await;
        assert!(failure.is_err_and(|f| f.message().contains("another database or plugin")));
    });
}
