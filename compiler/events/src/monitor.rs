use serde::{Deserialize, Serialize};

/// The event of the task monitor. A schedule sends it every minute, one for each replication.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MonitorEvent {
    /// The ARNs of the forward task and, where there is one, of the reverse task.
    pub tasks: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MonitorReply {
    /// The tables that a task does not replicate, or whose rows differ.
    pub problems: Vec<String>,
}

/// The identifier of a task at the end of its ARN: the value of the dimension `Task` of its metrics.
pub fn task_identifier(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}
