//! The result of a comparison, as evidence: names, counts and keys, never a
//! value of a protected column.

use migspec_events::Run;
use migspec_function::{Failure, Key as Place, Objects, Put, Settings, name};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::catalog::Table;
use crate::compare::Findings;
use crate::settle::Wrong;

/// Keys that are named of a table; the rest is counted.
const NAMED: usize = 1_000;

/// A row that is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Each column of the key and its value; `[protected]` in the place of
    /// one that may not be shown.
    pub key: Vec<(String, String)>,
    pub how: String,
}

/// The result for one table or a part of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part {
    pub table: String,
    pub chunks: u64,
    pub matched: u64,
    pub mismatched: u64,
    pub rechecked: u64,
    /// Rows that changed all the time.
    pub hot: u64,
    pub errors: Vec<String>,
    pub rows: Vec<Row>,
    /// Whether the group ends with this part.
    pub last: bool,
}

impl Part {
    /// The last part of its group.
    pub fn new(table: &Table, findings: &Findings) -> Self {
        Self {
            table: table.path(),
            chunks: findings.chunks,
            matched: findings.matched,
            mismatched: findings.wrong.len() as u64,
            rechecked: findings.rechecked,
            hot: findings.hot,
            errors: findings.errors.clone(),
            rows: findings.wrong.iter().take(NAMED).map(|wrong| name_row(table, wrong)).collect(),
            last: true,
        }
    }
}

fn name_row(table: &Table, wrong: &Wrong) -> Row {
    let columns = table.key.iter().map(|&n| &table.columns[n]);
    let key = columns.zip(&wrong.key).map(|(column, value)| {
        let value = if column.protected { "[protected]" } else { value.as_str() };
        (column.name.clone(), value.to_owned())
    });
    Row { key: key.collect(), how: wrong.how.word().to_owned() }
}

/// The first transaction of a pass: the pass has compared all older ones.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    pub pass: String,
    /// The oldest transaction that was open on the source when it began.
    pub horizon: u64,
    /// The same of the target.
    pub target_horizon: u64,
}

/// The result of a whole pass.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    pub pass: String,
    pub execution: String,
    pub scope: String,
    pub verdict: String,
    pub matched: u64,
    pub mismatched: u64,
    /// Rows that changed all the time: the check within the fence decides.
    pub hot: u64,
    pub errors: Vec<String>,
    pub tables: Vec<Part>,
    pub invariants: Vec<Judged>,
    /// The SHA-256 of each part, in order, over that of the one before.
    pub chain: Vec<String>,
}

/// The result of an invariant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    pub name: String,
    /// `holds`, `differs`, `changes` or `failed`.
    pub verdict: String,
}

/// Where the evidence of a run lies.
#[derive(Clone, Copy, Debug)]
pub struct Store<'a, P> {
    ports: &'a P,
    settings: &'a Settings,
    run: &'a Run,
}

impl<'a, P: Objects> Store<'a, P> {
    /// # Errors
    /// The function was given no buckets.
    pub fn new(ports: &'a P, settings: &'a Settings, run: &'a Run) -> Result<Self, Failure> {
        if settings.checkpoints.is_empty() || settings.evidence.is_empty() {
            return Err(Failure::configuration("MIGSPEC_CHECKPOINTS and MIGSPEC_EVIDENCE name no buckets"));
        }
        Ok(Self { ports, settings, run })
    }

    fn key(&self, file: &str) -> String {
        format!("{}/validation/{file}.json", self.run.cutover)
    }

    /// Writes a record that the function itself reads again.
    ///
    /// # Errors
    /// S3 refuses it.
    pub async fn note<T: Serialize + Sync>(&self, file: &str, value: &T) -> Result<String, Failure> {
        let bytes = json(value)?;
        let place = Place::new(&self.settings.checkpoints, self.key(file));
        self.ports.put_object(&place, &bytes, Put::Always).await?;
        Ok(hash(&bytes))
    }

    /// Reads a record; `None` if there is none.
    ///
    /// # Errors
    /// S3 refuses it, or it is of another form.
    pub async fn read<T: DeserializeOwned>(&self, file: &str) -> Result<Option<(T, String)>, Failure> {
        let place = Place::new(&self.settings.checkpoints, self.key(file));
        let Some(object) = self.ports.object(&place).await? else { return Ok(None) };
        let value = serde_json::from_slice(&object.bytes)
            .map_err(|e| Failure::new(name::AWS, format!("{} is of another form: {e}", place.key)))?;
        Ok(Some((value, hash(&object.bytes))))
    }

    /// Writes evidence, which nobody changes, and gives its key.
    ///
    /// # Errors
    /// S3 refuses it.
    pub async fn keep<T: Serialize + Sync>(&self, file: &str, value: &T) -> Result<String, Failure> {
        let key = self.key(file);
        self.ports.put_object(&Place::new(&self.settings.evidence, key.clone()), &json(value)?, Put::Always).await?;
        Ok(key)
    }
}

/// The file of a part of a group.
pub fn part(pass: &str, group: u64, part: u64) -> String {
    format!("{pass}/group-{group:04}-{part:03}")
}

/// The file of the last pass's beginning.
pub const LAST: &str = "last-pass";

fn json<T: Serialize>(value: &T) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec_pretty(value).map_err(|e| Failure::configuration(format!("evidence cannot be written: {e}")))
}

pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}
