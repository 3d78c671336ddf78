use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use migspec_diag::{Sources, count};
use migspec_ir::Graph;
use migspec_targets::{Artifacts, Packages, TARGETS, Target};

use super::conclude::{Extra, conclude};
use super::options::Judging;
use super::{Exit, check, eprint_line, print};
use crate::compile::{self, Checked};
use crate::error::{Action, CommandError, FileError, Unusable};
use crate::load::{self, FolderImporter};
use crate::path_name;
use crate::project::{Build, Project};
use crate::render;
use crate::write::{self, Difference};

/// Where `cargo xtask functions` puts the packages.
const PACKAGES: &str = "target/functions";

#[derive(Debug, Args)]
pub struct Arguments {
    /// Spec to build (default: the spec of the project file).
    pub path: Option<PathBuf>,
    /// Artifacts to write (default: those of the project file, or all).
    #[arg(long, value_name = "TARGET", env = "MIGSPEC_TARGET", hide_env_values = true)]
    pub target: Option<BackEnds>,
    /// Output folder (default: those of the builds of the project file).
    #[arg(long, value_name = "DIR", env = "MIGSPEC_OUT", hide_env_values = true)]
    pub out: Option<PathBuf>,
    /// Write nothing; compare the output folder with a fresh build and print the diff.
    #[arg(long)]
    pub check: bool,
    /// Folder with the packages of the runtime functions (default: `target/functions`, then the packages that were
    /// installed with this program).
    #[arg(long, value_name = "DIR", env = "MIGSPEC_FUNCTIONS", hide_env_values = true)]
    pub functions: Option<PathBuf>,
    /// Build everything but the runtime functions and the resources that need them.
    #[arg(long, conflicts_with = "require_functions")]
    pub without_functions: bool,
    /// Fail if a function package is missing: the default.
    #[arg(long, hide = true)]
    pub require_functions: bool,
    #[command(flatten)]
    pub judging: Judging,
}

/// The back ends of a build.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum BackEnds {
    Terraform,
    Cloudformation,
    /// Step Functions.
    Asl,
    All,
}

impl BackEnds {
    fn targets(self) -> Vec<&'static dyn Target> {
        let wanted = |target: &dyn Target| match self {
            BackEnds::All => true,
            BackEnds::Terraform => target.name() == "terraform",
            BackEnds::Cloudformation => target.name() == "cloudformation",
            BackEnds::Asl => target.name() == "stepfunctions",
        };
        TARGETS.iter().copied().filter(|t| wanted(*t)).collect()
    }
}

/// One build: a spec, an environment, a folder.
struct Job {
    spec: PathBuf,
    /// `None`: the only one of the spec.
    environment: Option<String>,
    target: BackEnds,
    out: PathBuf,
}

/// Builds the spec of the arguments, or each build of the project file.
///
/// # Errors
///
/// The arguments or the project file name no build, or a file cannot be read or written.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let _progress = Progress::start();
    let mut sources = Sources::new();
    let project = check::project_of(&arguments.judging, &mut sources)?;
    let mut worst = Exit::Clean;
    for job in jobs(arguments, &project)? {
        let exit = build(arguments, &project, &job)?;
        worst = if exit as u8 > worst as u8 { exit } else { worst };
    }
    Ok(worst)
}

/// The build from the arguments, or each `build` of the project file that
/// matches them.
fn jobs(arguments: &Arguments, project: &Project) -> Result<Vec<Job>, CommandError> {
    let env = &arguments.judging.env;
    let from_arguments = arguments.path.is_some() || arguments.out.is_some() || project.builds.is_empty();
    if from_arguments {
        let spec = check::one_spec(arguments.path.as_ref(), project)?;
        let out =
            arguments.out.clone().ok_or_else(|| CommandError::usage("name the folder to write to: `--out DIR`"))?;
        return Ok(vec![Job {
            spec,
            environment: env.clone(),
            target: arguments.target.unwrap_or(BackEnds::All),
            out,
        }]);
    }
    let wanted = |build: &&Build| env.as_ref().is_none_or(|env| *env == build.environment);
    let builds: Vec<&Build> = project.builds.iter().filter(wanted).collect();
    if builds.is_empty() {
        return Err(CommandError::usage("the project file has no `build` for this environment"));
    }
    builds.into_iter().map(|build| job(arguments, project, build)).collect()
}

