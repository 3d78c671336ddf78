use std::collections::BTreeSet;

use migspec_diag::{Diagnostic, Label, Severity};
use serde_json::{Value, json};

use super::{Item, Report, RuleText, State, Suggestion};

/// The most results that GitHub code scanning accepts. A note reports the rest.
const MOST: usize = 25_000;

/// SARIF 2.1.0 as code scanning reads it.
pub fn render(report: &Report) -> Value {
    let shown_waived = report.waived.iter().filter(|_| report.include_waived);
    let ids: BTreeSet<&str> = report.findings.iter().chain(shown_waived).map(|f| &*f.code).collect();
    let ids: Vec<&str> = ids.into_iter().collect();
    let findings = report.items().map(|item| result(&item, report, &ids));
    let waived = report.waived_items().filter(|_| report.include_waived).map(|item| {
        let mut waived = result(&item, report, &ids);
        waived["suppressions"] = json!([{ "kind": "inSource" }]);
        waived
    });
    let mut results: Vec<Value> = findings.chain(waived).collect();
    let cut = results.len() > MOST;
    results.truncate(MOST);
    let notifications: Vec<Value> =
        report.problems.iter().map(|p| json!({ "level": "error", "message": { "text": p } })).collect();
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
            "invocations": [{
                "executionSuccessful": report.problems.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
            "properties": { "coverage": report.coverage.line(), "cut": cut },
        }],
    })
}

fn rule(id: &str, report: &Report) -> Value {
    let of_rule: Vec<&Diagnostic> = report.findings.iter().chain(report.waived).filter(|f| f.code == id).collect();
    let worst = of_rule.iter().map(|f| f.severity).max().unwrap_or(Severity::Info);
    let text = report.rulebook.and_then(|rulebook| RuleText::of(rulebook, id)).unwrap_or_default();
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
        "helpUri": report.help_uri(id),
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

fn result(item: &Item, report: &Report, ids: &[&str]) -> Value {
    let finding = item.finding;
    let mut message = finding.message.clone();
    if let Some(help) = &finding.help {
        message.push_str(&format!("\n{help}"));
    }
    let locations: Vec<Value> = finding.primary.iter().map(|l| location(l, report, None)).collect();
    let related: Vec<Value> =
        finding.related.iter().enumerate().map(|(i, l)| location(l, report, Some(i + 1))).collect();
    let mut result = json!({
        "ruleId": &*finding.code,
        "ruleIndex": ids.binary_search(&&*finding.code).unwrap_or(0),
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": locations,
        "relatedLocations": related,
        // GitHub tracks an alert by its own key and ignores all others.
        "partialFingerprints": {
            "migspecFingerprint/v2": item.fingerprint,
            "primaryLocationLineHash": item.fingerprint,
        },
        "properties": { "environments": finding.environments },
    });
    if let Some(Suggestion { title, at, text, .. }) = item.suggestion(report).filter(|fix| fix.safe) {
        result["fixes"] = json!([{
            "description": { "text": title },
            "artifactChanges": [{
                "artifactLocation": { "uri": uri(&at.file), "uriBaseId": "%SRCROOT%" },
                "replacements": [{
                    "deletedRegion": {
                        "startLine": at.start.line, "startColumn": at.start.column,
                        "endLine": at.end.line, "endColumn": at.end.column,
                    },
                    "insertedContent": { "text": text },
                }],
            }],
        }]);
    }
    if let Some(state) = item.state {
        result["baselineState"] = match state {
            State::New => "new".into(),
            State::Existing => "unchanged".into(),
        };
    }
    result
}

fn location(label: &Label, report: &Report, id: Option<usize>) -> Value {
    let source = report.sources.get(label.span.file);
    let (start, end) = (source.location(label.span.start), source.location(label.span.end));
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&report.root.path(&source.name)), "uriBaseId": "%SRCROOT%" },
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

fn uri(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    path.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
