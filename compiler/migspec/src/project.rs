//! The project file `migspec.kdl`: the defaults of every command.

use std::path::{Path, PathBuf};

use migspec_diag::{Diagnostic, Severity, Sources};
use migspec_syntax::project;

use crate::load::read_text;
use crate::path_name::display;

/// The name of the project file.
pub const NAME: &str = "migspec.kdl";

/// The settings of a project file. Paths are relative to the working directory.
#[derive(Clone, Debug, Default)]
pub struct Project {
    pub specs: Vec<PathBuf>,
    pub policies: Vec<PathBuf>,
    pub builds: Vec<Build>,
}

/// One build of a project: a spec in one environment into one folder.
#[derive(Clone, Debug)]
pub struct Build {
    pub spec: Option<PathBuf>,
    pub target: String,
    pub environment: String,
    pub out: PathBuf,
}

/// Looks for a project file from `folder` upwards to the root of the
/// repository and reads it. Its findings end the run.
///
/// # Errors
///
/// The project file cannot be read.
pub fn find(folder: &Path, sources: &mut Sources) -> Result<Option<Project>, Vec<Diagnostic>> {
    let Some(path) = search(folder) else {
        return Ok(None);
    };
    let root = path.parent().unwrap_or(Path::new("")).to_owned();
    let text =
        read_text(&path).map_err(|why| vec![Diagnostic::new("unreadable-file", Severity::Error, why.to_string())])?;
    let file = sources.add(&display(&path), &text);
    let outcome = project::read(file, sources);
    if outcome.has_errors() {
        return Err(outcome.diagnostics);
    }
    Ok(outcome.value.map(|project| resolve(&project, &root)))
}

/// The project file of a folder.
pub fn path(folder: &Path) -> Option<PathBuf> {
    search(folder)
}

fn search(folder: &Path) -> Option<PathBuf> {
    let absolute = std::fs::canonicalize(folder).ok()?;
    let mut relative = PathBuf::new();
    for ancestor in absolute.ancestors() {
        if ancestor.join(NAME).is_file() {
            return Some(relative.join(NAME));
        }
        if ancestor.join(".git").exists() {
            return None;
        }
        relative.push("..");
    }
    None
}

fn resolve(project: &project::Project, root: &Path) -> Project {
    let paths = |nodes: &[project::PathNode]| nodes.iter().map(|n| root.join(&*n.path.value)).collect();
    Project {
        specs: paths(&project.spec),
        policies: project.policies.iter().map(|n| root.join(&*n.path.value)).collect(),
        builds: project
            .build
            .iter()
            .map(|build| Build {
                spec: build.spec.as_ref().map(|s| root.join(&*s.value)),
                target: build.target.to_string(),
                environment: build.environment.to_string(),
                out: root.join(&*build.out.value),
            })
            .collect(),
    }
}
