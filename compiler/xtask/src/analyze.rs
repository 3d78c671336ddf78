//! Proofs about the policies, by the program of `compiler/prover`.

use std::path::Path;
use std::process::Command;

use crate::error::TaskError;

/// Proves the properties of the policies.
///
/// # Errors
///
/// A policy lacks a property, or the prover cannot run.
pub fn run(arguments: &[&str], root: &Path) -> Result<(), TaskError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["run", "--quiet", "--locked", "--bin", "migspec-prover", "--"]);
    let status = command.args(arguments).status().map_err(|reason| TaskError::Program { name: "cargo", reason })?;
    match status.success() {
        true => Ok(()),
        false => Err(TaskError::Proofs),
    }
}
