//! Random schemas through a migration: preflight refuses, or nothing is lost.
//!
//! Each round makes tables of constructs that end migrations: keys of every kind,
//! types, generated columns, defaults, constraints, triggers, policies, partitions,
//! renamed objects, large objects, subscriptions, jobs, foreign tables, and differences on the target. Four in five
//! rounds have no fault, and reach the cutover: the stand-in for DMS loads and
//! replicates the tables under random writes, the validator compares both sides
//! before and within the fence, and three in four go back. Then both sides have
//! the same rows, and the applications their former rights. A fault is refused, or
//! it does no harm.
//!
//! Rounds run side by side, each on a pair of servers. `MIGSPEC_ROUNDS` is their
//! number, `MIGSPEC_SEED` the seed of the first one.

#![allow(clippy::disallowed_methods, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod constructs;
mod dms;
mod random;
mod schema;
mod stand;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use migspec_events::{Grade, SequencesEvent, Side, ValidatorReply};
use migspec_fence::Scope;
use migspec_function_testing::{Options, Testbed, block_on};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::dms::Dms;
use crate::random::Random;
use crate::schema::{Schema, Ways};
use crate::stand::Stand;

/// Rounds of the gate, twice as many where a construct has not reached a cutover, and the time after which it begins no
/// other one.
const ROUNDS: u64 = 50;
const BOUND: Duration = Duration::from_secs(240);
/// Failed rounds after which no other one begins.
const FAILURES: u64 = 10;
/// Pairs of servers at most: rounds on several run side by side.
const PAIRS: usize = 4;

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn preflight_refuses_or_nothing_is_lost() {
    let rounds = Rounds {
        wanted: variable("MIGSPEC_ROUNDS"),
        first: variable("MIGSPEC_SEED").unwrap_or(1),
        begun: Instant::now(),
        tally: Mutex::default(),
    };
    let pairs = std::thread::available_parallelism().map_or(1, NonZero::get).min(PAIRS);
    std::thread::scope(|scope| (0..pairs).for_each(|_| drop(scope.spawn(|| rounds.run_all()))));
    rounds.tally.into_inner().unwrap().judge(rounds.begun.elapsed());
}

/// The rounds of all pairs of servers.
struct Rounds {
    wanted: Option<u64>,
    first: u64,
    begun: Instant,
    tally: Mutex<Tally>,
}

impl Rounds {
    /// Behind a failed round, the servers are in an unknown state: the next rounds have others.
    fn run_all(&self) {
        while std::panic::catch_unwind(|| self.run()).is_err() {
            self.tally.lock().unwrap().failed += 1;
        }
    }

    fn run(&self) {
        let options = Options { settings: &["max_prepared_transactions = 4"], ..Options::default() };
        let Some(world) = Testbed::with(options, options) else { return };
        block_on(async {
            let stand = Stand::new(world).await;
            while let Some(seed) = self.next() {
                let outcome = round(&stand, seed).await;
                self.tally.lock().unwrap().count(outcome);
            }
        });
    }

    /// The seed of the next round.
    fn next(&self) -> Option<u64> {
        let mut tally = self.tally.lock().unwrap();
        let enough = tally.rounds >= ROUNDS && tally.missing().is_empty();
        let over = self.wanted.is_none() && (enough || self.begun.elapsed() > BOUND);
        if over || tally.failed >= FAILURES || tally.rounds == self.wanted.unwrap_or(2 * ROUNDS) {
            return None;
        }
        tally.rounds += 1;
        Some(self.first + tally.rounds - 1)
    }
}

/// The outcomes of all rounds.
#[derive(Default)]
struct Tally {
    rounds: u64,
    failed: u64,
    migrated: u64,
    invalid: u64,
    /// How often each check has refused a schema.
    refused: BTreeMap<String, u32>,
    /// The constructs that reached a cutover.
    constructs: BTreeSet<&'static str>,
}

