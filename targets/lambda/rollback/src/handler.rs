//! The handler: takes steps as long as its time allows.

use std::collections::BTreeMap;
use std::time::Duration;

use migspec_events::undo::{Step, Way, steps};
use migspec_events::{Phase, RollbackEvent, RollbackReply, error};
use migspec_function::{Call, Failure, Metric, Notices, Objects, Parameters, Retry, Tasks, Traffic, name};

use crate::databases::Databases;
use crate::progress::{Checkpoint, GivenUp, Progress, Record, Undone, confirm_lock};
use crate::step::{PAUSE, StepStatus, Walk};

/// Kept for the answer: no step begins with less.
const RESERVE: Duration = Duration::from_secs(60);
/// Sessions that were ended, locks and failovers pass within this time.
const PATIENCE: Duration = Duration::from_secs(60);

/// Continues the rollback. The answer shows whether it is complete. `databases`
/// are those of the event's replications, in the same order.
///
/// # Errors
/// [`error::TOO_LATE`] where nothing can be undone; [`error::REVERSE_BROKEN`]
/// where going back would lose writes: then the target takes writes as before;
/// [`error::SUPERSEDED`] where another execution has rolled back since, or has the lock.
pub async fn handle<P, D>(
    ports: &P,
    databases: &[D],
    call: &Call,
    event: &RollbackEvent,
) -> Result<RollbackReply, Failure>
where
    P: Parameters + Objects + Tasks + Traffic + Notices,
    D: Databases,
{
    let call = &call.of(&event.run);
    let begun = begin(ports, event).await?;
    let claimed = match confirm_lock(ports, event).await {
        Ok(()) => Undone::claim(ports, event, begun.checkpoint.as_ref()).await,
        lost => lost,
    };
    match claimed {
        Err(failure) if failure.name() == name::CONFLICT => return Ok(not_begun()),
        Err(failure) if failure.name() == error::SUPERSEDED => {
            Walk { ports, databases, call, event }.follow_source().await?;
            return Err(failure);
        }
        claimed => claimed?,
    }
    let mut record = match Record::begin(ports, event, begun).await {
        Err(failure) if failure.name() == name::CONFLICT => return Ok(not_begun()),
        record => record?,
    };
    let steps = plan(record.progress.phase, record.progress.way)?;
    let walk = Walk { ports, databases, call, event };
    if record.progress.given_up != GivenUp::No {
        // Whoever gave it up may have come no further than to write that down.
        give_up(&walk, &mut record).await?;
        return Err(Failure::new(error::REVERSE_BROKEN, "the way back was given up: the target takes writes"));
    }
    for step in steps {
        if record.progress.done.contains(step) {
            continue;
        }
        match walk_step(&walk, &mut record, *step).await {
            Ok(StepStatus::Done) => {}
            Ok(StepStatus::Wait | StepStatus::NextCall) => {
                // The next call continues to count the polls of a drain.
                let saved = record.save(ports).await;
                return match saved {
                    Err(failure) if failure.name() != name::CONFLICT => Err(failure),
                    _ => Ok(so_far(&record.progress)),
                };
            }
            Err(failure) if failure.name() == name::CONFLICT => return Ok(so_far(&record.progress)),
            Err(failure) => return Err(record.progress.describe(failure, steps)),
        }
    }
    Ok(RollbackReply { complete: true, ..so_far(&record.progress) })
}

