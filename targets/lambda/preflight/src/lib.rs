//! Checks whether source and target are ready for a migration, and reports the
//! necessary changes.
//!
//! Facts are read from both servers ([`facts`]); [`checks`] and `compare` decide
//! on them without a server. The catalogue of `migspec-events` has the text of
//! each finding. Later steps are rehearsed, each with the login that
//! will do it ([`logins`]). Nothing remains of the trials.

#![allow(clippy::disallowed_methods, reason = "a function lives from its environment and the clock")]

mod catalog;
pub mod checks;
mod compare;
mod depend;
mod dms;
pub mod engine;
mod environment;
pub mod facts;
pub mod identity;
pub mod logins;
mod names;
mod objects;
mod pooler;
pub mod port;
mod postgres;
mod query;
mod rights;
mod rows;
mod secrets;
mod sequences;
pub mod survey;
pub mod ways;

use std::time::Duration;

use migspec_events::{
    Demand, Grade, PreflightEvent, PreflightReply, Problem, Side, TableToReload, checks as catalogue,
};
use migspec_fence::{Fence, Scope};
use migspec_function::postgres::PostgresSession;
use migspec_function::{
    Access, Call, Failure, Key, Metric, Objects, Parameters, Purpose, Put, Retry, Secrets, Sides, Tasks, retry,
};
use migspec_reverse::Reverse;
use migspec_sequences::Numbers;
use serde::Serialize;

use checks::Room;
use engine::Direction;
use facts::Facts;
use port::Catalog;
use ways::Ways;

/// Servers are back, and locks of other sessions are gone, within this time.
const PATIENCE: Duration = Duration::from_secs(60);
/// Kept for the report.
const RESERVE: Duration = Duration::from_secs(10);
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
    pub partitions: u64,
    pub columns: usize,
    /// The size of the tables and their indexes.
    pub bytes: u64,
    /// The bytes of log that the source writes in an hour on average: a slot
    /// keeps them while its task is stopped. Unknown before PostgreSQL 14.
    pub log_bytes_per_hour: Option<u64>,
    /// `server_version_num`.
    pub source_version: u32,
    pub target_version: u32,
    pub problems: &'a [Problem],
}

/// Checks all prerequisites of both sides. A session that was ended, and a server
/// that starts again, begin the checks anew.
///
/// # Errors
/// A side or AWS cannot be reached: nothing is known then.
pub async fn handle<P>(ports: &P, call: &Call, event: PreflightEvent) -> Result<PreflightReply, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
{
    let call = call.of(&event.run);
    let sides = retry(&call, PATIENCE, RESERVE, |_| Sides::of(ports, &call.settings, &event.run, "preflight")).await?;
    let mut attempts = Retry::new(&call, PATIENCE, RESERVE);
    loop {
        match Box::pin(look::<P, PostgresSession>(ports, &call, &sides, &event)).await {
            Ok(findings) => return conclude(ports, &call, &event, findings).await,
            Err(failure) => attempts.wait(failure).await?,
        }
    }
}

/// The facts of both sides, and the findings.
#[derive(Default)]
struct Findings {
    source: Facts,
    target: Facts,
    problems: Vec<Problem>,
    reload: Vec<TableToReload>,
}

/// Looks once.
async fn look<P, S>(ports: &P, call: &Call, sides: &Sides, event: &PreflightEvent) -> Result<Findings, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
    S: Catalog + Fence + Numbers + Reverse,
{
    let alone = |problems| Ok(Findings { problems, ..Findings::default() });
    let unresolved = names::problems(sides).await;
    if !unresolved.is_empty() {
        return alone(unresolved);
    }
    let locked = logins::locked_logins::<P, S>(ports, call, sides).await?;
    if !locked.is_empty() {
        return alone(locked);
    }
    // Behind a pooler, nothing that a session answers is certain.
    let poolers = pooler::problems::<P, S>(ports, call, sides).await?;
    if !poolers.is_empty() {
        return alone(poolers);
    }
    let limit = call.statement(logins::STATEMENT);
    let open = async |side| sides.open(ports, side, Purpose::Replication, Access::Read, limit).await;
    let (at_source, at_target): (S, S) = (open(Side::Source).await?, open(Side::Target).await?);
    let mut old = Vec::new();
    for (side, session) in [("source", &at_source), ("target", &at_target)] {
        old.extend(checks::version(side, session.version().await?));
    }
    if !old.is_empty() {
        return alone(old);
    }
    let source = at_source.facts(&sides.replication).await?;
    let target = at_target.facts(&sides.replication).await?;
    let servers = [("source", &source), ("target", &target)];
    let standbys: Vec<Problem> = servers.iter().filter_map(|(side, facts)| checks::standby(side, facts)).collect();
    if !standbys.is_empty() {
        return alone(standbys);
    }
    let mut problems = objects::problems(&at_source, &source, sides.replication.lob_limit).await?;
    let rows = rows::look(ports, &sides.replication.forward_task, &at_target, [&source, &target]).await?;
    problems.extend(rows.problems);
    for (side, session) in [(Side::Source, &at_source), (Side::Target, &at_target)] {
        problems.extend(logins::limits(side, session).await?);
    }
    problems.extend(later_steps::<P, S>(ports, call, sides, event, [&source, &target]).await?);
    Ok(Findings { source, target, problems, reload: rows.reload })
}

