//! Findings as text: one file for each format. Words come from the findings;
//! only layout and colours are made here.

mod github;
mod human;
mod json;
mod sarif;

use migspec_diag::{Diagnostic, Severity, Sources};
use serde_json::Value;

/// A format of results.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Format {
    /// For a terminal.
    Human,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands that annotate a pull request.
    Github,
}

/// What is rendered: the findings of a run and what it covered.
pub struct Report<'a> {
    pub sources: &'a Sources,
    pub findings: &'a [Diagnostic],
    pub waived: &'a [Diagnostic],
    pub coverage: &'a Coverage,
    /// The folder of the run below the repository's root, with a slash at its
    /// end; empty at the root.
    pub prefix: &'a str,
    pub rules: &'a dyn Fn(&str) -> Option<RuleText>,
}

/// What a run looked at.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub specs: usize,
    pub policies: usize,
    pub resources: usize,
    pub environments: usize,
    pub skipped: usize,
    pub waived: usize,
    /// The day that waivers were held against.
    pub today: String,
}

/// What a format says of a rule beyond a finding's message.
#[derive(Clone, Debug, Default)]
pub struct RuleText {
    pub summary: String,
    pub explanation: String,
}

impl Coverage {
    /// The line that ends every run.
    pub fn line(&self) -> String {
        format!(
            "{}, {}, {}, {} skipped, {} waived, as of {}",
            count(self.policies, "policy", "policies"),
            count(self.resources, "resource", "resources"),
            count(self.environments, "environment", "environments"),
            self.skipped,
            self.waived,
            self.today,
        )
    }
}

/// `1 policy`, `2 policies`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Renders a report. `color` matters to the human format only.
pub fn render(format: Format, report: &Report, color: bool) -> String {
    match format {
        Format::Human => human::render(report, color),
        Format::Json => pretty(&json::render(report)),
        Format::Sarif => pretty(&sarif::render(report)),
        Format::Github => github::render(report),
    }
}

/// Findings that end a run, for standard error.
pub fn plain(findings: &[Diagnostic], sources: &Sources, color: bool) -> String {
    let coverage = Coverage::default();
    let report = Report { sources, findings, waived: &[], coverage: &coverage, prefix: "", rules: &|_| None };
    human::render(&report, color)
}

pub fn pretty(value: &Value) -> String {
    // Writing a `Value` to a string cannot fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Counts of a list of findings by severity: errors, warnings, notes.
pub fn counts(findings: &[Diagnostic]) -> (usize, usize, usize) {
    let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
    (of(Severity::Error), of(Severity::Warning), of(Severity::Info))
}

/// `ENC-RDS-01`, `PCI DSS 4.0.1: 3.5.1, 3.5.1.2`: what a finding refers to.
fn references(finding: &Diagnostic) -> Option<String> {
    let mut parts: Vec<String> = finding.controls.iter().map(|c| c.to_string()).collect();
    if !finding.requirements.is_empty() {
        parts.push(format!("PCI DSS 4.0.1: {}", finding.requirements.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}
