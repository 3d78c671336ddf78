//! What concerns the policies themselves: which there are, what they say,
//! whether their cases come out as they say, and how much they notice.

mod diff;
mod doc;
mod list;
mod mutate;
mod test;

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
    /// List the policies: what they decide and how severe it is.
    List(list::Arguments),
    /// Run the cases beside the policies, and say which policies no case exercises.
    Test(test::Arguments),
    /// Print the manual of policies as Markdown, or write it to a folder.
    Doc(doc::Arguments),
    /// Compare what two sets of policies say of a spec.
    Diff(diff::Arguments),
    /// Print the Cedar schema: everything that a policy can ask.
    Schema,
    /// Flip every fact of a clean spec, one by one, and report what no policy notices.
    Mutate(mutate::Arguments),
}

/// How lists of policies are shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Format {
    /// For a terminal.
    Human,
    /// One JSON document.
    Json,
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    match &arguments.action {
        Action::List(arguments) => list::run(arguments),
        Action::Test(arguments) => test::run(arguments),
        Action::Doc(arguments) => doc::run(arguments),
        Action::Diff(arguments) => diff::run(arguments),
        Action::Schema => print(&schema::text()).map(|()| Exit::Clean),
        Action::Mutate(arguments) => mutate::run(arguments),
    }
}

/// There is no policy of this name, and which was meant.
fn unknown<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> String {
    let help = migspec_diag::did_you_mean(name, known).map(|help| format!("; {help}")).unwrap_or_default();
    format!("there is no policy `{name}`{help}")
}
