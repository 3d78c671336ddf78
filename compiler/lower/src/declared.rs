//! Files beside the spec: policies of existing resources, and certificates.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Map, Origin, Value, iam, json};
use migspec_syntax::Setting;
use migspec_syntax::value::FileName;

use crate::cx::Cx;

/// The policy in a file. `command` shows the policy that AWS has.
pub(crate) fn policy(cx: &mut Cx, name: &Setting<FileName>, by: &'static str, command: &str) -> Option<Datum> {
    let text = cx.file(name.as_str())?.clone();
    let parsed = json::parse(&text, Origin::derived(by, name.span()));
    // A statement without a principal belongs to a role or a boundary: AWS refuses it here.
    let names_principals =
        |policy: &iam::Document<'_>| policy.allowing().chain(policy.denying()).all(|s| !s.principals.is_empty());
    let fault = match parsed.as_ref().map(|policy| iam::read(policy, names_principals)) {
        None | Some(None) => Some(("contains no policy document", "not a policy")),
        Some(Some(false)) => Some(("has a statement without a principal", "not the policy of a resource")),
        Some(Some(true)) => None,
    };
    if let Some((message, label)) = fault {
        cx.report(
            Diagnostic::error("not-a-document", format!("`{}` {message}", name.as_str()))
                .at(name.span(), label)
                .help(format!("write the output of `{command} --output text` to this file")),
        );
    }
    parsed.filter(|_| fault.is_none())
}

/// A policy with further statements: the policy at the time of the deployment.
pub(crate) fn with(policy: Datum, statements: Vec<Datum>) -> Datum {
    let Some(map) = policy.value.as_map() else { return policy };
    let mut map: Map = map.clone();
    let mut all: Vec<Datum> = match map.get("Statement").map(|known| known.value.clone()) {
        Some(Value::List(items)) => items,
        Some(single) => vec![Datum::new(single, policy.origin)],
        None => Vec::new(),
    };
    all.extend(statements);
    map.set("Statement", Datum { value: Value::List(all), origin: policy.origin });
    Datum::new(map, policy.origin)
}

/// The command that adds statements to the policy in `FILE.json`, once however often it runs. A policy may have a single
/// statement without a list.
pub(crate) fn with_command(statements: &serde_json::Value, file: &str) -> String {
    format!(
        "jq '([.Statement] | flatten) as $now | .Statement = $now + ({statements} - $now)' {file}.json \
         > {file}-of-migration.json"
    )
}

/// Whether a policy allows a requested statement: to the same principal, without
/// conditions or with the same ones.
pub(crate) fn allows(policy: &Datum, requested: &Datum) -> bool {
    let single = Datum::new(wrap(requested), requested.origin);
    let covered = iam::read(policy, |policy| {
        iam::read(&single, |requested| {
            requested.allowing().all(|needed| policy.allowing().any(|s| iam::includes(s, needed)))
        })
    });
    covered.flatten() == Some(true)
}

fn wrap(statement: &Datum) -> Map {
    let mut map = Map::new();
    map.set("Statement", Datum { value: Value::List(vec![statement.clone()]), origin: statement.origin });
    map
}

/// A file that has to contain a certificate.
pub(crate) fn check_certificate(cx: &mut Cx, name: &Setting<FileName>, text: &str) {
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return;
    }
    cx.report(
        Diagnostic::error("not-a-certificate", format!("`{}` contains no certificate", name.as_str()))
            .at(name.span(), "not PEM")
            .help("name a PEM file, which starts with `-----BEGIN CERTIFICATE-----`"),
    );
}
