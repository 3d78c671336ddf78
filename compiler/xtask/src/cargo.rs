//! Cargo's description of the workspace.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::error::TaskError;

/// The output of `cargo metadata` with further arguments.
///
/// # Errors
///
/// Cargo cannot describe the workspace.
pub fn metadata(root: &Path, arguments: &[&str]) -> Result<Value, TaskError> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .args(arguments)
        .current_dir(root)
        .output()
        .map_err(|reason| TaskError::Program { name: "cargo", reason })?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(TaskError::Output { name: "cargo metadata", output });
    }
    let not_json = |reason| TaskError::Json { path: "cargo metadata".into(), reason };
    serde_json::from_slice(&output.stdout).map_err(not_json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_of_cargo_is_an_error() {
        let failed = metadata(&crate::root(), &["--no-deps", "--manifest-path", "none/Cargo.toml"]);
        assert!(matches!(failed, Err(TaskError::Output { name: "cargo metadata", .. })), "{failed:?}");
    }
}
