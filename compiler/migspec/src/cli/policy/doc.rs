use std::path::PathBuf;

use clap::Args;
use migspec_policies::Rulebook;
use migspec_report::manual;
use migspec_targets::Artifacts;

use crate::cli::options::PolicySource;
use crate::cli::{Exit, eprint_line, print};
use crate::error::CommandError;
use crate::render::count;
use crate::{path_name, write};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Policies to print (default: all).
    pub names: Vec<String>,
    /// Write one page for each policy family to this folder, and an index.
    #[arg(long, value_name = "DIR", conflicts_with = "names")]
    out: Option<PathBuf>,
    #[command(flatten)]
    from: PolicySource,
}

/// Prints the manual of policies, or writes it to a folder.
///
/// # Errors
///
/// A policy folder cannot be read, a name is unknown, or a page cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (_, rulebook) = arguments.from.rulebook()?;
    let Some(out) = &arguments.out else {
        return print(&text(&arguments.names, &rulebook)?).map(|()| Exit::Clean);
    };
    let mut artifacts = Artifacts::new();
    for (name, text) in manual::policies(&rulebook)? {
        artifacts.add(name, text.into_bytes());
    }
    let changed = write::write(out, &artifacts, None)?;
    let pages = count(artifacts.len(), "page");
    eprint_line(&format!("{pages} in {}, {changed} of them new or changed", path_name::display(out)));
    Ok(Exit::Clean)
}

/// The pages of the named policies, or of all policies.
fn text(names: &[String], rulebook: &Rulebook) -> Result<String, CommandError> {
    let mut pages = Vec::new();
    for name in names.iter().map(String::as_str).chain(rulebook.names().filter(|_| names.is_empty())) {
        let rule = rulebook.rule(name)?;
        let rule = rule.ok_or_else(|| super::unknown(name, rulebook.names()))?;
        pages.push(manual::rule(rule, rulebook.cases_of(name).unwrap_or_default()).markdown(1));
    }
    Ok(pages.join("\n"))
}
