use std::cmp::Reverse;

use migspec_diag::Severity;

use super::escape::terminal;
use super::{Item, Report, State, count, references};

/// Annotations of one level that GitHub shows for a step; it drops all others in silence.
/// Source: GitHub Docs, "Usage limits, billing, and administration", annotations for each step.
const MOST: usize = 10;

/// Workflow commands that annotate a pull request: the worst findings first,
/// those below GitHub's limit counted in one annotation.
/// Source: GitHub Docs, "Workflow commands for GitHub Actions".
pub fn render(report: &Report) -> String {
    let mut items: Vec<Item> = report.items().filter(|item| item.state != Some(State::Existing)).collect();
    items.sort_by_key(|item| Reverse(item.finding.severity));
    let mut text: String =
        report.problems.iter().map(|p| format!("::error title=not-checked::{}\n", data(p))).collect();
    let mut dropped = 0;
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        let of_level: Vec<&Item> = items.iter().filter(|item| item.finding.severity == severity).collect();
        // The last notice is kept for the count.
        let most = if severity == Severity::Info { MOST - 1 } else { MOST };
        text.extend(of_level.iter().take(most).map(|item| annotation(item, report)));
        dropped += of_level.len().saturating_sub(most);
    }
    if dropped > 0 {
        let more = count(dropped, "finding");
        text.push_str(&format!(
            "::notice title=migspec::{more} without an annotation here; the job summary and the log list all\n"
        ));
    }
    text
}

fn annotation(item: &Item, report: &Report) -> String {
    let finding = item.finding;
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = item.place(report) {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={}", place.start.line));
        properties.push(format!("endLine={}", place.end.line));
        properties.push(format!("col={}", place.start.column));
        // GitHub draws columns only inside one line.
        if place.start.line == place.end.line {
            properties.push(format!("endColumn={}", place.end.column));
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
    // A carriage return has an escape of its own here; a log obeys the others.
    let visible = text.split('\r').map(terminal).collect::<Vec<_>>().join("\r");
    visible.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