impl Tally {
    /// The sound constructs that have not reached a cutover.
    fn missing(&self) -> Vec<&'static str> {
        schema::sound().difference(&self.constructs).copied().collect()
    }

    fn count(&mut self, outcome: Round) {
        match outcome {
            Round::Invalid => self.invalid += 1,
            Round::Migrated(constructs) => {
                self.migrated += 1;
                self.constructs.extend(constructs);
            }
            Round::Refused(checks) => {
                checks.into_iter().for_each(|check| *self.refused.entry(check).or_default() += 1);
            }
        }
    }

    fn judge(&self, took: Duration) {
        let Self { rounds, failed, migrated, invalid, refused, constructs } = self;
        let missing = self.missing();
        println!(
            "{rounds} rounds in {} s, {failed} failed: {migrated} schemas migrated, with {} constructs and without {missing:?}; \
             PostgreSQL refused {invalid}, preflight the others: {refused:#?}",
            took.as_secs(),
            constructs.len()
        );
        assert_eq!(*failed, 0, "rounds fail: the messages above name their seeds");
        assert!(*rounds < ROUNDS || 2 * migrated > *rounds, "most rounds reach the cutover");
        assert!(*rounds < ROUNDS || missing.is_empty() && !refused.is_empty(), "each construct and refusals occur");
    }
}

enum Round {
    /// PostgreSQL refuses the schema.
    Invalid,
    /// The constructs of the schema.
    Migrated(BTreeSet<&'static str>),
    /// The checks that found something.
    Refused(Vec<String>),
}

/// A round ends in a panic that names the seed.
async fn round(stand: &Stand, seed: u64) -> Round {
    let mut random = Random::new(seed);
    let schema = Schema::new(&mut random);
    stand.reset().await;
    for (side, sql) in [(Side::Source, schema.source()), (Side::Target, schema.target())] {
        if let Err(e) = stand.admin(side).batch_execute(&sql).await {
            println!("round {seed}: {e:?}");
            return Round::Invalid;
        }
    }
    let app = stand.app(Side::Source).await;
    write(&app, &schema, &mut random, 12).await;
    if schema.prepared {
        prepare(stand, &schema, &mut random).await;
    }
    let reply = stand.preflight(schema.ways).await;
    if !reply.ready {
        let found = reply.problems.iter().filter(|problem| problem.grade != Grade::Harmless);
        found.for_each(|problem| println!("round {seed}: {}", problem.what));
        return Round::Refused(reply.problems.into_iter().map(|problem| problem.check).collect());
    }
    let context = format!("round {seed} {:?}\nsource: {}\ntarget: {}", schema.ways, schema.source(), schema.target());
    migrate(stand, &schema, &mut random, &context).await;
    Round::Migrated(schema.constructs)
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
                let classes = ["22", "23", "42", "54", "P0"];
                assert!(classes.iter().any(|class| code.starts_with(class)), "{error:?}: {sql}");
                app.batch_execute("ROLLBACK").await.unwrap();
            }
        }
    }
    taken
}

async fn migrate(stand: &Stand, schema: &Schema, random: &mut Random, context: &str) {
    let scope = stand.scope();
    let rights = stand.rights().await;
    // Writes from the position of the slot on, the load, and the changes since.
    let there = Dms::start(stand, Side::Source, "replicator", &schema.tables).await;
    let app = stand.app(Side::Source).await;
    write(&app, schema, random, 6).await;
    there.load(context).await;
    write(&app, schema, random, 12).await;
    there.apply(context).await;
    are_equal(stand, &stand.pass().await, context);
    write(&app, schema, random, 12).await;
    match random.below(14) {
        0 => refuse_late_object(stand, context).await,
        1 if prepare(stand, schema, random).await => refuse_prepared(stand, context).await,
        2 => refuse_late_subscription(stand, context).await,
        _ => {}
    }
    let mut source = stand.login(Side::Source, "migspec_fence").await;
    fence(&mut source, &scope, context).await;
    refuse_writes(stand, &schema.insert(random), context).await;
    there.apply(context).await;
    let before = rows(stand, Side::Source, schema).await;
    assert_eq!(rows(stand, Side::Target, schema).await, before, "there\n{context}");
    are_equal(stand, &stand.window().await, context);
    if random.one_in(3) {
        find_corruption(stand, schema, random, context).await;
    }
    there.end().await;
    sequences(stand, Side::Target, context).await;
    if schema.ways == Ways::There {
        let app = stand.app(Side::Target).await;
        assert!(write(&app, schema, random, 25).await > 0, "the target takes writes\n{context}");
        migspec_fence::unfence(&mut source, &scope.replication).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
        assert_eq!(stand.rights().await, rights, "{context}");
        return give_numbers(stand, Side::Target, schema, context).await;
    }
    go_back(stand, schema, random, context).await;
    migspec_fence::unfence(&mut source, &scope.replication).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
    assert_eq!(stand.rights().await, rights, "{context}");
    give_numbers(stand, Side::Source, schema, context).await;
}

