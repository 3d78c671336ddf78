//! The sum of a pass: the verdict and its evidence.

use std::time::{Duration, Instant};

use migspec_events::{Run, ValidatorReply};
use migspec_function::{Call, Failure, Name, Objects, Parameters, Secrets, TableStatistics, Tasks};

use crate::catalog::Table;
use crate::chunk::PATIENCE;
use crate::evidence::{Judged, LAST, Part, Pass, Store, Summary, hash, part};
use crate::pair::PairOf;
use crate::port::{Canonical, Rows};
use crate::settle::{Proof, await_applied};
use crate::{invariant, objects};

pub(crate) async fn summarise<P, S>(
    ports: &P,
    call: &Call,
    run: &Run,
    pass: &str,
    groups: u64,
) -> Result<ValidatorReply, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
    S: Canonical,
{
    let pair = PairOf::<S>::open(ports, call, run, pass).await?;
    let store = Store::new(ports, &call.settings, run)?;
    let mut summary = Summary {
        pass: pass.to_owned(),
        execution: run.execution.clone(),
        scope: "full".to_owned(),
        ..Summary::default()
    };
    parts(&store, pass, groups, &mut summary).await?;
    if pair.validation.checksums.is_none() && pair.validation.rows {
        for table in pair.tables().await? {
            summary.add(count_rows(&pair, &table).await?);
        }
    }
    for invariant in &pair.validation.invariants {
        summary.judge(invariant::live(&pair, invariant, PATIENCE).await?);
    }
    summary.errors.extend(objects::differences(&pair).await?);
    replication(ports, &pair, &mut summary).await?;
    let reply = conclude(call, &store, &format!("{pass}/summary"), summary).await?;
    if reply.mismatched == 0
        && reply.errors == 0
        && let Some((begun, _)) = store.read::<Pass>(&format!("{pass}/pass")).await?
    {
        store.note(LAST, &begun).await?;
    }
    Ok(reply)
}

/// Reads the parts of all groups. One that is missing is an error.
async fn parts<P: Objects>(
    store: &Store<'_, P>,
    pass: &str,
    groups: u64,
    summary: &mut Summary,
) -> Result<(), Failure> {
    for group in 0..groups {
        for number in 0.. {
            let Some((found, digest)) = store.read::<Part>(&part(pass, group, number)).await? else {
                summary.errors.push(format!("group {group} was not compared to its end"));
                break;
            };
            let before = summary.chain.last().cloned().unwrap_or_default();
            summary.chain.push(hash(format!("{before}{digest}").as_bytes()));
            let last = found.last;
            summary.add(found);
            if last {
                break;
            }
        }
    }
    Ok(())
}

impl Summary {
    /// Adds a result for a table to the sum for it.
    pub fn add(&mut self, part: Part) {
        self.matched += part.matched;
        self.mismatched += part.mismatched;
        self.hot += part.hot;
        self.errors.extend(part.errors.iter().filter(|e| !self.errors.contains(e)).cloned().collect::<Vec<_>>());
        match self.tables.iter_mut().find(|known| known.table == part.table) {
            Some(known) => {
                known.chunks += part.chunks;
                known.matched += part.matched;
                known.mismatched += part.mismatched;
                known.rechecked += part.rechecked;
                known.hot += part.hot;
                known.errors.extend(part.errors);
                known.rows.extend(part.rows);
            }
            None => self.tables.push(Part { last: true, ..part }),
        }
    }

    pub fn judge(&mut self, judged: Judged) {
        match judged.verdict.as_str() {
            invariant::DIFFERS => self.mismatched += 1,
            invariant::FAILED => self.errors.push(format!("the invariant {} could not be asked", judged.name)),
            _ => {}
        }
        self.invariants.push(judged);
    }
}

/// Compares how many rows a table has, while changes stream in.
async fn count_rows<S: Canonical>(pair: &PairOf<S>, table: &Table) -> Result<Part, Failure> {
    let ([source, target], gaps) = pair.views(table);
    let mut part = Part { table: table.path(), errors: gaps, last: true, ..Part::default() };
    if table.columns.is_empty() {
        return Ok(part);
    }
    let start = Instant::now();
    loop {
        let before = source.count().await?;
        let proof = await_applied(pair, PATIENCE.lag).await?;
        let (there, after) = (target.count().await?, source.count().await?);
        if there == before || there == after {
            part.matched = there;
        } else if before == after && proof == Proof::Applied {
            part.mismatched = 1;
        } else if start.elapsed() > PATIENCE.whole {
            part.hot = after;
        } else {
            tokio::time::sleep(Duration::from_millis(250)).await;
            continue;
        }
        return Ok(part);
    }
}

/// DMS's own records: suspended tables, and rows that it could not apply.
async fn replication<P: Tasks, S: Canonical>(
    ports: &P,
    pair: &PairOf<S>,
    summary: &mut Summary,
) -> Result<(), Failure> {
    let tables = ports.table_statistics(&pair.sides.replication.forward_task).await?;
    summary.errors.extend(tables.iter().filter_map(TableStatistics::problem));
    let exceptions = pair.target.apply_exceptions().await?;
    if exceptions > 0 {
        summary.errors.push(format!("awsdms_apply_exceptions has {exceptions} rows"));
    }
    Ok(())
}

/// Records the verdict and returns it.
pub(crate) async fn conclude<P: Objects>(
    call: &Call,
    store: &Store<'_, P>,
    file: &str,
    mut summary: Summary,
) -> Result<ValidatorReply, Failure> {
    let clean = summary.mismatched == 0 && summary.errors.is_empty();
    summary.verdict = if clean { "equal" } else { "different" }.to_owned();
    let evidence = store.keep(file, &summary).await?;
    let errors = summary.errors.len() as u64;
    // The metric filters of the function's log group read this line.
    call.log.info(
        "validated",
        [
            ("event", "validation".into()),
            ("scope", Name::of(summary.scope.as_str()).into()),
            ("matched", summary.matched.into()),
            ("mismatched", summary.mismatched.into()),
            ("errors", errors.into()),
            ("hot", summary.hot.into()),
        ],
    );
    Ok(ValidatorReply { complete: true, matched: summary.matched, mismatched: summary.mismatched, errors, evidence })
}
