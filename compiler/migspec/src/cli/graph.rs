use std::path::{Path, PathBuf};

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
    /// Picture format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "svg")]
    pub format: Format,
    /// Output file (default: standard output).
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
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
    let Some(graph) = arguments.chosen.graph()? else { return Ok(Exit::Findings) };
    let picture = draw(arguments, &graph)?;
    let text = match arguments.format {
        Format::Svg => migspec_draw::svg(&picture),
        Format::Mermaid => migspec_draw::mermaid(&picture),
        Format::Dot => migspec_draw::dot(&picture),
        Format::Html => migspec_draw::html(&picture),
    };
    write(arguments.output.as_deref(), &text)
}

fn draw(arguments: &Arguments, graph: &Graph) -> Result<Picture, CommandError> {
    Ok(match arguments.kind {
        Kind::Network => picture::network(graph, &Scope::of(graph), &Reachability::of(graph), &picture::unlinked),
        Kind::Iam => picture::rights(graph, &Scope::of(graph)),
        Kind::Data => picture::data(graph, &Scope::of(graph), &picture::unlinked),
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