/// The target takes writes, and gives them back.
async fn go_back(stand: &Stand, schema: &Schema, random: &mut Random, context: &str) {
    let scope = stand.scope();
    let back = Dms::start(stand, Side::Target, "applier", &schema.tables).await;
    // Their keys are new.
    let app = stand.app(Side::Target).await;
    assert!(write(&app, schema, random, 25).await > 0, "the target takes writes\n{context}");
    back.apply(context).await;
    let mut target = stand.login(Side::Target, "migspec_fence").await;
    fence(&mut target, &scope, context).await;
    back.apply(context).await;
    let after = rows(stand, Side::Target, schema).await;
    assert_eq!(rows(stand, Side::Source, schema).await, after, "back\n{context}");
    back.end().await;
    sequences(stand, Side::Source, context).await;
    migspec_fence::unfence(&mut target, &scope.replication).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
}

async fn fence(client: &mut Client, scope: &Scope, context: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    let fenced = migspec_fence::fence(client, scope, until).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
    assert!(fenced.fenced, "{fenced:?}\n{context}");
}

/// The application writes neither by itself nor through views and functions of the owner.
async fn refuse_writes(stand: &Stand, insert: &str, context: &str) {
    let ways = "SELECT format('UPDATE %s SET made = made', oid::regclass) FROM pg_class \
                WHERE relkind = 'v' AND relnamespace::regnamespace::text IN ('payments', 'lib') \
                UNION ALL SELECT format('SELECT %s', oid::regprocedure) FROM pg_proc \
                WHERE proname LIKE 'pay\\_%' AND pronamespace::regnamespace::text IN ('payments', 'lib')";
    let ways = stand.admin(Side::Source).query(ways, &[]).await.unwrap();
    let late = stand.app(Side::Source).await;
    for sql in ways.iter().map(|row| row.get(0)).chain([insert]) {
        let refused = late.batch_execute(sql).await.expect_err("a write behind the fence");
        assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{sql}: {refused:?}\n{context}");
    }
}

/// Prepares a transaction of the application; false if the schema refuses its write.
async fn prepare(stand: &Stand, schema: &Schema, random: &mut Random) -> bool {
    let app = stand.app(Side::Source).await;
    let sql = format!("BEGIN; {}; PREPARE TRANSACTION 'late'", schema.insert(random));
    app.batch_execute(&sql).await.is_ok()
}

/// A prepared transaction is committed without any right: no fence holds beside it.
async fn refuse_prepared(stand: &Stand, context: &str) {
    refuse_fence(stand, "prepared", context).await;
    stand.admin(Side::Source).batch_execute("COMMIT PREPARED 'late'").await.unwrap();
}

async fn refuse_fence(stand: &Stand, obstacle: &str, context: &str) {
    let mut client = stand.login(Side::Source, "migspec_fence").await;
    let until = Instant::now() + Duration::from_millis(300);
    let fenced = migspec_fence::fence(&mut client, &stand.scope(), until).await.unwrap_or_else(|e| panic!("{e}"));
    assert!(!fenced.fenced && fenced.obstacles.iter().any(|o| o.contains(obstacle)), "{fenced:?}\n{context}");
}

