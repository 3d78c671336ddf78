//! The databases that must be set up before the first execution.

use migspec_ir::{Graph, Resource};
use serde::Serialize;

/// A replication between PostgreSQL databases, with its source and the function that sets up its target.
#[derive(Serialize)]
pub(super) struct SetUp {
    folder: String,
    host: String,
    port: i64,
    logins: Vec<String>,
    /// Absent without the function, which a build without functions leaves out, as does one without generated secrets.
    function: Option<String>,
}

pub(super) fn rows(graph: &Graph) -> Vec<SetUp> {
    let function = graph.get(&"secret-rotation-function".into()).and_then(|f| text(f, "FunctionName"));
    let row = |replication: &Resource| {
        let source = graph.get(replication.get("Source")?.value.target()?)?;
        text(source, "Engine").filter(|engine| engine.ends_with("postgresql"))?;
        let own = graph.of_type("Migspec::Login");
        let own = own.filter(|login| login.get("Owner").is_some_and(|d| d.value.target() == Some(&source.id)));
        Some(SetUp {
            folder: text(replication, "Name")?,
            host: text(source, "Host")?,
            port: source.get("Port")?.value.as_integer()?,
            logins: own.filter_map(|login| text(login, "User")).collect(),
            function: function.clone(),
        })
    };
    graph.of_type("Migspec::Replication").filter_map(row).collect()
}

fn text(resource: &Resource, property: &str) -> Option<String> {
    resource.get(property)?.value.as_str().map(str::to_owned)
}
