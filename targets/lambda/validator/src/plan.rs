//! A pass in groups: parts of tables that are compared side by side.

use migspec_events::{Group, Planned, Run};
use migspec_function::{Call, Failure, Objects, Parameters, Secrets};
use tokio_postgres::Client;

use crate::catalog::Table;
use crate::evidence::{Pass, Store};
use crate::pair::{PairOf, one};
use crate::port::{Canonical, Key, Rows};

/// Rows of a group: some seconds on a small server.
const ROWS: f64 = 2_000_000.0;
/// Where each group reads the whole table because no index serves its key.
const ROWS_UNINDEXED: f64 = 20_000_000.0;
/// Keys that are sampled for each group.
const SAMPLES: f64 = 50.0;
/// Bytes of all keys: the reply passes through the workflow.
const BYTES: usize = 150_000;

pub(crate) async fn plan<P, S>(ports: &P, call: &Call, run: &Run) -> Result<Planned, Failure>
where
    P: Parameters + Secrets + Objects,
    S: Canonical,
{
    let pass = format!("{}-{}", run.execution, jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ"));
    let pair = PairOf::<S>::open(ports, call, run, &pass).await?;
    let store = Store::new(ports, &call.settings, run)?;
    // Before the first read: rows that change from now on are compared again.
    let (horizon, target_horizon) = tokio::try_join!(pair.source.horizon(), pair.target.horizon())?;
    store.note(&format!("{pass}/pass"), &Pass { pass: pass.clone(), horizon, target_horizon }).await?;
    let tables = pair.tables().await?;
    if tables.is_empty() {
        return Err(Failure::configuration("the replication copies no table that the validation login can see"));
    }
    let groups = if pair.validation.checksums.is_some() { groups(&pair, &tables).await? } else { Vec::new() };
    call.log.info("planned", [("tables", tables.len().into()), ("groups", groups.len().into())]);
    Ok(Planned { pass, groups })
}

/// The oldest transaction that is open on a server.
pub(crate) async fn horizon(client: &Client) -> Result<u64, Failure> {
    let sql = "SELECT txid_snapshot_xmin(txid_current_snapshot())::text";
    let text = one(client, "reading the transactions", sql).await?;
    text.parse().map_err(|_| Failure::configuration("the server's transactions have no number"))
}

async fn groups<S: Canonical>(pair: &PairOf<S>, tables: &[Table]) -> Result<Vec<Group>, Failure> {
    let wanted: Vec<f64> = tables.iter().map(desired_groups::<S>).collect();
    let total: f64 = wanted.iter().sum();
    // Each table has at least one group; the remaining groups are shared by
    // size.
    let most = Planned::MOST as f64;
    let share = if total > most { (most - tables.len() as f64).max(0.0) / total } else { 1.0 };
    let mut cuts = Vec::new();
    for (table, wanted) in tables.iter().zip(wanted) {
        cuts.push(cut(pair, table, (wanted * share).floor().max(1.0) as usize).await?);
    }
    thin(&mut cuts);
    Ok(number_groups(tables, &cuts))
}

/// How many groups a table would like.
fn desired_groups<S: Canonical>(table: &Table) -> f64 {
    // Keys that may not be shown cannot be bounds: they pass through the workflow.
    if table.key.is_empty() || table.key_is_protected() {
        return 1.0;
    }
    let rows = if S::has_ordered_index(table) { ROWS } else { ROWS_UNINDEXED };
    (table.estimate / rows).ceil().max(1.0)
}

/// The keys at which a table is divided.
async fn cut<S: Canonical>(pair: &PairOf<S>, table: &Table, groups: usize) -> Result<Vec<Key>, Failure> {
    if groups < 2 {
        return Ok(Vec::new());
    }
    let ([source, _], _) = pair.views(table);
    let mut keys = source.sample(SAMPLES * groups as f64, table.estimate).await?;
    keys.dedup();
    Ok(pick_evenly(&keys, groups))
}

/// `groups - 1` of the keys, evenly spread.
fn pick_evenly(keys: &[Key], groups: usize) -> Vec<Key> {
    let mut cuts: Vec<Key> = (1..groups).filter_map(|n| keys.get(n * keys.len() / groups).cloned()).collect();
    cuts.dedup();
    cuts
}

/// Halves all tables' groups until their keys are short enough.
fn thin(cuts: &mut [Vec<Key>]) {
    let bytes = |cuts: &[Vec<Key>]| -> usize {
        cuts.iter().flatten().map(|key| key.iter().map(|text| text.len() + 4).sum::<usize>() * 2 + 80).sum()
    };
    while bytes(cuts) > BYTES {
        for cuts in cuts.iter_mut() {
            let mut n = 0;
            cuts.retain(|_| {
                n += 1;
                n % 2 == 0
            });
        }
    }
}

fn number_groups(tables: &[Table], cuts: &[Vec<Key>]) -> Vec<Group> {
    let mut groups = Vec::new();
    for (table, cuts) in tables.iter().zip(cuts) {
        let bounds: Vec<String> = cuts.iter().map(text).collect();
        for n in 0..=bounds.len() {
            groups.push(Group {
                number: groups.len() as u64,
                table: table.path(),
                after: n.checked_sub(1).and_then(|n| bounds.get(n).cloned()).unwrap_or_default(),
                to: bounds.get(n).cloned().unwrap_or_default(),
            });
        }
    }
    groups
}

/// A key as JSON text.
pub(crate) fn text(key: &Key) -> String {
    serde_json::Value::from(key.clone()).to_string()
}

/// A key from its text; `None` for none.
pub(crate) fn key(text: &str, columns: usize) -> Result<Option<Key>, Failure> {
    if text.is_empty() {
        return Ok(None);
    }
    match serde_json::from_str::<Key>(text) {
        Ok(key) if key.len() == columns => Ok(Some(key)),
        _ => Err(Failure::configuration("a bound of the group is not a key of its table")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(n: usize) -> Vec<Key> {
        (0..n).map(|n| vec![format!("{n:05}")]).collect()
    }

    #[test]
    fn bounds_are_spread_and_differ() {
        assert_eq!(pick_evenly(&keys(100), 4), [["00025"], ["00050"], ["00075"]]);
        assert_eq!(pick_evenly(&keys(2), 4), [["00000"], ["00001"]], "few keys make few groups");
        assert_eq!(pick_evenly(&[], 4), Vec::<Key>::new());
    }

    #[test]
    fn long_keys_make_fewer_groups() {
        let long = |n: usize| vec![vec!["x".repeat(1_000)]; n];
        let mut cuts = vec![long(999), Vec::new()];
        thin(&mut cuts);
        let groups = cuts[0].len();
        assert!((30..=74).contains(&groups), "{groups}");
    }

    #[test]
    fn keys_go_through_text() {
        let composite = vec!["a\"b".to_owned(), "ü".to_owned()];
        assert_eq!(key(&text(&composite), 2), Ok(Some(composite)));
        assert_eq!(key("", 2), Ok(None));
        assert!(key("[\"1\"]", 2).is_err() && key("1", 1).is_err());
    }
}
