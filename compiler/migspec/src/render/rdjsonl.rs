use migspec_diag::{Severity, Span};
use serde_json::{Value, json};

use super::{Place, Report, Suggestion};

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
            (Some(place), Some(label)) => json!({ "path": place.file, "range": range(&place, label.span, report) }),
            _ => json!({ "path": super::project_file(report) }),
        };
        let here = |fix: &Suggestion| finding.primary.as_ref().is_some_and(|label| label.span.file == fix.span.file);
        if let Some(fix) = item.suggestion(report).filter(|fix| fix.safe && here(fix)) {
            diagnostic["suggestions"] = json!([{ "range": range(&fix.at, fix.span, report), "text": fix.text }]);
        }
        format!("{diagnostic}\n")
    };
    report.items().map(line).collect()
}

fn range(place: &Place, span: Span, report: &Report) -> Value {
    let source = report.sources.get(span.file);
    let column = |at: u32, line: usize| (at as usize).saturating_sub(source.line_range(line).start) + 1;
    json!({
        "start": { "line": place.start.line, "column": column(span.start, place.start.line) },
        "end": { "line": place.end.line, "column": column(span.end, place.end.line) },
    })
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    }
}
