//! Log groups: created before their writers, so that retention and encryption
//! apply from the first line.

use std::sync::Arc;

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Id, Map, Origin, Resource, Value, list, map};

use crate::cx::{Cx, datum};
use crate::names;

pub(crate) mod archive;
pub(crate) mod buckets;
pub(crate) mod trail;

/// Days that logs are kept: over a year of history (PCI DSS 10.5.1), in a
/// value that CloudWatch Logs accepts.
pub(crate) const RETENTION_DAYS: u32 = 400;

/// The periods of CloudWatch Logs, in days (fact: logs-retention-days).
const PERIODS: [u64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// The longest of them, which the last help names.
const LONGEST: u64 = 3653;

/// Reports a retention that CloudWatch Logs does not have.
pub(crate) fn check(cx: &mut Cx) {
    let Some(node) = &cx.spec.logs else { return };
    let asked = node.retain.millis().div_ceil(86_400_000);
    let whole = node.retain.millis() == asked * 86_400_000;
    if whole && PERIODS.contains(&asked) {
        return;
    }
    let next = PERIODS.iter().find(|period| **period >= asked).unwrap_or(&LONGEST);
    cx.report(
        Diagnostic::error("log-retention", format!("CloudWatch Logs does not keep events for {}", node.retain.value))
            .at(node.retain.span(), "no period of CloudWatch Logs")
            .help(format!("write retain=\"{next}d\"")),
    );
}

/// The retention of log groups, in days.
fn retention(cx: &Cx, origin: Origin) -> Datum {
    match &cx.spec.logs {
        Some(node) => datum(&node.retain, |period| period.days() as i64),
        None => Datum::new(RETENTION_DAYS, origin),
    }
}

/// Makes a log group under the logs key.
pub(crate) fn group(cx: &mut Cx, id: Id, name: impl AsRef<str>, path: impl Into<Arc<str>>, origin: Origin) -> Id {
    let key = Value::attribute(names::key("logs"), "Arn");
    let group = resource(cx, id, (name.as_ref(), key), path, origin);
    cx.add(group)
}

/// Makes a log group of a resource that handles payments: logged card numbers are counted, and masked for every reader.
pub(crate) fn masked(cx: &mut Cx, id: Id, name: impl AsRef<str>, path: impl Into<Arc<str>>, origin: Origin) -> Id {
    let key = Value::attribute(names::key("logs"), "Arn");
    let policy = masking(cx, origin);
    let group = resource(cx, id, (name.as_ref(), key), path, origin).set("DataProtectionPolicy", policy);
    cx.add(group)
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
pub(crate) fn resource(
    cx: &Cx,
    id: Id,
    (name, key): (&str, Value),
    path: impl Into<Arc<str>>,
    origin: Origin,
) -> Resource {
    Resource::new("AWS::Logs::LogGroup", id, path, origin)
        .set("LogGroupName", name)
        .set("RetentionInDays", retention(cx, origin))
        .set("KmsKeyId", key)
        .retained()
}
