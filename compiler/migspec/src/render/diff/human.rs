use migspec_diag::is_hidden;

use super::Report;
use crate::diff::{Mark, Section, parts};
use crate::render::Paint;
use crate::render::plain;

pub fn render(report: &Report, paint: Paint) -> String {
    let mut text = format!("{} → {}\n", visible(report.before), visible(report.after));
    for (names, mark, verb) in
        [(&report.compared.added, Mark::Added, "new"), (&report.compared.removed, Mark::Removed, "removed")]
    {
        for name in names {
            text.push_str(&format!(
                "{}\n",
                painted(mark, &format!("{} environment {name}: {verb}", mark.sign()), paint)
            ));
        }
    }
    for section in &report.compared.sections {
        text.push_str(&one(section, report, paint));
    }
    text
}

fn one(section: &Section, report: &Report, paint: Paint) -> String {
    let mut text = String::new();
    if !section.environments.is_empty() {
        text.push_str(&format!("\nin {}\n", section.environments.join(", ")));
    }
    if !section.findings.is_empty() {
        text.push_str(&format!("\n{}", plain(&section.findings, report.sources, paint)));
    }
    let parts = parts(section);
    if parts.is_empty() {
        text.push_str("\nno differences\n");
    }
    for part in parts {
        text.push_str(&format!("\n{}\n", visible(&part.title)));
        for line in part.lines {
            let indent = if line.detail { "      " } else { "  " };
            let words = visible(&line.text).replace("**", "");
            let body = format!("{indent}{} {words}", line.mark.sign());
            text.push_str(&format!("{}\n", painted(line.mark, &body, paint)));
        }
    }
    text
}

fn visible(text: &str) -> String {
    let shown = |c: char| if is_hidden(c) || c == '\n' { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(shown).collect()
}

fn painted(mark: Mark, text: &str, paint: Paint) -> String {
    let code = match mark {
        _ if paint == Paint::Plain => return text.to_owned(),
        Mark::Added => 32,
        Mark::Removed => 31,
        Mark::Changed => 33,
    };
    format!("\u{1b}[{code}m{text}\u{1b}[0m")
}
