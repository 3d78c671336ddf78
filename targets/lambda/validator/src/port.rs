//! The ports of the comparison on a database.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::future::Future;

use migspec_events::{Invariant, Replication, Side};
use migspec_function::{Failure, Session};

use crate::catalog::Table;

/// The key of a row: the canonical text of each of its columns.
pub type Key = Vec<String>;

/// The rows that come after one key and not after another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Range {
    pub after: Option<Key>,
    pub to: Option<Key>,
}

/// How many rows, and the sum of their hashes.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Digest {
    pub rows: u64,
    /// A decimal number: it may pass 64 bits.
    pub sum: String,
}

/// The hashes of the rows of one key: one, unless the key is not unique there.
/// Empty if there is no such row.
pub type Hashes = Vec<i64>;

/// A database whose rows have a canonical form: the same text for the same value, on both sides.
pub trait Canonical: Session {
    /// How both sides write and hash rows.
    type Dialect: Copy + Debug + Send + Sync;
    type Rows<'c>: Rows
    where
        Self: 'c;

    /// The replicated tables, with the columns of both sides.
    fn tables(
        source: &Self,
        target: &Self,
        replication: &Replication,
        protected: &[String],
    ) -> impl Future<Output = Result<Vec<Table>, Failure>> + Send;
    fn dialect(source: &Self, target: &Self, seed: i64) -> impl Future<Output = Result<Self::Dialect, Failure>> + Send;
    /// One side of a table, and its columns that cannot be compared.
    fn rows<'c>(&'c self, table: &Table, side: Side, dialect: Self::Dialect) -> (Self::Rows<'c>, Vec<String>);
    /// Whether an index serves ranges of a key, in the same order on both sides.
    fn has_ordered_index(table: &Table) -> bool;
    /// The oldest transaction that is open.
    fn horizon(&self) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// The position of the log.
    fn position(&self) -> impl Future<Output = Result<String, Failure>> + Send;
    /// How far a replication task has come, compared with a position.
    fn progress(&self, task: &str, position: &str) -> impl Future<Output = Result<Applied, Failure>> + Send;
    /// The changes that DMS could not apply.
    fn apply_exceptions(&self) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// How many objects lie outside of the rows.
    fn object_count(&self) -> impl Future<Output = Result<String, Failure>> + Send;
    /// One line for all those objects, by number and content.
    fn object_digest(&self) -> impl Future<Output = Result<String, Failure>> + Send;
    /// The hash of the result of an invariant. `None` if its query fails for good.
    fn ask(&self, invariant: &Invariant) -> impl Future<Output = Result<Option<String>, Failure>> + Send;
}

/// How far a reader has confirmed changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Applied {
    /// There is no reader: nothing is on its way.
    Nothing,
    /// The reader rests: in-flight changes wait.
    Paused,
    Behind,
    /// It has passed the position.
    Past,
}

/// One side of a table. The operations read canonical rows by their keys.
pub trait Rows: Send + Sync {
    /// Changed rows that are read one after the other.
    type Changes: Send;

    fn side(&self) -> Side;
    /// A sentence about rows that have NULL in their key, if there are any.
    fn without_key(&self) -> impl Future<Output = Result<Option<String>, Failure>> + Send;
    /// How many rows a range has.
    fn within_count(&self, range: &Range) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// The digest of each bucket of a range.
    fn by_bucket(
        &self,
        range: &Range,
        buckets: u64,
    ) -> impl Future<Output = Result<BTreeMap<i64, Digest>, Failure>> + Send;
    /// The hashes of all rows of some buckets of a range, by key.
    fn of_buckets(
        &self,
        range: &Range,
        buckets: u64,
        of: &[i64],
    ) -> impl Future<Output = Result<BTreeMap<Key, Hashes>, Failure>> + Send;
    /// The digest of a range.
    fn digest(&self, range: &Range) -> impl Future<Output = Result<Digest, Failure>> + Send;
    /// The key of the `n`-th row of a range; `None` if it has fewer.
    fn nth(&self, range: &Range, n: u64) -> impl Future<Output = Result<Option<Key>, Failure>> + Send;
    /// The hashes of all rows of a range, by key.
    fn each(&self, range: &Range) -> impl Future<Output = Result<BTreeMap<Key, Hashes>, Failure>> + Send;
    /// The hashes of rows with these keys.
    fn these(&self, keys: &[Key]) -> impl Future<Output = Result<BTreeMap<Key, Hashes>, Failure>> + Send;
    /// The rows that a transaction of `horizon` or later has written, one after
    /// the other.
    fn since(&self, horizon: u64) -> impl Future<Output = Result<Self::Changes, Failure>> + Send;
    /// The place of a row that cannot be read, by halves: `(12,3) of
    /// payments.heap`. For rows without a key, or with one that cannot be read.
    fn unreadable_place(&self) -> impl Future<Output = Result<Option<String>, Failure>> + Send;
    /// Up to `most` rows of a stream, by key, and whether there may be more.
    fn some(
        &self,
        rows: &mut Self::Changes,
        most: usize,
    ) -> impl Future<Output = Result<(BTreeMap<Key, Hashes>, bool), Failure>> + Send;
    /// How many rows the table has.
    fn count(&self) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// How many rows the table has, and the sum of the hashes of their keys.
    fn keys(&self) -> impl Future<Output = Result<Digest, Failure>> + Send;
    /// Keys spread over the table, in order: about `wanted` of `estimate` rows.
    fn sample(&self, wanted: f64, estimate: f64) -> impl Future<Output = Result<Vec<Key>, Failure>> + Send;
}
