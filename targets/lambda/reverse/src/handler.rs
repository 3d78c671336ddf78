//! The handler: one event, one answer.

use std::time::{Duration, Instant};

use migspec_events::{Rehearsed, ReverseEvent, ReverseSlot, Run, Side, SlotReport, SlotsDropped};
use migspec_fence::Fence;
use migspec_function::postgres::PostgresSession;
use migspec_function::{
    Access, Call, Failure, Metric, Name, Parameters, Purpose, Secrets, Session, Sides, Tasks, retry,
};
use serde::Serialize;

use crate::port::Reverse;
use crate::rehearsal::Rehearsal;

/// Making a slot waits for the transactions that are open.
const STATEMENT: Duration = Duration::from_secs(45);
const RESERVE: Duration = Duration::from_secs(5);
/// A terminated reader releases the slot within this time.
const PATIENCE: Duration = Duration::from_secs(30);

/// The answer to an event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    Slot(ReverseSlot),
    Rehearsed(Rehearsed),
    Dropped(SlotsDropped),
    Report(SlotReport),
}

/// # Errors
/// A database cannot be reached or refuses; the slot is in use.
pub async fn handle<P: Parameters + Secrets + Tasks>(
    ports: &P,
    call: &Call,
    event: ReverseEvent,
) -> Result<Reply, Failure> {
    let run = run(&event);
    let call = call.of(run);
    let sides = retry(&call, PATIENCE, RESERVE, |_| Sides::of(ports, &call.settings, run, "reverse-slot")).await?;
    let slot = sides.replication.reverse_slot.clone();
    let slot = slot.ok_or_else(|| Failure::configuration("this replication has no way back"))?;
    retry(&call, PATIENCE, RESERVE, |until| once::<P, PostgresSession>(ports, &call, &sides, &slot, &event, until))
        .await
}

/// One attempt. It ends by `until`.
async fn once<P: Parameters + Secrets + Tasks, S: Fence + Reverse>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    slot: &str,
    event: &ReverseEvent,
    until: Instant,
) -> Result<Reply, Failure> {
    let target: S = open(ports, call, sides, Side::Target, Purpose::ReverseCapture).await?;
    match event {
        ReverseEvent::Create { after, .. } => {
            let made = target.keep(slot, after, until).await?;
            call.log.info("slot", [("position", Name::of(made.position.as_str()).into())]);
            Ok(Reply::Slot(made))
        }
        ReverseEvent::Find { .. } => target.find(slot).await.map(Reply::Slot),
        ReverseEvent::Rehearse { run } => {
            let rehearsal = Rehearsal::<P, S>::open(ports, call, sides, run).await?;
            let rehearsed = rehearsal.take_step(&target, slot, until).await?;
            let status = Name::of(rehearsed.status.clone());
            call.log.info("rehearsal", [("arrived", rehearsed.arrived.into()), ("status", status.into())]);
            Ok(Reply::Rehearsed(rehearsed))
        }
        ReverseEvent::Drop { .. } => {
            let source: S = open(ports, call, sides, Side::Source, Purpose::Replication).await?;
            let forward = source.name_of_task(&sides.replication.forward_task).await?;
            let mut dropped = target.release(slot, until).await?;
            if let Some(forward) = forward {
                dropped += source.release(&forward, until).await?;
            }
            let mut left = source.names().await?;
            left.extend(target.names().await?);
            call.log.info("slots dropped", [("dropped", dropped.into()), ("left", left.len().into())]);
            Ok(Reply::Dropped(SlotsDropped { dropped, left }))
        }
        ReverseEvent::Report { .. } => {
            let report = target.report(slot).await?;
            measure(call, &report);
            Ok(Reply::Report(report))
        }
    }
}

fn run(event: &ReverseEvent) -> &Run {
    match event {
        ReverseEvent::Create { run, .. }
        | ReverseEvent::Find { run }
        | ReverseEvent::Rehearse { run }
        | ReverseEvent::Drop { run }
        | ReverseEvent::Report { run } => run,
    }
}

async fn open<P: Secrets, S: Session>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    side: Side,
    purpose: Purpose,
) -> Result<S, Failure> {
    sides.open(ports, side, purpose, Access::Write, call.statement(STATEMENT)).await
}

/// The metrics for alarms on the reverse slot.
fn measure(call: &Call, report: &SlotReport) {
    call.metrics()
        .of(report.slot.as_str())
        .value(Metric::ReverseSlotLag, report.lag_bytes as f64)
        .value(Metric::ReverseSlotRetained, report.retained_bytes as f64)
        .emit(&call.log);
}
