//! Facts of real servers, and the verdicts on them.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and reads its cases")]

mod cases;
mod identity;
mod pooler;
mod stand;

use std::sync::Arc;
use std::time::Duration;

use migspec_events::{PreflightReply, Side, TableToReload};
use migspec_function::{Key, TableStatistics, Task};
use migspec_function_testing::{OLD, Options, Testbed, block_on};

use migspec_preflight::handle;

use stand::{FORWARD, INSTANCE, ask, ask_beside, event, world};

/// All that was found: a reply has the first alone.
async fn report(world: &Testbed) -> String {
    assert!(!ask(world).await.ready);
    let state = world.ports.state();
    let report = &state.objects[&Key::new("evidence", "ledger/preflight/test-1.json")];
    let report: serde_json::Value = serde_json::from_slice(report).expect("JSON");
    report["problems"].to_string()
}

fn whats(reply: &PreflightReply) -> Vec<&str> {
    reply.problems.iter().map(|problem| problem.what.as_str()).collect()
}

#[test]
fn servers_that_are_ready_are_ready() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    block_on(async {
        let before = traces(&world).await;
        let reply = ask(&world).await;
        assert_eq!((reply.ready, whats(&reply)), (true, vec![]));
        for bucket in ["checkpoints", "evidence"] {
            let key = Key::new(bucket, "ledger/preflight/test-1.json");
            let state = world.ports.state();
            let report = state.objects.get(&key).unwrap_or_else(|| panic!("{bucket}"));
            let report: serde_json::Value = serde_json::from_slice(report).unwrap();
            // Ordinary tables have their indexes and pages, also without a row.
            assert!(report["bytes"].as_u64().is_some_and(|bytes| bytes > 0), "{report}");
        }
        assert_eq!(traces(&world).await, before, "the rehearsal has left no trace");
    });
}

/// Each of two replications fits, both together do not; an existing slot does
/// not count twice.
#[test]
fn replications_that_share_a_source_must_fit_together() {
    let source = Options { settings: &["max_replication_slots = 3"], ..Options::default() };
    let Some(world) = world(source, Options::default()) else { return };
    block_on(async {
        assert!(ask(&world).await.ready);
        let other = "arn:aws:dms:us-east-1:111111111111:task:accounts-test";
        let reply = ask_beside(&world, &[other]).await;
        assert_eq!(whats(&reply), ["max_replication_slots of the source is 3, and 0 are in use"]);
        assert!(reply.problems[0].fix.starts_with("raise it to at least 4 "), "{:?}", reply.problems);
        let task = Task { status: "running".into(), instance: INSTANCE.into(), ..Task::default() };
        world.ports.state().tasks.insert(other.into(), task);
        world.run(Side::Source, "SELECT pg_create_logical_replication_slot('other', 'test_decoding')").await;
        let reply = ask_beside(&world, &[other]).await;
        assert_eq!(whats(&reply), ["max_replication_slots of the source is 3, and 1 are in use"]);
        assert!(reply.problems[0].fix.starts_with("raise it to at least 4 "), "{:?}", reply.problems);
    });
}

