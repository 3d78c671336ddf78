use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use migspec_diag::{Severity, Sources};
use migspec_draw::Picture;
use migspec_ir::Graph;
use migspec_policies::scope::Scope;
use migspec_report::picture;

use super::options::ColorChoice;
use super::{Exit, check, print};
use crate::compile;
use crate::load::{self, FolderImporter};
use crate::{project, render};

#[derive(Debug, Args)]
pub struct Arguments {
    /// What to draw.
    pub kind: Kind,
    /// The spec; the project's if absent.
    pub path: Option<PathBuf>,
    /// The environment; may be left out where there is only one.
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// How to write the picture.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "svg")]
    pub format: Format,
    /// The file to write to; standard output if absent.
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "MIGSPEC_COLOR", hide_env_values = true)]
    pub color: ColorChoice,
    /// Ignores the project file.
    #[arg(long)]
    pub no_project: bool,
}

/// What a picture shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Kind {
    /// Networks, tiers and who reaches whom.
    Network,
    /// Where account data goes, and what is in scope of PCI DSS.
    Data,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Svg,
    Mermaid,
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    let mut sources = Sources::new();
    let project = match arguments.no_project {
        true => project::Project::default(),
        false => check::found_project(arguments.color, &mut sources)?,
    };
    let spec = check::one_spec(arguments.path.as_ref(), &project)?;
    let (file, mut importer) = FolderImporter::open(&spec, &mut sources)?;
    let (graphs, findings) = compile::lower(file, &mut sources, &mut importer, arguments.env.as_deref());
    if findings.iter().any(|f| f.severity == Severity::Error) {
        print(&render::plain(&findings, &sources, arguments.color.enabled()))?;
        return Ok(Exit::Findings);
    }
    let graph = match graphs.as_slice() {
        [only] => only,
        many => {
            let names: Vec<&str> = many.iter().map(|graph| &*graph.environment.name).collect();
            return Err(format!("name the environment to draw with `--env NAME`: {}", names.join(", ")));
        }
    };
    let picture = draw(arguments.kind, graph);
    let text = match arguments.format {
        Format::Svg => migspec_draw::svg(&picture),
        Format::Mermaid => migspec_draw::mermaid(&picture),
    };
    write(arguments.output.as_deref(), &text)
}

fn draw(kind: Kind, graph: &Graph) -> Picture {
    match kind {
        Kind::Network => picture::network(graph, &Scope::of(graph), &picture::unlinked),
        Kind::Data => picture::data(graph, &Scope::of(graph), &picture::unlinked),
    }
}

fn write(output: Option<&Path>, text: &str) -> Result<Exit, String> {
    match output {
        None => print(text)?,
        Some(path) => std::fs::write(path, text)
            .map_err(|e| format!("cannot write `{}`: {}", load::display(path), load::reason(&e)))?,
    }
    Ok(Exit::Clean)
}
