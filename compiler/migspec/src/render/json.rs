use migspec_diag::{Diagnostic, Label, Location};
use migspec_syntax::edit::{first_step, reference};
use serde_json::{Value, json};

use super::{Item, Report, Suggestion, counts};
use crate::fingerprint::node_digest;

/// The JSON document; `docs/reference/findings.schema.json` describes it.
/// Lines and columns count from 1; columns count Unicode scalar values.
pub fn render(report: &Report) -> Value {
    let (errors, warnings, notes) = counts(report.findings);
    let coverage = report.coverage;
    let mut document = json!({
        "version": 1,
        "findings": report.items().map(|item| finding(&item, report)).collect::<Vec<_>>(),
        "waived": report.waived_items().map(|item| finding(&item, report)).collect::<Vec<_>>(),
        "problems": report.problems,
        "summary": { "errors": errors, "warnings": warnings, "info": notes },
        "coverage": {
            "specs": coverage.specs,
            "policies": coverage.policies,
            "resources": coverage.resources,
            "environments": coverage.environments,
            "skipped": coverage.skipped,
            "waived": coverage.waived,
            "today": coverage.today,
        },
    });
    if let Some(comparison) = report.comparison {
        document["fixed"] = comparison.fixed.iter().map(|known| known.to_json()).collect();
    }
    document
}

fn finding(item: &Item, report: &Report) -> Value {
    let finding = item.finding;
    let mut value = json!({
        "code": finding.code,
        "severity": finding.severity.name(),
        "message": finding.message,
        "help": finding.help,
        "notes": finding.notes,
        "controls": finding.controls,
        "requirements": finding.requirements,
        "environments": finding.environments,
        "node": finding.node.as_deref(),
        "place": finding.primary.as_ref().map(|l| place(l, report)),
        "related": finding.related.iter().map(|l| place(l, report)).collect::<Vec<_>>(),
        "commands": commands(finding),
        "fingerprint": item.fingerprint,
        "nodeDigest": node_digest(finding, report.sources),
    });
    if let Some(Suggestion { title, safe, at, text, .. }) = item.suggestion(report) {
        let span = finding.fix.as_ref().map(|fix| fix.change.at().file);
        value["fix"] = json!({
            "title": title,
            "safe": safe,
            "file": span.map(|file| &*report.sources.get(file).name),
            "line": at.start.line,
            "column": at.start.column,
            "endLine": at.end.line,
            "endColumn": at.end.column,
            "text": text,
        });
    }
    if let Some(state) = item.state {
        value["state"] = state.name().into();
    }
    value
}

/// Commands that lead on: the manual, the fix, the waiver.
fn commands(finding: &Diagnostic) -> Vec<String> {
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    let code = &*finding.code;
    // The name of a foreign policy is the name of its file.
    if !plain(code) {
        return Vec::new();
    }
    let mut commands = vec![format!("migspec explain {code}")];
    if finding.has_safe_fix() {
        commands.push("migspec check --fix".to_owned());
    }
    let node = finding.node.as_deref().map(first_step);
    if let Some(on) = node.map(reference).filter(|on| plain(on)) {
        let on = if on.is_empty() { on } else { format!(" --on {on}") };
        commands.push(format!("migspec waive {code}{on} --until DATE --owner TEAM --approved-by TEAM --reason TEXT"));
    }
    commands
}

fn place(label: &Label, report: &Report) -> Value {
    let source = report.sources.get(label.span.file);
    let start: Location = source.location(label.span.start);
    let end: Location = source.location(label.span.end);
    json!({
        "file": &*source.name,
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "text": label.text,
    })
}