/// A task runs on without the tables that it has suspended. The workflow loads these again, if the target has none of
/// their rows, whatever the other tables have.
#[test]
fn suspended_tables_are_loaded_again_once_they_are_empty() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    let statistics = |table: &str, state: &str| TableStatistics {
        schema: "payments".into(),
        table: table.into(),
        state: state.into(),
        ..TableStatistics::default()
    };
    let running = |suspended: Vec<TableStatistics>| {
        let tables_errored = u32::try_from(suspended.len()).unwrap();
        let task = Task {
            status: "running".into(),
            loaded: 100,
            tables_errored,
            instance: INSTANCE.into(),
            ..Task::default()
        };
        let mut state = world.ports.state();
        state.tasks.insert(FORWARD.into(), task);
        let completed = statistics("by_day", "Table completed");
        state.statistics.insert(FORWARD.into(), suspended.into_iter().chain([completed]).collect());
    };
    block_on(async {
        world.run(Side::Target, "INSERT INTO payments.by_day VALUES ('2020-01-01', 1)").await;
        running(vec![statistics("payment", "Table error")]);
        let reply = ask(&world).await;
        assert_eq!((reply.ready, whats(&reply)), (true, vec![]));
        let table = TableToReload { schema_name: "payments".into(), table_name: "payment".into() };
        assert_eq!(reply.reload, [table]);
        world.run(Side::Target, "INSERT INTO payments.payment VALUES (1, 1, 'old')").await;
        let reply = ask(&world).await;
        assert!(!reply.ready);
        assert_eq!(whats(&reply), ["payments.payment of the target has rows, and a load of it begins"]);
        running((0..11).map(|n| statistics(&format!("t{n}"), "Table error")).collect());
        let reply = ask(&world).await;
        assert!(!reply.ready && reply.reload.is_empty());
        assert!(whats(&reply)[0].starts_with("11 tables of "), "{:?}", reply.problems);
        running(Vec::new());
        let reply = ask(&world).await;
        assert_eq!((reply.ready, reply.reload), (true, vec![]));
    });
}

/// Slots, roles, rights and tables of both sides.
async fn traces(world: &Testbed) -> Vec<String> {
    let sql = "SELECT slot_name::text FROM pg_replication_slots \
        UNION ALL SELECT concat(rolname, ' ', rolcanlogin) FROM pg_roles \
        UNION ALL SELECT concat(oid::regclass, ' ', relacl) FROM pg_class WHERE relkind IN ('r', 'p', 'S') \
        UNION ALL SELECT schema FROM migspec.migspec_frozen ORDER BY 1";
    let mut found = Vec::new();
    for side in [Side::Source, Side::Target] {
        let rows = world.open(side).await.query(sql, &[]).await.expect("the superuser may ask");
        found.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    found
}

/// The settings of a server, its encoding, the ports, and a reply of twenty.
#[test]
fn settings_tasks_and_secrets_are_checked() {
    let settings = [
        "max_wal_senders = 1",
        "wal_sender_timeout = '1s'",
        "max_prepared_transactions = 2",
        "max_slot_wal_keep_size = '1GB'",
        "max_connections = 10",
    ];
    let source = Options { settings: &settings, encoding: Some("LATIN1"), ..Options::default() };
    let Some(world) = world(source, Options::default()) else { return };
    block_on(async {
        // Those of another database count too.
        let other = world.source.open("postgres").await;
        other.batch_execute("BEGIN; SELECT 1; PREPARE TRANSACTION 'left'").await.expect("prepared");
        world.run(Side::Source, "DROP SCHEMA payments CASCADE").await;
        let failed = Task { status: "failed".into(), last_failure: "out of memory".into(), ..Task::default() };
        world.ports.state().tasks = [(stand::REVERSE.into(), failed)].into();
        let secret = "{\"username\":\"replicator\",\"password\":\"replicator-password\",\"host\":\"elsewhere\"}";
        world.ports.set_secret("source/replication", secret);
        let problems = report(&world).await;
        for expected in [
            "max_wal_senders of the source is 1, and 0 are in use",
            "wal_sender_timeout of the source is 1000 ms",
            "max_slot_wal_keep_size of the source is 1024 MB",
            "max_connections of the source is 10, and ",
            "1 prepared transactions are open on the source",
            "the replication copies no table",
            "the source stores LATIN1 and the target UTF8",
            "there is no replication task arn:aws:dms:us-east-1:111111111111:task:ledger-test",
            "the replication task arn:aws:dms:us-east-1:111111111111:task:ledger-reverse-test has failed: out of memory",
            "the member `host` of the secret for `replication` on the source differs from the spec",
            "the member `port` of the secret for `replication` on the source is missing",
        ] {
            assert!(problems.contains(expected), "`{expected}` is not among {problems}");
        }
        assert!(!problems.contains("replicator-password"), "{problems}");
    });
}

/// Found while nothing is wrong with the rest: the gravest twenty are replied.
#[test]
fn a_reply_has_the_gravest_twenty() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    block_on(async {
        let tables: String =
            (0..25).map(|n| format!("CREATE TABLE payments.t{n} (id int PRIMARY KEY DEFERRABLE);")).collect();
        world.run_on_both(&format!("SET ROLE owner; {tables}")).await;
        world.run(Side::Source, "ALTER ROLE replicator NOREPLICATION").await;
        let reply = ask(&world).await;
        assert_eq!((reply.ready, reply.problems.len()), (false, 20));
        assert_eq!(reply.problems[0].check, "replication-right");
        assert!(report(&world).await.contains("payments.t24"), "the rest is in the report");
    });
}

