use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use migspec_diag::{FileId, Sources};

use super::conclude::{Extra, conclude};
use super::fixing::{self, Fixing, Run};
use super::options::{ColorChoice, Judging};
use super::selection::Selection;
use super::watch;
use super::{Exit, eprint_line};
use crate::compare::{Earlier, Touched};
use crate::compile::{self, Checked, Request};
use crate::error::CommandError;
use crate::load::{self, FolderImporter};
use crate::path_name;
use crate::project;
use crate::render;
use crate::repository::Root;
use crate::revision::Revision;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Specs, folders to search for `*.migspec.kdl`, or `-` for standard input (default: the project file, then this
    /// folder).
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub judging: Judging,
    /// Compare with another revision of the repository, such as origin/main: only new findings fail the run.
    #[arg(long, value_name = "REF", conflicts_with = "baseline")]
    pub since: Option<String>,
    /// Compare with a baseline file: only new findings fail the run.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write the findings to a baseline file.
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// Treat every finding in a node whose text has changed as new.
    #[arg(long)]
    pub strict_touched: bool,
    /// List waived findings in SARIF, as suppressed results.
    #[arg(long)]
    pub include_waived: bool,
    #[command(flatten)]
    pub selection: Selection,
    #[command(flatten)]
    pub fixing: Fixing,
    /// Treat every waiver as absent: waived findings fail the run.
    #[arg(long)]
    pub no_waivers: bool,
    /// Print findings and errors only.
    #[arg(long, short = 'q')]
    pub quiet: bool,
    /// Check again whenever a file of the specs changes, until interrupted.
    #[arg(long)]
    pub watch: bool,
}

/// The path that stands for standard input.
const STDIN: &str = "-";

/// Checks specs, and prints and writes the results.
///
/// # Errors
///
/// The arguments, the project file or a policy cannot be used, or a result cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    if !arguments.watch {
        return once(arguments, &mut Sources::new());
    }
    if arguments.paths.iter().any(|path| path.as_os_str() == STDIN) {
        return Err(CommandError::usage("`--watch` needs a file: `-` has none"));
    }
    watch::repeat(|files| {
        let mut sources = Sources::new();
        let exit = once(arguments, &mut sources);
        files.extend(sources.iter().map(|(_, source)| PathBuf::from(&*source.name)));
        exit
    })
}

fn once(arguments: &Arguments, sources: &mut Sources) -> Result<Exit, CommandError> {
    let judging = &arguments.judging;
    let project = project_of(judging, sources)?;
    let stdin = arguments.paths.iter().any(|path| path.as_os_str() == STDIN);
    if stdin && (arguments.paths.len() > 1 || arguments.since.is_some()) {
        return Err(CommandError::usage("`-` takes no other path and no `--since`"));
    }
    if stdin && arguments.fixing.is_wanted() {
        return Err(CommandError::usage("`--fix` and `--diff` need a file: `-` has none"));
    }
    let specs = if stdin { arguments.paths.clone() } else { specs(&arguments.paths, &project)? };
    let request = judging.request()?;
    let rulebook = judging.rulebook(&project.policies)?;
    if arguments.fixing.is_wanted() {
        let run = Run { rulebook: &rulebook, request: &request, selection: &arguments.selection };
        if let Some(exit) = fixing::run(&arguments.fixing, &specs, &run)? {
            return Ok(exit);
        }
    }
    let mut all = Checked::default();
    let mut problems = Vec::new();
    for path in &specs {
        let opened =
            if stdin { open_stdin(sources) } else { FolderImporter::open(path, sources).map_err(CommandError::from) };
        let (file, mut importer) = match opened {
            Ok(opened) => opened,
            Err(why) => {
                problems.push(why.to_string());
                continue;
            }
        };
        let checked = compile::check(file, sources, &mut importer, &rulebook, &request)?;
        add(&mut all, checked);
    }
    if arguments.no_waivers {
        all.findings.append(&mut all.waived);
        migspec_diag::sort(&mut all.findings);
    }
    let hidden = arguments.selection.apply(&mut all, &rulebook)?;
    if hidden > 0 {
        eprint_line(&format!("{} left out by `--select` or `--ignore`", render::count(hidden, "finding")));
    }
    let touched = if arguments.strict_touched { Touched::Lose } else { Touched::Keep };
    let extra = Extra {
        earlier: earlier(arguments, &request)?.map(|earlier| (earlier, touched)),
        write_baseline: arguments.write_baseline.as_deref(),
        problems,
        include_waived: arguments.include_waived,
        quiet: arguments.quiet,
    };
    conclude(judging, &rulebook, sources, &all, specs.len(), &extra)
}

