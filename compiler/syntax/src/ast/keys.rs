//! Customer-managed keys that exist, by their use.

use crate::Setting;
use crate::shape::Place;
use crate::value::*;

nodes! {
    /// Keys that exist, one for each use and region. The migration creates the keys of the other uses.
    /// `requests.md` lists the statements that their owners add to the key policies.
    "keys" Keys, keys 0, merge Into {
        /// Keys of clusters and their backups.
        children database: DatabaseKey;
        /// Keys of generated secrets.
        children secrets: SecretsKey;
        /// Keys of replication instances and endpoints.
        children replication: ReplicationKey;
        /// Keys of the bucket with checkpoints and evidence.
        children checkpoints: CheckpointsKey;
        /// Keys of log groups.
        children logs: LogsKey;
        /// Keys of topics for alarms.
        children notifications: NotificationsKey;
        /// Keys of the functions' environment and undelivered events.
        children functions: FunctionsKey;
        /// Keys of workflows and their executions.
        children workflow: WorkflowKey;
    }
}

/// A key that exists, of any use.
#[derive(Clone, Copy, Debug)]
pub struct ExistingKey<'s> {
    pub place: Place,
    pub arn: &'s Setting<Arn>,
    pub rotation: Option<&'s Setting<Duration>>,
    pub multi_region: Option<&'s Setting<bool>>,
    pub policy: Option<&'s Setting<FileName>>,
}

/// Declares one node for each use. They differ in their names only.
macro_rules! uses {
    ($( $(#[doc = $doc:literal])* $node:literal $name:ident $field:ident; )*) => {
        nodes! {$(
            $(#[doc = $doc])*
            $node $name, keys 1, merge Into {
                /// ARN of the key. An alias is no key: it can move to another one.
                arg arn: Arn;
                /// Period of its automatic rotation.
                opt_prop rotation: Duration;
                /// Whether it can have copies in other regions.
                opt_prop multi_region: bool;
                /// JSON file with its key policy, beside the spec.
                opt_prop policy: FileName;
            }
        )*}

        impl Keys {
            /// Each use, as a node of `keys`.
            pub const USES: &'static [&'static str] = &[$($node),*];

            /// The keys of a use.
            pub fn of(&self, name: &str) -> Vec<ExistingKey<'_>> {
                match name {
                    $( $node => self.$field.iter().map(|key| ExistingKey {
                        place: key.place,
                        arn: &key.arn,
                        rotation: key.rotation.as_ref(),
                        multi_region: key.multi_region.as_ref(),
                        policy: key.policy.as_ref(),
                    }).collect(), )*
                    _ => Vec::new(),
                }
            }
        }
    };
}

uses! {
    /// A key of clusters and their backups.
    "database" DatabaseKey database;
    /// A key of generated secrets.
    "secrets" SecretsKey secrets;
    /// A key of replication instances and endpoints.
    "replication" ReplicationKey replication;
    /// A key of the bucket with checkpoints and evidence.
    "checkpoints" CheckpointsKey checkpoints;
    /// A key of log groups.
    "logs" LogsKey logs;
    /// A key of topics for alarms.
    "notifications" NotificationsKey notifications;
    /// A key of the functions' environment and undelivered events.
    "functions" FunctionsKey functions;
    /// A key of workflows and their executions.
    "workflow" WorkflowKey workflow;
}
