//! The databases that must be set up before the first execution.

use migspec_ir::{Graph, Resource};
use serde::Serialize;

/// A replication with the logins of its source, and the function that sets up its target.
#[derive(Serialize)]
pub(super) struct SetUp {
    folder: String,
    /// `source "ledger-onprem"`.
    node: String,
    /// `host=… port=… dbname=…` of a source with PostgreSQL.
    source: Option<String>,
    /// The guide of AWS DMS to the logins of another engine.
    guide: Option<&'static str>,
    /// The name of the file with the authority of the source's certificate.
    authority: String,
    /// `port=… dbname=…` of a target with PostgreSQL.
    target: Option<String>,
    logins: Vec<String>,
    /// Absent without the function, which a build without functions leaves out, as does one without generated secrets.
    function: Option<String>,
}

pub(super) fn rows(graph: &Graph) -> Vec<SetUp> {
    let function = graph.get(&"secret-rotation-function".into()).and_then(|f| text(f, "FunctionName"));
    let row = |replication: &Resource| {
        let source = graph.get(replication.get("Source")?.value.target()?)?;
        let engine = text(source, "Engine")?;
        let is_postgresql = |resource: &Resource| text(resource, "Engine").is_some_and(|of| of.ends_with("postgresql"));
        let target = graph.get(replication.get("Target")?.value.target()?).filter(|target| is_postgresql(target));
        let own = graph.of_type("Migspec::Login");
        let own = own.filter(|login| login.get("Owner").is_some_and(|d| d.value.target() == Some(&source.id)));
        Some(SetUp {
            folder: text(replication, "Name")?,
            node: source.path.to_string(),
            source: is_postgresql(source).then(|| address(source)),
            guide: guide(&engine),
            authority: text(source, "CaFile").unwrap_or_else(|| "system".to_owned()),
            target: target.map(|target| place(target, "DatabaseName")),
            logins: own.filter_map(|login| text(login, "User")).collect(),
            function: function.clone(),
        })
    };
    graph.of_type("Migspec::Replication").filter_map(row).collect()
}

/// The chapters of the AWS DMS User Guide with the rights of a login, for engines without a file of this build.
fn guide(engine: &str) -> Option<&'static str> {
    match engine {
        "mysql" | "aurora-mysql" | "mariadb" => {
            Some("https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.MySQL.html")
        }
        "oracle" => Some("https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.Oracle.html"),
        "sqlserver" => Some("https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.SQLServer.html"),
        _ => None,
    }
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