/// A large object that appears after preflight: no fence holds beside it.
async fn refuse_late_object(stand: &Stand, context: &str) {
    let app = stand.app(Side::Source).await;
    app.batch_execute("SELECT lo_from_bytea(0, 'late')").await.unwrap();
    refuse_fence(stand, "large objects", context).await;
    stand.admin(Side::Source).batch_execute("SELECT lo_unlink(oid) FROM pg_largeobject_metadata").await.unwrap();
}

/// A subscription that appears after preflight: its worker writes through revoked rights.
async fn refuse_late_subscription(stand: &Stand, context: &str) {
    let admin = stand.admin(Side::Source);
    let late = "CREATE SUBSCRIPTION late CONNECTION 'host=127.0.0.1 port=1' PUBLICATION nothing WITH (connect = false); \
                ALTER SUBSCRIPTION late ENABLE";
    admin.batch_execute(late).await.unwrap();
    refuse_fence(stand, "subscription late", context).await;
    admin.batch_execute("ALTER SUBSCRIPTION late DISABLE").await.unwrap();
}

/// The validator agrees that both sides are equal.
fn are_equal(stand: &Stand, reply: &ValidatorReply, context: &str) {
    assert_eq!((reply.mismatched, reply.errors), (0, 0), "{}\n{context}", stand.evidence(reply));
}

/// One row of the target is wrong for a moment: the check within the fence sees it.
async fn find_corruption(stand: &Stand, schema: &Schema, random: &mut Random, context: &str) {
    let table = &random.pick(&schema.tables).name;
    // Triggers do not fire for it.
    let client = stand.world.open(Side::Target).await;
    client.batch_execute("SET session_replication_role = replica").await.unwrap();
    let change = |step: &str| {
        format!("UPDATE {table} SET made = made {step} WHERE ctid = (SELECT ctid FROM {table} WHERE id = $1 LIMIT 1)")
    };
    let one = format!("SELECT max(id)::int8 FROM {table} WHERE made IS NOT NULL");
    let Some(id) = client.query_one(&one, &[]).await.unwrap().get::<_, Option<i64>>(0) else { return };
    let to = |step: &str| change(step).replace("$1", &id.to_string());
    if client.execute(&to("+ 77"), &[]).await.is_ok_and(|rows| rows == 1) {
        let reply = stand.window().await;
        assert!(reply.mismatched > 0, "a wrong row of {table} is not found: {}\n{context}", stand.evidence(&reply));
        client.execute(&to("- 77"), &[]).await.unwrap_or_else(|e| panic!("{e:?}\n{context}"));
    }
}

/// A number that the other side has given out is not given out again.
async fn give_numbers(stand: &Stand, side: Side, schema: &Schema, context: &str) {
    let app = stand.app(side).await;
    for sql in schema.numbered() {
        if let Err(error) = app.batch_execute(&sql).await {
            let code = error.code().map(SqlState::code);
            let key = error.as_db_error().and_then(|e| e.constraint()).is_some_and(|name| name.ends_with("_pkey"));
            assert!(!(code == Some("23505") && key), "a number comes twice: {error:?}\n{sql}\n{context}");
        }
    }
}

async fn sequences(stand: &Stand, side: Side, context: &str) {
    let event = SequencesEvent { run: stand.world.run_of(), side, margin: 1000, at_least: 1000 };
    let call = stand.world.call();
    migspec_sequences::handle(&stand.world.ports, &call, event).await.unwrap_or_else(|e| panic!("{e}\n{context}"));
}

/// All rows as text, by table, in an order of bytes.
async fn rows(stand: &Stand, side: Side, schema: &Schema) -> BTreeMap<String, Vec<String>> {
    let (source, client) = (stand.admin(Side::Source), stand.admin(side));
    let mut all = BTreeMap::new();
    for table in &schema.tables {
        // A target without a way back may have more columns, with defaults.
        let sql = format!(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attname) FROM pg_attribute \
             WHERE attrelid = '{}'::regclass AND attnum > 0 AND NOT attisdropped",
            table.name
        );
        let list: String = source.query_one(&sql, &[]).await.unwrap().get(0);
        let sql = format!("SELECT ROW({list})::text COLLATE \"C\" FROM {} ORDER BY 1", table.name);
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
