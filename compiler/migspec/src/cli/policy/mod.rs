//! What concerns the policies themselves: which there are, whether their cases
//! come out as they say, and how much they notice.

mod list;
mod mutate;
mod test;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use migspec_diag::Sources;
use migspec_policies::{Rulebook, schema};

use super::options::describe;
use super::{Exit, print};
use crate::load;
use crate::project;
use crate::render;

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

/// Where policies come from.
#[derive(Debug, Args)]
pub struct From {
    /// A folder with policies of your own; else those that the project file names.
    #[arg(long, value_name = "DIR", env = "MIGSPEC_POLICIES", hide_env_values = true)]
    pub policies: Vec<PathBuf>,
    /// Ignores the project file.
    #[arg(long)]
    pub no_project: bool,
}

impl From {
    /// The folders of policies, and the rulebook with the policies in them.
    fn rulebook(&self) -> Result<(Vec<PathBuf>, Rulebook), String> {
        let mut folders = self.policies.clone();
        if folders.is_empty() && !self.no_project {
            let mut sources = Sources::new();
            let project = project::find(".".as_ref(), &mut sources);
            folders = project.map_err(|f| render::plain(&f, &sources, false))?.unwrap_or_default().policies;
        }
        let rulebook = load::rulebook(&folders, describe)?;
        Ok((folders, rulebook))
    }
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    match &arguments.action {
        Action::List(arguments) => list::run(arguments),
        Action::Test(arguments) => test::run(arguments),
        Action::Schema => print(&schema::text()).map(|()| Exit::Clean),
        Action::Mutate(arguments) => mutate::run(arguments),
    }
}
