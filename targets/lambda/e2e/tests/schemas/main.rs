//! Random schemas through a migration: preflight refuses, or nothing is lost.
//!
//! Each round makes tables of constructs that end migrations: keys of every kind,
//! types, generated columns, defaults, constraints, triggers, policies, partitions,
//! and differences on the target. If preflight is ready, the stand-in for DMS loads
//! and replicates the tables under random writes, through a cutover and back. Then
//! both sides have the same rows, and the applications their former rights.
//!
//! `MIGSPEC_ROUNDS` is the number of rounds, `MIGSPEC_SEED` the first of them.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod dms;
mod random;
mod schema;
mod stand;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use migspec_events::{SequencesEvent, Side};
use migspec_fence::Scope;
use migspec_function_testing::block_on;
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::dms::Dms;
use crate::random::Random;
use crate::schema::Schema;
use crate::stand::Stand;

/// Rounds of the gate, and the time after which it begins no other one.
const ROUNDS: u64 = 50;
const BOUND: Duration = Duration::from_secs(240);

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn preflight_refuses_or_nothing_is_lost() {
    let Some(stand) = Stand::start() else { return };
    let rounds = variable("MIGSPEC_ROUNDS");
    let first = variable("MIGSPEC_SEED").unwrap_or(1);
    let begun = Instant::now();
    let (mut migrated, mut invalid, mut refused) = (0, 0, BTreeMap::<String, u32>::new());
    for seed in first..first + rounds.unwrap_or(ROUNDS) {
        if rounds.is_none() && begun.elapsed() > BOUND {
            break;
        }
        match block_on(round(&stand, seed)) {
            Outcome::Invalid => invalid += 1,
            Outcome::Migrated => migrated += 1,
            Outcome::Refused(checks) => checks.into_iter().for_each(|check| *refused.entry(check).or_default() += 1),
        }
    }
    println!(
        "{migrated} schemas moved there and back; PostgreSQL refused {invalid}, preflight the others: {refused:#?}"
    );
    assert!(rounds.is_some() || migrated > invalid && !refused.is_empty(), "both outcomes occur");
}

enum Outcome {
    /// PostgreSQL refuses the schema.
    Invalid,
    Migrated,
    /// The checks that found something.
    Refused(Vec<String>),
}

/// A round ends in a panic that names the seed.
async fn round(stand: &Stand, seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let schema = Schema::new(&mut random);
    stand.reset().await;
    for (side, sql) in [(Side::Source, schema.source()), (Side::Target, schema.target())] {
        if let Err(e) = stand.world.open(side).await.batch_execute(&sql).await {
            println!("round {seed}: {e:?}");
            return Outcome::Invalid;
        }
    }
    let app = stand.app(Side::Source).await;
    write(&app, &schema, &mut random, 12).await;
    let reply = stand.preflight().await;
    if !reply.ready {
        return Outcome::Refused(reply.problems.into_iter().map(|problem| problem.check).collect());
    }
    let context = format!("round {seed}\nsource: {}\ntarget: {}", schema.source(), schema.target());
    migrate(stand, &schema, &mut random, &context).await;
    Outcome::Migrated
}

/// Random writes of the application; returns how many took effect. One that a constraint or a value refuses is none,
/// any other error fails the test.
async fn write(app: &Client, schema: &Schema, random: &mut Random, times: usize) -> usize {
    let mut taken = 0;
    for _ in 0..times {
        let sql = schema.write(random);
        match app.batch_execute(&sql).await {
            Ok(()) => taken += 1,
            Err(error) => {
                let code = error.code().map(SqlState::code).unwrap_or_default();
                assert!(["22", "23", "42", "P0"].iter().any(|class| code.starts_with(class)), "{error:?}: {sql}");
            }
        }
    }
    taken
}

async fn migrate(stand: &Stand, schema: &Schema, random: &mut Random, context: &str) {
    let world = &stand.world;
    let scope = stand.scope();
    let rights = stand.rights().await;
    // Writes from the position of the slot on, the load, and the changes since.
    let there = Dms::start(world, Side::Source, "replicator", &schema.tables).await;
    let app = stand.app(Side::Source).await;
    write(&app, schema, random, 6).await;
    there.load(context).await;
    write(&app, schema, random, 25).await;
    there.apply(context).await;
    // The cutover.
    let until = || Instant::now() + Duration::from_secs(20);
    let mut source = stand.login(Side::Source, "migspec_fence").await;
    let mut target = stand.login(Side::Target, "migspec_fence").await;
    let fenced = migspec_fence::fence(&mut source, &scope, until()).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
    assert!(fenced.fenced, "{fenced:?}\n{context}");
    let late = stand.app(Side::Source).await;
    let refused = late.batch_execute(&schema.insert(random)).await.expect_err("a write behind the fence");
    assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{refused:?}\n{context}");
    there.apply(context).await;
    let before = rows(stand, Side::Source, schema).await;
    assert_eq!(rows(stand, Side::Target, schema).await, before, "there\n{context}");
    there.end().await;
    sequences(stand, Side::Target, context).await;
    let back = Dms::start(world, Side::Target, "applier", &schema.tables).await;
    // The target takes writes: their keys are new.
    let app = stand.app(Side::Target).await;
    assert!(write(&app, schema, random, 25).await > 0, "the target takes writes\n{context}");
    back.apply(context).await;
    // And back.
    let fenced = migspec_fence::fence(&mut target, &scope, until()).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
    assert!(fenced.fenced, "{fenced:?}\n{context}");
    back.apply(context).await;
    let after = rows(stand, Side::Target, schema).await;
    assert_eq!(rows(stand, Side::Source, schema).await, after, "back\n{context}");
    back.end().await;
    sequences(stand, Side::Source, context).await;
    for client in [&mut source, &mut target] {
        migspec_fence::unfence(client, &scope.replication).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
    }
    assert_eq!(stand.rights().await, rights, "{context}");
    // A number that the target has given out is not given out again.
    for sql in schema.numbered() {
        let app = stand.app(Side::Source).await;
        if let Err(error) = app.batch_execute(&sql).await {
            let code = error.code().map(SqlState::code);
            let key = error.as_db_error().and_then(|e| e.constraint()).is_some_and(|name| name.ends_with("_pkey"));
            assert!(!(code == Some("23505") && key), "a number comes twice: {error:?}\n{sql}\n{context}");
        }
    }
}

async fn sequences(stand: &Stand, side: Side, context: &str) {
    let event = SequencesEvent { run: stand.world.run_of(), side, margin: 1000 };
    let call = stand.world.call();
    migspec_sequences::handle(&stand.world.ports, &call, event).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
}

/// All rows as text, by table, in an order of bytes.
async fn rows(stand: &Stand, side: Side, schema: &Schema) -> BTreeMap<String, Vec<String>> {
    let client = stand.world.open(side).await;
    let mut all = BTreeMap::new();
    for table in &schema.tables {
        let list: Vec<String> = table.columns().map(|name| format!("\"{name}\"")).collect();
        let sql = format!("SELECT ROW({})::text COLLATE \"C\" FROM {} ORDER BY 1", list.join(", "), table.name);
        let rows = client.query(&sql, &[]).await.unwrap();
        all.insert(table.name.clone(), rows.iter().map(|row| row.get(0)).collect());
    }
    all
}

/// The scope of the fence, as the functions have it.
pub fn scope() -> Scope {
    Scope {
        replication: "ledger".into(),
        roles: vec!["pay_app".into()],
        schemas: vec!["payments".into()],
        include: vec!["payments.*".into()],
    }
}
