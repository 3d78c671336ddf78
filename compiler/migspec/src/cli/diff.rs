use std::path::{Path, PathBuf};

use clap::Args;
use migspec_diag::Sources;
use migspec_syntax::value::Date;

use super::options::{self, ColorChoice, PolicySource};
use super::{Exit, check, judging, print};
use crate::diff::{self, Compared, Side, Stop};
use crate::error::CommandError;
use crate::render;
use crate::render::diff::{Format, Report};
use crate::repository::Root;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Deployed side: a spec, REVISION:PATH, or a revision of the spec (default: HEAD).
    pub before: Option<String>,
    /// Changed side: a spec or REVISION:PATH (default: the spec of the project file).
    pub after: Option<String>,
    /// Environment to compare (default: each environment that both specs have).
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// Compare the environment of `--env` with this one, and list the rules on which each is weaker.
    #[arg(long, value_name = "NAME", requires = "env")]
    pub against_env: Option<String>,
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Date used to decide whether waivers have expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = options::date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<Date>,
    /// When to use colors.
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "MIGSPEC_COLOR", hide_env_values = true)]
    pub color: ColorChoice,
    #[command(flatten)]
    pub from: PolicySource,
}

/// Compares two sides, and prints the differences.
///
/// # Errors
///
/// A side or the project file cannot be read.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (before, after) = sides(arguments)?;
    let mut sources = Sources::new();
    let color = arguments.color.paint();
    let compared = match compare(arguments, &before, &after, &mut sources) {
        Ok(compared) => compared,
        Err(Stop::Failed(why)) => return Err(why),
        Err(Stop::Errors(findings)) => {
            print(&render::plain(&findings, &sources, color))?;
            return Ok(Exit::Findings);
        }
    };
    let with = |label: &str, environment: Option<&String>| match environment {
        Some(name) if arguments.against_env.is_some() => format!("{label} in {name}"),
        _ => label.to_owned(),
    };
    let report = Report {
        compared: &compared,
        before: &with(&before.label, arguments.against_env.as_ref()),
        after: &with(&after.label, arguments.env.as_ref()),
        sources: &sources,
    };
    print(&render::diff::render(arguments.format, &report, color))?;
    let refused = compared.sections.iter().any(|section| !section.findings.is_empty());
    Ok(if refused { Exit::Findings } else { Exit::Clean })
}

/// The two sides. With `--against-env`, one spec is both.
fn sides(arguments: &Arguments) -> Result<(Side, Side), CommandError> {
    let root = Root::find();
    let project = || -> Result<PathBuf, CommandError> { check::one_spec(None, &arguments.from.project()?) };
    let file = |argument: &str| Some(PathBuf::from(argument)).filter(|path| path.is_file());
    match (&arguments.before, &arguments.after, &arguments.against_env) {
        (None, _, Some(_)) => {
            let spec = project()?;
            Ok((Side::file(&spec), Side::file(&spec)))
        }
        (Some(only), None, Some(_)) => Ok((Side::open(only, None, &root)?, Side::open(only, None, &root)?)),
        (Some(before), Some(after), _) => {
            let of = |argument: &str, other: &str| Side::open(argument, file(other).as_deref(), &root);
            Ok((of(before, after)?, of(after, before)?))
        }
        (before, None, None) => {
            let spec = project()?;
            Ok((Side::open(before.as_deref().unwrap_or("HEAD"), Some(Path::new(&spec)), &root)?, Side::file(&spec)))
        }
        (None, Some(_), None) => Err(CommandError::usage("name both sides")),
    }
}

fn compare(arguments: &Arguments, before: &Side, after: &Side, sources: &mut Sources) -> Result<Compared, Stop> {
    let (Some(against), Some(environment)) = (&arguments.against_env, &arguments.env) else {
        return diff::revisions(before, after, arguments.env.as_deref(), sources);
    };
    let (_, rulebook) = arguments.from.rulebook()?;
    let today = judging::today(arguments.today)?.days();
    diff::environments((before, against), (after, environment), &rulebook, today, sources)
}
