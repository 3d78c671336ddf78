//! Equal data is always equal, for every type; every corruption is found and
//! named by its key.

#![allow(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and kills a server")]

mod corruptions;
mod interrupted;
mod keys;
mod large;
mod stand;
mod structure;

use std::collections::BTreeSet;

use migspec_events::{Invariant, Measured, Side, ValidatorEvent, ValidatorReply};
use migspec_function_testing::{Login, Options, Testbed, block_on};
use migspec_validator::port::Rows;

use crate::stand::{ROWS, ask, keys, pass, pass_in, run, summary, table, validate, world};

#[test]
fn equal_data_is_equal() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        // Written otherwise, and the same: a scale, padding, zeros, an order of columns.
        world
            .run(Side::Target, "UPDATE payments.everything SET n = n + 0.000, f8 = f8 + 0 WHERE id IN (1, 2, 3)")
            .await;
        world
            .run(
                Side::Target,
                "ALTER TABLE payments.everything ALTER c TYPE varchar(10), ALTER i4 TYPE bigint, ALTER j TYPE jsonb",
            )
            .await;
        world
            .run(
                Side::Target,
                "ALTER TABLE payments.by_uuid DROP v; ALTER TABLE payments.by_uuid ADD extra int, ADD v varchar",
            )
            .await;
        world.run(Side::Target, "UPDATE payments.by_uuid t SET v = nullif(n % 3, 0)::text FROM generate_series(1, 5000) n WHERE t.id = md5(n::text)::uuid").await;
        let (reply, summary) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors, summary.errors.as_slice()), (0, 0, [].as_slice()), "{summary:#?}");
        assert!(reply.complete);
        assert_eq!(reply.matched, 5 + 10_000 + 5_000 + 3 + 4 + 1_000 + 1_000);
        assert!(summary.tables.iter().all(|part| part.table != "payments.tmp_ignored"));
        assert_eq!(table(&summary, "payments.parts").matched, 1_000, "partitions are compared once, with their parent");
    });
}

#[test]
fn equal_data_is_equal_in_another_encoding() {
    let Some(world) = Testbed::with(Options::default(), Options { encoding: Some("LATIN1"), ..Options::default() })
    else {
        return;
    };
    block_on(async {
        let sql = "CREATE SCHEMA payments; CREATE TABLE payments.words (id int PRIMARY KEY, word text); \
                   INSERT INTO payments.words VALUES (1, 'Ängstlich'), (2, 'é'), (3, ''), (4, NULL)";
        world.run_on_both(sql).await;
        for side in [Side::Source, Side::Target] {
            let login =
                Login { side, purpose: "validation", role: "validator", attributes: "IN ROLE pg_read_all_data" };
            world.login(login).await;
        }
        validate(&world, |_| {});
        let (reply, summary) = pass(&world).await;
        assert_eq!((reply.matched, reply.mismatched, reply.errors), (4, 0, 0), "{summary:#?}");
        world.run(Side::Target, "UPDATE payments.words SET word = 'e' WHERE id = 2").await;
        let (_, summary) = pass(&world).await;
        assert_eq!(keys(&table(&summary, "payments.words").rows), BTreeSet::from([vec!["2".to_owned()]]));
    });
}

#[test]
fn every_column_counts() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let target = world.open(Side::Target).await;
        let columns = target
            .query("SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = 'payments.everything'::regclass AND attnum > 1 AND NOT attisdropped ORDER BY attnum", &[])
            .await
            .expect("columns");
        for column in columns.iter().map(|row| row.get::<_, String>(0)) {
            // A value to NULL, NULL to a value, and one value to another.
            for (to, from) in [(1, 4), (4, 1), (1, 3)] {
                let mut client = world.open(Side::Target).await;
                let change = client.transaction().await.expect("a transaction");
                let sql = format!(
                    "UPDATE payments.everything t SET {column} = o.{column} FROM payments.everything o WHERE t.id = {to} AND o.id = {from} \
                     AND t.{column}::text IS DISTINCT FROM o.{column}::text"
                );
                if change.execute(&sql, &[]).await.unwrap_or_else(|e| panic!("{e:?} {sql}")) == 0 {
                    continue;
                }
                change.commit().await.expect("it is done");
                let wrong = digests_differ(&world).await;
                assert!(wrong, "{column}: row {to} with the value of row {from}");
                run(&target, "DELETE FROM payments.everything").await;
                let rows = ROWS.split("INSERT INTO payments.composite").next().expect("the first statement");
                run(&target, &format!("SET search_path = public, pg_catalog; {rows}")).await;
                assert!(!digests_differ(&world).await, "{column} is restored");
            }
        }
    });
}