/// The verdicts on the facts, and the trials of later steps of the workflow.
async fn later_steps<P, S>(
    ports: &P,
    call: &Call,
    sides: &Sides,
    event: &PreflightEvent,
    [source, target]: [&Facts; 2],
) -> Result<Vec<Problem>, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
    S: Catalog + Fence + Numbers + Reverse,
{
    let ways = Ways::of(event);
    let (at_source, at_target) = (room(ports, &event.source).await?, room(ports, &event.target).await?);
    let mut problems = checks::all(source, target, [&at_source, &at_target], ways);
    problems.extend(identity::problems::<P, S>(ports, call, sides, Side::Source, source).await?);
    if event.reverse {
        problems.extend(identity::problems::<P, S>(ports, call, sides, Side::Target, target).await?);
    }
    problems.extend(logins::problems::<P, S>(ports, call, sides).await);
    problems.extend(dms::problems::<P, S>(ports, call, sides, ways).await?);
    let works = !problems.iter().any(|p| [catalogue::FENCE.id, catalogue::LOGIN.id].contains(&p.check.as_str()));
    if works && [Side::Source, Side::Target].iter().all(|side| sides.has(*side, Purpose::Fence)) {
        let limit = call.statement(logins::STATEMENT);
        let open = |side| sides.open(ports, side, Purpose::Fence, Access::Read, limit);
        let (at_source, at_target): (S, S) = tokio::try_join!(open(Side::Source), open(Side::Target))?;
        let sessions = [&at_source, &at_target];
        problems.extend(sequences::problems(sessions, &Scope::of(sides), ways).await?);
        problems.extend(rights::problems(sessions, [source, target]).await?);
    }
    problems.extend(secrets::problems(ports, sides, ways).await);
    problems.extend(tasks(ports, sides, [source, target], ways).await?);
    Ok(problems)
}

/// Writes the report down, and replies with its beginning.
async fn conclude<P: Objects>(
    ports: &P,
    call: &Call,
    event: &PreflightEvent,
    Findings { source, target, mut problems, reload }: Findings,
) -> Result<PreflightReply, Failure> {
    // Several logins may find the same; the gravest comes first.
    problems.sort_by(|a, b| (a.grade, &a.check, &a.what).cmp(&(b.grade, &b.check, &b.what)));
    problems.dedup();
    keep(ports, call, event, [&source, &target], &problems).await?;
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
    let ready = ready(&problems);
    problems.truncate(REPLIED);
    Ok(PreflightReply { ready, problems, reload })
}

/// Harmless problems stop no migration.
fn ready(problems: &[Problem]) -> bool {
    problems.iter().all(|problem| problem.grade == Grade::Harmless)
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
    ways: Ways,
) -> Result<Vec<Problem>, Failure> {
    let forward = (&sides.replication.forward_task, [("source", source), ("target", target)]);
    let back = sides.replication.reverse_task.as_ref().filter(|_| ways == Ways::ThereAndBack);
    let back = back.map(|arn| (arn, [("target", target), ("source", source)]));
    let mut problems = Vec::new();
    let mut engines = Vec::new();
    for (arn, [from, to]) in std::iter::once(forward).chain(back) {
        let Some(task) = ports.task(arn).await? else {
            problems.push(catalogue::TASK_MISSING.problem(&[("task", arn)]));
            continue;
        };
        if task.status == "failed" {
            problems.push(catalogue::TASK_FAILED.problem(&[("task", arn), ("reason", &task.last_failure)]));
        }
        match ports.engine(&task.instance).await? {
            None => {
                let values: [(&str, &dyn std::fmt::Display); 2] = [("instance", &task.instance), ("task", arn)];
                problems.push(catalogue::INSTANCE_MISSING.problem(&values));
            }
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
        ready: ready(problems),
        tables: source.tables.len(),
        sequences: source.sequences.len(),
        partitions: source.partitions,
        columns: source.tables.values().map(|table| table.columns.len()).sum(),
        bytes: source.bytes,
        log_bytes_per_hour: source.log_bytes_per_hour,
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
