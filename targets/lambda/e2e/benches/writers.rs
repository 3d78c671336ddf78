//! How long the functions take that have 15 seconds, while 16 sessions write
//! on each side: `cargo bench -p migspec-functions-e2e --bench writers`.
//!
//! In a migration nobody writes when they are called. Here everybody does.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a bench measures time and fails by panicking")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migspec_events::{FenceEvent, ReverseEvent, SequencesEvent, Side};
use migspec_function_testing::{Login, World, block_on};

const WRITERS: usize = 16;
const ROUNDS: usize = 10;
/// Sequences beside the one that is written with.
const SEQUENCES: usize = 200;
const SETUP: &str = include_str!("../../fence/setup.sql");

async fn prepare(world: &World) {
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

/// Writes until it is told to stop; comes back whenever its session is ended.
fn write(world: &World, side: Side, stop: &Arc<AtomicBool>, done: &Arc<AtomicU64>) -> std::thread::JoinHandle<()> {
    let (port, authority) = (world.cluster(side).port, world.cluster(side).authority.clone());
    let (stop, done) = (stop.clone(), done.clone());
    let run = async move {
        use migspec_function::postgres::{Access, Session};
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
        let session = Session { end: &end, roots: &roots, access: Access::Write, application: "writer", statement };
        while !stop.load(Ordering::SeqCst) {
            let Ok(client) = session.open(&credentials).await else { continue };
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

fn main() {
    let Some(world) = World::start() else { return };
    block_on(prepare(&world));
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let writers: Vec<_> = [Side::Source, Side::Target]
        .into_iter()
        .flat_map(|side| (0..WRITERS).map(move |_| side))
        .map(|side| write(&world, side, &stop, &done))
        .collect();
    let mut took: Vec<(&str, Vec<Duration>)> =
        ["sequences", "reverse slot: create", "report", "drop", "fence", "unfence"]
            .map(|name| (name, Vec::new()))
            .into();
    block_on(async {
        for _ in 0..ROUNDS {
            round(&world, &done, &mut took).await;
        }
    });
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.join().unwrap();
    }
    println!(
        "{WRITERS} writers on each side, {} sequences, {} writes in all",
        SEQUENCES + 1,
        done.load(Ordering::SeqCst)
    );
    for (name, mut took) in took {
        took.sort();
        let (median, most) = (took[took.len() / 2].as_millis(), took[took.len() - 1].as_millis());
        println!("{name:<22} median {median:>5} ms, at most {most:>5} ms");
    }
}

async fn round(world: &World, done: &AtomicU64, took: &mut [(&str, Vec<Duration>)]) {
    let before = done.load(Ordering::SeqCst);
    while done.load(Ordering::SeqCst) < before + 500 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (call, ports, run) = (world.call(), &world.ports, world.run_of());
    let begun = Instant::now();
    let set = SequencesEvent { run: run.clone(), side: Side::Target, margin: 1000 };
    migspec_sequences::handle(ports, &call, set).await.unwrap();
    took[0].1.push(begun.elapsed());
    let events = [
        ReverseEvent::Create { run: run.clone() },
        ReverseEvent::Report { run: run.clone() },
        ReverseEvent::Drop { run: run.clone() },
    ];
    for (n, event) in events.into_iter().enumerate() {
        let begun = Instant::now();
        migspec_reverse::handle(ports, &call, event).await.unwrap();
        took[1 + n].1.push(begun.elapsed());
    }
    let side = Side::Source;
    let events =
        [FenceEvent::Fence { run: run.clone(), side, segment: None }, FenceEvent::Unfence { run, side, segment: None }];
    for (n, event) in events.into_iter().enumerate() {
        let begun = Instant::now();
        migspec_fence::handle(ports, &call, event).await.unwrap();
        took[4 + n].1.push(begun.elapsed());
    }
}
