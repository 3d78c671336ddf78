use std::collections::BTreeSet;

use migspec_diag::{Diagnostic, Label, Severity};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::Report;

/// More results than code scanning accepts are cut, and the cut is said.
const MOST: usize = 25_000;

/// SARIF 2.1.0 as code scanning reads it.
pub fn render(report: &Report) -> Value {
    let ids: BTreeSet<&str> = report.findings.iter().chain(report.waived).map(|f| &*f.code).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let findings = report.findings.iter().map(|f| result(f, report, &ids));
    let waived = report.waived.iter().map(|f| {
        let mut waived = result(f, report, &ids);
        waived["suppressions"] = json!([{ "kind": "inSource" }]);
        waived
    });
    let results: Vec<Value> = findings.chain(waived).take(MOST).collect();
    let cut = report.findings.len() + report.waived.len() > MOST;
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "migspec",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": ids.iter().map(|id| rule(id, report)).collect::<Vec<_>>(),
            }},
            "automationDetails": { "id": "migspec/check/" },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "%SRCROOT%": { "description": { "text": "the root of the repository" } } },
            "results": results,
            "properties": { "coverage": report.coverage.line(), "cut": cut },
        }],
    })
}

fn rule(id: &str, report: &Report) -> Value {
    let of_rule: Vec<&Diagnostic> = report.findings.iter().chain(report.waived).filter(|f| f.code == id).collect();
    let worst = of_rule.iter().map(|f| f.severity).max().unwrap_or(Severity::Info);
    let text = (report.rules)(id).unwrap_or_default();
    let requirements: BTreeSet<&str> = of_rule.iter().flat_map(|f| f.requirements.iter().map(|r| &**r)).collect();
    let controls: BTreeSet<&str> = of_rule.iter().flat_map(|f| f.controls.iter().map(|c| &**c)).collect();
    let mut tags = vec!["security".to_owned()];
    tags.extend(controls.iter().map(|c| (*c).to_owned()));
    tags.extend(requirements.iter().map(|r| format!("pci-dss-4.0.1/{r}")));
    tags.truncate(20);
    let summary = if text.summary.is_empty() { id.replace('-', " ") } else { text.summary };
    json!({
        "id": id,
        "name": id,
        "shortDescription": { "text": summary },
        "fullDescription": { "text": if text.explanation.is_empty() { summary.clone() } else { text.explanation.clone() } },
        "help": { "text": text.explanation, "markdown": format!("**{id}**: {summary}\n\n{}", text.explanation) },
        "defaultConfiguration": { "level": level(worst) },
        "properties": { "tags": tags, "security-severity": score(worst) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "8.0",
        Severity::Warning => "5.0",
        Severity::Info => "2.0",
    }
}

fn result(finding: &Diagnostic, report: &Report, ids: &[&str]) -> Value {
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        message.push_str(&format!("\n{help}"));
    }
    let locations: Vec<Value> = finding.primary.iter().map(|l| location(l, report, None)).collect();
    let related: Vec<Value> =
        finding.related.iter().enumerate().map(|(i, l)| location(l, report, Some(i + 1))).collect();
    json!({
        "ruleId": &*finding.code,
        "ruleIndex": ids.binary_search(&&*finding.code).unwrap_or(0),
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": locations,
        "relatedLocations": related,
        "partialFingerprints": { "migspecFingerprint/v1": fingerprint(finding, report) },
        "properties": { "environments": finding.environments },
    })
}

fn location(label: &Label, report: &Report, id: Option<usize>) -> Value {
    let source = report.sources.get(label.span.file);
    let (start, end) = (source.location(label.span.start), source.location(label.span.end));
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&format!("{}{}", report.prefix, source.name)), "uriBaseId": "%SRCROOT%" },
            "region": {
                "startLine": start.line, "startColumn": start.column,
                "endLine": end.line, "endColumn": end.column,
            },
        },
        "message": { "text": label.text },
    });
    if let Some(id) = id {
        location["id"] = json!(id);
    }
    location
}

/// Stays the same when lines move: rule, message, and the text at the place.
fn fingerprint(finding: &Diagnostic, report: &Report) -> String {
    let place = finding.primary.as_ref();
    let text = place.map_or("", |l| report.sources.snippet(l.span));
    let file = place.map_or("", |l| &*report.sources.get(l.span.file).name);
    let mut hash = Sha256::new();
    for part in [&*finding.code, &finding.message, file, text] {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect()
}

fn uri(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
