//! How long the functions take that have 15 seconds, while 16 sessions write:
//! `cargo bench -p migspec-functions-e2e --bench writers`.
//!
//! In a migration nobody writes when they are called. Here everybody does.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a bench measures time and fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migspec_events::{FenceEvent, ReverseEvent, SequencesEvent, Side};
use migspec_function_testing::{Login, Testbed, block_on};

const WRITERS: usize = 16;
const ROUNDS: usize = 10;
/// Sequences beside the one that is written with.
const SEQUENCES: usize = 200;
const SETUP: &str = migspec_events::setup::FENCE;

async fn prepare(world: &Testbed) {
    let mut tables = "create role owner nologin; create role pay_app login password 'pay_app-password'; \
        create schema payments authorization owner; grant owner to migspec_fence; set role owner; \
        create table payments.payment (id bigserial primary key, amount numeric); "
        .to_owned();
    for n in 0..SEQUENCES {
        tables.push_str(&format!("create table payments.t{n} (id bigserial primary key); "));
    }
    tables.push_str(
        "grant usage on schema payments to pay_app; grant insert on payments.payment to pay_app; \
         grant usage on all sequences in schema payments to pay_app; reset role",
    );
    for side in [Side::Source, Side::Target] {
        world.login(Login { side, purpose: "fence", role: "migspec_fence", attributes: "CREATEROLE" }).await;
        world.run(side, SETUP).await;
        world.run(side, &tables).await;
    }
    let login = |side, purpose, role| Login { side, purpose, role, attributes: "REPLICATION" };
    world.login(login(Side::Target, "reverse-capture", "migspec_reverse")).await;
    world.login(login(Side::Source, "replication", "dms")).await;
}

/// Writes until the stop signal; reconnects after its session is ended.
fn write(world: &Testbed, side: Side, stop: &Arc<AtomicBool>, done: &Arc<AtomicU64>) -> std::thread::JoinHandle<()> {
    let (port, authority) = (world.cluster(side).port, world.cluster(side).authority.clone());
    let (stop, done) = (stop.clone(), done.clone());
    let run = async move {
        use migspec_function::postgres::PostgresSession;
        use migspec_function::{Access, Opening, Session};
        let roots = migspec_function::Roots::of_pem(&authority).unwrap();
        let end = migspec_events::End {
            engine: "postgresql".into(),
            host: "127.0.0.1".into(),
            port,
            database: "ledger".into(),
            tls: "verify-full".into(),
            authority: None,
        };
        let credentials =
            migspec_function::Credentials { username: "pay_app".into(), password: "pay_app-password".into() };
        let statement = Duration::ZERO;
        let opening = Opening { end: &end, roots: &roots, access: Access::Write, application: "writer", statement };
        while !stop.load(Ordering::SeqCst) {
            let Ok(client) = PostgresSession::open(&opening, &credentials).await else { continue };
            while !stop.load(Ordering::SeqCst) && !client.is_closed() {
                match client.batch_execute("insert into payments.payment (amount) values (1)").await {
                    Ok(()) => drop(done.fetch_add(1, Ordering::SeqCst)),
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                }
            }
        }
    };
    std::thread::spawn(move || block_on(run))
}

/// Starts writers on one side, and does something again and again meanwhile.
fn under_writers(world: &Testbed, side: Side, names: &[&'static str], round: impl AsyncFn() -> Vec<Duration>) {
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = (0..WRITERS).map(|_| write(world, side, &stop, &done)).collect();
    let mut took = vec![Vec::new(); names.len()];
    block_on(async {
        for _ in 0..ROUNDS {
            let before = done.load(Ordering::SeqCst);
            while done.load(Ordering::SeqCst) < before + 200 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            for (took, this) in took.iter_mut().zip(round().await) {
                took.push(this);
            }
        }
    });
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.join().unwrap();
    }
    println!("{WRITERS} writers on the {}, who wrote {} times:", side.name(), done.load(Ordering::SeqCst));
    for (name, mut took) in names.iter().zip(took) {
        took.sort();
        let (median, most) = (took[took.len() / 2].as_millis(), took[took.len() - 1].as_millis());
        println!("{name:<20} median {median:>5} ms, at most {most:>5} ms");
    }
}

fn main() {
    let Some(world) = Testbed::start() else { return };
    block_on(prepare(&world));
    println!("{} sequences, {ROUNDS} rounds", SEQUENCES + 1);
    let (ports, run) = (&world.ports, world.run_of());
    let timed = async |work: std::pin::Pin<Box<dyn Future<Output = bool> + '_>>| {
        let begun = Instant::now();
        assert!(work.await, "it succeeds");
        begun.elapsed()
    };
    let side = Side::Source;
    under_writers(&world, side, &["sequences", "fence", "unfence"], async || {
        let call = world.call();
        let set = SequencesEvent { run: run.clone(), side: Side::Target, margin: 1000, at_least: 1000 };
        let fence = FenceEvent::Fence { run: run.clone(), side };
        let unfence = FenceEvent::Unfence { run: run.clone(), side };
        vec![
            timed(Box::pin(async { migspec_sequences::handle(ports, &call, set).await.is_ok() })).await,
            timed(Box::pin(async { migspec_fence::handle(ports, &call, fence).await.is_ok() })).await,
            timed(Box::pin(async { migspec_fence::handle(ports, &call, unfence).await.is_ok() })).await,
        ]
    });
    under_writers(&world, Side::Target, &["slot: create", "slot: report", "slot: drop"], async || {
        let call = world.call();
        let slot = async |event| migspec_reverse::handle(ports, &call, event).await.is_ok();
        vec![
            timed(Box::pin(slot(ReverseEvent::Create { run: run.clone(), after: "0/0".to_owned() }))).await,
            timed(Box::pin(slot(ReverseEvent::Report { run: run.clone() }))).await,
            timed(Box::pin(slot(ReverseEvent::Drop { run: run.clone() }))).await,
        ]
    });
}
