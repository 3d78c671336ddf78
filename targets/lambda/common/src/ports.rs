//! The AWS operations of the functions, as traits: over the AWS SDK in Lambda,
//! over memory in tests. Small enough that a fake of each is a page.

use std::future::Future;

use secrecy::SecretString;

use crate::Failure;

/// Parameters of Systems Manager.
pub trait Parameters {
    /// The value of a parameter; `None` if there is none of that name.
    fn parameter(&self, name: &str) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Overwrites a parameter that exists.
    fn put_parameter(&self, name: &str, value: &str) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Secrets of Secrets Manager.
pub trait Secrets {
    /// The current value of a secret, by its name or ARN.
    fn secret(&self, id: &str) -> impl Future<Output = Result<SecretString, Failure>> + Send;
}

/// The stages of each version of a secret, by the version's id; and whether
/// its rotation is switched on.
pub type Stages = (Vec<(String, Vec<String>)>, bool);

/// The versions of a secret, as its rotation sees them.
pub trait Versions {
    fn stages(&self, secret: &str) -> impl Future<Output = Result<Stages, Failure>> + Send;

    /// The value of a version at a stage; `None` if there is none.
    fn version(
        &self,
        secret: &str,
        version: Option<&str>,
        stage: &str,
    ) -> impl Future<Output = Result<Option<SecretString>, Failure>> + Send;

    /// Adds a version at the stage `AWSPENDING`.
    fn put_pending(
        &self,
        secret: &str,
        version: &str,
        value: &SecretString,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Moves the stage `AWSCURRENT` from one version to another.
    fn make_current(&self, secret: &str, from: &str, to: &str) -> impl Future<Output = Result<(), Failure>> + Send;

    /// A password of `length` letters and digits.
    fn random_password(&self, length: u32) -> impl Future<Output = Result<SecretString, Failure>> + Send;
}

/// Where an object lies.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Key {
    pub bucket: String,
    pub key: String,
}

impl Key {
    pub fn new(bucket: &str, key: impl Into<String>) -> Self {
        Self { bucket: bucket.to_owned(), key: key.into() }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    pub bytes: Vec<u8>,
    /// Identifies this content for a conditional write.
    pub etag: String,
}

/// Under which condition an object is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Put {
    Always,
    /// Nothing lies there yet.
    IfAbsent,
    /// The current object has this entity tag.
    IfMatches(String),
}

/// Objects in S3.
pub trait Objects {
    /// An object; `None` if there is none.
    fn object(&self, key: &Key) -> impl Future<Output = Result<Option<Object>, Failure>> + Send;

    /// Writes an object, and answers its entity tag.
    ///
    /// # Errors
    /// [`crate::name::CONFLICT`] if the condition does not hold.
    fn put_object(&self, key: &Key, bytes: &[u8], put: Put) -> impl Future<Output = Result<String, Failure>> + Send;
}

/// A replication task of DMS.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Task {
    /// In lower case, as DMS returns it: `running`.
    pub status: String,
    /// `Stop Reason NORMAL`; empty while it runs.
    pub stop_reason: String,
    /// Per cent.
    pub loaded: u32,
    pub tables_errored: u32,
    pub last_failure: String,
    /// The ARN of the replication instance that it runs on.
    pub instance: String,
}

/// DMS's counters for one table.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TableStatistics {
    pub schema: String,
    pub table: String,
    /// `Table completed`.
    pub state: String,
    /// `Validated`; `Not enabled` where DMS does not validate.
    pub validation: String,
    pub failed: u64,
    pub suspended: u64,
    pub pending: u64,
}

/// The states of a table that its task loads or replicates (fact: dms-table-states).
const SOUND: [&str; 4] = ["Before load", "Full load", "Table completed", "Table is being reloaded"];

impl TableStatistics {
    /// Whether the task loads or replicates the table.
    pub fn is_replicated(&self) -> bool {
        SOUND.contains(&self.state.as_str())
    }

    /// The reason why the rows of the table may differ: its task does not replicate
    /// it, although the task itself runs on, or DMS found rows that differ.
    pub fn problem(&self) -> Option<String> {
        let wrong = !self.is_replicated() || self.suspended > 0 || self.failed > 0;
        wrong.then(|| {
            let Self { schema, table, state, failed, suspended, .. } = self;
            format!("DMS: {schema}.{table}: {state}, {failed} rows failed, {suspended} suspended")
        })
    }
}

/// How a task starts. `reload-target` is absent: it would destroy the rows of
/// the target.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StartType {
    StartReplication,
    ResumeProcessing,
}

/// Replication tasks of DMS.
pub trait Tasks {
    /// A task by its ARN; `None` if there is none.
    fn task(&self, arn: &str) -> impl Future<Output = Result<Option<Task>, Failure>> + Send;

    /// The version of DMS on a replication instance, by its ARN: `3.6.1`;
    /// `None` if there is no such instance.
    fn engine(&self, instance: &str) -> impl Future<Output = Result<Option<String>, Failure>> + Send;

    /// Asks a task to stop; one that is stopped or stopping is left alone.
    fn stop_task(&self, arn: &str) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Starts a task; one that runs or starts is left alone. The position is a
    /// log sequence number, for a task that only captures changes.
    fn start_task(
        &self,
        arn: &str,
        how: StartType,
        position: Option<&str>,
    ) -> impl Future<Output = Result<(), Failure>> + Send;

    /// All tables of a task.
    fn table_statistics(&self, arn: &str) -> impl Future<Output = Result<Vec<TableStatistics>, Failure>> + Send;
}

/// The rule of a load balancer.
pub trait Traffic {
    /// Shares requests by weight between target groups, by their ARNs.
    fn share(&self, rule: &str, weights: &[(&str, i32)]) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Word to the operations team.
pub trait Notices {
    fn notify(&self, topic: &str, subject: &str, text: &str) -> impl Future<Output = Result<(), Failure>> + Send;
}
