//! A range of a table, chunk by chunk: digests first, rows where they differ.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use migspec_function::Failure;

use crate::catalog::Table;
use crate::pair::Pair;
use crate::settle::{How, Patience, Proof, Settled, Wrong, await_applied, settle};
use crate::side::{Digest, Key, Range, View, has_ordered_index};

/// Rows of the first chunk; later ones follow from the time it took.
const FIRST: u64 = 10_000;
const FEWEST: u64 = 1_000;
/// Bounds the rows that are held in memory when a chunk differs.
const MOST: u64 = 100_000;
/// Rows of the parts of a chunk that differs.
const PART: u64 = 5_000;
/// Rows that are asked again together.
const TOGETHER: usize = 2_000;
/// The comparison of a group stops after this number of differences: more would
/// add no information.
pub const ENOUGH: u64 = 10_000;

/// The differences found so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Findings {
    pub chunks: u64,
    /// Rows that agree.
    pub matched: u64,
    pub wrong: Vec<Wrong>,
    /// Rows that the source changes all the time.
    pub hot: u64,
    /// Comparisons that could not be made, and why.
    pub errors: Vec<String>,
    /// Rows that were asked for again.
    pub rechecked: u64,
}

/// How a range is compared.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a chunk may take.
    pub chunk: Duration,
    pub patience: Patience,
    /// When to stop.
    pub until: Instant,
}

/// How far a comparison came.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Progress {
    Complete,
    /// The rest comes after this key.
    At(Key),
}

/// Compares a range.
///
/// # Errors
/// A side does not answer.
pub async fn range(
    pair: &Pair,
    table: &Table,
    mut range: Range,
    pace: Pace,
    findings: &mut Findings,
) -> Result<Progress, Failure> {
    let (views, gaps) = pair.views(table);
    findings.errors.extend(gaps.iter().map(|gap| format!("{}: {gap}", table.path())));
    if table.columns.is_empty() {
        return Ok(Progress::Complete);
    }
    if table.key.is_empty() {
        keyless(pair, table, &views, pace, findings).await?;
        return Ok(Progress::Complete);
    }
    let mut doubtful = BTreeSet::new();
    let mut rows = if has_ordered_index(table) { FIRST } else { u64::MAX };
    loop {
        let started = Instant::now();
        let end = boundary(&views[0], &range, rows).await?;
        let chunk = Range { after: range.after.clone(), to: end.clone().or_else(|| range.to.clone()) };
        let (ours, theirs) = digests(&views, &chunk).await?;
        findings.chunks += 1;
        if ours == theirs {
            findings.matched += ours.rows;
        } else {
            differing(&views, &chunk, findings, &mut doubtful).await?;
        }
        if doubtful.len() >= TOGETHER {
            resolve(pair, &views, &mut doubtful, pace, findings).await?;
        }
        rows = next_chunk_size(rows, pace.chunk, started.elapsed());
        range.after.clone_from(&end);
        let Some(at) = end else { break };
        if findings.wrong.len() as u64 >= ENOUGH {
            findings.errors.push(format!("{}: given up after {ENOUGH} differences", table.path()));
            break;
        }
        if Instant::now() >= pace.until {
            resolve(pair, &views, &mut doubtful, pace, findings).await?;
            return Ok(Progress::At(at));
        }
    }
    resolve(pair, &views, &mut doubtful, pace, findings).await?;
    Ok(Progress::Complete)
}

/// The key at which a chunk of `rows` ends; `None` if the range ends before.
async fn boundary(source: &View<'_>, range: &Range, rows: u64) -> Result<Option<Key>, Failure> {
    if rows == u64::MAX { Ok(None) } else { source.nth(range, rows).await }
}

