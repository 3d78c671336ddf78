//! Where the judges are and how they are run.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program that judges artifacts.
pub struct Judge {
    script: PathBuf,
}

impl Judge {
    /// Finds the script `name` under the folder of judges (`MIGSPEC_JUDGES`,
    /// else `../shared/tools`), with the Python that one of `pythons` names
    /// and the `programs` on the path. None, loudly, where any is missing.
    pub fn find(name: &str, pythons: &[&str], programs: &[&str]) -> Option<Self> {
        let folder = std::env::var_os("MIGSPEC_JUDGES").map(PathBuf::from);
        let script = folder.unwrap_or_else(|| migspec_tests::root().join("../shared/tools")).join(name);
        let missing = if !script.exists() {
            Some(format!("{} does not exist", script.display()))
        } else if let Some(python) = pythons.iter().find(|python| std::env::var_os(python).is_none()) {
            Some(format!("`{python}` does not say which Python has the judge's packages"))
        } else {
            let absent = programs.iter().find(|program| Command::new(program).arg("version").output().is_err());
            absent.map(|program| format!("`{program}` is not on the path"))
        };
        let Some(missing) = missing else { return Some(Self { script }) };
        let text = format!("judge {name} is missing: {missing}");
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{text}");
        eprintln!("SKIPPED: {text}");
        None
    }

    pub fn script(&self) -> &Path {
        &self.script
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new("sh");
        // The scripts say themselves which shell they are written for.
        if self.script.ends_with("tfcheck.sh") {
            command = Command::new("bash");
        }
        command.arg(&self.script);
        command
    }
}

/// What a command printed; an error where it failed.
pub fn said(command: &mut Command) -> Result<String, String> {
    let output = command.output().expect("the judge can be run");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(text) } else { Err(text) }
}
