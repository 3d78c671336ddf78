//! A comparison as text: one file for each format.

mod human;
mod json;
mod markdown;

use migspec_diag::Sources;

use super::pretty;
use crate::diff::Compared;
use crate::render::Paint;

/// A format of comparisons.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    Human,
    /// A comment of a pull request, or a job summary.
    Markdown,
    /// One JSON document.
    Json,
}

/// A comparison and the names of its sides.
pub struct Report<'a> {
    pub compared: &'a Compared,
    pub before: &'a str,
    pub after: &'a str,
    pub sources: &'a Sources,
}

pub fn render(format: Format, report: &Report, paint: Paint) -> String {
    match format {
        Format::Human => human::render(report, paint),
        Format::Markdown => markdown::render(report),
        Format::Json => pretty(&json::render(report)),
    }
}
