//! Findings as text: one file for each format. Words come from the findings;
//! only layout and colours are made here.

mod csv;
pub mod diff;
mod escape;
mod github;
mod gitlab;
mod human;
mod json;
mod junit;
mod markdown;
mod rdjsonl;
mod rule;
mod sarif;

use std::fmt;

use migspec_diag::{Diagnostic, Edit, Location, Severity, Sources, Span};
use migspec_policies::Rulebook;
use migspec_syntax::edit;
use serde_json::Value;

pub use escape::terminal;
pub use rule::{RuleText, help_uri};

use crate::compare::{Comparison, State};
use crate::fingerprint::fingerprints;
use crate::repository::Root;

/// GitHub refuses a comment of more than 65,536 characters; a job summary may
/// have more. Source: GitHub Docs, "Issue comments"; the limit is in its
/// error message "body is too long (maximum is 65536 characters)".
const LONGEST_COMMENT: usize = 60_000;

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
    /// A comment of a pull request, or a job summary.
    Markdown,
    /// A code quality report of GitLab.
    Gitlab,
    /// JUnit's XML.
    Junit,
    /// Diagnostics of reviewdog, one a line.
    Rdjsonl,
    /// Comma-separated values for a spreadsheet.
    Csv,
}

/// The findings of a run, and its coverage.
pub struct Report<'a> {
    pub sources: &'a Sources,
    pub findings: &'a [Diagnostic],
    pub waived: &'a [Diagnostic],
    pub coverage: &'a Coverage,
    /// Where the paths of findings start.
    pub root: &'a Root,
    /// The rules of the run, which describe themselves.
    pub rulebook: Option<&'a Rulebook>,
    /// The difference to an earlier result, where the run asks for one.
    pub comparison: Option<&'a Comparison>,
    /// Files that could not be checked, with the reason.
    pub problems: &'a [String],
    /// The least severity that fails the run; `None` if nothing does.
    pub fails_on: Option<Severity>,
    /// SARIF lists waived findings as suppressed results.
    pub include_waived: bool,
    /// One fingerprint for each finding, and for each waived one after them.
    pub fingerprints: &'a [String],
}

/// One finding of a report.
pub struct Item<'a> {
    pub finding: &'a Diagnostic,
    pub fingerprint: &'a str,
    /// Whether an earlier result has it; `None` without a comparison.
    pub state: Option<State>,
}

/// A place below the root of the repository.
pub struct Place {
    pub file: String,
    pub start: Location,
    pub end: Location,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.start.line, self.start.column)
    }
}

impl<'a> Report<'a> {
    /// The findings that no waiver covers.
    pub fn items(&self) -> impl Iterator<Item = Item<'a>> {
        let (comparison, fingerprints) = (self.comparison, self.fingerprints);
        self.findings.iter().zip(fingerprints).enumerate().map(move |(index, (finding, fingerprint))| Item {
            finding,
            fingerprint,
            state: comparison.and_then(|comparison| comparison.states.get(index).copied()),
        })
    }

    /// The findings that a waiver covers.
    pub fn waived_items(&self) -> impl Iterator<Item = Item<'a>> {
        let fingerprints = self.fingerprints.iter().skip(self.findings.len());
        self.waived.iter().zip(fingerprints).map(|(finding, fingerprint)| Item { finding, fingerprint, state: None })
    }

    pub fn help_uri(&self, rule: &str) -> String {
        help_uri(self.rulebook, rule)
    }
}

/// A fix of a finding as a change of one file.
pub struct Suggestion<'a> {
    pub title: &'a str,
    pub safe: bool,
    pub at: Place,
    pub span: Span,
    pub text: String,
}

impl<'a> Item<'a> {
    /// The fix of the finding, if its place allows the edit.
    pub fn suggestion(&self, report: &Report) -> Option<Suggestion<'a>> {
        let fix = self.finding.fix.as_ref()?;
        let Edit { at, text } = edit::fix::edit(report.sources, fix)?;
        Some(Suggestion { title: &fix.title, safe: fix.is_safe(), at: place_of(at, report), span: at, text })
    }
}

fn place_of(span: Span, report: &Report) -> Place {
    let source = report.sources.get(span.file);
    let (start, end) = (source.location(span.start), source.location(span.end));
    Place { file: report.root.path(&source.name), start, end }
}

impl Item<'_> {
    /// The place of the finding, if it has one.
    pub fn place(&self, report: &Report) -> Option<Place> {
        self.finding.primary.as_ref().map(|label| place_of(label.span, report))
    }
}

/// The file that a format names for a finding without a place: the first one of the run.
fn project_file(report: &Report) -> String {
    report.sources.iter().next().map_or_else(String::new, |(_, source)| report.root.path(&source.name))
}

/// The inputs of a run, counted.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    pub specs: usize,
    pub policies: usize,
    pub resources: usize,
    pub environments: usize,
    pub skipped: usize,
    pub waived: usize,
    /// The date used to decide whether waivers have expired.
    pub today: String,
}

impl Coverage {
    /// The line that ends every run.
    pub fn line(&self) -> String {
        format!(
            "{}, {}, {}, {} skipped, {} waived, as of {}",
            count(self.policies, "policy"),
            count(self.resources, "resource"),
            count(self.environments, "environment"),
            self.skipped,
            self.waived,
            self.today,
        )
    }
}

pub use migspec_diag::count;

/// Whether the human format uses colors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Paint {
    Plain,
    Colored,
}

/// Renders a report. `paint` matters to the human format only.
pub fn render(format: Format, report: &Report, paint: Paint) -> String {
    match format {
        Format::Human => human::render(report, paint),
        Format::Json => pretty(&json::render(report)),
        Format::Sarif => pretty(&sarif::render(report)),
        Format::Github => github::render(report),
        Format::Markdown => markdown::render(report),
        Format::Gitlab => pretty(&gitlab::render(report)),
        Format::Junit => junit::render(report),
        Format::Rdjsonl => rdjsonl::render(report),
        Format::Csv => csv::render(report),
    }
}

/// Findings that end a run, for standard error.
pub fn plain(findings: &[Diagnostic], sources: &Sources, paint: Paint) -> String {
    let (coverage, root) = (Coverage::default(), Root::default());
    let fingerprints = fingerprints(findings, sources, &root);
    let report = Report {
        sources,
        findings,
        waived: &[],
        coverage: &coverage,
        root: &root,
        rulebook: None,
        comparison: None,
        problems: &[],
        fails_on: None,
        include_waived: false,
        fingerprints: &fingerprints,
    };
    human::render(&report, paint)
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

/// The specs that could not be read: `1 spec not checked`.
fn not_checked(report: &Report) -> Option<String> {
    let specs = report.problems.len();
    (specs > 0).then(|| format!("{} not checked", count(specs, "spec")))
}

/// The controls and requirements of a finding: `ENC-RDS-01`, `PCI DSS 4.0.1: 3.5.1, 3.5.1.2`.
fn references(finding: &Diagnostic) -> Option<String> {
    let mut parts: Vec<String> = finding.controls.iter().map(|c| c.to_string()).collect();
    if !finding.requirements.is_empty() {
        parts.push(format!("PCI DSS 4.0.1: {}", finding.requirements.join(", ")));
    }
    (!parts.is_empty()).then(|| parts.join(" · "))
}
