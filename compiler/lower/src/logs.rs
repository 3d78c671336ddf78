//! Log groups: created before their writers, so that retention and encryption
//! apply from the first line.

use std::sync::Arc;

use migspec_ir::{Id, Map, Origin, Resource, Value, list, map};

use crate::cx::Cx;
use crate::names;

/// Days that logs are kept: over a year of history (PCI DSS 10.5.1), in a
/// value that CloudWatch Logs accepts (fact: logs-retention-days).
pub(crate) const RETENTION_DAYS: u32 = 400;

/// Makes a log group under the logs key.
pub(crate) fn group(cx: &mut Cx, id: Id, name: impl AsRef<str>, path: impl Into<Arc<str>>, origin: Origin) -> Id {
    let key = Value::attribute(names::key("logs"), "Arn");
    cx.add(resource(id, name.as_ref(), key, path, origin))
}

/// Makes a log group of a resource that handles payments: logged card numbers are counted, and masked for every reader.
pub(crate) fn masked(cx: &mut Cx, id: Id, name: impl AsRef<str>, path: impl Into<Arc<str>>, origin: Origin) -> Id {
    let key = Value::attribute(names::key("logs"), "Arn");
    let policy = masking(cx, origin);
    cx.add(resource(id, name.as_ref(), key, path, origin).set("DataProtectionPolicy", policy))
}

/// The data identifiers of CloudWatch Logs for account data and authentication data
/// (fact: logs-card-identifiers).
const ACCOUNT_DATA: [&str; 2] = ["CreditCardNumber", "CreditCardSecurityCode"];

/// A data protection policy. It lists the same identifiers for auditing and for
/// masking.
pub(crate) fn masking(cx: &Cx, at: Origin) -> Map {
    let partition = cx.graph.environment.partition;
    let arn = |name: &str| format!("arn:{partition}:dataprotection::aws:data-identifier/{name}");
    let identifiers = || ACCOUNT_DATA.map(arn).to_vec();
    let audit = map!(at, { "Audit": map!(at, { "FindingsDestination": Map::new() }) });
    let mask = map!(at, { "Deidentify": map!(at, { "MaskConfig": Map::new() }) });
    let statement =
        |sid: &str, operation: Map| map!(at, { "Sid": sid, "DataIdentifier": identifiers(), "Operation": operation });
    map!(at, {
        "Name": "account-data",
        "Description": "Account data is masked",
        "Version": "2021-06-01",
        "Statement": list!(at, [statement("audit", audit), statement("mask", mask)]),
    })
}

/// A log group under a key, for passes that place it in another region.
pub(crate) fn resource(id: Id, name: &str, key: Value, path: impl Into<Arc<str>>, origin: Origin) -> Resource {
    Resource::new("AWS::Logs::LogGroup", id, path, origin)
        .set("LogGroupName", name)
        .set("RetentionInDays", RETENTION_DAYS)
        .set("KmsKeyId", key)
        .retained()
}
