//! Sequences of two real servers, in both directions.

#![allow(clippy::panic, clippy::unwrap_used, reason = "tests")]

use migspec_events::{SequencesEvent, Side};
use migspec_function_testing::{Login, Testbed, block_on};
use migspec_sequences::handle;

const TABLES: &str = "
    create schema payments; create schema other;
    create table payments.payment (id bigint generated always as identity primary key);
    create table payments.ledger (id serial primary key);
    create table payments.\"Odd Table\" (\"Odd Column\" smallserial primary key);
    create sequence payments.down increment -5 minvalue -100000 maxvalue -1 cache 3;
    create sequence payments.cached cache 50;
    create sequence payments.never;
    create sequence payments.round maxvalue 9 cycle;
    create sequence other.elsewhere;
    create table payments.owner_of_one (id bigint); create sequence payments.owned owned by payments.owner_of_one.id;";

/// The sequences whose next number is read, in this order.
const SEQUENCES: [&str; 9] = [
    "payments.payment_id_seq",
    "payments.ledger_id_seq",
    "payments.\"Odd Table_Odd Column_seq\"",
    "payments.down",
    "payments.cached",
    "payments.never",
    "payments.owned",
    "payments.round",
    "other.elsewhere",
];
/// Of these, those before the one that cycles and the one that is not protected.
const PROMISED: usize = 7;

fn world() -> Option<Testbed> {
    let world = Testbed::start()?;
    block_on(async {
        world.run_on_both(TABLES).await;
        for side in [Side::Source, Side::Target] {
            world.login(Login { side, purpose: "fence", role: "migspec_fence", attributes: "SUPERUSER" }).await;
        }
    });
    Some(world)
}

async fn set(world: &Testbed, side: Side) -> Result<u64, migspec_function::Failure> {
    let event = SequencesEvent { run: world.run_of(), side, margin: 1000, at_least: 1000 };
    handle(&world.ports, &world.call(), event).await.map(|reply| reply.set)
}

/// The next number of each sequence, each taken by a session of its own.
async fn next(world: &Testbed, side: Side) -> Vec<i64> {
    let mut numbers = Vec::new();
    for sequence in SEQUENCES {
        let client = world.open(side).await;
        let row = client.query_one(&format!("select nextval('{sequence}')"), &[]).await.unwrap();
        numbers.push(row.get(0));
    }
    numbers
}

#[test]
fn numbers_are_never_given_out_twice() {
    let Some(world) = world() else { return };
    block_on(async {
        let mut source = Vec::new();
        for _ in 0..3 {
            source = next(&world, Side::Source).await;
        }
        assert_eq!(source, [3, 3, 3, -31, 101, 3, 3, 3, 3]);
        assert_eq!(set(&world, Side::Target).await, Ok(8));
        assert_eq!(set(&world, Side::Target).await, Ok(0), "twice is once");
        let target = next(&world, Side::Target).await;
        // Past the last number that a session may hold, by the margin, in its own direction.
        assert_eq!(target, [1005, 1005, 1005, -5061, 1201, 1005, 1005, 4, 1]);
        // And back: the source moves past the target.
        assert_eq!(set(&world, Side::Source).await, Ok(8));
        let back = next(&world, Side::Source).await;
        for (there, here) in target.iter().zip(&back).take(PROMISED) {
            assert!(here.abs() > there.abs() + 1000, "{here} after {there}");
        }
        assert_eq!(set(&world, Side::Target).await, Ok(8));
        assert_eq!(set(&world, Side::Target).await, Ok(0));
    });
}

#[test]
fn where_one_cannot_be_set_none_is() {
    let Some(world) = world() else { return };
    block_on(async {
        next(&world, Side::Source).await;
        let odd = "select setval('payments.\"Odd Table_Odd Column_seq\"', ";
        world.run(Side::Source, &format!("{odd} 32000)")).await;
        let failure = set(&world, Side::Target).await.expect_err("a smallint has no room");
        assert!(failure.message().contains("Odd Table") && failure.message().contains("no numbers left"), "{failure}");
        assert_eq!(next(&world, Side::Target).await[0], 1, "none was set");
        world.run(Side::Source, &format!("{odd} 5)")).await;
        world.run(Side::Target, "drop sequence payments.never").await;
        let failure = set(&world, Side::Target).await.expect_err("one is missing");
        assert!(failure.message().contains("payments.never"), "{failure}");
    });
}

/// A sequence of another schema that only a default uses, among thousands; of a
/// sequence whose next number was set by hand, that number counts.
#[test]
fn thousands_of_sequences_and_those_of_defaults_are_set_at_once() {
    const MANY: u32 = 3000;
    let Some(world) = world() else { return };
    block_on(async {
        let outside = "alter table payments.payment add number bigint default nextval('other.elsewhere')";
        world.run_on_both(outside).await;
        for first in (0..MANY).step_by(500) {
            let some: String = (first..first + 500).map(|n| format!("create sequence payments.s{n};")).collect();
            world.run_on_both(&some).await;
        }
        world.run(Side::Source, "select setval('payments.s7', 500, false); select setval('other.elsewhere', 77)").await;
        let set = set(&world, Side::Target).await.unwrap();
        assert_eq!(set, u64::from(MANY) + 8, "the one that cycles was never used");
        let row = "select nextval('payments.s7'), nextval('other.elsewhere'), nextval('payments.s8')";
        let row = world.open(Side::Target).await.query_one(row, &[]).await.unwrap();
        assert_eq!([row.get::<_, i64>(0), row.get(1), row.get(2)], [1501, 1079, 1002]);
    });
}
