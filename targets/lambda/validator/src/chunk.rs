//! One call for a group.

use std::time::{Duration, Instant};

use migspec_events::{Compared, Group, Run};
use migspec_function::{Call, Failure, Metric, Name, Objects, Parameters, Retry, Secrets};
use serde::{Deserialize, Serialize};

use crate::catalog::Table;
use crate::compare::{self, Pace, Progress, Work};
use crate::evidence::{Part, Store, part};
use crate::pair::PairOf;
use crate::plan::{key, text};
use crate::port::{Canonical, Range};
use crate::settle::Patience;

/// Reserved for settling and recording the differences.
const RESERVE: Duration = Duration::from_secs(120);
/// How long rows that differ are asked again while changes stream in.
pub(crate) const PATIENCE: Patience = Patience { whole: Duration::from_secs(30), lag: Duration::from_secs(20) };

/// How far a group is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
struct Cursor {
    /// The key that is compared, as JSON text.
    after: String,
    part: u64,
}

pub(crate) async fn chunk<P, S>(
    ports: &P,
    call: &Call,
    run: &Run,
    pass: &str,
    group: &Group,
    cursor: &str,
) -> Result<Compared, Failure>
where
    P: Parameters + Secrets + Objects,
    S: Canonical,
{
    let store = Store::new(ports, &call.settings, run)?;
    let at = if cursor.is_empty() {
        Cursor { after: group.after.clone(), part: 0 }
    } else {
        serde_json::from_str(cursor).map_err(|_| Failure::configuration("the cursor is not one of this function"))?
    };
    let started = Instant::now();
    let until = started + call.remaining(RESERVE);
    let mut retry = Retry::new(call, crate::PATIENCE, crate::RESERVE);
    let mut work = None;
    let (table, mut progress) = loop {
        let before = rest(work.as_ref());
        match attempt::<P, S>(ports, call, run, pass, (group, &at.after), until, &mut work).await {
            Ok(done) => break done,
            Err(failure) => {
                if rest(work.as_ref()) != before {
                    retry.reset();
                }
                retry.wait(failure).await?;
            }
        }
    };
    let mut findings = work.unwrap_or_default().findings;
    if table.key_is_protected() && progress != Progress::Complete {
        let why = "its key is protected and may not be written down: it has to fit into one call";
        findings.errors.push(format!("{}: {why}", table.path()));
        progress = Progress::Complete;
    }
    let file = part(pass, group.number, at.part);
    let found = Part { last: progress == Progress::Complete, ..Part::new(&table, &findings) };
    store.note(&file, &found).await?;
    store.keep(&file, &found).await?;
    report(call, &found, started.elapsed());
    Ok(match progress {
        Progress::Complete => Compared { complete: true, cursor: String::new() },
        Progress::At(key) => {
            let next = Cursor { after: text(&key), part: at.part + 1 };
            let cursor = serde_json::to_string(&next)
                .map_err(|e| Failure::configuration(format!("the cursor cannot be written: {e}")))?;
            Compared { complete: false, cursor }
        }
    })
}

/// The part of a group that no attempt has compared.
fn rest(work: Option<&Work>) -> Option<Range> {
    work.and_then(|work| work.rest.clone())
}

/// One attempt with sessions of its own. It continues the work of the last one.
async fn attempt<P, S>(
    ports: &P,
    call: &Call,
    run: &Run,
    pass: &str,
    (group, after): (&Group, &str),
    until: Instant,
    work: &mut Option<Work>,
) -> Result<(Table, Progress), Failure>
where
    P: Parameters + Secrets,
    S: Canonical,
{
    let pair = PairOf::<S>::open(ports, call, run, pass).await?;
    let tables = pair.tables().await?;
    let table = tables.into_iter().find(|table| table.path() == group.table);
    let table = table.ok_or_else(|| Failure::configuration(format!("there is no table {}", group.table)))?;
    if work.is_none() {
        let range = Range { after: key(after, table.key.len())?, to: key(&group.to, table.key.len())? };
        *work = Some(Work::of(range));
    }
    let millis = pair.validation.checksums.map_or(500, |c| c.chunk_millis);
    let pace = Pace { chunk: Duration::from_millis(millis), patience: PATIENCE, until };
    let work = work.get_or_insert_default();
    let progress = compare::range(&pair, &table, pace, work).await?;
    Ok((table, progress))
}

fn report(call: &Call, part: &Part, took: Duration) {
    call.log.info(
        "compared",
        [
            ("table", Name::of(part.table.as_str()).into()),
            ("chunks", part.chunks.into()),
            ("matched", part.matched.into()),
            ("mismatched", part.mismatched.into()),
            ("rechecked", part.rechecked.into()),
            ("errors", part.errors.len().into()),
        ],
    );
    let rows = (part.matched + part.mismatched) as f64;
    call.metrics()
        .of(part.table.as_str())
        .value(Metric::ValidationChunks, part.chunks as f64)
        .value(Metric::ValidationRechecks, part.rechecked as f64)
        .value(Metric::ValidationHotRows, part.hot as f64)
        .value(Metric::ValidationRowsPerSecond, rows / took.as_secs_f64().max(0.001))
        .emit(&call.log);
}
