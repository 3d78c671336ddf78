//! The options that describe a scenario of a workflow.

use crate::error::{CommandError, OptionError};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use migspec_analyze::workflow::Program;
use migspec_analyze::workflow::simulate::{Answering, Scenario, simulate};
use migspec_ir::workflow::Workflow;
use serde_json::json;

/// The failures of a simulation.
#[derive(Debug, Args)]
pub struct ScenarioOptions {
    /// Make the Nth call from STATE fail (default 1). For Map and Parallel states, a call inside them.
    #[arg(long, value_name = "STATE[:N]", value_parser = state_and_number)]
    pub fail: Vec<(String, u64)>,
    /// Make the Nth call from STATE time out (default 1).
    #[arg(long, value_name = "STATE[:N]", value_parser = state_and_number)]
    pub hang: Vec<(String, u64)>,
    /// Throttle the first N calls from STATE.
    #[arg(long, value_name = "STATE:N", value_parser = state_and_number)]
    pub throttle: Vec<(String, u64)>,
    /// Replication lag at the start; it falls by one second each minute.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = seconds)]
    pub lag: u64,
    /// Time after each step of the shift in which no request reaches the target's compute.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = seconds)]
    pub idle: u64,
    /// Time that DMS takes to stop a task.
    #[arg(long, value_name = "DURATION", default_value = "180s", value_parser = seconds)]
    pub dms_stop: u64,
    /// Time that DMS takes to start a task.
    #[arg(long, value_name = "DURATION", default_value = "180s", value_parser = seconds)]
    pub dms_start: u64,
    /// How the approvers respond.
    #[arg(long, value_name = "HOW", default_value = "agree")]
    pub approve: Approve,
    /// Make the validation find rows that differ.
    #[arg(long)]
    pub mismatch: bool,
    /// Start while another execution of the workflow is running.
    #[arg(long, alias = "beside")]
    pub concurrent_run: bool,
    /// Start while the cutovers named by `after` have not moved their writers.
    #[arg(long, alias = "unmoved")]
    pub predecessors_pending: bool,
    /// Change the schemas after the schema freeze.
    #[arg(long)]
    pub schema_change: bool,
    /// Start while the forward task runs without one of its tables.
    #[arg(long)]
    pub suspended_table: bool,
    /// Stop the execution in STATE, then redrive it.
    #[arg(long, value_name = "STATE")]
    pub redrive: Option<String>,
    /// Value of the writer switch at the start.
    #[arg(long, value_name = "SIDE", default_value = "source")]
    pub writer: Writer,
    /// Start the execution as a rollback.
    #[arg(long)]
    pub rollback: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Approve {
    /// All approvers agree within one hour.
    Agree,
    /// All approvers agree after the reminder.
    Late,
    /// No approver responds.
    Expired,
    /// An approver refuses.
    Refused,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Writer {
    Source,
    None,
    Target,
}

fn state_and_number(text: &str) -> Result<(String, u64), OptionError> {
    match text.split_once(':') {
        None => Ok((text.to_owned(), 1)),
        Some((state, n)) => match n.parse() {
            Ok(n) if n > 0 => Ok((state.to_owned(), n)),
            _ => Err("expected a state and the number of a call from 1, such as `FenceWrites:2`".into()),
        },
    }
}

/// Parses a number of seconds, minutes or hours, such as `30s`.
fn seconds(text: &str) -> Result<u64, OptionError> {
    let units = [("s", 1), ("m", 60), ("h", 3600)];
    let found =
        units.iter().find_map(|(unit, size)| text.strip_suffix(unit)?.parse::<u32>().ok().map(|n| u64::from(n) * size));
    found.ok_or_else(|| OptionError::from("expected a duration such as `30s`"))
}

/// The states that the workflow enters in a scenario, without states inside Map and Parallel states.
///
/// # Errors
///
/// An option names a state that the workflow does not have.
pub fn states_entered(workflow: &Workflow, options: &ScenarioOptions) -> Result<Vec<Arc<str>>, CommandError> {
    let program = Program::new(workflow);
    let run = simulate(&program, &options.scenario(&program)?);
    let outside = run.entries.into_iter().filter(|entry| entry.branch.is_empty());
    Ok(outside.map(|entry| entry.state).collect())
}

impl ScenarioOptions {
    /// The scenario for a workflow.
    ///
    /// # Errors
    ///
    /// An option names a state that the workflow does not have.
    pub fn scenario(&self, program: &Program<'_>) -> Result<Scenario, CommandError> {
        let calls = |list: &[(String, u64)]| -> Result<Vec<(String, u64)>, CommandError> {
            list.iter().map(|(state, n)| Ok((calling(program, state)?.to_owned(), *n))).collect()
        };
        if let Some(state) = self.redrive.as_deref().filter(|state| calling(program, state).ok() != Some(*state)) {
            calling(program, state)?;
            return Err(CommandError::usage(format!(
                "the state `{state}` contains other states: name the inner state to redrive"
            )));
        }
        let writer = match self.writer {
            Writer::Source => "source",
            Writer::None => "none",
            Writer::Target => "target",
        };
        Ok(Scenario {
            input: if self.rollback { json!({ "action": "rollback" }) } else { json!({}) },
            writer: Some(writer.to_owned()),
            fails: calls(&self.fail)?,
            timeouts: calls(&self.hang)?,
            throttles: calls(&self.throttle)?,
            lag: self.lag,
            idle: self.idle,
            dms_start: self.dms_start,
            dms_stop: self.dms_stop,
            approve: match self.approve {
                Approve::Agree => Answering::Agree,
                Approve::Late => Answering::Late,
                Approve::Expired => Answering::Expired,
                Approve::Refused => Answering::Refused,
            },
            mismatch: self.mismatch,
            beside: self.concurrent_run,
            unmoved: self.predecessors_pending,
            migrated: self.schema_change,
            suspended: self.suspended_table,
            redrive: self.redrive.clone(),
            answers: Vec::new(),
        })
    }
}

/// The first task at or inside a state.
fn calling<'p>(program: &'p Program<'_>, name: &str) -> Result<&'p str, CommandError> {
    let Some(named) = program.find(name) else {
        let names = program.nodes.iter().map(|node| &*node.state.name);
        let near = migspec_diag::did_you_mean(name, names).map(|hint| format!(": {hint}"));
        return Err(CommandError::usage(format!("the workflow has no state `{name}`{}", near.unwrap_or_default())));
    };
    let within = |id: usize| std::iter::successors(Some(id), |id| program.nodes[*id].outer).any(|id| id == named);
    let calls = |id: &usize| within(*id) && program.nodes[*id].state.kind.is_task();
    let found = (named..program.nodes.len()).find(calls).map(|id| &*program.nodes[id].state.name);
    found.ok_or_else(|| CommandError::usage(format!("the state `{name}` makes no call that can fail")))
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use migspec_analyze::workflow::simulate::USUAL_DMS;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        options: ScenarioOptions,
    }

    #[test]
    fn dms_takes_its_usual_times_by_default() {
        let Cli { options } = Cli::parse_from(["simulate"]);
        assert_eq!((options.dms_start, options.dms_stop), (USUAL_DMS, USUAL_DMS));
    }
}
