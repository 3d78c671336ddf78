//! Options that several commands share.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use migspec_diag::Severity;
use migspec_syntax::value::Date;

use crate::error::OptionError;
use crate::render::{Format, Paint};

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
    pub fn least(self) -> Option<Severity> {
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
    pub fn paint(self) -> Paint {
        let set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty() && v != "0");
        let colored = match self {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if set("NO_COLOR") => false,
            ColorChoice::Auto if set("FORCE_COLOR") || set("CLICOLOR_FORCE") => true,
            ColorChoice::Auto => {
                std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        };
        if colored { Paint::Colored } else { Paint::Plain }
    }
}

/// How a spec is checked and how its findings are printed.
#[derive(Debug, Args)]
pub struct Judging {
    /// Environment (default: for a check, all environments of the spec; for a build, the only one).
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

fn output(text: &str) -> Result<(Format, PathBuf), OptionError> {
    let (format, path) =
        text.split_once('=').ok_or_else(|| OptionError::from("expected FORMAT=PATH, such as sarif=findings.sarif"))?;
    let format = Format::from_str(format, false).map_err(OptionError)?;
    if path.is_empty() {
        return Err("the path is empty".into());
    }
    Ok((format, path.into()))
}

/// Parses a date such as `2026-11-22`.
///
/// # Errors
///
/// The text is not a date.
pub fn date(text: &str) -> Result<Date, OptionError> {
    Date::parse(text).ok_or(OptionError::from("expected a date such as 2026-11-22"))
}

/// A number of days: `14d`.
///
/// # Errors
///
/// The text is not a number of days.
pub fn days(text: &str) -> Result<i64, OptionError> {
    let number = text.strip_suffix('d').and_then(|number| number.parse::<u16>().ok());
    number.map(i64::from).ok_or(OptionError::from("expected a number of days such as 14d"))
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