#[test]
fn tables_of_dms_are_not_copied() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    block_on(async {
        world.describe(|replication| replication.include.push("*.awsdms_*".to_owned()));
        let problems = report(&world).await;
        assert!(
            problems.contains("the replication copies a table of DMS: awsdms_control.awsdms_heartbeat"),
            "{problems}"
        );
        world.describe(|replication| {
            replication.include.push("*.awsdms_*".to_owned());
            replication.exclude.push("awsdms_control.*".to_owned());
        });
        assert!(ask(&world).await.ready);
    });
}

/// Nothing else is known about a server without an address, and the report is written all the same.
#[test]
fn names_are_resolved_from_the_network_of_the_functions() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    block_on(async {
        assert!(ask(&world).await.ready);
        world.describe(|replication| replication.source.host = "ledger.invalid".to_owned());
        let reply = ask(&world).await;
        assert!(!reply.ready && reply.problems.len() == 1, "{:?}", reply.problems);
        let expected = "the network of the functions does not resolve ledger.invalid of the source: ";
        assert!(reply.problems[0].what.starts_with(expected), "{:?}", reply.problems);
        assert!(report(&world).await.contains(expected));
    });
}

/// Sessions of every login are ended while the checks run.
#[test]
fn the_checks_outlive_their_sessions() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    let world = Arc::new(world);
    block_on(async {
        let ended = {
            let world = world.clone();
            tokio::spawn(async move {
                let sql = "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                           WHERE application_name = 'migspec preflight') AS ended";
                let mut ended = 0;
                while ended < 12 {
                    for side in [Side::Source, Side::Target] {
                        let row = world.open(side).await.query_one(sql, &[]).await.expect("sessions");
                        ended += row.get::<_, i64>(0);
                    }
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
            })
        };
        let call = world.call();
        let reply = handle(&world.ports, &call, event(&world, &[])).await.expect("both sides answer");
        ended.await.expect("sessions were ended");
        assert_eq!((reply.ready, whats(&reply)), (true, vec![]));
        assert!(call.log.lines().contains("trying again"), "{}", call.log.lines());
    });
}

/// Between two major versions, which print queries in their own ways, views are not compared.
#[test]
fn views_of_two_queries_differ() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    block_on(async {
        for (side, least) in [(Side::Source, 1), (Side::Target, 2)] {
            let sql = format!("CREATE VIEW payments.few AS SELECT id FROM payments.payment WHERE id > {least}");
            world.run(side, &format!("SET ROLE owner; {sql}")).await;
        }
        let expected = "the view payments.few is defined differently on the target";
        assert_eq!(whats(&ask(&world).await), [expected]);
    });
}

#[test]
fn texts_without_an_encoding_are_refused() {
    let options = Options { encoding: Some("SQL_ASCII"), ..Options::default() };
    let Some(world) = world(options, options) else { return };
    block_on(async {
        let expected =
            ["source", "target"].map(|side| format!("the {side} stores texts without an encoding: SQL_ASCII"));
        assert_eq!(whats(&ask(&world).await), expected);
    });
}

/// Its catalog has other columns and functions, so that nothing else is asked.
#[test]
fn an_old_server_is_refused_before_its_catalog_is_read() {
    let old = Options { version: Some(OLD), ..Options::default() };
    let Some(world) = world(old, Options::default()) else { return };
    block_on(async {
        let reply = ask(&world).await;
        assert_eq!((reply.ready, whats(&reply)), (false, vec!["the source runs PostgreSQL 11"]));
    });
}

