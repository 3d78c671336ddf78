//! The binary as Lambda runs it: under the Runtime API's stand-in, with moto
//! for AWS and two real servers.

use std::path::Path;

use migspec_events::{PreflightEvent, PreflightReply, Side};
use migspec_function_testing::{Function, Login, Moto, Outcome, World, block_on};

const TABLES: &str =
    "CREATE SCHEMA payments; CREATE TABLE payments.payment (id bigint PRIMARY KEY, amount numeric(18,4))";

#[test]
fn the_binary_checks_both_sides() {
    let Some(world) = World::start() else { return };
    let Some(moto) = Moto::start() else { return };
    block_on(async {
        world.run(Side::Source, TABLES).await;
        for side in [Side::Source, Side::Target] {
            let attributes = "REPLICATION IN ROLE pg_read_all_data, pg_write_all_data, pg_read_all_stats";
            world.login(Login { side, purpose: "replication", role: "replicator", attributes }).await;
        }
    });
    moto.load(&world.ports, &["checkpoints", "evidence"]);
    let binary = Path::new(env!("CARGO_BIN_EXE_preflight"));
    let mut environment = moto.environment();
    environment.extend(world.environment());
    let mut function = Function::start(binary, "preflight", &environment);

    let event = PreflightEvent { run: world.run_of(), reverse: false, segments: Vec::new() };
    let event = serde_json::to_value(event).expect("an event serialises");
    let Outcome::Reply(reply) = function.call(&event) else { panic!("no reply") };
    let reply: PreflightReply = serde_json::from_value(reply).expect("the reply is of its type");
    let problems: Vec<&str> = reply.problems.iter().map(|p| p.what.as_str()).collect();
    assert!(problems.contains(&"the target has no table payments.payment"), "{problems:?}");
    assert!(problems.iter().any(|p| p.starts_with("there is no replication task")), "moto has none: {problems:?}");
    assert!(!reply.ready && problems.len() == 2, "{problems:?}");

    // An event of another function is an error under a name, and no crash.
    let wrong = function.call(&serde_json::json!({ "run": 1 }));
    assert!(matches!(&wrong, Outcome::Failed(name, _) if name == "Migration.Configuration"), "{wrong:?}");
    let again = function.call(&event);
    assert!(matches!(again, Outcome::Reply(_)), "it answers the next call: {again:?}");

    let report = moto.object("evidence", "ledger/preflight/test-1.json").expect("the report is kept");
    assert!(report.contains("the target has no table payments.payment"));
    let log = function.end();
    assert!(log.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{log}");
    assert!(log.contains("1-5bef4de7-ad49b0e87f6ef6c87fc2e700"), "the trace's id is on each line: {log}");
    assert!(!log.contains("replicator-password"), "{log}");
}

#[test]
fn without_its_settings_it_says_so_and_ends() {
    let Some(moto) = Moto::start() else { return };
    let binary = Path::new(env!("CARGO_BIN_EXE_preflight"));
    let mut function = Function::start(binary, "preflight", &moto.environment());
    let outcome = function.call(&serde_json::json!({}));
    assert!(matches!(outcome, Outcome::Broken(_)), "{outcome:?}");
    let log = function.end();
    assert!(log.contains("the variable MIGSPEC_ENVIRONMENT is not set"), "{log}");
}
