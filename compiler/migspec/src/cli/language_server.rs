use clap::Args;
use lsp_server::Connection;
use migspec_syntax::value::Date;

use super::judging;
use super::options::{self, PolicySource};
use super::{Exit, eprint_line};
use crate::error::CommandError;
use crate::lsp;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Speak over standard input and output. The only transport; editors pass the option.
    #[arg(long)]
    pub stdio: bool,
    /// Date used to decide whether waivers have expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = options::date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<Date>,
    #[command(flatten)]
    pub from: PolicySource,
}

/// Serves an editor until it closes the session.
///
/// # Errors
///
/// A policy cannot be used.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (_, rulebook) = arguments.from.rulebook()?;
    let today = judging::today(arguments.today)?;
    let (connection, threads) = Connection::stdio();
    let ended = lsp::serve(&connection, rulebook, today);
    // The writer ends when the connection is dropped.
    drop(connection);
    match ended {
        Ok(()) => {}
        Err(lsp::LspError::Command(error)) => return Err(error),
        Err(error) => {
            eprint_line(&format!("error: {error}"));
            return Ok(Exit::Failed);
        }
    }
    threads.join().map_err(CommandError::Input)?;
    Ok(Exit::Clean)
}
