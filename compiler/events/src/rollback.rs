use serde::{Deserialize, Serialize};

use crate::{Phase, Run};

/// Requests a rollback. Each call takes as many steps as its time allows,
/// records its progress, and is idempotent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RollbackEvent {
    pub run: Run,
    pub failure: FailedState,
    pub checkpoint: Checkpoint,
    /// The replications that roll back together: each step completes for all of
    /// them before the next.
    pub replications: Vec<Replicated>,
    /// The switches of the writer, in the order in which they move to the
    /// target; the way back takes them from the last to the first.
    pub writers: Vec<Writer>,
    /// The name of the parameter that records the routing of requests.
    pub routing_parameter: String,
    pub traffic: Traffic,
    /// Whether the approvers have accepted the loss of writes that the source does
    /// not have. A rollback after the flip without reverse replication requires it.
    pub accept_loss: bool,
}

/// Why the way back is taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FailedState {
    /// The state that failed.
    pub state: String,
    /// The phase to undo.
    pub phase: Phase,
    pub error: String,
    pub cause: String,
}

/// Where progress is written down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    pub bucket: String,
    pub key: String,
}

/// A replication and its tasks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replicated {
    /// The replication's key.
    pub key: String,
    /// The DMS task from source to target, as an ARN.
    pub forward_task: String,
    /// The DMS task back; empty if there is none.
    pub reverse_task: String,
}

/// The writer switch of the applications: `source`, `none` or `target`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Writer {
    /// The name of the parameter.
    pub parameter: String,
}

/// The load balancer's rules that share requests between both sides.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Traffic {
    /// The ARNs of all of them.
    pub rules: Vec<String>,
    pub source_targets: String,
    pub target_targets: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RollbackReply {
    /// Whether all steps are done. Otherwise the function is called again.
    pub complete: bool,
    /// The step that was done last.
    pub step: String,
    /// The lost writes as a sentence; empty without a loss.
    pub loss: String,
}
