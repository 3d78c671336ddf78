use std::path::{Path, PathBuf};

use clap::Args;

use super::{Exit, eprint_line};
use crate::error::CommandError;
use crate::error::{Action, FileError};
use crate::path_name::display;
use crate::project;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Output folder.
    #[arg(default_value = ".")]
    pub folder: PathBuf,
}

const SPEC: &str = "payments.migspec.kdl";

/// Writes a starter spec and a project file.
///
/// # Errors
///
/// A file exists already, or cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let files = [
        (SPEC, include_str!("../../templates/init.migspec.kdl")),
        (project::NAME, include_str!("../../templates/project.kdl")),
        ("source-root-ca.pem", include_str!("../../templates/source-root-ca.pem")),
    ];
    // Nothing is overwritten, and nothing is written if one of them exists.
    for (name, _) in files {
        let path = arguments.folder.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(CommandError::usage(format!("`{}` exists already", display(&path))));
        }
    }
    for (name, text) in files {
        create(&arguments.folder.join(name), text)?;
    }
    // In the folder itself, the project file names the spec.
    let (spec, argument) = match arguments.folder.as_os_str() == "." {
        true => (SPEC.to_owned(), String::new()),
        false => (display(&arguments.folder.join(SPEC)), format!(" {}", display(&arguments.folder.join(SPEC)))),
    };
    eprint_line(&format!("next: edit {spec}, then run `migspec check{argument}`"));
    Ok(Exit::Clean)
}

fn create(path: &Path, text: &str) -> Result<(), CommandError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|e| FileError::new(Action::Write, path, e))?;
    eprint_line(&format!("wrote {}", display(path)));
    Ok(())
}
