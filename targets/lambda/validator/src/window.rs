//! The check within the fence: nobody writes, everything has been applied, and
//! every second is one without payments.
//!
//! Rows that a clean pass has compared and no transaction has written since
//! need no second comparison. So this check reads the rows of later
//! transactions on both sides; deletions show in the counts and in the sums over
//! the keys; each invariant is queried once.

use migspec_events::{Run, Side, ValidatorReply};
use migspec_function::{Call, Failure, Objects, Parameters, Secrets, Tasks};

use crate::catalog::Table;
use crate::compare::Findings;
use crate::evidence::{LAST, Part, Pass, Store, Summary};
use crate::pair::Pair;
use crate::settle::{How, Wrong};
use crate::side::{Key, Range, View};
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
    let horizon = last.as_ref().filter(|_| pair.validation.checksums.is_some());
    let horizon = horizon.map(|pass| [pass.horizon, pass.target_horizon]);
    for table in pair.tables().await? {
        summary.add(table_within(&pair, &table, horizon).await?);
    }
    for invariant in &pair.validation.invariants {
        summary.judge(invariant::still(&pair, invariant).await?);
    }
    summarise::conclude(call, &store, &format!("{}/fence-window", run.execution), summary).await
}

/// Compares the keys of a table and the rows that either side has written since
/// its horizon.
async fn table_within(pair: &Pair, table: &Table, horizon: Option<[u64; 2]>) -> Result<Part, Failure> {
    let (views, gaps) = pair.views(table);
    let mut findings = Findings {
        chunks: 1,
        errors: gaps.iter().map(|gap| format!("{}: {gap}", table.path())).collect(),
        ..Findings::default()
    };
    if table.columns.is_empty() {
        return Ok(Part::new(table, &findings));
    }
    let [source, target] = &views;
    if table.key.is_empty() && horizon.is_some() {
        heap(&views, &mut findings).await?;
        return Ok(Part::new(table, &findings));
    }
    let (ours, theirs) = tokio::try_join!(source.keys(), target.keys())?;
    if let Some([at_source, at_target]) = horizon {
        compare_changes(source, target, at_source, &mut findings).await?;
        compare_changes(target, source, at_target, &mut findings).await?;
        findings.wrong.sort();
        findings.wrong.dedup();
    }
    let known = findings.wrong.iter().map(|wrong| surplus(wrong.how)).sum::<i64>();
    // A difference that the rows above do not explain: of the counts, or of
    // keys that cancel in the counts.
    let counts = ours.rows as i64 - theirs.rows as i64 != known;
    if counts || (findings.wrong.is_empty() && ours.sum != theirs.sum) {
        findings.wrong.push(Wrong { key: Vec::new(), how: How::Count });
    }
    findings.matched = ours.rows.saturating_sub(findings.wrong.len() as u64);
    Ok(Part::new(table, &findings))
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

/// Looks up on one side the rows that the other has written since its horizon.
async fn compare_changes(
    from: &View<'_>,
    other: &View<'_>,
    horizon: u64,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let mut rows = from.since(horizon).await?;
    loop {
        // A stream must not be asked again after its end.
        let (some, more) = from.some(&mut rows, TOGETHER).await?;
        let keys: Vec<Key> = some.keys().cloned().collect();
        for keys in keys.chunks(TOGETHER) {
            let there = other.these(keys).await?;
            for key in keys {
                let how = match there.get(key) {
                    Some(theirs) if theirs == &some[key] => continue,
                    Some(_) => How::Differs,
                    None if from.side() == Side::Source => How::MissingOnTarget,
                    None => How::OnlyOnTarget,
                };
                findings.wrong.push(Wrong { key: key.clone(), how });
            }
        }
        if !more {
            return Ok(());
        }
    }
}