/// Takes one step and writes it down; waits with it as long as there is time.
async fn walk_step<P, D>(walk: &Walk<'_, P, D>, record: &mut Record, step: Step) -> Result<StepStatus, Failure>
where
    P: Parameters + Objects + Tasks + Traffic + Notices,
    D: Databases,
{
    let mut retry = Retry::new(walk.call, PATIENCE, RESERVE);
    loop {
        if walk.call.remaining(RESERVE).is_zero() {
            return Ok(StepStatus::Wait);
        }
        match walk.take(step, &mut record.progress).await {
            Ok(StepStatus::Done) => break,
            Ok(StepStatus::NextCall) => return Ok(StepStatus::Wait),
            Ok(StepStatus::Wait) => {
                retry.reset();
                tokio::time::sleep(PAUSE).await;
            }
            Err(failure) if failure.name() == error::REVERSE_BROKEN && step != Step::CheckReverse => {
                give_up(walk, record).await?;
                return Err(failure);
            }
            Err(failure) => retry.wait(failure).await?,
        }
    }
    record.progress.done.push(step);
    record.save(walk.ports).await?;
    walk.call.log.info("step done", [("step", step.word().into())]);
    walk.call.metrics().of(step.word()).value(Metric::RollbackSteps, 1.0).emit(&walk.call.log);
    Ok(StepStatus::Done)
}

/// Lets the target take writes again. That is written down first: once the
/// target is open, no other call may go on and open the source as well.
async fn give_up<P, D>(walk: &Walk<'_, P, D>, record: &mut Record) -> Result<(), Failure>
where
    P: Parameters + Objects + Tasks + Traffic + Notices,
    D: Databases,
{
    if record.progress.given_up == GivenUp::No {
        record.progress.given_up = GivenUp::Begun;
        record.save(walk.ports).await?;
    }
    if record.progress.given_up == GivenUp::Begun {
        walk.open_targets().await?;
        record.progress.given_up = GivenUp::Done;
        record.save(walk.ports).await?;
    }
    Ok(())
}

/// The phase to undo: the latest of the failed phase, the last recorded phase,
/// and the phase that follows from the writer switches.
async fn begin<P: Objects + Parameters>(ports: &P, event: &RollbackEvent) -> Result<Progress, Failure> {
    let mut writers = Vec::new();
    for writer in &event.writers {
        writers.push(ports.parameter(&writer.parameter).await?.unwrap_or_default());
    }
    let latest = Checkpoint::read(ports, event).await?;
    // If the writer is not the source, an earlier execution has moved it, and
    // the rollback must undo the phase that it recorded.
    let moved = writers.iter().any(|writer| writer != "source");
    let checkpoint = latest.as_ref().filter(|c| moved || c.execution == event.run.execution);
    let mut phase = checkpoint.map_or(event.failure.phase, |c| c.phase.max(event.failure.phase));
    if moved {
        phase = phase.max(Phase::Fence);
    }
    // A checkpoint precedes the flip, and another one the unfencing of the
    // target. If the last one is that of the flip, the target is still fenced.
    let opens = |c: &Checkpoint| c.phase != Phase::Flip;
    if writers.iter().any(|writer| writer == "target") && latest.as_ref().is_none_or(opens) {
        phase = phase.max(Phase::Unfence);
    }
    let way = if event.accept_loss { Way::Loss } else { Way::Reverse };
    // From the decommission on, nothing can be undone, with a reverse task or without.
    plan(phase, way)?;
    let written = phase >= Phase::Unfence;
    if written && way == Way::Reverse && event.replications.iter().any(|r| r.reverse_task.is_empty()) {
        return Err(Failure::new(error::REVERSE_BROKEN, "nothing copies the target's writes back"));
    }
    let since = checkpoint.filter(|c| c.phase == Phase::Unfence && !c.at.is_empty()).map(|c| &c.at);
    let loss = match (written, way) {
        (true, Way::Loss) => match since {
            Some(at) => format!("writes to the target after {at} are not on the source."),
            None => "writes to the target after the flip are not on the source.".to_owned(),
        },
        _ => String::new(),
    };
    Ok(Progress {
        failed: event.failure.state.clone(),
        phase,
        way,
        done: Vec::new(),
        positions: BTreeMap::new(),
        drain_polls: 0,
        loss,
        given_up: GivenUp::No,
        targets: BTreeMap::new(),
        checkpoint: latest,
    })
}

fn plan(phase: Phase, way: Way) -> Result<&'static [Step], Failure> {
    steps(phase, way).ok_or_else(|| Failure::new(error::TOO_LATE, "the way back has been given up"))
}

fn so_far(progress: &Progress) -> RollbackReply {
    let step = progress.done.last().map(|step| step.word().to_owned()).unwrap_or_default();
    RollbackReply { complete: false, step, loss: progress.loss.clone() }
}

/// Another call has the record.
fn not_begun() -> RollbackReply {
    RollbackReply { complete: false, step: String::new(), loss: String::new() }
}
