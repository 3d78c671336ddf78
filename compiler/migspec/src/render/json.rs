use migspec_diag::{Diagnostic, Label, Sources};
use serde_json::{Value, json};

use super::{Report, counts};

/// The JSON document: `{version, findings, waived, coverage}`. Lines and
/// columns count from 1; columns count Unicode scalar values.
pub fn render(report: &Report) -> Value {
    let (errors, warnings, notes) = counts(report.findings);
    let coverage = report.coverage;
    json!({
        "version": 1,
        "findings": findings(report.findings, report.sources),
        "waived": findings(report.waived, report.sources),
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
    })
}

fn findings(findings: &[Diagnostic], sources: &Sources) -> Vec<Value> {
    findings.iter().map(|f| finding(f, sources)).collect()
}

fn finding(finding: &Diagnostic, sources: &Sources) -> Value {
    json!({
        "code": finding.code,
        "severity": finding.severity.name(),
        "message": finding.message,
        "help": finding.help,
        "notes": finding.notes,
        "controls": finding.controls,
        "requirements": finding.requirements,
        "environments": finding.environments,
        "place": finding.primary.as_ref().map(|l| place(l, sources)),
        "related": finding.related.iter().map(|l| place(l, sources)).collect::<Vec<_>>(),
    })
}

fn place(label: &Label, sources: &Sources) -> Value {
    let source = sources.get(label.span.file);
    let (start, end) = (source.location(label.span.start), source.location(label.span.end));
    json!({
        "file": &*source.name,
        "line": start.line,
        "column": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "text": label.text,
    })
}
