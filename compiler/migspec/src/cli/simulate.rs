use crate::error::CommandError;
use clap::{Args, ValueEnum};
use migspec_analyze::workflow::Program;
use migspec_analyze::workflow::simulate::simulate;
use migspec_report::timeline;

use super::scenario::ScenarioOptions;
use super::spec_arguments::{SpecArguments, one_workflow};
use super::{Exit, print};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    pub chosen: SpecArguments,
    /// Cutover to simulate (default: the only cutover of the spec).
    #[arg(long, value_name = "KEY")]
    pub cutover: Option<String>,
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    #[command(flatten)]
    pub scenario: ScenarioOptions,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

/// Simulates a workflow, and prints its timeline.
///
/// # Errors
///
/// The spec cannot be read, or has no such cutover or state.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let Some(graph) = arguments.chosen.graph()? else { return Ok(Exit::Findings) };
    let workflow = one_workflow(&graph, arguments.cutover.as_deref())?;
    let program = Program::new(workflow);
    let scenario = arguments.scenario.scenario(&program)?;
    let run = simulate(&program, &scenario);
    match arguments.format {
        Format::Human => print(&(timeline::text(&program, &run) + &timeline::unmet(&scenario, &run)))?,
        Format::Json => print(&format!("{:#}\n", timeline::document(&program, &run)))?,
    }
    Ok(if run.safe { Exit::Clean } else { Exit::Findings })
}
