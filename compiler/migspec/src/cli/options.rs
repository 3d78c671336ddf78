//! Options that several commands share.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use migspec_diag::{Severity, Sources};
use migspec_policies::{PolicyError, Rulebook};
use migspec_syntax::value::Date;

use super::{Exit, eprint_line, print};
use crate::compare::{Earlier, State, Touched};
use crate::compile::{Checked, Request};
use crate::load;
use crate::project::{self, Project};
use crate::render::{self, Coverage, Format, Report, Root, RuleText};

/// The lowest severity that fails a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl FailOn {
    /// The least severity that fails a run; `None` if nothing does.
    fn least(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

/// When the human format uses colors.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ColorChoice {
    Auto,
    Always,
    Never,
}

impl ColorChoice {
    /// The flag wins over the environment, which wins over terminal detection.
    pub fn enabled(self) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
        match self {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set("NO_COLOR") => false,
            ColorChoice::Auto if set("FORCE_COLOR") || set("CLICOLOR_FORCE") => true,
            ColorChoice::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// How a spec is checked and how its findings are printed.
#[derive(Debug, Args)]
pub struct Judging {
    /// Environment to check (default: all environments of the spec).
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// Output format.
    #[arg(
        long,
        short = 'f',
        value_name = "FORMAT",
        default_value = "human",
        env = "MIGSPEC_FORMAT",
        hide_env_values = true
    )]
    pub format: Format,
    /// Also write the results to a file, such as `sarif=findings.sarif`.
    #[arg(long, value_name = "FORMAT=PATH", value_parser = output)]
    pub output: Vec<(Format, PathBuf)>,
    /// Lowest severity that makes the command fail.
    #[arg(long, value_name = "SEVERITY", default_value = "error", env = "MIGSPEC_FAIL_ON", hide_env_values = true)]
    pub fail_on: FailOn,
    /// Folder with additional policies. They can only forbid more.
    #[arg(long, value_name = "DIR", env = "MIGSPEC_POLICIES", hide_env_values = true)]
    pub policies: Vec<PathBuf>,
    /// Date used to decide whether waivers have expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<Date>,
    /// When to use colors.
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "MIGSPEC_COLOR", hide_env_values = true)]
    pub color: ColorChoice,
    /// Ignore the project file.
    #[arg(long)]
    pub no_project: bool,
}

fn output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, path) = text.split_once('=').ok_or("expected FORMAT=PATH, such as sarif=findings.sarif")?;
    let format = Format::from_str(format, false)?;
    if path.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok((format, path.into()))
}

pub fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "expected a date such as 2026-11-22".to_owned())
}

impl Judging {
    pub fn request(&self) -> Result<Request, String> {
        Ok(Request { environment: self.env.clone(), today: self.today()? })
    }

    fn today(&self) -> Result<Date, String> {
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

/// The policies of a command.
#[derive(Debug, Args)]
pub struct PolicySource {
    /// Folder with additional policies (default: the folders of the project file).
    #[arg(long, value_name = "DIR", env = "MIGSPEC_POLICIES", hide_env_values = true)]
    pub policies: Vec<PathBuf>,
    /// Ignore the project file.
    #[arg(long)]
    pub no_project: bool,
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

/// The parts of a result beyond its findings.
#[derive(Default)]
pub struct Extra<'a> {
    /// An earlier result, with which the findings are compared.
    pub earlier: Option<(Earlier, Touched)>,
    /// A file that receives the findings as a baseline.
    pub write_baseline: Option<&'a Path>,
    /// Files that could not be checked, with the reason.
    pub problems: Vec<String>,
    pub include_waived: bool,
}

/// Prints and writes the results of a run, and returns its exit code.
///
/// # Errors
///
/// A result cannot be printed or written.
pub fn conclude(
    judging: &Judging,
    rulebook: &Rulebook,
    sources: &Sources,
    checked: &Checked,
    specs: usize,
    extra: &Extra,
) -> Result<Exit, String> {
    let coverage = Coverage {
        specs,
        policies: checked.policies,
        resources: checked.resources,
        environments: checked.environments,
        skipped: checked.skipped,
        waived: checked.waived.len(),
        today: judging.today()?.to_string(),
    };
    let root = Root::find();
    let mut fingerprints = render::fingerprints(&checked.findings, sources, &root);
    let now = Earlier::of(&checked.findings, &fingerprints, sources);
    let comparison = extra.earlier.as_ref().map(|(earlier, touched)| earlier.compare(&now, *touched));
    fingerprints.extend(render::fingerprints(&checked.waived, sources, &root));
    let fails_on = judging.fail_on.least();
    let report = Report {
        sources,
        findings: &checked.findings,
        waived: &checked.waived,
        coverage: &coverage,
        root: &root,
        rules: &|id| rule_text(rulebook, id),
        comparison: comparison.as_ref(),
        problems: &extra.problems,
        fails_on,
        include_waived: extra.include_waived,
        fingerprints: &fingerprints,
    };
    print(&render::render(judging.format, &report, judging.color.enabled()))?;
    for (format, path) in &judging.output {
        write_result(path, &render::render(*format, &report, false))?;
    }
    if let Some(path) = extra.write_baseline {
        write_result(path, &now.to_text())?;
    }
    eprint_line(&coverage.line());
    for problem in &extra.problems {
        eprint_line(&format!("error: {problem}"));
    }
    let fails = |item: render::Item| {
        item.state != Some(State::Existing) && fails_on.is_some_and(|least| item.finding.severity >= least)
    };
    // An environment that does not exist is an error of the command line.
    let known = !checked.findings.iter().any(|f| f.code == "unknown-environment");
    Ok(match (known && extra.problems.is_empty(), report.items().any(fails)) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Clean,
    })
}

fn write_result(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|e| format!("cannot write `{}`: {}", load::display(path), load::reason(&e)))
}

fn rule_text(rulebook: &Rulebook, id: &str) -> Option<RuleText> {
    if let Some(info) = migspec_diag::code_info(id) {
        return Some(RuleText {
            summary: info.summary.to_owned(),
            explanation: info.explanation.to_owned(),
            page: Some(format!("reference/codes.md#{id}")),
        });
    }
    // Every rule with a finding has been loaded, so that a failure here only drops the explanation.
    let rule = rulebook.rule(id).ok().flatten()?;
    Some(RuleText {
        summary: rule.message.clone(),
        explanation: format!("{}\n\n{}", rule.manual().trim(), rule.help),
        page: page_of(rule),
    })
}

/// The page of a built-in rule in the reference.
fn page_of(rule: &migspec_policies::Rule) -> Option<String> {
    let builtin = rule.family() != "custom";
    builtin.then(|| format!("reference/policies/{}.md#{}", rule.family(), rule.id))
}
