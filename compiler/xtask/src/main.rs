//! Makes the generated files of the project, or checks that they are fresh.
//!
//! `cargo xtask generate` writes them, `cargo xtask generate --check` says
//! which are stale. `cargo xtask schemas FOLDER` vendors the facts of foreign
//! systems from the collections in a folder. `cargo xtask functions` builds
//! the packages of the runtime functions. `cargo xtask analyze` proves what
//! must hold of the policies; it needs the solver `cvc5`.

#![allow(clippy::disallowed_methods, reason = "a tool of the project reads and writes its files")]

mod analyze;
mod codes;
mod command_line;
mod controls;
mod functions;
mod policies;
mod resource_types;
mod schemas;
mod spec;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A generated file: its path below the root, and its text.
pub struct Generated {
    pub path: &'static str,
    pub text: String,
}

/// All generators. Each derives its file from one description in the code.
const GENERATORS: &[fn() -> Generated] = &[
    codes::generate,
    command_line::generate,
    resource_types::generate,
    policies::schema,
    policies::iam_actions,
    policies::reference,
    controls::reference,
    spec::generate,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["generate"] => generate(),
        ["generate", "--check"] => check(),
        ["schemas", shared] => schemas::generate(Path::new(shared), &root().join("compiler/ir/schemas")),
        ["functions", names @ ..] => functions::generate(&root(), names),
        ["analyze", rest @ ..] => analyze::run(rest, &root()),
        _ => {
            let known = "generate [--check] | analyze [--policies DIR] | functions [NAME…] | schemas FOLDER";
            Err(format!("usage: cargo xtask {known}"))
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_owned).unwrap_or_default()
}

fn generate() -> Result<(), String> {
    for Generated { path, text } in GENERATORS.iter().map(|generator| generator()) {
        let place = root().join(path);
        let folder = place.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).and_then(|()| fs::write(&place, text)).map_err(|e| format!("{path}: {e}"))?;
        println!("{path}");
    }
    Ok(())
}

fn check() -> Result<(), String> {
    let stale: Vec<&str> = GENERATORS
        .iter()
        .map(|generator| generator())
        .filter(|g| fs::read_to_string(root().join(g.path)).ok().as_deref() != Some(g.text.as_str()))
        .map(|g| g.path)
        .collect();
    if stale.is_empty() { Ok(()) } else { Err(format!("stale: {}\nrun `cargo xtask generate`", stale.join(", "))) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_fresh() {
        assert_eq!(super::check(), Ok(()));
    }
}
