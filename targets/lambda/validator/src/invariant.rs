//! Queries whose results must be the same on both sides.

use std::time::{Duration, Instant};

use migspec_events::Invariant;
use migspec_function::Failure;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::evidence::{Judged, hash};
use crate::pair::PairOf;
use crate::port::Canonical;
use crate::settle::{Patience, Proof, await_applied};

pub(crate) const HOLDS: &str = "holds";
pub(crate) const DIFFERS: &str = "differs";
/// The result changed with every query: the check within the fence decides.
const CHANGES: &str = "changes";
pub(crate) const FAILED: &str = "failed";

/// Asks both sides while changes stream in.
pub(crate) async fn live<S: Canonical>(
    pair: &PairOf<S>,
    invariant: &Invariant,
    patience: Patience,
) -> Result<Judged, Failure> {
    let start = Instant::now();
    let verdict = loop {
        let Some(before) = pair.source.ask(invariant).await? else { break FAILED };
        let proof = await_applied(pair, patience.lag).await?;
        let Some(there) = pair.target.ask(invariant).await? else { break FAILED };
        let Some(after) = pair.source.ask(invariant).await? else { break FAILED };
        if there == before || there == after {
            break HOLDS;
        }
        if before == after && proof == Proof::Applied {
            break DIFFERS;
        }
        if start.elapsed() > patience.whole {
            break if before == after { FAILED } else { CHANGES };
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    Ok(Judged { name: invariant.name.clone(), verdict: verdict.to_owned() })
}

/// Asks both sides while nobody writes.
pub(crate) async fn still<S: Canonical>(pair: &PairOf<S>, invariant: &Invariant) -> Result<Judged, Failure> {
    let (ours, theirs) = tokio::try_join!(pair.source.ask(invariant), pair.target.ask(invariant))?;
    let verdict = match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours == theirs => HOLDS,
        (Some(_), Some(_)) => DIFFERS,
        _ => FAILED,
    };
    Ok(Judged { name: invariant.name.clone(), verdict: verdict.to_owned() })
}

/// The hash of a result, independent of the order of its rows. `None` if the
/// query fails for good: the server's message may quote a value.
pub(crate) async fn ask(client: &Client, invariant: &Invariant) -> Result<Option<String>, Failure> {
    let messages = match client.simple_query(&invariant.sql).await {
        Ok(messages) => messages,
        Err(error) => {
            let failure = Failure::postgres(&format!("asking the invariant {}", invariant.name), &error);
            return if failure.passes() { Err(failure) } else { Ok(None) };
        }
    };
    let mut rows: Vec<Vec<Option<String>>> = messages
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|n| row.get(n).map(str::to_owned)).collect()),
            _ => None,
        })
        .collect();
    rows.sort();
    let text = serde_json::to_string(&rows).ok();
    Ok(text.map(|text| hash(text.as_bytes())))
}
