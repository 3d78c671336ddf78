use std::path::{Path, PathBuf};

use clap::Args;
use migspec_diag::Sources;

use super::options::{ColorChoice, Judging, conclude, describe};
use super::{Exit, eprint_line};
use crate::compile::{self, Checked};
use crate::load::{self, FolderImporter};
use crate::project;
use crate::render;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Specs, or folders that are searched for `*.migspec.kdl`.
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub judging: Judging,
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
    let judging = &arguments.judging;
    let mut sources = Sources::new();
    let project = project_of(judging, &mut sources)?;
    let specs = specs(&arguments.paths, &project)?;
    if specs.is_empty() {
        eprint_line("error: no spec found: name one, or call it `*.migspec.kdl`");
        return Ok(Exit::Nothing);
    }
    let request = judging.request()?;
    let rulebook = judging.rulebook(&project.policies)?;
    let mut all = Checked::default();
    for path in &specs {
        let (file, mut importer) = FolderImporter::open(path, &mut sources)?;
        let checked =
            compile::check(file, &mut sources, &mut importer, &rulebook, &request).map_err(|f| describe(&f))?;
        add(&mut all, checked);
    }
    conclude(judging, &rulebook, &sources, &all, specs.len())
}

fn add(all: &mut Checked, one: Checked) {
    all.findings.extend(one.findings);
    all.waived.extend(one.waived);
    all.waivers.extend(one.waivers);
    all.policies = all.policies.max(one.policies);
    all.resources += one.resources;
    all.environments += one.environments;
    all.skipped += one.skipped;
}

/// The project file's say, or nothing if there is none.
pub fn project_of(judging: &Judging, sources: &mut Sources) -> Result<project::Project, String> {
    if judging.no_project {
        return Ok(project::Project::default());
    }
    found_project(judging.color, sources)
}

/// The project file of the folder of the run, or nothing if there is none.
pub fn found_project(color: ColorChoice, sources: &mut Sources) -> Result<project::Project, String> {
    match project::find(Path::new("."), sources) {
        Ok(project) => Ok(project.unwrap_or_default()),
        Err(findings) => Err(render::plain(&findings, sources, color.enabled())),
    }
}

/// The one spec that a command takes: the path given, else the project's.
pub fn one_spec(path: Option<&PathBuf>, project: &project::Project) -> Result<PathBuf, String> {
    let specs = specs(&path.cloned().into_iter().collect::<Vec<_>>(), project)?;
    match specs.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err("no spec found: name one".to_owned()),
        many => {
            let names: Vec<String> = many.iter().map(|p| load::display(p)).collect();
            Err(format!("this takes one spec; name one of: {}", names.join(", ")))
        }
    }
}

/// The specs of a run: the paths given, else the project's, else those below
/// the folder of the run.
pub fn specs(paths: &[PathBuf], project: &project::Project) -> Result<Vec<PathBuf>, String> {
    if !paths.is_empty() {
        return load::collect(paths);
    }
    if !project.specs.is_empty() {
        return load::collect(&project.specs);
    }
    load::collect(&[PathBuf::from(".")])
}
