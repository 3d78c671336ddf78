use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::{Args, ValueEnum};
use migspec_analyze::reach::Reachability;
use migspec_analyze::scope::Scope;
use migspec_draw::Picture;
use migspec_ir::Graph;
use migspec_report::picture;

use super::scenario::{self, ScenarioOptions};
use super::spec_arguments::{SpecArguments, one_workflow};
use super::{Exit, print};
use crate::error::{Action, CommandError, FileError};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Picture to draw.
    pub kind: Kind,
    #[command(flatten)]
    pub chosen: SpecArguments,
    /// Picture format (default: svg; with `--open`, html).
    #[arg(long, short = 'f', value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Output file (default: standard output; with `--open`, a temporary file).
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Open the picture with the program of `BROWSER`, or with that of the desktop.
    #[arg(long)]
    pub open: bool,
    /// Cutover of a workflow picture (default: the only cutover of the spec).
    #[arg(long, value_name = "KEY")]
    pub cutover: Option<String>,
    /// Highlight the path that the workflow takes in the scenario.
    #[arg(long, alias = "path-of")]
    pub highlight_path: bool,
    #[command(flatten)]
    pub scenario: ScenarioOptions,
}

/// The subject of a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Kind {
    /// Networks, tiers and the paths between them.
    Network,
    /// Account data flows and the PCI DSS scope.
    Data,
    /// The phases and states of a cutover, with its rollback.
    Workflow,
    /// Roles and the services that they may call.
    Iam,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Svg,
    Mermaid,
    /// Graphviz.
    Dot,
    /// One page with zoom, search and highlighting. It requests nothing.
    Html,
}

/// Draws a picture.
///
/// # Errors
///
/// The spec cannot be read, has no such cutover, or the picture cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let format = arguments.format()?;
    let Some(graph) = arguments.chosen.graph()? else { return Ok(Exit::Findings) };
    let picture = draw(arguments, &graph)?;
    let text = match format {
        Format::Svg => migspec_draw::svg(&picture),
        Format::Mermaid => migspec_draw::mermaid(&picture),
        Format::Dot => migspec_draw::dot(&picture),
        Format::Html => migspec_draw::html(&picture),
    };
    if !arguments.open {
        return write(arguments.output.as_deref(), &text);
    }
    let path = match &arguments.output {
        Some(path) => path.clone(),
        None => temporary(format)?,
    };
    write(Some(&path), &text)?;
    open(&path)?;
    Ok(Exit::Clean)
}

impl Arguments {
    fn format(&self) -> Result<Format, CommandError> {
        match (self.format, self.open) {
            (None, false) => Ok(Format::Svg),
            (None, true) => Ok(Format::Html),
            (Some(format @ (Format::Mermaid | Format::Dot)), true) => {
                let name = format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
                Err(CommandError::usage(format!("no browser shows `{name}`: use `--open` with `svg` or `html`")))
            }
            (Some(format), _) => Ok(format),
        }
    }
}

/// An empty file that stays after the end of the process, because the browser reads it later.
fn temporary(format: Format) -> Result<PathBuf, CommandError> {
    let suffix = if matches!(format, Format::Svg) { ".svg" } else { ".html" };
    let folder = std::env::temp_dir();
    let failed = |e: std::io::Error| FileError::new(Action::Write, &folder, e);
    let file = tempfile::Builder::new().prefix("migspec-").suffix(suffix).tempfile_in(&folder).map_err(failed)?;
    let (_, path) = file.keep().map_err(|e| failed(e.error))?;
    Ok(path)
}

/// Starts the browser and does not wait for its end.
fn open(path: &Path) -> Result<(), CommandError> {
    let path = std::path::absolute(path).map_err(|e| FileError::new(Action::Open, path, e))?;
    let configured = std::env::var_os("BROWSER").filter(|program| !program.is_empty());
    let program = configured.unwrap_or_else(|| DESKTOP.into());
    let mut command = Command::new(&program);
    command.arg(&path).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(drop).map_err(|e| {
        let program = program.display();
        let path = path.display();
        CommandError::usage(format!(
            "cannot start `{program}`: {e}; set `BROWSER` to a program, or open {path} by hand"
        ))
    })
}

/// The program of the desktop that opens a file.
const DESKTOP: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "explorer"
} else {
    "xdg-open"
};

fn draw(arguments: &Arguments, graph: &Graph) -> Result<Picture, CommandError> {
    Ok(match arguments.kind {
        Kind::Network => picture::network(graph, &Scope::of(graph), &Reachability::of(graph), &picture::no_link),
        Kind::Iam => picture::rights(graph, &Scope::of(graph)),
        Kind::Data => picture::data(graph, &Scope::of(graph), &picture::no_link),
        Kind::Workflow => {
            let workflow = one_workflow(graph, arguments.cutover.as_deref())?;
            let passed = match arguments.highlight_path {
                true => scenario::states_entered(workflow, &arguments.scenario)?,
                false => Vec::new(),
            };
            let passed: Vec<&str> = passed.iter().map(|name| &**name).collect();
            picture::workflow(workflow, &passed)
        }
    })
}

fn write(output: Option<&Path>, text: &str) -> Result<Exit, CommandError> {
    match output {
        None => print(text)?,
        Some(path) => std::fs::write(path, text).map_err(|e| FileError::new(Action::Write, path, e))?,
    }
    Ok(Exit::Clean)
}
