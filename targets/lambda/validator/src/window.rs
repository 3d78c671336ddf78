//! The check within the fence: nobody writes, everything has been applied, and
//! every second is one without payments.
//!
//! Rows that a clean pass has compared and no transaction has written since
//! need no second comparison. So this check reads the rows of later
//! transactions on both sides; deletions show in the counts and in the sums over
//! the keys; each invariant is queried once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use migspec_events::{Measured, Run, Side, ValidatorReply};
use migspec_function::{Call, Failure, Objects, Parameters, Secrets};

use crate::catalog::Table;
use crate::compare::{Findings, unreadable};
use crate::evidence::{LAST, Part, Pass, Store, Summary};
use crate::pair::PairOf;
use crate::port::{Canonical, Hashes, Key, Range, Rows};
use crate::settle::{How, Wrong};
use crate::{invariant, objects, summarise};

/// Rows that are looked up on the target together.
const TOGETHER: usize = 5_000;
/// From this number of tables on, several sessions on each side compare them.
const MANY: usize = 16;

/// The write pause in which both sides are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Window {
    /// Before the writer moves to the target.
    Cutover,
    /// Before it returns to the source.
    Rollback,
}

impl Window {
    /// As the evidence names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cutover => "fence-window",
            Self::Rollback => "rollback-window",
        }
    }
}

/// Compares both sides while nobody can write, and records the verdict as evidence.
///
/// # Errors
/// A side or AWS cannot be reached, or refuses.
pub async fn check<P, S>(ports: &P, call: &Call, run: &Run, window: Window) -> Result<ValidatorReply, Failure>
where
    P: Parameters + Secrets + Objects,
    S: Canonical,
{
    let store = Store::new(ports, &call.settings, run)?;
    let compared = compare::<P, S>(ports, call, run, &store).await?;
    let summary = Summary { scope: window.word().to_owned(), ..compared };
    summarise::conclude(call, &store, &format!("{}/{}", run.execution, window.word()), summary).await
}

/// Measures the comparison while rows change: what it finds is no evidence. One that exceeds `at_most`, or that could not
/// read something, is not complete.
///
/// # Errors
/// A side or AWS cannot be reached, or refuses.
pub async fn measure<P, S>(ports: &P, call: &Call, run: &Run, at_most: Duration) -> Result<Measured, Failure>
where
    P: Parameters + Secrets + Objects,
    S: Canonical,
{
    let store = Store::new(ports, &call.settings, run)?;
    let begun = Instant::now();
    let compared = tokio::time::timeout(at_most, compare::<P, S>(ports, call, run, &store)).await;
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let Ok(compared) = compared else {
        return Ok(Measured { complete: false, millis: millis(at_most), errors: 0 });
    };
    let errors = compared?.errors.len() as u64;
    Ok(Measured { complete: errors == 0, millis: millis(begun.elapsed()), errors })
}

async fn compare<P, S>(ports: &P, call: &Call, run: &Run, store: &Store<'_, P>) -> Result<Summary, Failure>
where
    P: Parameters + Secrets + Objects,
    S: Canonical,
{
    let last = store.read::<Pass>(LAST).await?.map(|(pass, _)| pass);
    let pass = last.as_ref().map_or("none", |pass| pass.pass.as_str());
    let pair = PairOf::<S>::open(ports, call, run, pass).await?;
    let mut summary = Summary { pass: pass.to_owned(), execution: run.execution.clone(), ..Summary::default() };
    if last.is_none() {
        summary.errors.push("no pass over all rows has come to a clean end before".to_owned());
    }
    let horizon = last.as_ref().filter(|_| pair.validation.checksums.is_some());
    let horizon = horizon.map(|pass| [pass.horizon, pass.target_horizon]);
    for part in tables_within(ports, call, run, &pair, horizon).await? {
        summary.add(part);
    }
    summary.errors.extend(objects::differences(&pair).await?);
    for invariant in &pair.validation.invariants {
        summary.judge(invariant::still(&pair, invariant).await?);
    }
    Ok(summary)
}

/// Compares all tables, with several sessions on each side where there are many: a
/// table takes a turn or two of the network, and few milliseconds of a server.
async fn tables_within<P, S>(
    ports: &P,
    call: &Call,
    run: &Run,
    pair: &PairOf<S>,
    horizon: Option<[u64; 2]>,
) -> Result<Vec<Part>, Failure>
where
    P: Parameters + Secrets,
    S: Canonical,
{
    let tables = pair.tables().await?;
    let another = async || match tables.len() {
        ..MANY => Ok(None),
        _ => PairOf::<S>::open(ports, call, run, &pair.pass).await.map(Some),
    };
    let (second, third, fourth) = tokio::try_join!(another(), another(), another())?;
    let queue = Mutex::new(tables.iter().enumerate());
    let work = async |pair: Option<&PairOf<S>>| -> Result<Vec<(usize, Part)>, Failure> {
        let mut parts = Vec::new();
        let Some(pair) = pair else { return Ok(parts) };
        while let Some((place, table)) = next(&queue) {
            parts.push((place, table_within(pair, table, horizon).await?));
        }
        Ok(parts)
    };
    let (first, second, third, fourth) =
        tokio::try_join!(work(Some(pair)), work(second.as_ref()), work(third.as_ref()), work(fourth.as_ref()))?;
    let mut parts: Vec<(usize, Part)> = [first, second, third, fourth].into_iter().flatten().collect();
    parts.sort_by_key(|(place, _)| *place);
    Ok(parts.into_iter().map(|(_, part)| part).collect())
}

/// The next table that nobody compares yet.
fn next<T>(queue: &Mutex<impl Iterator<Item = T>>) -> Option<T> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).next()
}

