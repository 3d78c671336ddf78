//! A range of a table, chunk by chunk: digests first, rows where they differ.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use migspec_function::Failure;

use crate::catalog::Table;
use crate::pair::PairOf;
use crate::port::{Canonical, Digest, Hashes, Key, Range, Rows};
use crate::settle::{How, Patience, Proof, Settled, Wrong, await_applied, settle};

/// Rows of the first chunk; later ones follow from the time it took.
const FIRST: u64 = 10_000;
const FEWEST: u64 = 1_000;
/// Bounds the rows that are held in memory when a chunk differs.
const MOST: u64 = 100_000;
/// Rows of the parts of a chunk that differs.
const PART: u64 = 5_000;
/// Rows of the parts of a table without an index for its key, by their hash.
const BUCKET: u64 = 500;
const MOST_BUCKETS: u64 = 1 << 16;
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

/// A comparison under way. After a failure, another pair of sessions continues
/// it where it has come.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Work {
    /// The part that is not compared yet; `None` at its end.
    pub rest: Option<Range>,
    pub findings: Findings,
    /// Keys of rows that differed and are to be read again.
    doubtful: BTreeSet<Key>,
}

impl Work {
    /// The whole of a range.
    pub fn of(range: Range) -> Self {
        Self { rest: Some(range), ..Self::default() }
    }
}

/// Compares the rest of a range.
///
/// # Errors
/// A side does not answer: then the work holds all that was compared before.
pub async fn range<S: Canonical>(
    pair: &PairOf<S>,
    table: &Table,
    pace: Pace,
    work: &mut Work,
) -> Result<Progress, Failure> {
    let (views, gaps) = pair.views(table);
    for gap in &gaps {
        work.findings.mistake(format!("{}: {gap}", table.path()));
    }
    if table.columns.is_empty() {
        return Ok(Progress::Complete);
    }
    if table.key.is_empty() {
        match keyless(pair, table, &views, pace, &mut work.findings).await {
            Err(failure) if failure.is_of_data() => {
                let error = unreadable(table, &views, &Range::default(), &failure).await?;
                work.findings.mistake(error);
            }
            compared => compared?,
        }
        return Ok(Progress::Complete);
    }
    let mut rows = if S::has_ordered_index(table) { FIRST } else { u64::MAX };
    while let Some(rest) = work.rest.clone() {
        let started = Instant::now();
        let end = match boundary(&views[0], &rest, rows).await {
            Err(failure) if failure.is_of_data() => {
                let error = unreadable(table, &views, &rest, &failure).await?;
                work.findings.mistake(error);
                work.rest = None;
                break;
            }
            end => end?,
        };
        let chunk = Range { after: rest.after, to: end.clone().or_else(|| rest.to.clone()) };
        compare_chunk(table, &views, &chunk, Reading::of(rows), pace, work).await?;
        work.rest = end.clone().map(|end| Range { after: Some(end), to: rest.to });
        if work.doubtful.len() >= TOGETHER {
            resolve(pair, &views, pace, work).await?;
        }
        rows = next_chunk_size(rows, pace.chunk, started.elapsed());
        let Some(at) = end else { break };
        if work.findings.wrong.len() as u64 >= ENOUGH {
            work.findings.mistake(format!("{}: given up after {ENOUGH} differences", table.path()));
            work.rest = None;
        } else if Instant::now() >= pace.until {
            resolve(pair, &views, pace, work).await?;
            return Ok(Progress::At(at));
        }
    }
    resolve(pair, &views, pace, work).await?;
    Ok(Progress::Complete)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Chunks,
    /// The one chunk is the table: it has no index in the order of its key.
    WholeTable,
}

impl Reading {
    fn of(rows: u64) -> Self {
        if rows == u64::MAX { Self::WholeTable } else { Self::Chunks }
    }
}

