use migspec_diag::Severity;
use serde_json::json;

use super::Report;

/// Diagnostics of reviewdog, one JSON document a line. Columns count bytes.
/// Source: reviewdog, `proto/rdf/reviewdog.proto`.
pub fn render(report: &Report) -> String {
    let line = |item: super::Item| {
        let finding = item.finding;
        let mut message = finding.message.clone();
        message.extend(finding.help.iter().map(|help| format!("\n{help}")));
        let mut diagnostic = json!({
            "message": message,
            "severity": severity(finding.severity),
            "source": { "name": "migspec", "url": env!("CARGO_PKG_REPOSITORY") },
            "code": { "value": &*finding.code, "url": report.help_uri(&finding.code) },
        });
        diagnostic["location"] = match (item.place(report), &finding.primary) {
            (Some(place), Some(label)) => {
                let source = report.sources.get(label.span.file);
                let column = |at: u32, line: usize| (at as usize).saturating_sub(source.line_range(line).start) + 1;
                json!({ "path": place.file, "range": {
                    "start": { "line": place.start.line, "column": column(label.span.start, place.start.line) },
                    "end": { "line": place.end.line, "column": column(label.span.end, place.end.line) },
                }})
            }
            _ => json!({ "path": super::project_file(report) }),
        };
        format!("{diagnostic}\n")
    };
    report.items().map(line).collect()
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}
