//! The end of a run: its results and its exit code.

use std::path::Path;

use migspec_diag::{Sources, count};
use migspec_policies::Rulebook;

use super::options::Judging;
use super::{Exit, eprint_line, print};
use crate::compare::{Earlier, State, Touched};
use crate::compile::Checked;
use crate::error::{Action, CommandError, FileError};
use crate::fingerprint;
use crate::render::{self, Coverage, Report};
use crate::repository::Root;

/// The parts of a result beyond its findings.
#[derive(Default)]
pub struct Extra<'a> {
    /// An earlier result, with which the findings are compared.
    pub earlier: Option<(Earlier, Touched)>,
    /// A file that receives the findings as a baseline.
    pub write_baseline: Option<&'a Path>,
    /// Files that could not be checked, with the reason.
    pub problems: Vec<String>,
    pub include_waived: bool,
    /// Print findings and errors only.
    pub quiet: bool,
}

/// Prints and writes the results of a run, and returns its exit code.
///
/// # Errors
///
/// A result cannot be printed or written.
pub fn conclude(
    judging: &Judging,
    rulebook: &Rulebook,
    sources: &Sources,
    checked: &Checked,
    specs: usize,
    extra: &Extra,
) -> Result<Exit, CommandError> {
    let coverage = Coverage {
        specs,
        policies: checked.policies,
        resources: checked.resources,
        environments: checked.environments,
        skipped: checked.skipped,
        waived: checked.waived.len(),
        today: judging.today()?.to_string(),
    };
    let root = Root::find();
    let mut fingerprints = fingerprint::fingerprints(&checked.findings, sources, &root);
    let now = Earlier::of(&checked.findings, &fingerprints, sources);
    let comparison = extra.earlier.as_ref().map(|(earlier, touched)| earlier.compare(&now, *touched));
    fingerprints.extend(fingerprint::fingerprints(&checked.waived, sources, &root));
    let fails_on = judging.fail_on.least();
    let report = Report {
        sources,
        findings: &checked.findings,
        waived: &checked.waived,
        coverage: &coverage,
        root: &root,
        rulebook: Some(rulebook),
        comparison: comparison.as_ref(),
        problems: &extra.problems,
        fails_on,
        include_waived: extra.include_waived,
        fingerprints: &fingerprints,
    };
    if !(extra.quiet && judging.format == render::Format::Human && checked.findings.is_empty()) {
        print(&render::render(judging.format, &report, judging.color.paint()))?;
    }
    for (format, path) in &judging.output {
        write_result(path, &render::render(*format, &report, render::Paint::Plain))?;
    }
    if let Some(path) = extra.write_baseline {
        write_result(path, &now.to_text())?;
    }
    if !extra.quiet {
        eprint_line(&coverage.line());
        let fixable = checked.findings.iter().filter(|finding| finding.has_safe_fix());
        match (judging.format, fixable.count()) {
            (render::Format::Human, n) if n > 0 => {
                eprint_line(&format!(
                    "{} can be fixed: see `migspec check --diff`, then run `migspec check --fix`",
                    count(n, "finding")
                ));
            }
            _ => {}
        }
    }
    for problem in &extra.problems {
        eprint_line(&render::terminal(&format!("error: {problem}")));
    }
    let fails = |item: render::Item| {
        item.state != Some(State::Existing) && fails_on.is_some_and(|least| item.finding.severity >= least)
    };
    // An environment that does not exist is an error of the command line.
    let known = !checked.findings.iter().any(|f| f.code == "unknown-environment");
    Ok(match (known && extra.problems.is_empty(), report.items().any(fails)) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Clean,
    })
}

fn write_result(path: &Path, text: &str) -> Result<(), CommandError> {
    std::fs::write(path, text).map_err(|e| FileError::new(Action::Write, path, e).into())
}
