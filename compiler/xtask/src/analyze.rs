//! Proofs about the policies, by the program of `compiler/prover`.

use std::path::Path;
use std::process::Command;

pub fn run(arguments: &[&str], root: &Path) -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["run", "--quiet", "--locked", "--bin", "migspec-prover", "--"]);
    let status = command.args(arguments).status().map_err(|error| format!("cargo cannot be run: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err("the policies lack a required property".to_owned()),
    }
}
