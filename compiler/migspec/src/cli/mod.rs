//! The command line: one file for each subcommand.

mod build;
mod check;
mod conclude;
mod config;
mod diff;
mod evidence;
mod explain;
mod fixing;
mod fmt;
mod graph;
mod init;
mod judging;
mod language_server;
mod line_origin;
mod options;
mod policy;
mod scenario;
mod selection;
mod shell;
mod simulate;
mod spec_arguments;
mod verify;
mod waive;
mod waivers;
mod watch;

use crate::error::CommandError;
use crate::render::terminal;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use options::{ColorChoice, FailOn};

/// The exit code, the same for every format.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// No finding reaches the severity of `--fail-on`.
    Clean = 0,
    /// Findings, or a `--check` that differs.
    Findings = 1,
    /// The command could not run, or a policy could not be evaluated.
    Failed = 2,
    /// No spec was found.
    Nothing = 3,
}

/// Check a migration spec against policies and compile it to AWS infrastructure
/// and workflows.
#[derive(Debug, Parser)]
#[command(name = "migspec", version, disable_help_subcommand = true, max_term_width = 100)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Check specs: language, policies, network isolation and least privilege.
    Check(check::Arguments),
    /// Check a spec, then write Terraform, CloudFormation and the workflow.
    Build(build::Arguments),
    /// Verify workflows that were edited by hand.
    Verify(verify::Arguments),
    /// Compare two specs, revisions or environments.
    Diff(diff::Arguments),
    /// Simulate the workflow of a cutover in virtual time, with injected failures.
    Simulate(simulate::Arguments),
    /// Format specs.
    Fmt(fmt::Arguments),
    /// Create a starter spec and a project file.
    Init(init::Arguments),
    /// Explain a rule, a control or a PCI DSS requirement.
    Explain(explain::Arguments),
    /// List, test and measure the policies themselves.
    Policy(policy::Arguments),
    /// Add a waiver to a spec, which accepts a finding until a date.
    Waive(waive::Arguments),
    /// List the waivers of specs, soonest expiry first.
    Waivers(waivers::Arguments),
    /// Find the node of the spec behind a line of a built file.
    Where(line_origin::Arguments),
    /// Show the settings of a run and their origins.
    Config(config::Arguments),
    /// Draw the network, the account data flows, the rights, or a workflow.
    Graph(graph::Arguments),
    /// Write the evidence for a PCI DSS assessment.
    Evidence(evidence::Arguments),
    /// Serve an editor: findings, completion, navigation and fixes while you type.
    Lsp(language_server::Arguments),
    /// Print shell completions.
    Completions(shell::Completions),
    /// Print the man page.
    Man(shell::Man),
}

/// The clap definition of the command line, from which help, completions, the
/// man page and the reference are generated.
pub fn command() -> clap::Command {
    Command::command()
}

/// Runs the command line and returns the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match Command::try_parse_from(arguments) {
        Ok(command) => dispatch(command.action),
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Failed } else { Exit::Clean };
            // If the error cannot be printed, no channel is left to report that.
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
        Action::Diff(arguments) => diff::run(&arguments),
        Action::Simulate(arguments) => simulate::run(&arguments),
        Action::Fmt(arguments) => fmt::run(&arguments),
        Action::Init(arguments) => init::run(&arguments),
        Action::Explain(arguments) => explain::run(&arguments),
        Action::Policy(arguments) => policy::run(&arguments),
        Action::Waive(arguments) => waive::run(&arguments),
        Action::Waivers(arguments) => waivers::run(&arguments),
        Action::Where(arguments) => line_origin::run(&arguments),
        Action::Config(arguments) => config::run(&arguments),
        Action::Graph(arguments) => graph::run(&arguments),
        Action::Evidence(arguments) => evidence::run(&arguments),
        Action::Lsp(arguments) => language_server::run(&arguments),
        Action::Completions(arguments) => shell::completions(&arguments, &mut command()),
        Action::Man(_) => shell::man(command()),
    };
    result.unwrap_or_else(|error| {
        // Rendered findings have colours; other errors may quote a path.
        match &error {
            CommandError::Findings(text) => eprint_line(&format!("error: {text}")),
            error => eprint_line(&terminal(&format!("error: {error}"))),
        }
        match error {
            CommandError::NoSpec => Exit::Nothing,
            _ => Exit::Failed,
        }
    })
}

/// Prints results. A closed pipe is not an error: the reader has seen enough.
fn print(text: &str) -> Result<(), CommandError> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(CommandError::Output(e)),
        _ => Ok(()),
    }
}

/// Prints progress, summaries and errors, which are not results.
fn eprint_line(text: &str) {
    // If standard error is closed, no channel is left.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}