/// Whether the table of all types differs.
async fn digests_differ(world: &Testbed) -> bool {
    let call = world.call();
    let run = world.run_of();
    let pair = migspec_validator::pair::Pair::open(&world.ports, &call, &run, "test").await.expect("both sides");
    let tables = pair.tables().await.expect("tables");
    let everything = tables.iter().find(|t| t.name == "everything").expect("the table");
    let ([source, target], gaps) = pair.views(everything);
    assert_eq!(gaps, [""; 0]);
    let range = migspec_validator::port::Range::default();
    source.digest(&range).await.expect("a digest") != target.digest(&range).await.expect("a digest")
}

#[test]
fn what_cannot_be_compared_is_an_error_and_a_protected_key_is_not_shown() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        world
            .run(
                Side::Target,
                "ALTER TABLE payments.everything DROP ip, ALTER tz TYPE timestamp; DROP TABLE payments.nothing",
            )
            .await;
        world.run(Side::Target, "UPDATE payments.by_uuid SET v = 'secret-value' WHERE id = md5('1')::uuid; DELETE FROM payments.heap WHERE a = 1").await;
        validate(&world, |validation| {
            validation.protected = vec!["payments.by_uuid.id".into(), "payments.by_uuid.v".into()];
            validation.invariants = vec![
                Invariant { name: "same".into(), sql: "select count(*) from payments.parts".into() },
                Invariant { name: "other".into(), sql: "select count(*) from payments.heap".into() },
                Invariant { name: "broken".into(), sql: "select 1 / 0".into() },
            ];
        });
        let call = world.call();
        let (reply, summary) = pass_in(&world, &call).await;
        let errors = summary.errors.join("\n");
        for part in [
            "payments.everything: the target has no column ip",
            "payments.everything: the types of tz cannot be compared",
            "payments.nothing: the target has no such table",
            "broken",
        ] {
            assert!(errors.contains(part), "{part} is not in\n{errors}");
        }
        assert_eq!(reply.errors, 4, "{errors}");
        let verdicts: Vec<&str> = summary.invariants.iter().map(|judged| judged.verdict.as_str()).collect();
        assert_eq!(verdicts, ["holds", "differs", "failed"]);
        assert_eq!(table(&summary, "payments.heap").mismatched, 1);
        let rows = &table(&summary, "payments.by_uuid").rows;
        assert_eq!(rows[0].key, [("id".to_owned(), "[protected]".to_owned())]);
        let window = ValidatorEvent::FenceWindow { run: world.run_of() };
        assert!(ask::<ValidatorReply>(&world, &call, window).await.expect("a check").mismatched > 0);
        let log = call.log.lines();
        assert!(log.contains("replied") && log.contains("payments.by_uuid"), "{log}");
        let state = world.ports.state();
        let written = state.objects.iter().map(|(key, bytes)| (key.key.as_str(), String::from_utf8_lossy(bytes)));
        for (place, text) in written.chain([("the log and the replies", log.into())]) {
            for hidden in ["secret-value", "c4ca4238-a0b9-2382-0dcc-509a6f75849b"] {
                assert!(!text.contains(hidden), "{hidden} is in {place}");
            }
        }
    });
}

