//! The check within the fence: nobody writes, everything has been applied, and
//! every second is one without payments.
//!
//! Rows that a clean pass has compared and no transaction has written since
//! need no second comparison. So this check reads the source's rows of later
//! transactions; deletions show in the counts; each invariant is queried once.

use std::collections::BTreeMap;

use migspec_events::{Run, ValidatorReply};
use migspec_function::{Call, Failure, Objects, Parameters, Secrets, Tasks};

use crate::catalog::Table;
use crate::compare::Findings;
use crate::evidence::{LAST, Part, Pass, Store, Summary};
use crate::pair::Pair;
use crate::settle::{How, Wrong};
use crate::side::{Hashes, Key, Range, View};
use crate::{invariant, summarise};

/// Rows that are looked up on the target together.
const TOGETHER: usize = 5_000;

pub(crate) async fn check<P>(ports: &P, call: &Call, run: &Run) -> Result<ValidatorReply, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
{
    let store = Store::new(ports, &call.settings, run)?;
    let last = store.read::<Pass>(LAST).await?.map(|(pass, _)| pass);
    let pass = last.as_ref().map_or("none", |pass| pass.pass.as_str());
    let pair = Pair::open(ports, call, run, pass).await?;
    let mut summary = Summary {
        pass: pass.to_owned(),
        execution: run.execution.clone(),
        scope: "fence-window".to_owned(),
        ..Summary::default()
    };
    if last.is_none() {
        summary.errors.push("no pass over all rows has come to a clean end before".to_owned());
    }
    let horizon = last.as_ref().filter(|_| pair.validation.checksums.is_some()).map(|pass| pass.horizon);
    for table in pair.tables().await? {
        summary.add(table_within(&pair, &table, horizon).await?);
    }
    for invariant in &pair.validation.invariants {
        summary.judge(invariant::still(&pair, invariant).await);
    }
    summarise::conclude(call, &store, &format!("{}/fence-window", run.execution), summary).await
}

/// Compares the counts of a table and, since `horizon`, its rows.
async fn table_within(pair: &Pair, table: &Table, horizon: Option<u64>) -> Result<Part, Failure> {
    let (views, gaps) = pair.views(table);
    let mut findings = Findings {
        chunks: 1,
        errors: gaps.iter().map(|gap| format!("{}: {gap}", table.path())).collect(),
        ..Findings::default()
    };
    if table.columns.is_empty() {
        return Ok(Part::new(table, &findings, true));
    }
    let [source, target] = &views;
    if table.key.is_empty() && horizon.is_some() {
        heap(&views, &mut findings).await?;
        return Ok(Part::new(table, &findings, true));
    }
    let (ours, theirs) = tokio::try_join!(source.count(), target.count())?;
    if let Some(horizon) = horizon {
        let mut changed = source.since(horizon).await?;
        loop {
            // A stream must not be asked again after its end.
            let (rows, more) = source.some(&mut changed, TOGETHER).await?;
            look_up(target, &rows, &mut findings).await?;
            if !more {
                break;
            }
        }
    }
    let known = findings.wrong.iter().map(|wrong| surplus(wrong.how)).sum::<i64>();
    // A difference that the rows above do not explain.
    if ours as i64 - theirs as i64 != known {
        findings.wrong.push(Wrong { key: Vec::new(), how: How::Count });
    }
    findings.matched = ours.saturating_sub(findings.wrong.len() as u64);
    Ok(Part::new(table, &findings, true))
}

/// Rows without a key are one heap.
async fn heap([source, target]: &[View<'_>; 2], findings: &mut Findings) -> Result<(), Failure> {
    let whole = Range::default();
    let (ours, theirs) = tokio::try_join!(source.digest(&whole), target.digest(&whole))?;
    if ours == theirs {
        findings.matched = ours.rows;
    } else {
        findings.wrong.push(Wrong { key: Vec::new(), how: How::Differs });
    }
    Ok(())
}

/// By how much the source has more rows than the target, because of this one.
fn surplus(how: How) -> i64 {
    match how {
        How::MissingOnTarget => 1,
        How::OnlyOnTarget => -1,
        How::Differs | How::Count => 0,
    }
}

async fn look_up(target: &View<'_>, changed: &BTreeMap<Key, Hashes>, findings: &mut Findings) -> Result<(), Failure> {
    let keys: Vec<Key> = changed.keys().cloned().collect();
    for keys in keys.chunks(TOGETHER) {
        let there = target.these(keys).await?;
        for key in keys {
            let (ours, theirs) = (&changed[key], there.get(key));
            match theirs {
                Some(theirs) if theirs == ours => {}
                None => findings.wrong.push(Wrong { key: key.clone(), how: How::MissingOnTarget }),
                Some(_) => findings.wrong.push(Wrong { key: key.clone(), how: How::Differs }),
            }
        }
    }
    Ok(())
}
