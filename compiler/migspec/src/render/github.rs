use migspec_diag::{Diagnostic, Severity};

use super::{Report, references};

/// Workflow commands that annotate a pull request.
/// Source: GitHub's "Workflow commands for GitHub Actions".
pub fn render(report: &Report) -> String {
    report.findings.iter().map(|f| annotation(f, report)).collect()
}

fn annotation(finding: &Diagnostic, report: &Report) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(label) = &finding.primary {
        let source = report.sources.get(label.span.file);
        let (start, end) = (source.location(label.span.start), source.location(label.span.end));
        properties.push(format!("file={}", property(&format!("{}{}", report.prefix, source.name))));
        properties.push(format!("line={}", start.line));
        properties.push(format!("endLine={}", end.line));
        properties.push(format!("col={}", start.column));
        // GitHub draws columns only inside one line.
        if start.line == end.line {
            properties.push(format!("endColumn={}", end.column));
        }
    }
    properties.push(format!("title={}", property(&finding.code)));
    let mut text = finding.message.clone();
    for more in [references(finding), finding.help.clone()].into_iter().flatten() {
        text.push('\n');
        text.push_str(&more);
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&text))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
