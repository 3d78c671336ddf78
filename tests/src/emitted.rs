//! The output of the compiler for every spec of the project, in every
//! environment.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use migspec_diag::{Diagnostic, Severity, Sources};
use migspec_ir::Graph;
use migspec_targets::cloudformation::CloudFormation;
use migspec_targets::{Artifacts, Packages, TARGETS, Target};

use crate::runs;

/// One spec in one environment.
pub struct Emitted {
    /// `payments/dev`
    pub name: String,
    pub graph: Graph,
    pub artifacts: Artifacts,
    /// Errors of the spec, of the policies and of the back ends.
    pub problems: Vec<Diagnostic>,
    sources: Arc<Sources>,
}

impl Emitted {
    /// The text of a file.
    pub fn text(&self, path: &str) -> &str {
        let bytes = self.artifacts.get(path).unwrap_or_else(|| panic!("{}: no file {path}", self.name));
        std::str::from_utf8(bytes).expect("artifacts are text")
    }

    /// The files of a folder with a suffix: path and text.
    pub fn files<'a>(&'a self, folder: &'a str, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let wanted = move |path: &str| path.starts_with(folder) && path.ends_with(ending);
        self.artifacts.iter().filter(move |(path, _)| wanted(path)).map(|(path, _)| (path, self.text(path)))
    }

    /// The same with CloudFormation split into small nested stacks.
    pub fn split(&self) -> Emitted {
        let mut artifacts = Artifacts::new();
        let problems = CloudFormation { resources: 120 }.emit(&self.graph, &Packages::default(), &mut artifacts);
        for (path, bytes) in self.artifacts.iter().filter(|(path, _)| path.starts_with("terraform/")) {
            artifacts.add(path, bytes);
        }
        let (graph, sources) = (self.graph.clone(), Arc::clone(&self.sources));
        Emitted { name: format!("{} in parts", self.name), graph, artifacts, problems, sources }
    }

    /// The same with the files below some paths only.
    pub fn only(&self, parts: &[&str]) -> Emitted {
        let mut artifacts = Artifacts::new();
        for (path, bytes) in self.artifacts.iter().filter(|(path, _)| parts.iter().any(|part| path.starts_with(part))) {
            artifacts.add(path, bytes);
        }
        let (graph, sources) = (self.graph.clone(), Arc::clone(&self.sources));
        Emitted { name: self.name.clone(), graph, artifacts, problems: self.problems.clone(), sources }
    }

    /// The same without the functions and all that needs them.
    pub fn without_functions(&self) -> Emitted {
        emit(self.name.clone(), migspec_targets::without_functions(&self.graph), Vec::new(), &self.sources)
    }

    /// Writes all files below a folder.
    pub fn write(&self, out: &Path) {
        for (path, bytes) in self.artifacts.iter() {
            let file = out.join(path);
            std::fs::create_dir_all(file.parent().expect("a file has a folder")).expect("the folder can be made");
            std::fs::write(&file, bytes).expect("the file can be written");
        }
    }
}

/// All specs of the project in all their environments, without function
/// packages.
pub fn all() -> &'static [Emitted] {
    static ALL: OnceLock<Vec<Emitted>> = OnceLock::new();
    ALL.get_or_init(|| specs().iter().flat_map(|path| of_spec(path)).collect())
}

/// The specs of the project: paths below the root.
pub fn specs() -> Vec<String> {
    let mut specs = Vec::new();
    for folder in ["specs", "specs/examples"] {
        let Ok(entries) = std::fs::read_dir(crate::root().join(folder)) else { continue };
        for entry in entries {
            let name = entry.expect("the folder can be read").file_name().to_string_lossy().into_owned();
            if name.ends_with(".migspec.kdl") {
                specs.push(format!("{folder}/{name}"));
            } else if crate::root().join(folder).join(&name).join(format!("{name}.migspec.kdl")).exists() {
                specs.push(format!("{folder}/{name}/{name}.migspec.kdl"));
            }
        }
    }
    specs.sort();
    specs
}

fn of_spec(path: &str) -> Vec<Emitted> {
    of_text(path, &runs::text(path))
}

/// The text of a spec in all its environments. Policies are not asked: they
/// judge, and change nothing.
pub fn of_text(path: &str, text: &str) -> Vec<Emitted> {
    let stem = path.rsplit('/').next().and_then(|name| name.strip_suffix(".migspec.kdl")).unwrap_or(path);
    let mut sources = Sources::new();
    let file = sources.add(path, text);
    let mut problems = Vec::new();
    let spec = migspec_syntax::read(file, &mut sources, &mut runs::importer()).drain_into(&mut problems);
    let (mut all, sources) = (Vec::new(), Arc::new(sources));
    for (environment, _) in &spec.environments {
        let mut problems = problems.clone();
        let Some(view) = spec.view(environment).drain_into(&mut problems) else { continue };
        let graph = migspec_lower::lower(&view).drain_into(&mut problems);
        problems.retain(|p| p.severity == Severity::Error);
        all.push(emit(format!("{stem}/{environment}"), graph, problems, &sources));
    }
    all
}

fn emit(name: String, graph: Graph, mut problems: Vec<Diagnostic>, sources: &Arc<Sources>) -> Emitted {
    let mut artifacts = Artifacts::new();
    let packages = Packages::default();
    problems.extend(TARGETS.iter().flat_map(|target| target.emit(&graph, &packages, &mut artifacts)));
    migspec_targets::complete(&graph, &packages, sources, &mut artifacts);
    Emitted { name, graph, artifacts, problems, sources: Arc::clone(sources) }
}