/// Compares the keys of a table and the rows that either side has written since
/// its horizon.
async fn table_within<S: Canonical>(
    pair: &PairOf<S>,
    table: &Table,
    horizon: Option<[u64; 2]>,
) -> Result<Part, Failure> {
    let (views, gaps) = pair.views(table);
    let mut findings = Findings {
        chunks: 1,
        errors: gaps.iter().map(|gap| format!("{}: {gap}", table.path())).collect(),
        ..Findings::default()
    };
    if table.columns.is_empty() {
        return Ok(Part::new(table, &findings));
    }
    let compared = if table.key.is_empty() && horizon.is_some() {
        heap(&views, &mut findings).await
    } else {
        rows_within(&views, horizon, &mut findings).await
    };
    match compared {
        Err(failure) if failure.is_of_data() => {
            findings.errors.push(unreadable(table, &views, &Range::default(), &failure).await?);
        }
        compared => compared?,
    }
    Ok(Part::new(table, &findings))
}

async fn rows_within<V: Rows>(
    [source, target]: &[V; 2],
    horizon: Option<[u64; 2]>,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let (ours, theirs) = match horizon {
        None => tokio::try_join!(source.keys(), target.keys())?,
        Some([at_source, at_target]) => {
            // All questions leave at once; an answer of one turn is the rule.
            let (ours, theirs, from_source, from_target) = tokio::try_join!(
                source.keys(),
                target.keys(),
                Changes::begin(source, at_source),
                Changes::begin(target, at_target)
            )?;
            // A session answers nothing else while its rows are not read to their end.
            let from_target = from_target.that_ended();
            compare_changes(source, target, from_source, findings).await?;
            let from_target = match from_target {
                Some(changes) => changes,
                None => Changes::begin(target, at_target).await?,
            };
            compare_changes(target, source, from_target, findings).await?;
            findings.wrong.sort();
            findings.wrong.dedup();
            (ours, theirs)
        }
    };
    let known = findings.wrong.iter().map(|wrong| surplus(wrong.how)).sum::<i64>();
    // A difference that the rows above do not explain: of the counts, or of
    // keys that cancel in the counts.
    let counts = ours.rows as i64 - theirs.rows as i64 != known;
    if counts || (findings.wrong.is_empty() && ours.sum != theirs.sum) {
        findings.wrong.push(Wrong { key: Vec::new(), how: How::Count });
    }
    findings.matched = ours.rows.saturating_sub(findings.wrong.len() as u64);
    Ok(())
}

/// The rows that one side has written since its horizon, batch by batch.
struct Changes<V: Rows> {
    rows: V::Changes,
    batch: BTreeMap<Key, Hashes>,
    /// The stream has not come to its end.
    more: bool,
}

impl<V: Rows> Changes<V> {
    async fn begin(view: &V, horizon: u64) -> Result<Self, Failure> {
        let mut rows = view.since(horizon).await?;
        let (batch, more) = view.some(&mut rows, TOGETHER).await?;
        Ok(Self { rows, batch, more })
    }

    fn that_ended(self) -> Option<Self> {
        (!self.more).then_some(self)
    }
}

/// Rows without a key are one heap.
async fn heap<V: Rows>([source, target]: &[V; 2], findings: &mut Findings) -> Result<(), Failure> {
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
async fn compare_changes<V: Rows>(
    from: &V,
    other: &V,
    mut changes: Changes<V>,
    findings: &mut Findings,
) -> Result<(), Failure> {
    loop {
        let keys: Vec<Key> = changes.batch.keys().cloned().collect();
        if !keys.is_empty() {
            let there = other.these(&keys).await?;
            for key in keys {
                let how = match there.get(&key) {
                    Some(theirs) if theirs == &changes.batch[&key] => continue,
                    Some(_) => How::Differs,
                    None if from.side() == Side::Source => How::MissingOnTarget,
                    None => How::OnlyOnTarget,
                };
                findings.wrong.push(Wrong { key, how });
            }
        }
        // A stream must not be read again after its end.
        if !changes.more {
            return Ok(());
        }
        (changes.batch, changes.more) = from.some(&mut changes.rows, TOGETHER).await?;
    }
}
