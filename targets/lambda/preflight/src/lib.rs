//! Checks whether source and target are ready for a migration, and reports the
//! necessary changes.
//!
//! Facts are read from both servers ([`facts`]); checks decide on them without
//! a server ([`checks`]). Later steps are rehearsed, each with the login that
//! will do it ([`logins`]). Nothing is changed.

#![allow(clippy::disallowed_methods, reason = "a function lives from its environment and the clock")]

pub mod checks;
pub mod engine;
pub mod facts;
pub mod logins;

use migspec_events::{Demand, PreflightEvent, PreflightReply, Problem, Side};
use migspec_function::postgres::Access;
use migspec_function::{Call, Failure, Key, Metric, Objects, Parameters, Purpose, Put, Secrets, Sides, Tasks};
use serde::Serialize;

use checks::Room;
use engine::Direction;
use facts::Facts;

/// Problems that pass through the workflow; the report has all.
const REPLIED: usize = 20;

/// The checks and their results, as evidence.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report<'a> {
    pub execution: &'a str,
    pub ready: bool,
    /// How many tables and sequences were looked at on the source.
    pub tables: usize,
    pub sequences: usize,
    /// `server_version_num`.
    pub source_version: u32,
    pub target_version: u32,
    pub problems: &'a [Problem],
}

/// Checks all prerequisites of both sides.
///
/// # Errors
/// A side or AWS cannot be reached: nothing is known then.
pub async fn handle<P>(ports: &P, call: &Call, event: PreflightEvent) -> Result<PreflightReply, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
{
    let call = call.of(&event.run);
    let sides = Sides::of(ports, &call.settings, &event.run, "preflight").await?;
    let limit = call.statement(logins::STATEMENT);
    let read = async |side| {
        let client = sides.open(ports, side, Purpose::Replication, Access::Read, limit).await?;
        facts::read(&client, &sides.replication).await
    };
    let (source, target) = (read(Side::Source).await?, read(Side::Target).await?);
    let (at_source, at_target) = (room(ports, &event.source).await?, room(ports, &event.target).await?);
    let mut problems = checks::all(&source, &target, [&at_source, &at_target], event.reverse);
    problems.extend(logins::problems(ports, &call, &sides).await);
    problems.extend(tasks(ports, &sides, [&source, &target], event.reverse).await?);
    keep(ports, &call, &event, [&source, &target], &problems).await?;
    call.log.info(
        "checked",
        [
            ("problems", problems.len().into()),
            ("tables", source.tables.len().into()),
            ("reverse", event.reverse.into()),
        ],
    );
    let metrics = call.metrics().of(event.run.cutover.as_str());
    metrics.value(Metric::PreflightProblems, problems.len() as f64).emit(&call.log);
    let ready = problems.is_empty();
    problems.truncate(REPLIED);
    Ok(PreflightReply { ready, problems })
}

/// The additional demand on a server: a slot remains while its task is stopped,
/// a sender and connections do not. A replication that already has its slot
/// still needs the others to restart.
async fn room<P: Tasks>(ports: &P, demands: &[Demand]) -> Result<Room, Failure> {
    let mut room = Room::default();
    for Demand { task, slots, connections } in demands {
        let status = ports.task(task).await?.map(|task| task.status).unwrap_or_default();
        let has = |words: &[&str]| words.contains(&status.as_str());
        let (slot, sender) = (has(&["running", "stopping", "stopped"]), has(&["running"]));
        room.readers += u32::from(*slots > 0);
        room.slots += slots.saturating_sub(u32::from(slot));
        room.senders += slots.saturating_sub(u32::from(sender));
        room.connections += if sender { 0 } else { *connections };
    }
    Ok(room)
}

/// The tasks exist, have not failed, and run on an engine that works with both
/// servers.
async fn tasks<P: Tasks>(
    ports: &P,
    sides: &Sides,
    [source, target]: [&Facts; 2],
    reverse: bool,
) -> Result<Vec<Problem>, Failure> {
    let forward = (&sides.replication.forward_task, [("source", source), ("target", target)]);
    let back = sides.replication.reverse_task.as_ref().filter(|_| reverse);
    let back = back.map(|arn| (arn, [("target", target), ("source", source)]));
    let mut problems = Vec::new();
    let mut say = |what: String, fix: &str| problems.push(Problem { what, fix: fix.to_owned() });
    let mut engines = Vec::new();
    for (arn, [from, to]) in std::iter::once(forward).chain(back) {
        let Some(task) = ports.task(arn).await? else {
            say(format!("there is no replication task {arn}"), "deploy the build of this environment");
            continue;
        };
        if task.status == "failed" {
            say(
                format!("the replication task {arn} has failed: {}", task.last_failure),
                "read the task's log, remove the cause and start it once by hand",
            );
        }
        match ports.engine(&task.instance).await? {
            None => say(
                format!("there is no replication instance {} for the task {arn}", task.instance),
                "deploy the build of this environment",
            ),
            Some(engine) => engines.push((engine, from, to)),
        }
    }
    for (engine, from, to) in engines {
        for (direction, (side, facts)) in [(Direction::Reads, from), (Direction::Writes, to)] {
            problems.extend(engine::check(&engine, direction, side, facts.version));
        }
    }
    Ok(problems)
}

/// Writes the whole report down, for people and as evidence.
async fn keep<P: Objects>(
    ports: &P,
    call: &Call,
    event: &PreflightEvent,
    [source, target]: [&Facts; 2],
    problems: &[Problem],
) -> Result<(), Failure> {
    let report = Report {
        execution: &event.run.execution,
        ready: problems.is_empty(),
        tables: source.tables.len(),
        sequences: source.sequences.len(),
        source_version: source.version,
        target_version: target.version,
        problems,
    };
    let bytes = serde_json::to_vec_pretty(&report)
        .map_err(|e| Failure::configuration(format!("the report cannot be written: {e}")))?;
    let key = format!("{}/preflight/{}.json", event.run.cutover, event.run.execution);
    for bucket in [&call.settings.checkpoints, &call.settings.evidence] {
        ports.put_object(&Key::new(bucket, key.clone()), &bytes, Put::Always).await?;
    }
    Ok(())
}
