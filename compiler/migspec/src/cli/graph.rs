use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use migspec_analyze::reach::Reachability;
use migspec_analyze::scope::Scope;
use migspec_diag::{Severity, Sources};
use migspec_draw::Picture;
use migspec_ir::Graph;
use migspec_report::picture;

use super::options::ColorChoice;
use super::{Exit, check, print, simulate};
use crate::compile;
use crate::load::{self, FolderImporter};
use crate::{project, render};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Picture to draw.
    pub kind: Kind,
    #[command(flatten)]
    pub chosen: Chosen,
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
    pub scenario: simulate::ScenarioOptions,
}

/// One spec in one environment.
#[derive(Debug, Args)]
pub struct Chosen {
    /// Spec to read (default: the spec of the project file).
    pub path: Option<PathBuf>,
    /// Environment (default: the only environment of the spec).
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// When to use colors.
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "MIGSPEC_COLOR", hide_env_values = true)]
    pub color: ColorChoice,
    /// Ignore the project file.
    #[arg(long)]
    pub no_project: bool,
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
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Svg,
    Mermaid,
}

impl Chosen {
    /// Lowers the spec and returns its graph, or prints its errors and returns `None`.
    pub fn graph(&self) -> Result<Option<Graph>, String> {
        let mut sources = Sources::new();
        let project = match self.no_project {
            true => project::Project::default(),
            false => check::found_project(self.color, &mut sources)?,
        };
        let spec = check::one_spec(self.path.as_ref(), &project)?;
        let (file, mut importer) = FolderImporter::open(&spec, &mut sources)?;
        let (mut graphs, findings) = compile::lower(file, &mut sources, &mut importer, self.env.as_deref());
        if findings.iter().any(|f| f.severity == Severity::Error) {
            print(&render::plain(&findings, &sources, self.color.enabled()))?;
            return Ok(None);
        }
        if graphs.len() == 1 {
            return Ok(graphs.pop());
        }
        let names: Vec<&str> = graphs.iter().map(|graph| &*graph.environment.name).collect();
        Err(format!("name the environment with `--env NAME`: {}", names.join(", ")))
    }
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    let Some(graph) = arguments.chosen.graph()? else { return Ok(Exit::Findings) };
    let picture = draw(arguments, &graph)?;
    let text = match arguments.format {
        Format::Svg => migspec_draw::svg(&picture),
        Format::Mermaid => migspec_draw::mermaid(&picture),
    };
    write(arguments.output.as_deref(), &text)
}

fn draw(arguments: &Arguments, graph: &Graph) -> Result<Picture, String> {
    Ok(match arguments.kind {
        Kind::Network => picture::network(graph, &Scope::of(graph), &Reachability::of(graph), &picture::unlinked),
        Kind::Data => picture::data(graph, &Scope::of(graph), &picture::unlinked),
        Kind::Workflow => {
            let workflow = simulate::one_workflow(graph, arguments.cutover.as_deref())?;
            let passed = match arguments.highlight_path {
                true => simulate::states_entered(workflow, &arguments.scenario)?,
                false => Vec::new(),
            };
            let passed: Vec<&str> = passed.iter().map(|name| &**name).collect();
            picture::workflow(workflow, &passed)
        }
    })
}

fn write(output: Option<&Path>, text: &str) -> Result<Exit, String> {
    match output {
        None => print(text)?,
        Some(path) => std::fs::write(path, text)
            .map_err(|e| format!("cannot write `{}`: {}", load::display(path), load::reason(&e)))?,
    }
    Ok(Exit::Clean)
}
