//! Fixes of the findings of a run, previewed or written.

use std::path::{Path, PathBuf};

use clap::Args;
use migspec_diag::{Diagnostic, Sources, count};
use migspec_policies::Rulebook;

use super::selection::Selection;
use super::{Exit, eprint_line, print};
use crate::compile::{self, Checked, Request};
use crate::error::CommandError;
use crate::fix::{self, Fixed};
use crate::load::{FolderImporter, Texts};
use crate::path_name::display;
use crate::write;

#[derive(Debug, Args)]
pub struct Fixing {
    /// Apply the safe fixes, then report the remaining findings.
    #[arg(long)]
    pub fix: bool,
    /// Apply also fixes that drop something which may be wanted. Implies `--fix`, except with `--diff`.
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Write nothing; print the fixes as a diff.
    #[arg(long)]
    pub diff: bool,
}

impl Fixing {
    pub fn is_wanted(&self) -> bool {
        self.fix || self.unsafe_fixes || self.diff
    }
}

/// The parts of a run that decide on findings.
pub struct Run<'r> {
    pub rulebook: &'r Rulebook,
    pub request: &'r Request,
    pub selection: &'r Selection,
}

impl Run<'_> {
    fn check(&self, spec: &Path, texts: &Texts) -> Result<(Sources, Checked), CommandError> {
        let mut sources = Sources::new();
        let (file, mut importer) = FolderImporter::open_with(spec, texts.clone(), display, &mut sources)?;
        let checked = compile::check(file, &mut sources, &mut importer, self.rulebook, self.request);
        Ok((sources, checked?))
    }
}

/// Applies the fixes of all specs. With `--diff` the exit code shows whether there are any.
///
/// # Errors
///
/// A spec cannot be checked or written.
pub fn run(fixing: &Fixing, specs: &[PathBuf], run: &Run) -> Result<Option<Exit>, CommandError> {
    let (mut applied, mut refused, mut files) = (0, 0, 0);
    for spec in specs {
        let before = match run.check(spec, &Texts::new()) {
            Ok(before) => before,
            // The check that follows reports an unreadable file with the others.
            Err(why) if fixing.diff => return Err(why),
            Err(_) => continue,
        };
        let old = before.0.clone();
        let wanted =
            |finding: &Diagnostic| (fixing.unsafe_fixes || finding.has_safe_fix()) && run.selection.shows(finding);
        let fixed: Fixed = fix::improve(before, wanted, |texts| run.check(spec, texts))?;
        applied += fixed.applied;
        refused += fixed.refused;
        for (name, (old, new)) in fix::changes(&fixed.texts, &old) {
            files += 1;
            if fixing.diff {
                let diff = similar::TextDiff::from_lines(old, new);
                print(&diff.unified_diff().header(name, name).to_string())?;
            } else {
                write::replace(Path::new(name), new)?;
            }
        }
    }
    let verb = if fixing.diff { "would be fixed" } else { "fixed" };
    eprint_line(&format!("{} {verb} in {}", count(applied, "finding"), count(files, "file")));
    if refused > 0 {
        eprint_line(&format!("{} not fixed: the fix would cause another finding", count(refused, "finding")));
    }
    Ok(fixing.diff.then_some(if files > 0 { Exit::Findings } else { Exit::Clean }))
}
