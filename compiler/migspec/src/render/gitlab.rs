use migspec_diag::Severity;
use serde_json::{Value, json};

use super::Report;

/// A report of GitLab's code quality: an array of issues.
/// Source: GitLab Docs, "Code Quality", "Code Quality report format".
pub fn render(report: &Report) -> Value {
    let issue = |item: super::Item| {
        let finding = item.finding;
        let place = item.place(report);
        json!({
            "description": finding.message,
            "check_name": &*finding.code,
            "fingerprint": item.fingerprint,
            "severity": severity(finding.severity),
            "location": {
                "path": place.as_ref().map_or(super::project_file(report), |place| place.file.clone()),
                "lines": { "begin": place.map_or(1, |place| place.start.line) },
            },
        })
    };
    report.items().map(issue).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Info => "info",
    }
}
