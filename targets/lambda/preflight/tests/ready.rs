//! What real servers say, and what is made of it.

use migspec_events::{PreflightEvent, PreflightReply, Side};
use migspec_function::{Key, Task};
use migspec_function_testing::{Login, Options, World, block_on};
use migspec_preflight::handle;

const TABLES: &str = "CREATE SCHEMA payments; \
    CREATE TABLE payments.payment (id bigserial PRIMARY KEY, amount numeric(18,4), note text); \
    CREATE TABLE payments.by_day (day date, id int, PRIMARY KEY (day, id)) PARTITION BY RANGE (day); \
    CREATE TABLE payments.by_day_1 PARTITION OF payments.by_day DEFAULT";

fn world(source: Options) -> Option<World> {
    let world = World::with(source, Options::default())?;
    block_on(async {
        world.run_on_both(TABLES).await;
        for side in [Side::Source, Side::Target] {
            let attributes = "REPLICATION IN ROLE pg_read_all_data, pg_write_all_data, pg_read_all_stats";
            world.login(Login { side, purpose: "replication", role: "replicator", attributes }).await;
        }
    });
    for task in ["ledger-test", "ledger-reverse-test"] {
        let arn = format!("arn:aws:dms:us-east-1:111111111111:task:{task}");
        world.ports.state().tasks.insert(arn, Task { status: "ready".into(), ..Task::default() });
    }
    Some(world)
}

async fn ask(world: &World) -> PreflightReply {
    let event = PreflightEvent { run: world.run_of(), reverse: true, segments: Vec::new() };
    handle(&world.ports, &world.call(), event).await.expect("both sides answer")
}

fn whats(reply: &PreflightReply) -> Vec<&str> {
    reply.problems.iter().map(|problem| problem.what.as_str()).collect()
}

#[test]
fn servers_that_are_ready_are_ready() {
    let Some(world) = world(Options::default()) else { return };
    block_on(async {
        let reply = ask(&world).await;
        assert_eq!((reply.ready, whats(&reply)), (true, vec![]));
        let state = world.ports.state();
        for bucket in ["checkpoints", "evidence"] {
            assert!(state.objects.contains_key(&Key::new(bucket, "ledger/preflight/test-1.json")), "{bucket}");
        }
    });
}

#[test]
fn what_is_missing_is_said_with_what_to_change() {
    let settings = ["max_wal_senders = 1", "wal_sender_timeout = '1s'", "max_prepared_transactions = 2"];
    let Some(world) = world(Options { settings: &settings, ..Options::default() }) else { return };
    block_on(async {
        let source = "ALTER ROLE replicator NOREPLICATION; ALTER ROLE replicator SET idle_in_transaction_session_timeout = '1min'; \
            CREATE TYPE payments.mood AS ENUM ('a'); \
            CREATE TABLE payments.bare (a int, m payments.mood, n numeric, ip inet); \
            CREATE UNLOGGED TABLE payments.fast (id int PRIMARY KEY); \
            ALTER TABLE payments.payment REPLICA IDENTITY NOTHING; \
            CREATE TABLE payments.\"Payment\" (id int PRIMARY KEY)";
        world.run(Side::Source, source).await;
        world.run(Side::Source, "BEGIN; SELECT 1; PREPARE TRANSACTION 'left'").await;
        let target = "ALTER TABLE payments.payment DROP note; DROP SEQUENCE payments.payment_id_seq CASCADE; \
            REVOKE pg_write_all_data FROM replicator; GRANT INSERT, UPDATE, DELETE ON payments.by_day TO replicator; \
            CREATE FUNCTION payments.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
            CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f()";
        world.run(Side::Target, target).await;
        world.ports.state().tasks.clear();
        let reply = ask(&world).await;
        assert!(!reply.ready);
        assert!(reply.problems.len() <= 20, "the rest is in the report");
        let state = world.ports.state();
        let report = &state.objects[&Key::new("evidence", "ledger/preflight/test-1.json")];
        let report: serde_json::Value = serde_json::from_slice(report).expect("JSON");
        let problems = report["problems"].to_string();
        for expected in [
            "max_wal_senders of the source is 1, and 0 are in use",
            "wal_sender_timeout of the source is 1000 ms",
            "idle_in_transaction_session_timeout of replicator on the source is 60000 ms",
            "replicator may not replicate on the source",
            "1 prepared transactions are open on the source",
            "payments.bare has neither a primary key",
            "DMS does not carry payments.bare.m: its type is payments.mood (enum)",
            "DMS does not carry payments.bare.ip: its type is inet (inet)",
            "payments.bare.n is numeric without a precision",
            "payments.fast is unlogged",
            "the replica identity of payments.payment does not name its rows",
            "payments.Payment and payments.payment differ only in case",
            "the target has no table payments.bare",
            "the target has no column payments.payment.note",
            "the target has no sequence payments.payment_id_seq",
            "replicator lacks INSERT, UPDATE, DELETE on payments.payment of the target",
            "cannot silence triggers and foreign keys of payments.payment on the target",
            "there is no replication task arn:aws:dms:us-east-1:111111111111:task:ledger-test",
        ] {
            assert!(problems.contains(expected), "`{expected}` is not among {problems}");
        }
        assert!(!problems.contains("by_day"), "partitions are their parent's: {problems}");
    });
}

#[test]
fn a_server_without_logical_decoding_is_not_ready() {
    let Some(world) = world(Options { settings: &["wal_level = replica"], ..Options::default() }) else { return };
    block_on(async {
        assert_eq!(whats(&ask(&world).await), ["wal_level of the source is replica"]);
    });
}