/// The spec on standard input; it imports from the folder of the run.
fn open_stdin(sources: &mut Sources) -> Result<(FileId, FolderImporter<'static>), CommandError> {
    let text = std::io::read_to_string(std::io::stdin().lock()).map_err(CommandError::Input)?;
    let texts = [(STDIN.to_owned(), text)].into();
    Ok(FolderImporter::open_with(Path::new(STDIN), texts, path_name::display, sources)?)
}

/// The earlier result that the options name.
fn earlier(arguments: &Arguments, request: &Request) -> Result<Option<Earlier>, CommandError> {
    if let Some(file) = &arguments.baseline {
        return Earlier::read(file).map(Some);
    }
    let Some(name) = &arguments.since else {
        let without = arguments.strict_touched.then_some("`--strict-touched` needs `--since` or `--baseline`");
        return without.map_or(Ok(None), |why| Err(CommandError::usage(why)));
    };
    let root = Root::find();
    let revision = Revision::open(name, &root)?;
    let judging = &arguments.judging;
    let mut same: Vec<OsString> = vec!["--today".into(), request.today.to_string().into()];
    if let Some(environment) = &judging.env {
        same.extend(["--env".into(), environment.into()]);
    }
    for folder in &judging.policies {
        same.extend(["--policies".into(), revision.path(&root, folder).into()]);
    }
    if judging.no_project {
        same.push("--no-project".into());
    }
    // A path that the revision does not have has no findings there.
    let paths = arguments.paths.iter().map(|path| revision.path(&root, path));
    let paths: Vec<OsString> = paths.filter(|path| revision.has(&root, path)).map(Into::into).collect();
    if paths.is_empty() && !arguments.paths.is_empty() {
        return Ok(Some(Earlier::default()));
    }
    same.extend(paths);
    Ok(Some(revision.check(&root, &same)?))
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

/// The settings of the project file, or the defaults without one.
///
/// # Errors
///
/// The project file cannot be read, or has errors.
pub fn project_of(judging: &Judging, sources: &mut Sources) -> Result<project::Project, CommandError> {
    if judging.no_project {
        return Ok(project::Project::default());
    }
    read_project(judging.color, sources)
}

/// The project file of the working directory, or the defaults without one.
///
/// # Errors
///
/// The project file cannot be read, or has errors.
pub fn read_project(color: ColorChoice, sources: &mut Sources) -> Result<project::Project, CommandError> {
    match project::find(Path::new("."), sources) {
        Ok(project) => Ok(project.unwrap_or_default()),
        Err(findings) => Err(CommandError::Findings(render::plain(&findings, sources, color.paint()))),
    }
}

/// The one spec that a command takes: the path given, else the project's.
///
/// # Errors
///
/// There is no spec, or several.
pub fn one_spec(path: Option<&PathBuf>, project: &project::Project) -> Result<PathBuf, CommandError> {
    let specs = specs(&path.cloned().into_iter().collect::<Vec<_>>(), project)?;
    match specs.as_slice() {
        [only] => Ok(only.clone()),
        many => {
            let names: Vec<String> = many.iter().map(|p| path_name::display(p)).collect();
            Err(CommandError::usage(format!("this takes one spec; name one of: {}", names.join(", "))))
        }
    }
}

/// The specs of a run: the paths given, else the project's, else those below
/// the folder of the run.
///
/// # Errors
///
/// A path or a folder cannot be opened, or there is no spec.
pub fn specs(paths: &[PathBuf], project: &project::Project) -> Result<Vec<PathBuf>, CommandError> {
    let here = [PathBuf::from(".")];
    let chosen = [paths, &project.specs].into_iter().find(|list| !list.is_empty()).unwrap_or(&here);
    let found = load::collect(chosen)?;
    if found.is_empty() { Err(CommandError::NoSpec) } else { Ok(found) }
}