async fn digests([source, target]: &[View<'_>; 2], range: &Range) -> Result<(Digest, Digest), Failure> {
    tokio::try_join!(source.digest(range), target.digest(range))
}

/// So many rows that the next chunk takes its time.
fn next_chunk_size(rows: u64, wanted: Duration, took: Duration) -> u64 {
    if rows == u64::MAX {
        return rows;
    }
    let factor = wanted.as_secs_f64() / took.as_secs_f64().max(0.001);
    ((rows as f64 * factor.clamp(0.5, 2.0)) as u64).clamp(FEWEST, MOST)
}

/// Finds the rows of a chunk that differ, part by part.
async fn differing(
    views: &[View<'_>; 2],
    chunk: &Range,
    findings: &mut Findings,
    doubtful: &mut BTreeSet<Key>,
) -> Result<(), Failure> {
    let mut rest = chunk.clone();
    loop {
        let end = views[0].nth(&rest, PART).await?;
        let part = Range { after: rest.after.clone(), to: end.clone().or_else(|| chunk.to.clone()) };
        let (ours, theirs) = digests(views, &part).await?;
        if ours == theirs {
            findings.matched += ours.rows;
        } else {
            let (ours, theirs) = tokio::try_join!(views[0].each(&part), views[1].each(&part))?;
            for (key, hashes) in &ours {
                match theirs.get(key) {
                    Some(other) if other == hashes => findings.matched += hashes.len() as u64,
                    _ => drop(doubtful.insert(key.clone())),
                }
            }
            doubtful.extend(theirs.keys().filter(|key| !ours.contains_key(*key)).cloned());
        }
        let Some(end) = end else { return Ok(()) };
        rest.after = Some(end);
    }
}

async fn resolve(
    pair: &Pair,
    views: &[View<'_>; 2],
    doubtful: &mut BTreeSet<Key>,
    pace: Pace,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let keys: Vec<Key> = std::mem::take(doubtful).into_iter().collect();
    for keys in keys.chunks(TOGETHER) {
        let settled = settle(pair, views, keys.to_vec(), pace.patience).await?;
        findings.take(keys.len() as u64, settled);
    }
    Ok(())
}

impl Findings {
    pub fn take(&mut self, asked: u64, settled: Settled) {
        self.rechecked += asked;
        self.matched += settled.right;
        self.hot += settled.hot;
        self.wrong.extend(settled.wrong);
        if settled.unproven > 0 {
            let rows = settled.unproven;
            self.errors.push(format!("replication is too far behind to compare {rows} rows"));
        }
    }
}

/// Rows without a key are compared as one heap.
async fn keyless(
    pair: &Pair,
    table: &Table,
    views: &[View<'_>; 2],
    pace: Pace,
    findings: &mut Findings,
) -> Result<(), Failure> {
    let whole = Range::default();
    let start = Instant::now();
    findings.chunks += 1;
    loop {
        let before = views[0].digest(&whole).await?;
        let proof = await_applied(pair, pace.patience.lag).await?;
        let (there, after) = (views[1].digest(&whole).await?, views[0].digest(&whole).await?);
        if there == before || there == after {
            findings.matched += there.rows;
            return Ok(());
        }
        if before == after && proof == Proof::Applied {
            let how = if after.rows == there.rows { How::Differs } else { How::Count };
            findings.wrong.push(Wrong { key: Vec::new(), how });
            return Ok(());
        }
        if start.elapsed() > pace.patience.whole {
            findings.hot += after.rows;
            findings.errors.push(format!("{}: changes all the time and has no key", table.path()));
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_follow_the_time_they_take() {
        let half = Duration::from_millis(500);
        assert_eq!(next_chunk_size(10_000, half, Duration::from_millis(250)), 20_000);
        assert_eq!(next_chunk_size(10_000, half, Duration::from_millis(1)), 20_000, "at most twice");
        assert_eq!(next_chunk_size(10_000, half, Duration::from_secs(9)), 5_000, "at least half");
        assert_eq!(next_chunk_size(1_000, half, Duration::from_secs(9)), FEWEST);
        assert_eq!(next_chunk_size(MOST, half, Duration::from_millis(1)), MOST);
        assert_eq!(next_chunk_size(u64::MAX, half, half), u64::MAX);
    }
}