/// Compares one chunk. The work changes at once, or not at all.
async fn compare_chunk<V: Rows>(
    table: &Table,
    views: &[V; 2],
    chunk: &Range,
    reading: Reading,
    pace: Pace,
    work: &mut Work,
) -> Result<(), Failure> {
    let mut findings = Findings { chunks: 1, ..Findings::default() };
    let mut doubtful = BTreeSet::new();
    let compared = async {
        let (ours, theirs) = digests(views, chunk).await?;
        if ours == theirs {
            findings.matched = ours.rows;
        } else if reading == Reading::WholeTable {
            buckets(views, chunk, ours.rows.max(theirs.rows), pace, &mut findings, &mut doubtful).await?;
        } else {
            differing(views, chunk, &mut findings, &mut doubtful).await?;
        }
        // Rows without a key lie outside of every order: the last chunk names them.
        if chunk.to.is_none() {
            for view in views {
                findings.errors.extend(view.without_key().await?);
            }
        }
        Ok::<_, Failure>(())
    };
    match compared.await {
        Err(failure) if failure.is_of_data() => {
            let error = unreadable(table, views, chunk, &failure).await?;
            work.findings.chunks += 1;
            work.findings.mistake(error);
            return Ok(());
        }
        compared => compared?,
    }
    for error in std::mem::take(&mut findings.errors) {
        work.findings.mistake(format!("{}: {error}", table.path()));
    }
    work.findings.chunks += findings.chunks;
    work.findings.matched += findings.matched;
    work.doubtful.append(&mut doubtful);
    Ok(())
}

/// A sentence about the value for which reading a range has failed.
pub(crate) async fn unreadable<V: Rows>(
    table: &Table,
    views: &[V; 2],
    range: &Range,
    failure: &Failure,
) -> Result<String, Failure> {
    let by_key = match table.key.is_empty() {
        true => Ok(None),
        false => poisoned_row(table, views, range).await,
    };
    let place = match by_key {
        Ok(Some(place)) => place,
        // Without a key, or where the key itself cannot be read.
        Ok(None) => poisoned_place(views).await?,
        Err(failure) if failure.is_of_data() => poisoned_place(views).await?,
        Err(failure) => return Err(failure),
    };
    Ok(format!("{}: {place} has a value that the other side cannot hold: {failure}", table.path()))
}

/// The name of the row for which a side fails, by halves of the chunk.
async fn poisoned_row<V: Rows>(table: &Table, views: &[V; 2], chunk: &Range) -> Result<Option<String>, Failure> {
    for view in views {
        let mut range = chunk.clone();
        let mut rows = view.within_count(&range).await?;
        if !is_poisoned(view, &range).await? {
            continue;
        }
        while rows > 1 {
            let half = rows / 2;
            let Some(middle) = view.nth(&range, half).await? else { break };
            let first = Range { after: range.after.clone(), to: Some(middle.clone()) };
            if is_poisoned(view, &first).await? {
                (range, rows) = (first, half);
            } else {
                (range.after, rows) = (Some(middle), rows - half);
            }
        }
        let key = view.nth(&range, 1).await?.unwrap_or_default();
        return Ok(Some(format!("the row {} of the {}", key_text(table, &key), view.side().name())));
    }
    Ok(None)
}

/// The place of the row for which a side fails.
async fn poisoned_place<V: Rows>(views: &[V; 2]) -> Result<String, Failure> {
    for view in views {
        if let Some(place) = view.unreadable_place().await? {
            return Ok(format!("the row at {place} of the {}", view.side().name()));
        }
    }
    Ok("a row".to_owned())
}

async fn is_poisoned<V: Rows>(view: &V, range: &Range) -> Result<bool, Failure> {
    match view.digest(range).await {
        Ok(_) => Ok(false),
        Err(failure) if failure.is_of_data() => Ok(true),
        Err(failure) => Err(failure),
    }
}

