//! The databases that must be set up before the first execution.

use migspec_ir::{Graph, Resource};
use serde::Serialize;

/// A replication between PostgreSQL databases, with its source and the function that sets up its target.
#[derive(Serialize)]
pub(super) struct SetUp {
    folder: String,
    /// `host=… port=… dbname=…` of the source.
    source: String,
    /// The name of the file with the authority of the source's certificate.
    authority: String,
    /// `port=… dbname=…` of the target.
    target: String,
    logins: Vec<String>,
    /// Absent without the function, which a build without functions leaves out, as does one without generated secrets.
    function: Option<String>,
}

pub(super) fn rows(graph: &Graph) -> Vec<SetUp> {
    let function = graph.get(&"secret-rotation-function".into()).and_then(|f| text(f, "FunctionName"));
    let row = |replication: &Resource| {
        let source = graph.get(replication.get("Source")?.value.target()?)?;
        text(source, "Engine").filter(|engine| engine.ends_with("postgresql"))?;
        let target = graph.get(replication.get("Target")?.value.target()?);
        let own = graph.of_type("Migspec::Login");
        let own = own.filter(|login| login.get("Owner").is_some_and(|d| d.value.target() == Some(&source.id)));
        Some(SetUp {
            folder: text(replication, "Name")?,
            source: address(source),
            authority: text(source, "CaFile").unwrap_or_else(|| "system".to_owned()),
            target: target.map(|target| place(target, "DatabaseName")).unwrap_or_default(),
            logins: own.filter_map(|login| text(login, "User")).collect(),
            function: function.clone(),
        })
    };
    graph.of_type("Migspec::Replication").filter_map(row).collect()
}

/// The parameters of a connection to a source: `host=db.example.com port=5432 dbname=ledger`.
pub(super) fn address(source: &Resource) -> String {
    let host = text(source, "Host").map(|host| format!("host={host} ")).unwrap_or_default();
    host + &place(source, "Database")
}

fn place(resource: &Resource, database: &str) -> String {
    let port = resource.get("Port").and_then(|d| d.value.as_integer()).map(|port| format!("port={port}"));
    let name = text(resource, database).map(|name| format!("dbname={name}"));
    port.into_iter().chain(name).collect::<Vec<_>>().join(" ")
}

/// A property that is a text.
pub(super) fn text(resource: &Resource, property: &str) -> Option<String> {
    resource.get(property)?.value.as_str().map(str::to_owned)
}
