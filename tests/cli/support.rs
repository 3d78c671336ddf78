use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The root of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub const BINARY: &str = env!("CARGO_BIN_EXE_migspec");

/// A program without any setting of this user: an empty home, and the path of the system alone.
pub fn with_empty_home(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    // A program that needs it makes it.
    let home = folder.join(".home");
    command.current_dir(folder).stdin(Stdio::null()).env_clear();
    command.env("HOME", home).env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.env("MIGSPEC_TODAY", "2026-11-22").env("NO_COLOR", "1");
    command
}

/// The command with a fixed date.
pub fn migspec(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("MIGSPEC_TODAY", "2026-11-22").env("NO_COLOR", "1");
    command
}

/// The result of a run: exit code, standard output, standard error.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

pub fn run(folder: &Path, arguments: &[&str]) -> Run {
    finished(migspec(folder, arguments).output().expect("the command starts"))
}

pub fn finished(output: Output) -> Run {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let run = Run {
        // No code means a signal: a crash.
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    };
    assert!(!run.stderr.contains("panicked"), "panic: {}", run.stderr);
    run
}

/// A folder with the reference spec and its imported file.
pub fn reference() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["payments.migspec.kdl", "corp-root-ca.pem"] {
        std::fs::copy(root().join("specs").join(name), folder.path().join(name)).expect("the spec can be copied");
    }
    folder
}

/// All files below a folder with their bytes, sorted.
pub fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).expect("the folder can be read") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below the folder").to_string_lossy().into_owned();
                files.push((name, std::fs::read(&path).expect("a file can be read")));
            }
        }
    }
    files.sort();
    files
}
