use std::cmp::Reverse;

use migspec_diag::Severity;

use super::escape::markdown;
use super::{Item, LONGEST_COMMENT, Report, State, count, counts, not_checked, references};

/// Findings in the table; all others are counted below it.
const ROWS: usize = 20;
/// A comment with this marker is replaced by the next run instead of a second one.
const MARKER: &str = "<!-- migspec check -->";

/// Markdown for a comment of a pull request and for a job summary: the worst
/// findings first, bounded in length.
pub fn render(report: &Report) -> String {
    let mut items: Vec<Item> = report.items().filter(|item| item.state != Some(State::Existing)).collect();
    items.sort_by_key(|item| Reverse(item.finding.severity));
    let mut text = format!("{MARKER}\n### migspec check: {}\n\n", headline(report));
    for problem in report.problems {
        text.push_str(&format!("**Not checked:** {}\n\n", markdown(problem)));
    }
    let mut listed = 0;
    if !items.is_empty() {
        text.push_str("| | rule | finding | place |\n|---|---|---|---|\n");
        for item in items.iter().take(ROWS) {
            let row = row(item, report);
            if text.len() + row.len() > LONGEST_COMMENT / 2 {
                break;
            }
            text.push_str(&row);
            listed += 1;
        }
        text.push('\n');
    }
    if listed < items.len() {
        let more = count(items.len() - listed, "finding");
        text.push_str(&format!("{more} outside this table: run `migspec check` for the full list.\n\n"));
    }
    text.push_str(&details(&items[..listed]));
    text.push_str(&fix_summary(report));
    text.push_str(&format!("<sub>{}</sub>\n", markdown(&report.coverage.line())));
    text
}

/// `2 new errors, 3 existing findings, 1 fixed`, or the plain counts.
fn headline(report: &Report) -> String {
    let plain = |errors: usize, warnings: usize, notes: usize, new: &str| {
        let of = |n: usize, one: &str| (n > 0).then(|| count(n, &format!("{new}{one}")));
        [of(errors, "error"), of(warnings, "warning"), of(notes, "note")].into_iter().flatten().collect::<Vec<_>>()
    };
    let Some(comparison) = report.comparison else {
        let (errors, warnings, notes) = counts(report.findings);
        let mut parts = plain(errors, warnings, notes, "");
        parts.extend(not_checked(report));
        return if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") };
    };
    let new =
        |severity| report.items().filter(|i| i.state == Some(State::New) && i.finding.severity == severity).count();
    let mut parts = plain(new(Severity::Error), new(Severity::Warning), new(Severity::Info), "new ");
    parts.extend(not_checked(report));
    if parts.is_empty() {
        parts.push("nothing new".to_owned());
    }
    let existing = report.items().filter(|i| i.state == Some(State::Existing)).count();
    parts.extend((existing > 0).then(|| format!("{existing} existing")));
    parts.extend((!comparison.fixed.is_empty()).then(|| format!("{} fixed", comparison.fixed.len())));
    parts.join(", ")
}

fn row(item: &Item, report: &Report) -> String {
    let finding = item.finding;
    let icon = match finding.severity {
        Severity::Error => "❌",
        Severity::Warning => "⚠️",
        Severity::Info => "ℹ️",
    };
    let only = match finding.environments.as_slice() {
        [] => String::new(),
        some => format!(" ({})", markdown(&some.join(", "))),
    };
    let place = item.place(report).map_or(String::new(), |place| markdown(&format!("`{place}`")));
    let rule = format!("[{}]({})", markdown(&finding.code), report.help_uri(&finding.code));
    format!("| {icon} | {rule} | {}{only} | {place} |\n", markdown(&finding.message))
}

/// The help of each finding, folded.
fn details(items: &[Item]) -> String {
    let mut text = String::new();
    for item in items {
        let finding = item.finding;
        let lines: Vec<String> = [finding.help.clone(), references(finding)].into_iter().flatten().collect();
        if lines.is_empty() {
            continue;
        }
        let lines: Vec<String> = lines.iter().map(|line| markdown(line)).collect();
        let entry = format!("- {}: {}\n", markdown(&format!("`{}`", finding.code)), lines.join(". "));
        if text.len() + entry.len() > LONGEST_COMMENT / 3 {
            break;
        }
        text.push_str(&entry);
    }
    if text.is_empty() {
        return text;
    }
    format!("<details><summary>How to fix them</summary>\n\n{text}\n</details>\n\n")
}

fn fix_summary(report: &Report) -> String {
    let fixed = report.comparison.map_or(&[][..], |comparison| &comparison.fixed);
    if fixed.is_empty() {
        return String::new();
    }
    let lines: String = fixed
        .iter()
        .take(ROWS)
        .map(|known| format!("- {}: {}\n", markdown(&format!("`{}`", known.code)), markdown(&known.message)))
        .collect();
    let more = fixed.len().saturating_sub(ROWS);
    let more = if more > 0 { format!("- and {more} more\n") } else { String::new() };
    format!("<details><summary>{} fixed</summary>\n\n{lines}{more}\n</details>\n\n", fixed.len())
}
