//! Facts of real servers, and the verdicts on them.

use migspec_events::{Demand, PreflightEvent, PreflightReply, Side};
use migspec_function::{Key, Task};
use migspec_function_testing::{Login, Options, World, block_on};
use migspec_preflight::handle;

const TABLES: &str = "CREATE ROLE owner NOLOGIN; CREATE ROLE pay_app LOGIN; \
    CREATE SCHEMA payments AUTHORIZATION owner; SET ROLE owner; \
    CREATE TABLE payments.payment (id bigserial PRIMARY KEY, amount numeric(18,4), note text); \
    CREATE TABLE payments.by_day (day date, id int, PRIMARY KEY (day, id)) PARTITION BY RANGE (day); \
    CREATE TABLE payments.by_day_1 PARTITION OF payments.by_day DEFAULT; \
    GRANT USAGE ON SCHEMA payments TO pay_app; GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA payments TO pay_app; \
    RESET ROLE";
const TOKENS: &str = "GRANT SELECT, INSERT, UPDATE, DELETE ON migspec.migspec_fence TO";
const INSTANCE: &str = "arn:aws:dms:us-east-1:111111111111:rep:LEDGER";

/// Two servers with all that a migration needs.
fn world(source: Options, target: Options) -> Option<World> {
    let world = World::with(source, target)?;
    block_on(async {
        world.run_on_both(TABLES).await;
        let login = |side, purpose, role, attributes| world.login(Login { side, purpose, role, attributes });
        for side in [Side::Source, Side::Target] {
            login(side, "validation", "validator", "IN ROLE pg_read_all_data").await;
            login(side, "fence", "migspec_fence", "CREATEROLE").await;
            world.run(side, include_str!("../../fence/setup.sql")).await;
            world.run(side, "GRANT owner TO migspec_fence").await;
        }
        let reads = "REPLICATION IN ROLE pg_read_all_data, pg_read_all_stats";
        let applies = "IN ROLE pg_read_all_data, pg_write_all_data";
        login(Side::Source, "replication", "replicator", reads).await;
        login(Side::Target, "replication", "replicator", applies).await;
        login(Side::Target, "reverse-capture", "capturer", reads).await;
        login(Side::Source, "reverse-apply", "applier", applies).await;
        world.run(Side::Target, &format!("{TOKENS} replicator")).await;
        world.run(Side::Source, &format!("{TOKENS} applier")).await;
    });
    for task in ["ledger-test", "ledger-reverse-test"] {
        let arn = format!("arn:aws:dms:us-east-1:111111111111:task:{task}");
        let task = Task { status: "ready".into(), instance: INSTANCE.into(), ..Task::default() };
        world.ports.state().tasks.insert(arn, task);
    }
    world.ports.state().engines.insert(INSTANCE.into(), "3.6.1".into());
    Some(world)
}

const FORWARD: &str = "arn:aws:dms:us-east-1:111111111111:task:ledger-test";
const REVERSE: &str = "arn:aws:dms:us-east-1:111111111111:task:ledger-reverse-test";

fn demand(task: &str) -> Demand {
    Demand { task: task.to_owned(), slots: 2, connections: 12 }
}

async fn ask(world: &World) -> PreflightReply {
    ask_beside(world, &[]).await
}

/// With the tasks of other replications that read from the same source.
async fn ask_beside(world: &World, others: &[&str]) -> PreflightReply {
    let source = [FORWARD].iter().chain(others).map(|task| demand(task)).collect();
    let target = vec![demand(REVERSE)];
    let event = PreflightEvent { run: world.run_of(), reverse: true, source, target };
    handle(&world.ports, &world.call(), event).await.expect("both sides answer")
}

