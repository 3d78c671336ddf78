//! The difference between the findings of two sets of policies for one spec.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::Args;
use migspec_diag::Sources;
use migspec_policies::Rulebook;
use migspec_syntax::value::Date;
use serde_json::json;

use super::Format;
use crate::cli::judging::today;
use crate::cli::options::{PolicySource, date};
use crate::cli::{Exit, check, print};
use crate::compile::{self, Request};
use crate::error::CommandError;
use crate::load::FolderImporter;
use crate::render::pretty;
use crate::rulebook;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Spec to check (default: the spec of the project file).
    pub path: Option<PathBuf>,
    /// Policy folder to compare with (default: the built-in policies only).
    #[arg(long, value_name = "DIR")]
    before: Vec<PathBuf>,
    /// Environment to check (default: all environments of the spec).
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    env: Option<String>,
    /// Date used to decide whether waivers have expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    today: Option<Date>,
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    format: Format,
    #[command(flatten)]
    from: PolicySource,
}

/// The entries that only one side has.
#[derive(Debug, PartialEq, Eq)]
struct Difference {
    added: Vec<String>,
    removed: Vec<String>,
}

/// Compares two sets of policies and their findings.
///
/// # Errors
///
/// A policy folder or the spec cannot be read, or a policy is wrong.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (_, after) = arguments.from.rulebook()?;
    let before = rulebook::rulebook(&arguments.before)?;
    let spec = check::one_spec(arguments.path.as_ref(), &arguments.from.project()?)?;
    let request = Request { environment: arguments.env.clone(), today: today(arguments.today)? };
    let (old, new) = (policies(&before)?, policies(&after)?);
    let changed = new.iter().filter(|(name, text)| old.get(*name).is_some_and(|old| old != *text));
    let changed: Vec<&str> = changed.map(|(name, _)| *name).collect();
    let names = |of: &BTreeMap<&str, &str>| of.keys().map(|name| (*name).to_owned()).collect();
    let rules = Difference::of(&names(&old), &names(&new));
    let findings = Difference::of(&findings(&spec, &before, &request)?, &findings(&spec, &after, &request)?);
    print(&match arguments.format {
        Format::Human => human(&rules, &changed, &findings),
        Format::Json => pretty(&json!({
            "policies": { "added": rules.added, "removed": rules.removed, "changed": changed },
            "findings": { "added": findings.added, "removed": findings.removed },
        })),
    })?;
    Ok(if rules.is_empty() && changed.is_empty() && findings.is_empty() { Exit::Clean } else { Exit::Findings })
}

impl Difference {
    fn of(old: &BTreeSet<String>, new: &BTreeSet<String>) -> Self {
        let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect();
        Self { added: only(new, old), removed: only(old, new) }
    }

    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    fn lines(&self) -> String {
        let added = self.added.iter().map(|line| format!("  + {line}\n"));
        added.chain(self.removed.iter().map(|line| format!("  - {line}\n"))).collect()
    }
}

/// Each policy's text by name.
fn policies(rulebook: &Rulebook) -> Result<BTreeMap<&str, &str>, CommandError> {
    Ok(rulebook.policies()?.into_iter().map(|rule| (&*rule.id, rule.text())).collect())
}

/// The findings of a rulebook for a spec as text, waived ones included.
fn findings(spec: &Path, rulebook: &Rulebook, request: &Request) -> Result<BTreeSet<String>, CommandError> {
    let mut sources = Sources::new();
    let (file, mut importer) = FolderImporter::open(spec, &mut sources)?;
    let checked = compile::check(file, &mut sources, &mut importer, rulebook, request)?;
    let all = checked.findings.iter().map(|f| (f, "")).chain(checked.waived.iter().map(|f| (f, ", waived")));
    let shown = all.map(|(finding, waived)| {
        let place = finding.primary.as_ref().map(|label| format!("{}: ", sources.place(label.span)));
        let only = match finding.environments.as_slice() {
            [] => String::new(),
            some => format!(" (in {})", some.join(", ")),
        };
        let severity = finding.severity.name();
        format!("{}{severity} {}: {}{only}{waived}", place.unwrap_or_default(), finding.code, finding.message)
    });
    Ok(shown.collect())
}

fn human(rules: &Difference, changed: &[&str], findings: &Difference) -> String {
    let changed: String = changed.iter().map(|name| format!("  ~ {name}\n")).collect();
    let sections = [("policies", rules.lines() + &changed), ("findings", findings.lines())];
    let shown = sections.iter().filter(|(_, lines)| !lines.is_empty());
    let shown: Vec<String> = shown.map(|(heading, lines)| format!("{heading}\n{lines}")).collect();
    if shown.is_empty() { "no difference\n".to_owned() } else { shown.join("\n") }
}