fn job(arguments: &Arguments, project: &Project, build: &Build) -> Result<Job, CommandError> {
    let target = match arguments.target {
        Some(target) => target,
        None => BackEnds::from_str(&build.target, false)
            .map_err(|_| CommandError::usage(format!("the project file names no known target: `{}`", build.target)))?,
    };
    Ok(Job {
        spec: check::one_spec(build.spec.as_ref(), project)?,
        environment: Some(build.environment.clone()),
        target,
        out: build.out.clone(),
    })
}

fn build(arguments: &Arguments, project: &Project, job: &Job) -> Result<Exit, CommandError> {
    let judging = &arguments.judging;
    let mut sources = Sources::new();
    let rulebook = judging.rulebook(&project.policies)?;
    let mut request = judging.request()?;
    request.environment.clone_from(&job.environment);
    let (file, mut importer) = FolderImporter::open(&job.spec, &mut sources)?;
    let checked = compile::check(file, &mut sources, &mut importer, &rulebook, &request)?;
    if job.environment.is_none() && checked.graphs.len() > 1 {
        let names: Vec<&str> = checked.graphs.iter().map(|graph| &*graph.environment.name).collect();
        return Err(CommandError::usage(format!(
            "name the environment to build with `--env NAME`: {}",
            names.join(", ")
        )));
    }
    let exit = conclude(judging, &rulebook, &sources, &checked, 1, &Extra::default())?;
    let has_errors = checked.findings.iter().any(|f| f.severity == migspec_diag::Severity::Error);
    // An error suppresses every artifact, whatever the value of `--fail-on`.
    if exit != Exit::Clean || has_errors || checked.graphs.len() != 1 {
        eprint_line("nothing was written");
        return Ok(if exit == Exit::Clean { Exit::Findings } else { exit });
    }
    let artifacts = artifacts(arguments, job, &checked, &sources)?;
    let environment = &*checked.graphs[0].environment.name;
    let previous = earlier(job, environment)?;
    if arguments.check {
        return report_differences(arguments, job, &artifacts, previous.as_ref());
    }
    let changed = write::write(&job.out, &artifacts, previous.as_ref())?;
    eprint_line(&format!(
        "{} in {}, {changed} of them new or changed",
        count(artifacts.len(), "file"),
        path_name::display(&job.out)
    ));
    Ok(Exit::Clean)
}

fn artifacts(
    arguments: &Arguments,
    job: &Job,
    checked: &Checked,
    sources: &Sources,
) -> Result<Artifacts, CommandError> {
    let graph = &checked.graphs[0];
    let emit = |graph: &Graph, packages: &Packages| {
        migspec_targets::emit(graph, &job.target.targets(), packages, sources)
            .map_err(|problems| render::plain(&problems, sources, arguments.judging.color.paint()))
            .map_err(CommandError::Findings)
    };
    if arguments.without_functions {
        let rest = migspec_targets::without_functions(graph);
        let left_out = count(graph.resources.len() - rest.resources.len(), "resource");
        eprint_line(&format!("without functions: {left_out} left out"));
        return emit(&rest, &Packages::default());
    }
    let folder = packages_folder(arguments);
    if arguments.functions.is_some() && !folder.is_dir() {
        let folder = path_name::display(&folder);
        return Err(CommandError::usage(format!("`{folder}` is no folder: `--functions` names one with the packages")));
    }
    let packages = load::packages(&folder)?;
    // A workflow alone refers to functions by name.
    if job.target != BackEnds::Asl {
        refuse_missing(&packages, graph)?;
    }
    refuse_unfit(&folder, &packages, graph)?;
    emit(graph, &packages)
}

/// The folder of the option, that of a repository with the functions' source, or that of an installation.
fn packages_folder(arguments: &Arguments) -> PathBuf {
    if let Some(folder) = &arguments.functions {
        return folder.clone();
    }
    let built = PathBuf::from(PACKAGES);
    match load::installed_packages() {
        Some(installed) if !built.is_dir() => installed,
        _ => built,
    }
}

/// Infrastructure without packages would refer to files that do not exist.
fn refuse_missing(packages: &Packages, graph: &Graph) -> Result<(), CommandError> {
    let missing = migspec_targets::missing_packages(graph, packages);
    if missing.is_empty() {
        return Ok(());
    }
    Err(CommandError::Usage(format!(
        "no package for {}; make them with `cargo xtask functions`, install the wheel `migspec-functions`, name their \
         folder with `--functions DIR`, or build the rest with `--without-functions`",
        missing.join(", ")
    )))
}

