//! The replications without a cutover, which operators start and stop by hand.

use migspec_ir::{Graph, Resource};
use serde::Serialize;

use super::setups::text;

/// A replication that no workflow carries.
#[derive(Serialize)]
pub(super) struct Alone {
    /// `replication "batches"`.
    path: String,
    /// `source "batches-onprem"`.
    source: String,
    engine: String,
    /// `database "batches"`.
    target: String,
    /// The ARN of its task.
    task: String,
    /// Whether the functions know the engine.
    proven: bool,
}

pub(super) fn rows(graph: &Graph) -> Vec<Alone> {
    let flag = |resource: &Resource, name: &str| resource.get(name).and_then(|d| d.value.as_bool());
    let row = |replication: &Resource| {
        let end = |name: &str| graph.get(replication.get(name)?.value.target()?);
        let (source, target) = (end("Source")?, end("Target")?);
        let environment = &graph.environment;
        let name = text(end("Task")?, "ResourceIdentifier")?;
        Some(Alone {
            path: replication.path.to_string(),
            source: source.path.to_string(),
            engine: text(source, "Engine")?,
            target: target.path.to_string(),
            task: format!(
                "arn:{}:dms:{}:{}:task:{name}",
                environment.partition, environment.region, environment.account
            ),
            proven: flag(replication, "Proven") == Some(true),
        })
    };
    let alone = graph.of_type("Migspec::Replication").filter(|r| flag(r, "HasCutover") == Some(false));
    alone.filter_map(row).collect()
}
