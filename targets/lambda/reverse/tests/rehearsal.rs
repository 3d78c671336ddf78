//! The rehearsal of the reverse start, on real servers; the test is DMS.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

use migspec_events::{FenceEvent, Rehearsed, ReverseEvent, Side};
use migspec_function::{Failure, TableStatistics, Task};
use migspec_function_testing::{Login, Testbed, block_on};
use migspec_reverse::{Reply, handle};

const APPLICATION: &str = "create schema payments authorization pay_owner; set role pay_owner;
    create table payments.payment (id bigint primary key);
    grant usage on schema payments to pay_app; grant insert on payments.payment to pay_app; reset role;
    grant pay_owner to migspec_fence";

fn world() -> Option<Testbed> {
    let world = Testbed::start()?;
    let login = |side, purpose, role, attributes| Login { side, purpose, role, attributes };
    block_on(async {
        for side in [Side::Source, Side::Target] {
            world.login(login(side, "fence", "migspec_fence", "CREATEROLE")).await;
        }
        world.run_on_both("create role pay_owner; create role pay_app").await;
        world.run_on_both(migspec_events::setup::FENCE).await;
        world.run_on_both(APPLICATION).await;
        world.login(login(Side::Target, "reverse-capture", "migspec_reverse", "REPLICATION")).await;
        world.login(login(Side::Source, "replication", "dms", "REPLICATION")).await;
        set_status(&world, "ready");
    });
    Some(world)
}

fn task(world: &Testbed) -> String {
    let mut arn = None;
    world.describe(|replication| arn.clone_from(&replication.rehearsal_task));
    arn.unwrap()
}

fn set_status(world: &Testbed, status: &str) {
    let arn = task(world);
    let task = Task { status: status.to_owned(), last_failure: "no route".to_owned(), ..Task::default() };
    world.ports.state().tasks.insert(arn, task);
}

async fn ask(world: &Testbed) -> Result<Rehearsed, Failure> {
    match handle(&world.ports, &world.call(), ReverseEvent::Rehearse { run: world.run_of() }).await? {
        Reply::Rehearsed(rehearsed) => Ok(rehearsed),
        other => panic!("{other:?}"),
    }
}

/// The rows that a reader of the slot gets.
async fn rows_in_slot(world: &Testbed) -> i64 {
    let changes = "select count(*) from pg_logical_slot_peek_changes('migspec_reverse', null, null) \
                   where data like 'table migspec.migspec_rehearsal: INSERT%'";
    world.open(Side::Target).await.query_one(changes, &[]).await.unwrap().get(0)
}

async fn slots(world: &Testbed) -> i64 {
    let slots = "select count(*) from pg_replication_slots where slot_name = 'migspec_reverse'";
    world.open(Side::Target).await.query_one(slots, &[]).await.unwrap().get(0)
}

/// What the task would do.
async fn carry(world: &Testbed) {
    let token: String = world
        .open(Side::Target)
        .await
        .query_one("select token from migspec.migspec_rehearsal", &[])
        .await
        .unwrap()
        .get(0);
    world.run(Side::Source, &format!("insert into migspec.migspec_rehearsal values ('{token}', now())")).await;
}

fn starts(world: &Testbed) -> Vec<String> {
    let changes = world.ports.state().changes.clone();
    changes.into_iter().filter(|change| change.starts_with("start_task")).collect()
}

#[test]
fn a_row_arrives_the_task_stops_and_the_slot_is_gone() {
    let Some(world) = world() else { return };
    block_on(async {
        // The slot of an earlier attempt is older than the row.
        world.run(Side::Target, "select pg_create_logical_replication_slot('migspec_reverse', 'test_decoding')").await;
        let begun = ask(&world).await.unwrap();
        assert_eq!((begun.complete, begun.arrived, &*begun.status), (false, false, "ready"));
        let started = starts(&world);
        assert!(matches!(&*started, [only] if only.contains("StartReplication") && only.contains('/')), "{started:?}");
        assert_eq!(rows_in_slot(&world).await, 1, "the task must carry the row");
        let waiting = ask(&world).await.unwrap();
        assert_eq!((waiting.complete, waiting.arrived, &*waiting.status), (false, false, "running"));
        assert_eq!(starts(&world).len(), 1, "a task that runs is left alone");
        carry(&world).await;
        let stopping = ask(&world).await.unwrap();
        assert_eq!((stopping.complete, stopping.arrived, slots(&world).await), (false, true, 1));
        let done = ask(&world).await.unwrap();
        assert_eq!((done.complete, &*done.status, slots(&world).await), (true, "stopped", 0));
        assert_eq!(ask(&world).await.unwrap(), done, "twice is once");
        assert_eq!(starts(&world).len(), 1);
    });
}

#[test]
fn an_interrupted_start_is_repeated_from_the_slot() {
    let Some(world) = world() else { return };
    block_on(async {
        world.ports.state().crash_after = Some(0);
        ask(&world).await.expect_err("the start crashes");
        world.ports.state().crash_after = None;
        assert_eq!((starts(&world).len(), slots(&world).await, rows_in_slot(&world).await), (0, 1, 1));
        ask(&world).await.unwrap();
        assert_eq!((starts(&world).len(), rows_in_slot(&world).await), (1, 1));
    });
}

#[test]
fn a_task_that_fails_or_suspends_its_table_is_an_error() {
    let Some(world) = world() else { return };
    block_on(async {
        ask(&world).await.unwrap();
        set_status(&world, "failed");
        let failure = ask(&world).await.expect_err("the task has failed");
        assert!(failure.message().contains("no route"), "{failure}");
        set_status(&world, "running");
        let table = TableStatistics { state: "Table error".to_owned(), ..TableStatistics::default() };
        let arn = task(&world);
        world.ports.state().statistics.insert(arn, vec![table]);
        let failure = ask(&world).await.expect_err("the table is in error");
        assert!(failure.message().contains("Table error"), "{failure}");
    });
}

/// The slot of a fenced source keeps writes of the target.
#[test]
fn a_fenced_source_has_no_rehearsal() {
    let Some(world) = world() else { return };
    block_on(async {
        ask(&world).await.unwrap();
        let fence = FenceEvent::Fence { run: world.run_of(), side: Side::Source };
        migspec_fence::handle(&world.ports, &world.call(), fence).await.unwrap();
        let failure = ask(&world).await.expect_err("the slot may keep writes");
        assert!(failure.message().contains("the source is fenced"), "{failure}");
        assert_eq!(slots(&world).await, 1);
    });
}