#[test]
fn within_the_fence_what_changed_is_compared() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let window = || async {
            let event = ValidatorEvent::FenceWindow { run: world.run_of() };
            ask::<ValidatorReply>(&world, &world.call(), event).await.expect("a check")
        };
        let first = window().await;
        assert!(first.errors > 0, "there is no pass before it");
        let (reply, full) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0), "{full:#?}");
        let clean = window().await;
        assert_eq!((clean.mismatched, clean.errors), (0, 0));
        // Written since, on both sides, and once wrongly.
        world
            .run_on_both(
                "UPDATE payments.composite SET note = 'new' WHERE number = 5; DELETE FROM payments.parts WHERE id = 3",
            )
            .await;
        assert_eq!(window().await.mismatched, 0);
        world.run(Side::Source, "UPDATE payments.composite SET note = 'newer' WHERE number = 5 AND region = 'é'").await;
        world
            .run(
                Side::Source,
                "INSERT INTO payments.by_uuid VALUES (md5('x')::uuid, 'x'); DELETE FROM payments.parts WHERE id = 4",
            )
            .await;
        let wrong = window().await;
        let summary = summary(&world, &wrong);
        let number = |name: &str| table(&summary, name).mismatched;
        assert_eq!(
            (number("payments.composite"), number("payments.by_uuid"), number("payments.parts")),
            (1, 1, 1),
            "{summary:#?}"
        );
        assert_eq!(wrong.mismatched, 3);
        assert_eq!(
            keys(&table(&summary, "payments.by_uuid").rows),
            BTreeSet::from([vec!["9dd4e461-268c-8034-f5c8-564e155c67a6".to_owned()]])
        );
    });
}

/// Other transactions of the server move its next number: a batch with
/// savepoints in another database, still open during the pass and the check.
#[test]
fn within_the_fence_traffic_of_other_databases_hides_no_row() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let other = world.source.open("postgres").await;
        let batch = "DO $$ BEGIN FOR n IN 1..2000 LOOP BEGIN PERFORM txid_current(); CREATE TEMP TABLE t (); \
            DROP TABLE t; EXCEPTION WHEN division_by_zero THEN NULL; END; END LOOP; END $$";
        let (reply, full) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0), "{full:#?}");
        let lost = "UPDATE payments.composite SET note = 'lost' WHERE number BETWEEN 1 AND 5";
        world.run(Side::Source, lost).await;
        other.batch_execute(&format!("BEGIN; {batch}")).await.expect("a batch with savepoints");
        let event = ValidatorEvent::FenceWindow { run: world.run_of() };
        let reply = ask::<ValidatorReply>(&world, &world.call(), event).await.expect("a check");
        let summary = summary(&world, &reply);
        let rows = world.open(Side::Source).await;
        let rows = rows.query_one("SELECT count(*) FROM payments.composite WHERE note = 'lost'", &[]).await;
        let written: i64 = rows.expect("a count").get(0);
        assert!(written > 0 && table(&summary, "payments.composite").mismatched == written as u64, "{summary:#?}");
    });
}

#[test]
fn within_the_fence_changes_of_the_target_and_pairs_that_cancel_are_seen() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let (reply, full) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0), "{full:#?}");
        world
            .run(Side::Target, "UPDATE payments.composite SET note = 'here alone' WHERE number = 7 AND region = 'é'")
            .await;
        // One row of each side is lost: the counts agree, and no row is new.
        world.run(Side::Source, "DELETE FROM payments.parts WHERE id = 4").await;
        world.run(Side::Target, "DELETE FROM payments.parts WHERE id = 5").await;
        let event = ValidatorEvent::FenceWindow { run: world.run_of() };
        let reply = ask::<ValidatorReply>(&world, &world.call(), event).await.expect("a check");
        let summary = summary(&world, &reply);
        let number = |name: &str| table(&summary, name).mismatched;
        assert_eq!((number("payments.composite"), number("payments.parts")), (1, 1), "{summary:#?}");
        assert_eq!(reply.mismatched, 2);
    });
}

/// Before the fence, differences do not count, but the time and tables that cannot be compared do.
#[test]
fn the_comparison_of_the_fence_is_measured_before() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let measure = |at_most| {
            let event = ValidatorEvent::MeasureWindow { run: world.run_of(), at_most };
            async { ask::<Measured>(&world, &world.call(), event).await.expect("a measure") }
        };
        let early = measure(60_000).await;
        assert!(!early.complete && early.errors > 0, "there is no pass before it: {early:?}");
        let (reply, full) = pass(&world).await;
        assert_eq!((reply.mismatched, reply.errors), (0, 0), "{full:#?}");
        let objects = world.ports.state().objects.len();
        world.run(Side::Source, "UPDATE payments.composite SET note = 'not yet copied' WHERE number < 5").await;
        let measured = measure(60_000).await;
        assert!(measured.complete && measured.errors == 0 && measured.millis < 60_000, "{measured:?}");
        assert_eq!(measure(0).await, Measured { complete: false, millis: 0, errors: 0 }, "it has no time");
        assert_eq!(world.ports.state().objects.len(), objects, "a trial is no evidence");
    });
}