/// All that was found: a reply has the first alone.
async fn report(world: &World) -> String {
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
            assert!(world.ports.state().objects.contains_key(&key), "{bucket}");
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

/// Slots, roles, rights and tables of both sides.
async fn traces(world: &World) -> Vec<String> {
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

#[test]
fn what_is_missing_is_said_with_what_to_change() {
    let settings = ["max_wal_senders = 1", "wal_sender_timeout = '1s'", "max_prepared_transactions = 2"];
    let source = Options { settings: &settings, ..Options::default() };
    let Some(world) = world(source, Options::default()) else { return };
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
        assert!(reply.problems.len() == 20, "the rest is in the report");
        let problems = report(&world).await;
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
    let source = Options { settings: &["wal_level = replica"], ..Options::default() };
    let Some(world) = world(source, Options::default()) else { return };
    block_on(async {
        assert_eq!(whats(&ask(&world).await), ["wal_level of the source is replica"]);
    });
}

/// Each change is found by the login that would meet it later, and nothing else is.
#[test]
fn each_login_is_tried_as_it_will_be_used() {
    let Some(world) = world(Options::default(), Options::default()) else { return };
    const CASES: [(Side, &str, &str, &str); 10] = [
        (
            Side::Source,
            "ALTER ROLE validator PASSWORD 'another'",
            "ALTER ROLE validator PASSWORD 'validator-password'",
            "the login `validation` of the source cannot be used: connecting to 127.0.0.1",
        ),
        (
            Side::Target,
            "REVOKE pg_read_all_data FROM validator; GRANT SELECT ON ALL TABLES IN SCHEMA payments TO validator",
            "GRANT pg_read_all_data TO validator",
            "validator may not use the schema payments of the target",
        ),
        (
            Side::Target,
            "ALTER TABLE payments.payment ENABLE ROW LEVEL SECURITY; ALTER ROLE replicator BYPASSRLS; ALTER ROLE capturer BYPASSRLS",
            "ALTER TABLE payments.payment DISABLE ROW LEVEL SECURITY",
            "row security hides rows of payments.payment on the target from validator",
        ),
        (
            Side::Source,
            "REVOKE owner FROM migspec_fence",
            "GRANT owner TO migspec_fence",
            "the source could not be fenced: INSERT on TABLE payments.payment was granted by owner, of whom the fence's login is no member",
        ),
        (
            Side::Target,
            "ALTER EVENT TRIGGER migspec_refuse_drops DISABLE",
            "ALTER EVENT TRIGGER migspec_refuse_drops ENABLE",
            "the target could not be fenced: the triggers that keep schemas as they are do not exist",
        ),
        (
            Side::Target,
            "REVOKE pg_signal_backend FROM migspec_fence",
            "GRANT pg_signal_backend TO migspec_fence",
            "the target could not be fenced: the fence's login is no member of pg_signal_backend",
        ),
        (
            Side::Target,
            "ALTER ROLE capturer NOREPLICATION",
            "ALTER ROLE capturer REPLICATION",
            "capturer may not replicate on the target",
        ),
        (
            Side::Source,
            "REVOKE pg_write_all_data FROM applier; GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA payments TO applier; REVOKE INSERT ON payments.by_day FROM applier; GRANT DELETE ON payments.payment TO applier",
            "GRANT pg_write_all_data TO applier",
            "applier lacks INSERT, DELETE on payments.by_day of the source",
        ),
        (
            Side::Target,
            "REVOKE INSERT ON migspec.migspec_fence FROM replicator",
            "GRANT INSERT ON migspec.migspec_fence TO replicator",
            "replicator may not write the tokens of the fence on the target",
        ),
        (
            Side::Target,
            "CREATE FUNCTION payments.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
             CREATE TRIGGER t BEFORE INSERT ON payments.payment FOR EACH ROW EXECUTE FUNCTION payments.f()",
            "DROP TRIGGER t ON payments.payment",
            "replicator cannot silence triggers and foreign keys of payments.payment on the target",
        ),
    ];
    block_on(async {
        for (side, change, back, expected) in CASES {
            world.run(side, change).await;
            let reply = ask(&world).await;
            let found = whats(&reply);
            // A login that may not write tokens cannot be cut off either.
            let (first, rest) = found.split_first().expect("a problem is found");
            let follows = change.contains("ON migspec.migspec_fence") && rest.len() == 1;
            assert!(first.starts_with(expected), "{expected}: {found:?}");
            assert!(
                rest.is_empty() || follows && rest[0].starts_with("replication cannot be cut off from the target"),
                "{expected}: {found:?}"
            );
            assert!(!reply.problems[0].fix.is_empty());
            world.run(side, back).await;
        }
        assert_eq!(whats(&ask(&world).await), Vec::<&str>::new(), "all of it has been put right");
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
        set(None);
        let problems = report(&world).await;
        assert!(problems.contains(&format!("there is no replication instance {INSTANCE}")), "{problems}");
    });
}
