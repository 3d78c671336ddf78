//! Programs outside the project that tests ask for a judgement. A test without
//! its program skips: the skip is printed and counted. Under `CI=true` a
//! missing program fails the test.

#![expect(clippy::panic, clippy::disallowed_methods, reason = "a test fails by panicking, and finds programs")]

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use thiserror::Error;

/// The Python that has `requirements.txt`.
const PYTHON: &str = "JUDGE_PYTHON";
/// The folder into which npm installed `package.json`.
const NODE_MODULES: &str = "JUDGE_NODE_MODULES";
/// The packages that every judge needs, as Python imports them.
const PACKAGES: &[&str] = &["cfnlint", "cryptography", "moto", "msgpack"];
const NPM_PACKAGES: &[&str] = &["asl-validator", "jsonata"];
const FIND_PACKAGES: &str = "import importlib.util as u, sys; sys.exit(not all(map(u.find_spec, sys.argv[1:])))";

static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// A judge that cannot run, with the reason.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
enum Missing {
    #[error("`{0}` is not on the path")]
    Program(String),
    #[error("{0} has not the packages of {1}")]
    Packages(String, &'static str),
    #[error("{0}: {1}")]
    Python(String, String),
}

/// The output of a command that failed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{0}")]
pub struct Rejection(pub String);

/// A program that judges artifacts: a script of this folder, and its Python.
#[derive(Clone, Debug)]
pub struct Judge {
    python: PathBuf,
    script: PathBuf,
}

impl Judge {
    /// The judge `script`, which needs the `programs` on the path. Without them
    /// the test skips.
    ///
    /// # Panics
    /// Under `CI=true`, where the judge is missing.
    pub fn find(script: &str, programs: &[&str]) -> Option<Self> {
        Self::find_with(script, programs, &[])
    }

    /// The same, for a judge that needs further packages of Python.
    ///
    /// # Panics
    /// Under `CI=true`, where the judge is missing.
    pub fn find_with(script: &str, programs: &[&str], packages: &[&str]) -> Option<Self> {
        match Self::look(script, programs, packages) {
            Ok(judge) => Some(judge),
            Err(reason) => {
                skip(script, &reason.to_string());
                None
            }
        }
    }

    fn look(script: &str, programs: &[&str], packages: &[&str]) -> Result<Self, Missing> {
        let python = search_python(packages)?;
        if let Some(program) = programs.iter().find(|program| !on_path(program)) {
            return Err(Missing::Program((*program).to_owned()));
        }
        let missing = NPM_PACKAGES.iter().any(|name| !npm_package(name).is_dir());
        if missing && programs.contains(&"node") {
            return Err(Missing::Packages(npm_package("").display().to_string(), "package.json"));
        }
        Ok(Self { python, script: folder().join(script) })
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(&self.script);
        command
    }
}

/// The output of a command; an error where the command failed.
///
/// # Errors
/// The command failed: its output.
///
/// # Panics
/// The command does not start.
pub fn output(command: &mut Command) -> Result<String, Rejection> {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(text) } else { Err(Rejection(text)) }
}

/// The Python that has the judges' packages. Without it the test skips.
///
/// # Panics
/// Under `CI=true`, where it is missing.
pub fn python() -> Option<PathBuf> {
    search_python(&[]).map_err(|reason| skip("python", &reason.to_string())).ok()
}

/// A program that a package of `requirements.txt` installs beside Python.
/// Without it the test skips.
///
/// # Panics
/// Under `CI=true`, where it is missing.
pub fn beside_python(name: &str) -> Option<Command> {
    let program = configured(PYTHON, ".judges/venv/bin/python").with_file_name(name);
    if program.is_file() {
        return Some(Command::new(program));
    }
    skip(name, &format!("{} does not exist", program.display()));
    None
}

/// A program on the path. Without it the test skips.
///
/// # Panics
/// Under `CI=true`, where it is missing.
pub fn program(name: &str) -> Option<Command> {
    if on_path(name) {
        return Some(Command::new(name));
    }
    skip(name, "it is not on the path");
    None
}

