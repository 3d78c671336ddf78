use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use migspec_diag::{Sources, count};

use super::options::ColorChoice;
use super::{Exit, eprint_line, print};
use crate::error::CommandError;
use crate::load;
use crate::path_name;
use crate::project;
use crate::render;
use crate::write;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Specs, or folders to search; `-` formats standard input.
    pub paths: Vec<PathBuf>,
    /// Write nothing; list the files that would change.
    #[arg(long)]
    pub check: bool,
    /// Write nothing; print the changes as a diff.
    #[arg(long)]
    pub diff: bool,
    /// When to use colors.
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "MIGSPEC_COLOR", hide_env_values = true)]
    pub color: ColorChoice,
}

/// Formats specs, or lists the changes.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    if arguments.paths == [PathBuf::from("-")] {
        return standard_input(arguments);
    }
    let mut sources = Sources::new();
    let project = project::find(Path::new("."), &mut sources)
        .map_err(|findings| CommandError::Findings(render::plain(&findings, &sources, arguments.color.paint())))?;
    let paths = super::check::specs(&arguments.paths, &project.unwrap_or_default())?;
    let mut exit = Exit::Clean;
    let mut changed = 0;
    for path in &paths {
        let text = load::read_text(path)?;
        let Some(formatted) = formatted(arguments, &path_name::display(path), &text)? else {
            exit = Exit::Findings;
            continue;
        };
        if formatted != text {
            changed += 1;
            report(arguments, path, &text, &formatted)?;
        }
    }
    let writes_nothing = arguments.check || arguments.diff;
    eprint_line(&format!(
        "{changed} of {} {}",
        count(paths.len(), "file"),
        if writes_nothing { "would change" } else { "changed" }
    ));
    if changed > 0 && writes_nothing { Ok(Exit::Findings) } else { Ok(exit) }
}

fn report(arguments: &Arguments, path: &Path, text: &str, formatted: &str) -> Result<(), CommandError> {
    let name = path_name::display(path);
    if arguments.diff {
        let diff = similar::TextDiff::from_lines(text, formatted);
        return print(&diff.unified_diff().header(&name, &name).to_string());
    }
    if arguments.check {
        return print(&format!("{name}\n"));
    }
    Ok(write::replace(path, formatted)?)
}

fn standard_input(arguments: &Arguments) -> Result<Exit, CommandError> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).map_err(CommandError::Input)?;
    match formatted(arguments, "<stdin>", &text)? {
        None => Ok(Exit::Findings),
        Some(formatted) if arguments.check => Ok(if formatted == text { Exit::Clean } else { Exit::Findings }),
        Some(formatted) => print(&formatted).map(|()| Exit::Clean),
    }
}

/// The formatted text; `None`, with the findings printed, if it is not KDL.
fn formatted(arguments: &Arguments, name: &str, text: &str) -> Result<Option<String>, CommandError> {
    let mut sources = Sources::new();
    let file = sources.add(name, text);
    let outcome = migspec_syntax::format(file, text);
    if outcome.has_errors() {
        print(&render::plain(&outcome.diagnostics, &sources, arguments.color.paint()))?;
        return Ok(None);
    }
    Ok(Some(outcome.value))
}
