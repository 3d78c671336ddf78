//! The secrets that must exist before the infrastructure, with their content.

use std::collections::BTreeMap;

use migspec_ir::{Datum, Graph, Resource, Value};
use serde::Serialize;
use serde_json::json;

/// A secret that the spec names and nobody generates.
#[derive(Serialize)]
pub(super) struct Secret {
    name: String,
    /// The nodes that read it.
    readers: String,
    content: String,
}

/// The secrets by name. Several logins may share one.
pub(super) fn rows(graph: &Graph) -> Vec<Secret> {
    let mut secrets: BTreeMap<String, (Vec<String>, String)> = BTreeMap::new();
    for login in graph.of_type("Migspec::Login") {
        if let Some(name) = existing(login) {
            let (readers, content) = secrets.entry(name).or_default();
            readers.push(login.path.to_string());
            *content = credentials(login, graph);
        }
    }
    let keys = graph.of_type("AWS::Lambda::Function").filter_map(|f| f.get("Environment.Variables.MIGSPEC_KEYS"));
    for (api, name) in keys.flat_map(entries) {
        let (readers, content) = secrets.entry(name).or_default();
        readers.push(format!("api \"{api}\""));
        *content = json!({ "keys": { "KEY-ID": "32 RANDOM BYTES OR MORE, BASE64URL WITHOUT PADDING" } }).to_string();
    }
    let secret = |(name, (readers, content)): (String, (Vec<String>, String))| Secret {
        name,
        readers: readers.join(", "),
        content,
    };
    secrets.into_iter().map(secret).collect()
}

/// The name in the ARN of a secret that the migration does not make.
fn existing(login: &Resource) -> Option<String> {
    let arn = login.get("Secret")?.value.as_str()?;
    arn.split_once(":secret:").map(|(_, name)| name.to_owned())
}

/// The members that DMS and the functions read.
fn credentials(login: &Resource, graph: &Graph) -> String {
    let owner = login.get("Owner").and_then(|owner| graph.get(owner.value.target()?));
    let text = |name: &str| owner.and_then(|owner| owner.get(name)?.value.as_str().map(str::to_owned));
    let host = text("Host").unwrap_or_else(|| "ENDPOINT OF THE CLUSTER".to_owned());
    let port = owner.and_then(|owner| owner.get("Port")?.value.as_integer());
    let user = login.get("User").and_then(|d| d.value.as_str()).unwrap_or("USER");
    json!({ "username": user, "password": "PASSWORD", "host": host, "port": port }).to_string()
}

/// The names by the key of their API.
fn entries(keys: &Datum) -> Vec<(String, String)> {
    let Value::JsonText(inner) = &keys.value else { return Vec::new() };
    let map = inner.value.as_map().into_iter().flat_map(|map| map.iter());
    map.filter_map(|(api, name)| Some((api.to_string(), name.value.as_str()?.to_owned()))).collect()
}
