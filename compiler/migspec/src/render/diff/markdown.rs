use super::Report;
use crate::diff::{Part, Section, parts};
use crate::render::LONGEST_COMMENT;
use crate::render::escape::markdown;

/// A comment with this marker is replaced by the next run instead of a second one.
const MARKER: &str = "<!-- migspec diff -->";
/// Lines that a part shows without a fold.
const OPEN: usize = 12;

/// Markdown for a comment of a pull request: the summary, then one folded part
/// for each kind of change.
pub fn render(report: &Report) -> String {
    let (before, after) = (code(report.before), code(report.after));
    let mut text = format!("{MARKER}\n### migspec diff: {before} → {after}\n\n");
    for (names, verb) in [(&report.compared.added, "New"), (&report.compared.removed, "Removed")] {
        for name in names {
            text.push_str(&format!("**{verb} environment:** {}\n\n", code(name)));
        }
    }
    for section in &report.compared.sections {
        text.push_str(&one(section, report, LONGEST_COMMENT.saturating_sub(text.len())));
    }
    text
}

fn one(section: &Section, report: &Report, room: usize) -> String {
    let mut text = String::new();
    if !section.environments.is_empty() {
        let names: Vec<String> = section.environments.iter().map(|name| code(name)).collect();
        text.push_str(&format!("#### {}\n\n", names.join(", ")));
    }
    for finding in &section.findings {
        let place = finding.primary.as_ref().map(|label| format!(" ({})", code(&report.sources.place(label.span))));
        let help = finding.help.as_deref().map(markdown).unwrap_or_default();
        text.push_str(&format!("- ❌ **{}**{}. {help}\n", markdown(&finding.message), place.unwrap_or_default()));
    }
    if !section.findings.is_empty() {
        text.push('\n');
    }
    let parts = parts(section);
    if parts.is_empty() {
        text.push_str("No differences.\n\n");
    }
    for part in &parts {
        let shown = part_text(part, room.saturating_sub(text.len()));
        text.push_str(&shown);
    }
    text
}

/// A part; the lines that exceed `room` are counted.
fn part_text(part: &Part, room: usize) -> String {
    let mut lines = String::new();
    let mut count = 0;
    for line in &part.lines {
        let indent = if line.detail { "  " } else { "" };
        let next = format!("{indent}- {} {}\n", code(line.mark.sign()), bold(&line.text));
        if lines.len() + next.len() > room.saturating_sub(400) {
            break;
        }
        lines.push_str(&next);
        count += 1;
    }
    if count < part.lines.len() {
        lines.push_str(&format!("- and {} more lines: run `migspec diff` for all of them\n", part.lines.len() - count));
    }
    let title = markdown(&part.title);
    match part.lines.len() > OPEN {
        true => format!("<details><summary>{title}</summary>\n\n{lines}\n</details>\n\n"),
        false => format!("**{title}**\n\n{lines}\n"),
    }
}

/// Words of ours in `**` stay bold.
fn bold(text: &str) -> String {
    let parts: Vec<&str> = text.split("**").collect();
    match parts.as_slice() {
        [before, strong, after] => format!("{}<b>{}</b>{}", markdown(before), markdown(strong), markdown(after)),
        _ => markdown(text),
    }
}

fn code(text: &str) -> String {
    markdown(&format!("`{}`", text.replace('`', "'")))
}