/// Counts and prints the skip of a test that cannot run without `judge`. The
/// line goes past the capture of the test harness.
///
/// # Panics
/// Under `CI=true`: nothing may be skipped there.
pub fn skip(judge: &str, reason: &str) {
    let run = if std::env::var_os("CI").is_some_and(|ci| ci == "true") { Run::Gate } else { Run::Developer };
    if let Some(line) = report(judge, reason, run) {
        drop(std::io::stderr().lock().write_all(line.as_bytes()));
        record(&line);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Run {
    /// Every judge is required.
    Gate,
    Developer,
}

/// The line about a skip.
fn report(judge: &str, reason: &str, run: Run) -> Option<String> {
    assert!(run == Run::Developer, "judge {judge} is missing: {reason}");
    let count = SKIPPED.fetch_add(1, Ordering::SeqCst) + 1;
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    Some(format!(
        "SKIPPED ({count}) {test}: judge {judge} is missing: {reason}; `tests/judges/install.sh` installs it\n"
    ))
}

/// Adds the skip to `target/skipped-tests.txt`, where `.ci/run` and people see
/// the skips of all test programs together.
fn record(line: &str) {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(target.join("skipped-tests.txt")) {
        drop(file.write_all(line.as_bytes()));
    }
}

fn root() -> PathBuf {
    folder().ancestors().nth(2).map(Path::to_owned).unwrap_or_default()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The path in an environment variable; without it the one that the install
/// script makes.
fn configured(variable: &str, default: &str) -> PathBuf {
    let named: Option<OsString> = std::env::var_os(variable).filter(|value| !value.is_empty());
    named.map_or_else(|| root().join(default), PathBuf::from)
}

/// The folder of a package that npm installed for the judges, if it did.
pub fn npm_package(name: &str) -> PathBuf {
    configured(NODE_MODULES, ".judges/npm/node_modules").join(name)
}

fn search_python(packages: &[&str]) -> Result<PathBuf, Missing> {
    let python = configured(PYTHON, ".judges/venv/bin/python");
    let mut probe = Command::new(&python);
    let found = probe.args(["-c", FIND_PACKAGES]).args(PACKAGES).args(packages).stderr(Stdio::null()).status();
    match found {
        Ok(status) if status.success() => Ok(python),
        Ok(_) => Err(Missing::Packages(python.display().to_string(), "requirements.txt")),
        Err(error) => Err(Missing::Python(python.display().to_string(), error.to_string())),
    }
}

fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_judge_is_a_counted_skip_on_the_machine_of_a_developer() {
        let number = |line: Option<String>| {
            let line = line.expect("a skip has a line");
            assert!(line.contains("judge oracle is missing: no oracle is here"), "{line}");
            let number = line.split(['(', ')']).nth(1).and_then(|text| text.parse::<usize>().ok());
            number.expect("the line has the count")
        };
        let first = number(report("oracle", "no oracle is here", Run::Developer));
        let second = number(report("oracle", "no oracle is here", Run::Developer));
        assert_eq!(second, first + 1);
    }

    #[test]
    #[should_panic(expected = "judge oracle is missing: no oracle is here")]
    fn a_missing_judge_is_a_failure_in_the_gate() {
        report("oracle", "no oracle is here", Run::Gate);
    }

    #[test]
    fn a_program_that_does_not_exist_is_missing() {
        assert!(!on_path("a-program-that-does-not-exist"));
        assert!(on_path("sh"));
    }

    #[test]
    fn each_script_of_a_judge_exists() {
        let scripts = [
            "cloudformation.py",
            "converse.py",
            "cyclonedx_bill.py",
            "definitions.py",
            "editor.py",
            "interpret.py",
            "junit.py",
            "terraform.py",
        ];
        for script in scripts {
            assert!(folder().join(script).is_file(), "{script}");
        }
    }
}
