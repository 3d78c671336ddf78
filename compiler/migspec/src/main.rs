//! `migspec`, the command.

use std::process::ExitCode;

/// A run allocates and drops several hundred thousand small values.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    migspec::cli::run(std::env::args_os())
}
