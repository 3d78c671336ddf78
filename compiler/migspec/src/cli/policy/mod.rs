//! Commands about the policies: list, manual, cases, and mutation score.

mod diff;
mod doc;
mod list;
mod mutate;
mod test;

use crate::error::CommandError;
use clap::{Args, Subcommand, ValueEnum};
use migspec_policies::schema;

use super::{Exit, print};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List the policies with their severity and controls.
    List(list::Arguments),
    /// Run the cases beside the policies, and list the policies without cases.
    Test(test::Arguments),
    /// Print the policy manual as Markdown, or write it to a folder.
    Doc(doc::Arguments),
    /// Compare the findings of two sets of policies for a spec.
    Diff(diff::Arguments),
    /// Print the Cedar schema: every entity type, attribute and action.
    Schema,
    /// Mutate every fact of a clean spec, one at a time, and list the mutations that no policy denies.
    Mutate(mutate::Arguments),
}

/// The output formats of lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For a terminal.
    Human,
    /// One JSON document.
    Json,
}

/// Runs a command about policies.
///
/// # Errors
///
/// A policy folder or a spec cannot be read, or a policy is wrong.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    match &arguments.action {
        Action::List(arguments) => list::run(arguments),
        Action::Test(arguments) => test::run(arguments),
        Action::Doc(arguments) => doc::run(arguments),
        Action::Diff(arguments) => diff::run(arguments),
        Action::Schema => print(&schema::text()).map(|()| Exit::Clean),
        Action::Mutate(arguments) => mutate::run(arguments),
    }
}

/// The error for an unknown policy, with the nearest name.
fn unknown<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> CommandError {
    let help = migspec_diag::did_you_mean(name, known).map(|help| format!("; {help}")).unwrap_or_default();
    CommandError::usage(format!("there is no policy `{name}`{help}"))
}
