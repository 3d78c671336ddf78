//! `inventory.json`: the keys and certificates of a build with purpose, owner,
//! period and end, its stores, and its components by type. Assessors ask for all of them.

use std::collections::BTreeMap;

use migspec_analyze::inventory::{Entry, Kind, Provenance, entries};
use migspec_ir::{Graph, Resource, Value, expiry_date};
use serde_json::{Value as Json, json};

use crate::is_emitted;

/// The report.
pub fn report(graph: &Graph) -> String {
    let of_type = |name: &'static str| graph.resources.values().filter(move |r| r.type_name == name);
    let mut components: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for resource in graph.resources.values().filter(|r| is_emitted(r)) {
        components.entry(resource.type_name).or_default().push(resource.id.as_str());
    }
    let entries = entries(graph);
    let named = |kind| entries.iter().filter(move |e| e.kind == kind && e.provenance() == Provenance::Named);
    let keys = of_type("AWS::KMS::Key").map(|key| of_key(key, graph)).chain(named(Kind::Key).map(of_named));
    let is_store = |entry: &&Entry<'_>| !matches!(entry.kind, Kind::Key | Kind::Certificate);
    let report = json!({
        "migration": &*graph.migration,
        "environment": &*graph.environment.name,
        "keys": keys.collect::<Vec<_>>(),
        "certificates": {
            "authorities": of_type("AWS::DMS::Certificate").map(of_authority).collect::<Vec<_>>(),
            "servers": named(Kind::Certificate).map(|entry| of_server(entry, graph)).collect::<Vec<_>>(),
        },
        "stores": entries.iter().filter(is_store).map(of_store).collect::<Vec<_>>(),
        "components": components,
    });
    format!("{report:#}\n")
}

fn of_key(key: &Resource, graph: &Graph) -> Json {
    let refers = |resource: &&Resource| {
        let mut found = false;
        let values = resource.properties.iter().map(|(_, datum)| &datum.value);
        values.for_each(|value| value.references(&mut |id, _| found |= *id == key.id));
        found && is_emitted(resource) && resource.type_name != "AWS::KMS::Alias"
    };
    let (existing, account) = (key.existing.as_ref(), &*graph.environment.account);
    let rotates = key.get("EnableKeyRotation").is_some_and(|d| d.value.as_bool() == Some(true));
    let period = key.get("RotationPeriodInDays").and_then(|d| d.value.as_integer()).unwrap_or(365);
    let mut entry = json!({
        "id": key.id.as_str(),
        "purpose": text(key, "Description").unwrap_or(&key.path),
        "owner": existing.map_or_else(|| tag(key, "Owner"), |known| Some(known.owner.as_deref().unwrap_or(account))),
        "region": key.region.as_deref().unwrap_or(&graph.environment.region),
        "cryptoperiodDays": rotates.then_some(period),
        "deletionWindowDays": key.get("PendingWindowInDays").and_then(|d| d.value.as_integer()),
        "protects": graph.resources.values().filter(refers).map(|r| r.id.as_str()).collect::<Vec<_>>(),
    });
    if let (Some(known), Some(entry)) = (existing, entry.as_object_mut()) {
        entry.insert("existing".to_owned(), json!(&*known.identity));
    }
    entry
}

fn of_authority(certificate: &Resource) -> Json {
    json!({
        "id": certificate.id.as_str(),
        "purpose": "verifies the database that replication talks to",
        "for": &*certificate.path,
        "expires": text(certificate, "CertificatePem").and_then(expiry_date),
    })
}

/// A certificate that the spec names: its owner and end are in ACM.
fn of_server(entry: &Entry<'_>, graph: &Graph) -> Json {
    let is = |name: &str| entry.users.iter().any(|id| graph.get(id).is_some_and(|user| user.type_name == name));
    let purpose = if is("AWS::ElasticLoadBalancingV2::Listener") {
        "TLS of the listener"
    } else if is("AWS::ApiGateway::DomainName") {
        "TLS of the custom domain"
    } else {
        "named by a resource"
    };
    json!({ "arn": entry.name, "purpose": purpose, "for": users(entry) })
}

/// A key that has only a name: nothing about it is decided.
fn of_named(entry: &Entry<'_>) -> Json {
    json!({ "name": entry.name, "provenance": entry.provenance().name(), "protects": users(entry) })
}

fn of_store(entry: &Entry<'_>) -> Json {
    let field = if entry.resource.is_some() { "id" } else { "name" };
    let mut store = json!({
        "kind": entry.kind.name(),
        field: entry.name,
        "provenance": entry.provenance().name(),
        "users": users(entry),
    });
    if let (Some(existing), Some(store)) = (entry.resource.and_then(|r| r.existing.as_ref()), store.as_object_mut()) {
        store.insert("existing".to_owned(), json!(&*existing.identity));
    }
    store
}

fn users<'g>(entry: &Entry<'g>) -> Vec<&'g str> {
    entry.users.iter().map(|id| id.as_str()).collect()
}

fn text<'r>(resource: &'r Resource, name: &str) -> Option<&'r str> {
    resource.get(name).and_then(|d| d.value.as_str())
}

fn tag<'r>(resource: &'r Resource, name: &str) -> Option<&'r str> {
    let tags = resource.get("Tags").map(|d| &d.value);
    let Some(Value::List(tags)) = tags else { return None };
    let found = tags.iter().find(|tag| tag.get("Key").is_some_and(|d| d.value.as_str() == Some(name)));
    found.and_then(|tag| tag.get("Value")).and_then(|d| d.value.as_str())
}
