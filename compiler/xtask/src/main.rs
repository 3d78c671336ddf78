//! Writes the generated files of the project, or checks that they are fresh.
//!
//! `cargo xtask generate` writes them, and `cargo xtask generate --check` lists
//! stale ones. `cargo xtask schemas FOLDER` vendors the facts of foreign systems
//! from the collections in a folder. `cargo xtask functions` builds the packages
//! of the runtime functions. `cargo xtask analyze` proves properties of the
//! policies; it requires the solver `cvc5`.

#![allow(clippy::disallowed_methods, reason = "a tool of the project reads and writes its files")]

mod analyze;
mod book;
mod cargo;
mod codes;
mod command_line;
mod documents;
mod error;
mod functions;
mod manual;
mod policies;
mod preflight;
mod resource_types;
mod sbom;
mod schemas;
mod spec;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use error::TaskError;

/// Generated files.
pub struct Generated {
    /// Path below the root, and text.
    files: Vec<(String, String)>,
    /// A folder that contains only generated files.
    folder: Option<&'static str>,
}

impl Generated {
    pub fn one(path: &str, text: String) -> Self {
        Self { files: vec![(path.to_owned(), text)], folder: None }
    }

    pub fn all_of(folder: &'static str, files: impl IntoIterator<Item = (String, String)>) -> Self {
        let files = files.into_iter().map(|(name, text)| (format!("{folder}/{name}"), text)).collect();
        Self { files, folder: Some(folder) }
    }

    /// Files in the folder that are not generated.
    fn strangers(&self) -> Vec<String> {
        let Some(folder) = self.folder else { return Vec::new() };
        let entries = fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
        let names = entries.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy()));
        names.filter(|name| self.files.iter().all(|(path, _)| path != name)).collect()
    }
}

/// All generators. Each derives its files from one description in the code.
const GENERATORS: &[fn() -> Generated] = &[
    codes::generate,
    command_line::generate,
    resource_types::generate,
    documents::generate,
    preflight::generate,
    policies::schema,
    policies::compiled_policies,
    policies::iam_actions,
    manual::policies,
    manual::controls,
    manual::control_pages,
    manual::requirements,
    manual::mutation,
    spec::generate,
    // Last: it lists the pages that the others write.
    book::generate,
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["generate"] => generate(),
        ["generate", "--check"] => check(),
        ["schemas", folder] => schemas::generate(Path::new(folder), &root().join("compiler/ir/schemas")),
        ["functions", names @ ..] => functions::generate(&root(), names),
        ["sbom", out] => sbom::write(&root(), Path::new(out)),
        ["analyze", rest @ ..] => analyze::run(rest, &root()),
        _ => Err(TaskError::Usage(
            "generate [--check] | analyze [--policies DIR] | functions [NAME…] | sbom FILE | schemas FOLDER",
        )),
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

fn generate() -> Result<(), TaskError> {
    for generated in GENERATORS.iter().map(|generator| generator()) {
        for (path, text) in &generated.files {
            let place = root().join(path);
            let folder = place.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).and_then(|()| fs::write(&place, text)).map_err(TaskError::file(&place))?;
            println!("{path}");
        }
        for path in generated.strangers() {
            fs::remove_file(root().join(&path)).map_err(TaskError::file(Path::new(&path)))?;
            println!("{path} is gone");
        }
    }
    Ok(())
}

fn check() -> Result<(), TaskError> {
    let mut stale = Vec::new();
    for generated in GENERATORS.iter().map(|generator| generator()) {
        stale.extend(generated.strangers());
        let differs =
            |(path, text): &(String, String)| fs::read_to_string(root().join(path)).ok().as_ref() != Some(text);
        stale.extend(generated.files.into_iter().filter(differs).map(|(path, _)| path));
    }
    if stale.is_empty() { Ok(()) } else { Err(TaskError::Stale(stale.join(", "))) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn generated_files_are_fresh() {
        super::check().expect("no file is stale");
    }
}
