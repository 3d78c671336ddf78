//! The date, the environment and the policies of a run, from its options.

use std::path::{Path, PathBuf};

use migspec_diag::Sources;
use migspec_policies::{PolicyError, Rulebook};
use migspec_syntax::value::Date;

use super::options::{Judging, PolicySource};
use crate::compile::Request;
use crate::load;
use crate::project::{self, Project};
use crate::render;

impl Judging {
    pub fn request(&self) -> Result<Request, String> {
        Ok(Request { environment: self.env.clone(), today: self.today()? })
    }

    pub fn today(&self) -> Result<Date, String> {
        today(self.today)
    }

    /// The built-in policies and those of `--policies`, else of the project file.
    pub fn rulebook(&self, project: &[PathBuf]) -> Result<Rulebook, String> {
        load::rulebook(if self.policies.is_empty() { project } else { &self.policies }, describe)
    }
}

/// The date of `--today`, else of `SOURCE_DATE_EPOCH`, else of the clock.
pub fn today(given: Option<Date>) -> Result<Date, String> {
    if let Some(today) = given {
        return Ok(today);
    }
    let seconds = match std::env::var("SOURCE_DATE_EPOCH") {
        Ok(text) => text.trim().parse().map_err(|_| "SOURCE_DATE_EPOCH is not a number of seconds".to_owned())?,
        Err(_) => std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_secs()),
    };
    // The calendar ends with the year 9999. A wrong clock must not make the run hang.
    Ok(Date::from_days((seconds / 86_400u64).min(2_932_896)))
}

impl PolicySource {
    /// The folders of policies, and the rulebook with the policies in them.
    pub fn rulebook(&self) -> Result<(Vec<PathBuf>, Rulebook), String> {
        let folders = if self.policies.is_empty() { self.project()?.policies } else { self.policies.clone() };
        let rulebook = load::rulebook(&folders, describe)?;
        Ok((folders, rulebook))
    }

    /// The settings of the project file, or the defaults without one.
    pub fn project(&self) -> Result<Project, String> {
        if self.no_project {
            return Ok(Project::default());
        }
        let mut sources = Sources::new();
        let project = project::find(Path::new("."), &mut sources);
        Ok(project.map_err(|findings| render::plain(&findings, &sources, false))?.unwrap_or_default())
    }
}

/// Formats a policy failure with all its details.
pub fn describe(failure: &PolicyError) -> String {
    let details = failure.details.iter().map(|d| format!("\n  {d}"));
    std::iter::once(failure.message.clone()).chain(details).collect()
}
