//! The spec and the environment that a command draws or simulates.

use std::path::PathBuf;

use clap::Args;
use migspec_diag::{Severity, Sources};
use migspec_ir::Graph;
use migspec_ir::workflow::Workflow;

use super::options::ColorChoice;
use super::{check, print};
use crate::compile;
use crate::error::CommandError;
use crate::load::FolderImporter;
use crate::{project, render};

/// One spec in one environment.
#[derive(Debug, Args)]
pub struct SpecArguments {
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

impl SpecArguments {
    /// Lowers the spec and returns its graph, or prints its errors and returns `None`.
    ///
    /// # Errors
    ///
    /// The spec cannot be read, or several environments could be meant.
    pub fn graph(&self) -> Result<Option<Graph>, CommandError> {
        let mut sources = Sources::new();
        let project = match self.no_project {
            true => project::Project::default(),
            false => check::read_project(self.color, &mut sources)?,
        };
        let spec = check::one_spec(self.path.as_ref(), &project)?;
        let (file, mut importer) = FolderImporter::open(&spec, &mut sources)?;
        let (mut graphs, findings) = compile::lower(file, &mut sources, &mut importer, self.env.as_deref());
        if findings.iter().any(|f| f.severity == Severity::Error) {
            print(&render::plain(&findings, &sources, self.color.paint()))?;
            return Ok(None);
        }
        if graphs.len() == 1 {
            return Ok(graphs.pop());
        }
        let names: Vec<&str> = graphs.iter().map(|graph| &*graph.environment.name).collect();
        Err(CommandError::usage(format!("name the environment with `--env NAME`: {}", names.join(", "))))
    }
}

/// The workflow of a cutover.
///
/// # Errors
///
/// The spec has no such cutover, or several could be meant.
pub fn one_workflow<'g>(graph: &'g Graph, cutover: Option<&str>) -> Result<&'g Workflow, CommandError> {
    let workflows: Vec<&Workflow> = graph.workflows.values().collect();
    match (cutover, workflows.as_slice()) {
        (_, []) => Err(CommandError::usage("the spec has no cutover")),
        (None, [only]) => Ok(*only),
        (wanted, many) => {
            let found = many.iter().find(|w| wanted == Some(&*w.cutover));
            let keys: Vec<&str> = many.iter().map(|w| &*w.cutover).collect();
            found.copied().ok_or_else(|| {
                CommandError::usage(format!("name the cutover with `--cutover KEY`: {}", keys.join(", ")))
            })
        }
    }
}
