//! `migspec`, the command.

use std::process::ExitCode;

/// A run makes some hundred thousand small values and drops them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    migspec::cli::run(std::env::args_os())
}