/// Rejects packages that Lambda cannot start, so that the failure does not
/// occur in the middle of a cutover.
fn refuse_unfit(folder: &Path, packages: &Packages, graph: &Graph) -> Result<(), CommandError> {
    let unfit = migspec_targets::unfit_packages(graph, packages);
    if unfit.is_empty() {
        return Ok(());
    }
    let folder = path_name::display(folder);
    Err(CommandError::usage(format!(
        "in `{folder}`, {}; make the packages anew with `cargo xtask functions`",
        unfit.join("; ")
    )))
}

/// The manifest of the previous build. A build of another environment is an error.
fn earlier(job: &Job, environment: &str) -> Result<Option<write::Previous>, CommandError> {
    if job.out.exists() && !job.out.is_dir() {
        return Err(FileError::new(Action::WriteTo, &job.out, Unusable::File).into());
    }
    let previous = write::previous(&job.out)?;
    if let Some(other) = previous.as_ref().and_then(|p| p.environment.as_ref()).filter(|e| *e != environment) {
        return Err(CommandError::usage(format!(
            "`{}` holds a build of the environment `{other}`; write `{environment}` to another folder",
            path_name::display(&job.out),
        )));
    }
    Ok(previous)
}

/// The lines of a comparison, and the foreign files, that are printed at most.
const SHOWN: usize = 20;
const FOREIGN: usize = 5;

/// The differences in at most `SHOWN` lines: whole files first, then the lines that differ. The manifest repeats
/// the other differences as hashes.
fn difference_list(differences: &[Difference]) -> String {
    let (mut lines, mut diffs) = (Vec::new(), Vec::new());
    for difference in differences {
        match difference {
            Difference::Missing(path) => lines.push(format!("missing: {path}")),
            Difference::Stale(path) => lines.push(format!("no longer built: {path}")),
            Difference::Changed(path, diff) if diff.is_empty() || path == "manifest.json" => {
                lines.push(format!("changed: {path}"));
            }
            Difference::Changed(_, diff) => diffs.extend(diff.lines().map(str::to_owned)),
        }
    }
    lines.extend(diffs);
    if lines.len() > SHOWN {
        let more = lines.len() - SHOWN + 1;
        lines.truncate(SHOWN - 1);
        lines.push(format!("and {more} more lines"));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// The command that brings the folder up to date.
fn command(arguments: &Arguments, job: &Job) -> String {
    let target = job.target.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned());
    let functions = match &arguments.functions {
        _ if arguments.without_functions => " --without-functions".to_owned(),
        Some(folder) => format!(" --functions {}", path_name::display(folder)),
        None => String::new(),
    };
    let environment = job.environment.as_ref().map_or_else(String::new, |name| format!(" --env {name}"));
    format!(
        "migspec build {}{environment} --target {target} --out {}{functions}",
        path_name::display(&job.spec),
        path_name::display(&job.out)
    )
}

fn report_differences(
    arguments: &Arguments,
    job: &Job,
    artifacts: &Artifacts,
    previous: Option<&write::Previous>,
) -> Result<Exit, CommandError> {
    let differences = write::compare(&job.out, artifacts, previous)?;
    print(&difference_list(&differences))?;
    let foreign = write::foreign(&job.out, artifacts, previous)?;
    if !foreign.is_empty() {
        let names: Vec<&str> = foreign.iter().take(FOREIGN).map(String::as_str).collect();
        let more =
            if foreign.len() > FOREIGN { format!(" and {} more", foreign.len() - FOREIGN) } else { String::new() };
        eprint_line(&format!("not written by any build: {}{more}", names.join(", ")));
    }
    let out = path_name::display(Path::new(&job.out));
    if differences.is_empty() {
        eprint_line(&format!("{out} is up to date"));
        return Ok(Exit::Clean);
    }
    let differ = if differences.len() == 1 { "differs" } else { "differ" };
    eprint_line(&format!(
        "{out} is not up to date: {} {differ}; run `{}`",
        count(differences.len(), "file"),
        command(arguments, job)
    ));
    Ok(Exit::Findings)
}

/// A progress line on a terminal, for builds that take longer than a second.
struct Progress {
    _done: mpsc::Sender<()>,
}

impl Progress {
    fn start() -> Option<Self> {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let (done, wait) = mpsc::channel::<()>();
        std::thread::spawn(move || {
            if wait.recv_timeout(Duration::from_secs(1)) == Err(mpsc::RecvTimeoutError::Timeout) {
                eprint_line("building…");
            }
        });
        Some(Self { _done: done })
    }
}
