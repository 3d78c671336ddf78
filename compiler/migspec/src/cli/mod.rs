//! The command line: one file for each subcommand.

mod build;
mod check;
mod evidence;
mod explain;
mod fmt;
mod graph;
mod init;
mod options;
mod policy;
mod shell;
mod simulate;
mod verify;
mod waive;
mod waivers;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use options::{ColorChoice, FailOn};

/// How a run ended. The same for every format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Findings, or a check that differs.
    Findings = 1,
    /// Could not run or decide.
    Failed = 2,
    /// No spec matched.
    Nothing = 3,
}

/// A policy-checked compiler from a migration specification to AWS
/// infrastructure and workflow.
#[derive(Debug, Parser)]
#[command(name = "migspec", version, disable_help_subcommand = true, max_term_width = 100)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check specs against the language, policies, isolation and least privilege.
    Check(check::Arguments),
    /// Check a spec and write Terraform, CloudFormation and the workflow.
    Build(build::Arguments),
    /// Verify workflows that were edited by hand.
    Verify(verify::Arguments),
    /// Walk the workflow of a cutover in virtual time, with what may go wrong.
    Simulate(simulate::Arguments),
    /// Format specs.
    Fmt(fmt::Arguments),
    /// Write a first spec and a project file.
    Init(init::Arguments),
    /// Explain a rule, a control or a PCI DSS requirement.
    Explain(explain::Arguments),
    /// List, test and measure the policies themselves.
    Policy(policy::Arguments),
    /// Write a waiver into a spec: a finding is accepted for a time.
    Waive(waive::Arguments),
    /// List the waivers of specs, the next to expire first.
    Waivers(waivers::Arguments),
    /// Draw the network, the ways of account data, or the workflow.
    Graph(graph::Arguments),
    /// Write the evidence for an assessment against PCI DSS.
    Evidence(evidence::Arguments),
    /// Print completions for a shell.
    Completions(shell::Completions),
    /// Print the man page.
    Man(shell::Man),
}

/// The command line as clap describes it: for help, completions, the man page
/// and the reference.
pub fn command() -> clap::Command {
    Command::command()
}

/// Runs the command line and says how the process ends.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match Command::try_parse_from(arguments) {
        Ok(command) => dispatch(command.action),
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Failed } else { Exit::Clean };
            // Nothing is left to do where even this cannot be printed.
            let _ = error.print();
            exit
        }
    };
    ExitCode::from(exit as u8)
}

fn dispatch(action: Action) -> Exit {
    let result = match action {
        Action::Check(arguments) => check::run(&arguments),
        Action::Build(arguments) => build::run(&arguments),
        Action::Verify(arguments) => verify::run(&arguments),
        Action::Simulate(arguments) => simulate::run(&arguments),
        Action::Fmt(arguments) => fmt::run(&arguments),
        Action::Init(arguments) => init::run(&arguments),
        Action::Explain(arguments) => explain::run(&arguments),
        Action::Policy(arguments) => policy::run(&arguments),
        Action::Waive(arguments) => waive::run(&arguments),
        Action::Waivers(arguments) => waivers::run(&arguments),
        Action::Graph(arguments) => graph::run(&arguments),
        Action::Evidence(arguments) => evidence::run(&arguments),
        Action::Completions(arguments) => shell::completions(&arguments, &mut command()),
        Action::Man(_) => shell::man(command()),
    };
    result.unwrap_or_else(|message| {
        eprint_line(&format!("error: {message}"));
        Exit::Failed
    })
}

/// Prints results. A closed pipe is the reader's decision, not an error.
fn print(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {}", crate::load::reason(&e)))
        }
        _ => Ok(()),
    }
}

/// Prints what is not a result: progress, summaries, problems.
fn eprint_line(text: &str) {
    // Where standard error is closed, nobody is there to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
