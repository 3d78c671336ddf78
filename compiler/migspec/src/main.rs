//! `migspec`, the command.

use std::process::ExitCode;

fn main() -> ExitCode {
    migspec::cli::run(std::env::args_os())
}