/// A key as messages show it.
fn key_text(table: &Table, key: &Key) -> String {
    let columns = table.key.iter().map(|&n| &table.columns[n]);
    let parts = columns.zip(key).map(|(column, value)| {
        let value = if column.protected { "[protected]" } else { value.as_str() };
        format!("{} = {value}", column.name)
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// Finds the rows that differ where no index serves the key: by the hash of
/// the key, so that the time grows with the rows and not with their square.
async fn buckets<V: Rows>(
    [source, target]: &[V; 2],
    chunk: &Range,
    rows: u64,
    pace: Pace,
    findings: &mut Findings,
    doubtful: &mut BTreeSet<Key>,
) -> Result<(), Failure> {
    let buckets = (rows / BUCKET).clamp(1, MOST_BUCKETS).next_power_of_two();
    let (ours, theirs) = tokio::try_join!(source.by_bucket(chunk, buckets), target.by_bucket(chunk, buckets))?;
    let all: BTreeSet<i64> = ours.keys().chain(theirs.keys()).copied().collect();
    let (mut batch, mut size) = (Vec::new(), 0);
    let mut batches = Vec::new();
    for bucket in all {
        let [ours, theirs] = [&ours, &theirs].map(|side| side.get(&bucket).cloned().unwrap_or_default());
        if ours == theirs {
            findings.matched += ours.rows;
            continue;
        }
        batch.push(bucket);
        size += ours.rows.max(theirs.rows);
        if size >= MOST {
            batches.push(std::mem::take(&mut batch));
            size = 0;
        }
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
    for (n, batch) in batches.iter().enumerate() {
        if doubtful.len() as u64 >= ENOUGH || (n > 0 && Instant::now() >= pace.until) {
            let left = batches.len() - n;
            findings.errors.push(format!(
                "given up with {} differences, {left} of {} parts unread",
                doubtful.len(),
                batches.len()
            ));
            return Ok(());
        }
        let (ours, theirs) =
            tokio::try_join!(source.of_buckets(chunk, buckets, batch), target.of_buckets(chunk, buckets, batch))?;
        rows_that_differ(&ours, &theirs, findings, doubtful);
    }
    Ok(())
}

fn rows_that_differ(
    ours: &BTreeMap<Key, Hashes>,
    theirs: &BTreeMap<Key, Hashes>,
    findings: &mut Findings,
    doubtful: &mut BTreeSet<Key>,
) {
    for (key, hashes) in ours {
        match theirs.get(key) {
            Some(other) if other == hashes => findings.matched += hashes.len() as u64,
            _ => drop(doubtful.insert(key.clone())),
        }
    }
    doubtful.extend(theirs.keys().filter(|key| !ours.contains_key(*key)).cloned());
}

/// The key at which a chunk of `rows` ends; `None` if the range ends before.
async fn boundary<V: Rows>(source: &V, range: &Range, rows: u64) -> Result<Option<Key>, Failure> {
    if rows == u64::MAX { Ok(None) } else { source.nth(range, rows).await }
}

async fn digests<V: Rows>([source, target]: &[V; 2], range: &Range) -> Result<(Digest, Digest), Failure> {
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
async fn differing<V: Rows>(
    views: &[V; 2],
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
            rows_that_differ(&ours, &theirs, findings, doubtful);
        }
        let Some(end) = end else { return Ok(()) };
        rest.after = Some(end);
    }
}

/// Reads doubtful rows again. Those whose result is not known yet stay
/// doubtful.
async fn resolve<S: Canonical>(
    pair: &PairOf<S>,
    views: &[S::Rows<'_>; 2],
    pace: Pace,
    work: &mut Work,
) -> Result<(), Failure> {
    while !work.doubtful.is_empty() {
        let keys: Vec<Key> = work.doubtful.iter().take(TOGETHER).cloned().collect();
        let settled = settle(pair, views, keys.clone(), pace.patience).await?;
        work.findings.take(keys.len() as u64, settled);
        work.doubtful.retain(|key| keys.binary_search(key).is_err());
    }
    Ok(())
}

impl Findings {
    /// Adds a reason why rows could not be compared, once.
    fn mistake(&mut self, error: String) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

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
async fn keyless<S: Canonical>(
    pair: &PairOf<S>,
    table: &Table,
    views: &[S::Rows<'_>; 2],
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
