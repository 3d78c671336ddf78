//! Shell completions and the man page.

use crate::error::CommandError;
use clap::Args;
use clap_complete::Shell;

use super::{Exit, print};

#[derive(Debug, Args)]
pub struct Completions {
    /// Shell to generate completions for.
    pub shell: Shell,
}

#[derive(Debug, Args)]
pub struct Man {}

/// Prints the completions of a shell.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn completions(arguments: &Completions, command: &mut clap::Command) -> Result<Exit, CommandError> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, command, "migspec", &mut text);
    print(&String::from_utf8_lossy(&text)).map(|()| Exit::Clean)
}

/// Prints the man page.
///
/// # Errors
///
/// Standard output cannot be written.
pub fn man(command: clap::Command) -> Result<Exit, CommandError> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(CommandError::Output)?;
    print(&String::from_utf8_lossy(&text)).map(|()| Exit::Clean)
}
