//! The rulebook of a run: the built-in policies, and policy folders with their controls.

use std::path::PathBuf;

use migspec_policies::Rulebook;

use crate::controls;
use crate::error::{Action, CommandError, FileError, Unusable};
use crate::load::policies;

/// The built-in policies and those of folders.
///
/// # Errors
///
/// A policy folder cannot be read or contains no policy, or a policy or a control is wrong.
pub fn rulebook(folders: &[PathBuf]) -> Result<Rulebook, CommandError> {
    let mut rulebook = Rulebook::builtin()?;
    for folder in folders {
        let files = policies(folder)?;
        if files.is_empty() {
            return Err(FileError::new(Action::ReadPolicies, folder, Unusable::NoPolicy).into());
        }
        let own = controls::of_folder(folder, &rulebook)?;
        rulebook.declare(own);
        rulebook.extend(&files)?;
    }
    Ok(rulebook)
}
