//! The date, the environment and the policies of a run, from its options.

use std::path::{Path, PathBuf};

use migspec_diag::Sources;
use migspec_policies::Rulebook;
use migspec_syntax::value::Date;

use super::options::{Judging, PolicySource};
use crate::compile::Request;
use crate::error::CommandError;
use crate::project::{self, Project};
use crate::render;
use crate::rulebook;

impl Judging {
    /// The environment and the date of the run.
    ///
    /// # Errors
    ///
    /// `SOURCE_DATE_EPOCH` is not a number.
    pub fn request(&self) -> Result<Request, CommandError> {
        Ok(Request { environment: self.env.clone(), today: self.today()? })
    }

    /// The date of the run.
    ///
    /// # Errors
    ///
    /// `SOURCE_DATE_EPOCH` is not a number.
    pub fn today(&self) -> Result<Date, CommandError> {
        today(self.today)
    }

    /// The built-in policies and those of `--policies`, else of the project file.
    ///
    /// # Errors
    ///
    /// A folder cannot be read, or a policy is wrong.
    pub fn rulebook(&self, project: &[PathBuf]) -> Result<Rulebook, CommandError> {
        rulebook::rulebook(if self.policies.is_empty() { project } else { &self.policies })
    }
}

/// The date of `--today`, else of `SOURCE_DATE_EPOCH`, else of the clock.
///
/// # Errors
///
/// `SOURCE_DATE_EPOCH` is not a number.
pub fn today(given: Option<Date>) -> Result<Date, CommandError> {
    if let Some(today) = given {
        return Ok(today);
    }
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => {
            text.trim().parse().map_err(|_| CommandError::usage("SOURCE_DATE_EPOCH is not a number of seconds"))?
        }
        Err(_) => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs()),
    };
    Ok(Date::from_days(seconds / 86_400u64))
}

impl PolicySource {
    /// The folders of policies, and the rulebook with the policies in them.
    ///
    /// # Errors
    ///
    /// A folder or the project file cannot be read, or a policy is wrong.
    pub fn rulebook(&self) -> Result<(Vec<PathBuf>, Rulebook), CommandError> {
        let folders = if self.policies.is_empty() { self.project()?.policies } else { self.policies.clone() };
        let rulebook = rulebook::rulebook(&folders)?;
        Ok((folders, rulebook))
    }

    /// The settings of the project file, or the defaults without one.
    ///
    /// # Errors
    ///
    /// The project file cannot be read, or has errors.
    pub fn project(&self) -> Result<Project, CommandError> {
        if self.no_project {
            return Ok(Project::default());
        }
        let mut sources = Sources::new();
        let project = project::find(Path::new("."), &mut sources);
        let project = project
            .map_err(|findings| CommandError::Findings(render::plain(&findings, &sources, render::Paint::Plain)));
        Ok(project?.unwrap_or_default())
    }
}