#[test]
fn a_server_without_logical_decoding_is_not_ready() {
    let source = Options { settings: &["wal_level = replica"], ..Options::default() };
    let Some(world) = world(source, Options::default()) else { return };
    block_on(async {
        assert_eq!(whats(&ask(&world).await), ["wal_level of the source is replica"]);
    });
}

/// It has no session of a login, and may write.
#[test]
fn a_process_of_an_extension_is_found() {
    let preloaded = Options { settings: &["shared_preload_libraries = 'pg_prewarm'"], ..Options::default() };
    for (source, target) in [(preloaded, Options::default()), (Options::default(), preloaded)] {
        let Some(world) = world(source, target) else { return };
        block_on(async {
            let name = "SELECT backend_type FROM pg_stat_activity WHERE backend_type LIKE 'autoprewarm%'";
            let found = world.open(Side::Source).await.query_opt(name, &[]).await.expect("one process");
            let expected =
                found.map(|row| format!("a background worker runs on the source: {}", row.get::<_, String>(0)));
            assert_eq!(whats(&ask(&world).await), expected.as_slice(), "a source alone has writers that DMS misses");
        });
    }
}

/// The server recovers as a standby when it restarts after the crash of a session.
#[test]
fn a_standby_is_not_read_from() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    block_on(async {
        let client = world.open(Side::Source).await;
        client.batch_execute("COPY (SELECT 1) TO PROGRAM 'touch standby.signal'").await.expect("a file is made");
        client.batch_execute("CHECKPOINT").await.expect("a checkpoint");
        client.batch_execute("COPY (SELECT 1) TO PROGRAM 'kill -9 $PPID'").await.expect_err("the session ends");
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(200)).await;
            if world.source.open_as("ledger", "replicator", "replicator-password").await.is_ok() {
                break;
            }
        }
        assert_eq!(whats(&ask(&world).await), ["the source is a standby"]);
    });
}

#[test]
fn the_slot_of_the_way_back_is_rehearsed() {
    let target = Options { settings: &["max_replication_slots = 1"], ..Options::default() };
    let Some(world) = world(Options::default(), target) else { return };
    block_on(async {
        // A setting promises one slot; whether it can be had shows when one is made.
        let problems = report(&world).await;
        assert!(problems.contains("max_replication_slots of the target is 1, and 0 are in use"), "{problems}");
        assert!(!problems.contains("could not be made"), "{problems}");
        world.run(Side::Target, "SELECT pg_create_logical_replication_slot('other', 'test_decoding')").await;
        let problems = report(&world).await;
        assert!(problems.contains("the slot of the way back could not be made as capturer: "), "{problems}");
        assert!(problems.contains("all replication slots are in use"), "{problems}");
    });
}

#[test]
fn dms_has_to_know_the_servers() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    block_on(async {
        let set = |engine: Option<&str>| {
            let mut state = world.ports.state();
            state.engines.clear();
            state.engines.extend(engine.map(|engine| (INSTANCE.to_owned(), engine.to_owned())));
        };
        set(Some("3.4.0"));
        let version =
            world.open(Side::Source).await.query_one("SHOW server_version_num", &[]).await.expect("a version");
        let major = version.get::<_, String>(0).parse::<u32>().expect("a number") / 10_000;
        let problems = report(&world).await;
        for (verb, side) in [("read", "source"), ("write to", "target"), ("read", "target"), ("write to", "source")] {
            let expected = format!("DMS 3.4.0 does not {verb} PostgreSQL {major}, which the {side} runs");
            assert!(problems.contains(&expected), "`{expected}` is not among {problems}");
        }
        set(Some("3.6"));
        let problems = report(&world).await;
        assert!(problems.contains("runs DMS `3.6`, which is no version of three numbers"), "{problems}");
        set(None);
        let problems = report(&world).await;
        assert!(problems.contains(&format!("there is no replication instance {INSTANCE}")), "{problems}");
    });
}
