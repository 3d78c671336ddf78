//! Errors of policies, with their place in the file.

use std::fmt::{self, Write};

use cedar_policy_core::parser::err::ParseErrors;
use miette::Diagnostic;

/// The reason for a missing verdict: exit code 2, never a pass.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PolicyError {
    message: String,
    details: Vec<Detail>,
}

/// A part of an error.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Detail {
    text: String,
    /// The place in the text of the policy: offset, length and label.
    at: Option<(usize, usize, String)>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.details.iter().try_for_each(|detail| write!(f, "\n  {}", detail.text))
    }
}

impl std::error::Error for PolicyError {}

impl PolicyError {
    pub(crate) fn new(message: impl Into<String>, details: impl IntoIterator<Item = String>) -> Self {
        let details = details.into_iter().map(|text| Detail { text, at: None });
        Self { message: message.into(), details: details.collect() }
    }

    /// An error at a place in the text of the policy: offset, length and label.
    pub(crate) fn at(message: impl Into<String>, (offset, length, label): (usize, usize, String)) -> Self {
        let detail = Detail { text: String::new(), at: Some((offset, length, label)) };
        Self { message: message.into(), details: vec![detail] }
    }

    /// An error with the errors that Cedar reports.
    pub(crate) fn of_cedar<'e>(message: String, errors: impl IntoIterator<Item = &'e dyn Diagnostic>) -> Self {
        Self { message, details: errors.into_iter().map(Detail::of).collect() }
    }

    /// A policy that Cedar cannot parse.
    pub(crate) fn cedar(name: &str, errors: &ParseErrors) -> Self {
        let errors = errors.iter().map(|error| error as &dyn Diagnostic);
        Self::of_cedar(format!("the policy `{name}` is not Cedar"), errors)
    }

    /// The error with file, line, column and text of each place. An error without a place is one of the whole policy.
    pub(crate) fn of_file(mut self, name: &str, text: &str) -> Self {
        if self.details.is_empty() {
            self.details.push(Detail { text: String::new(), at: None });
        }
        for detail in &mut self.details {
            let whole = || (head(text), 0, String::new());
            let (offset, length, label) = detail.at.take().unwrap_or_else(whole);
            detail.text = at_place(name, text, &detail.text, (offset, length), &label);
        }
        self
    }
}

impl Detail {
    fn of(error: &dyn Diagnostic) -> Self {
        let label = error.labels().and_then(|mut labels| labels.next());
        let help = error.help().map(|help| help.to_string());
        let text = |label: &miette::LabeledSpan| label.label().map(str::to_owned).or(help).unwrap_or_default();
        let at = label.map(|label| (label.offset(), label.len(), text(&label)));
        Self { text: error.to_string(), at }
    }
}

/// The offset of the policy behind its annotations.
fn head(text: &str) -> usize {
    let starts = |line: &str| line.starts_with("forbid") || line.starts_with("permit");
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if starts(line) {
            return offset;
        }
        offset += line.len();
    }
    0
}

/// `FILE:LINE:COLUMN: problem`, and the line with a mark below the place.
fn at_place(name: &str, text: &str, problem: &str, (offset, length): (usize, usize), label: &str) -> String {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let number = text[..offset].matches('\n').count() + 1;
    let before = text[start..offset].chars().count();
    let end = (offset + length).min(start + line.len());
    let marked = text.get(offset..end.max(offset)).map_or(0, |part| part.chars().count());
    let marked = if length == 0 { line.chars().count().saturating_sub(before) } else { marked };
    let colon = if problem.is_empty() { "" } else { ": " };
    let mut out = format!("{name}:{number}:{}{colon}{problem}", before + 1);
    let (margin, line) = (number.to_string(), line.replace('\t', " "));
    // Writing to a string cannot fail.
    let _ = write!(out, "\n  {margin} | {line}\n  {:1$} | ", "", margin.len());
    let _ = write!(out, "{}{} {label}", " ".repeat(before), "^".repeat(marked.max(1)));
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_file_line_column_and_text() {
        let text = "// Why.\n@id(\"ä\") nope\nforbid (principal, action, resource);\n";
        let error = PolicyError {
            message: "m".into(),
            details: vec![Detail { text: "bad".into(), at: Some((18, 4, "here".into())) }],
        };
        assert_eq!(
            error.of_file("own/x.cedar", text).to_string(),
            "m\n  own/x.cedar:2:10: bad\n  2 | @id(\"ä\") nope\n    |          ^^^^ here"
        );
        let whole = PolicyError::new("m", []).of_file("x.cedar", text).to_string();
        assert!(whole.starts_with("m\n  x.cedar:3:1\n  3 | forbid (principal"), "{whole}");
        let beyond = PolicyError {
            message: "m".into(),
            details: vec![Detail { text: "end".into(), at: Some((999, 1, String::new())) }],
        };
        assert!(beyond.of_file("x.cedar", text).to_string().contains("x.cedar:4:1: end"));
    }
}
