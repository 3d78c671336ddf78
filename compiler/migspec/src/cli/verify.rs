use std::path::PathBuf;

use clap::{Args, Subcommand};
use migspec_analyze::workflow::Depth;
use migspec_diag::Sources;
use migspec_policies::verify;
use migspec_targets::stepfunctions;

use super::Exit;
use super::conclude::{Extra, conclude};
use super::judging::describe;
use super::options::Judging;
use crate::compile::Checked;
use crate::load;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Explore annotated state machines: every state with every outcome, with an interruption at every point.
    Workflow(Workflow),
}

#[derive(Debug, Args)]
struct Workflow {
    /// State machines in the Amazon States Language that use JSONata.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    judging: Judging,
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    let What::Workflow(Workflow { files, judging }) = &arguments.what;
    let mut sources = Sources::new();
    let rulebook = judging.rulebook(&[])?;
    let mut checked = Checked::default();
    for path in files {
        let name = load::display(path);
        let text = load::read_text(path)?;
        let file = sources.add(&name, &text);
        let workflow = stepfunctions::read(&name, &text, file).drain_into(&mut checked.findings);
        let Some(workflow) = workflow else { continue };
        checked.findings.extend(verify(&workflow, &rulebook, Depth::Restarts).map_err(|f| describe(&f))?);
    }
    migspec_diag::sort(&mut checked.findings);
    checked.policies = rulebook.len();
    conclude(judging, &rulebook, &sources, &checked, files.len(), &Extra::default())
}
