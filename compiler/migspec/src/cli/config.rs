//! The settings of a run in a folder, each with its origin.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use migspec_diag::Sources;
use serde_json::{Value, json};

use super::options::ColorChoice;
use super::policy::Format;
use super::{Exit, check, command, print};
use crate::error::CommandError;
use crate::path_name::display;
use crate::project;
use crate::render::pretty;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Show each setting of a run in this folder, with its origin.
    Show(Show),
}

#[derive(Debug, Args)]
struct Show {
    /// Output format.
    #[arg(long, short = 'f', value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Ignore the project file.
    #[arg(long)]
    no_project: bool,
}

struct Setting {
    name: String,
    value: String,
    origin: String,
}

/// Prints the settings of a run.
///
/// # Errors
///
/// The project file cannot be read, or has errors.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let Action::Show(show) = &arguments.action;
    let settings = settings(if show.no_project { None } else { project::path(Path::new(".")) })?;
    let text = match show.format {
        Format::Human => human(&settings),
        Format::Json => pretty(&settings.iter().map(json).collect()),
    };
    print(&text).map(|()| Exit::Clean)
}

/// The settings of a run with or without a project file.
fn settings(found: Option<PathBuf>) -> Result<Vec<Setting>, CommandError> {
    let mut sources = Sources::new();
    let project = match &found {
        Some(_) => check::read_project(ColorChoice::Never, &mut sources)?,
        None => project::Project::default(),
    };
    let file = found.as_deref().map(display);
    let mut settings = Vec::new();
    let mut add = |name: &str, value: String, origin: String| {
        settings.push(Setting { name: name.to_owned(), value, origin });
    };
    let absent = || "default".to_owned();
    let origin = |list_is_empty: bool| match (&file, list_is_empty) {
        (Some(file), false) => format!("project file {file}"),
        _ => absent(),
    };
    add(
        "project file",
        file.clone().unwrap_or_else(|| "none".to_owned()),
        match &file {
            Some(_) => "search from this folder to the root of the repository".to_owned(),
            None => absent(),
        },
    );
    let names = |paths: &[std::path::PathBuf]| paths.iter().map(|path| display(path)).collect::<Vec<_>>().join(", ");
    let specs =
        if project.specs.is_empty() { "*.migspec.kdl below this folder".to_owned() } else { names(&project.specs) };
    add("specs", specs, origin(project.specs.is_empty()));
    for build in &project.builds {
        let spec = build.spec.as_deref().map(|path| format!("{} ", display(path))).unwrap_or_default();
        let value = format!("{spec}{} in {} to {}", build.target, build.environment, display(&build.out));
        add("build", value, origin(false));
    }
    if std::env::var_os("MIGSPEC_POLICIES").is_none() {
        let policies = if project.policies.is_empty() { "built in".to_owned() } else { names(&project.policies) };
        add("policies", policies, origin(project.policies.is_empty()));
    }
    for (variable, name, default) in variables() {
        match (std::env::var(&variable), default) {
            (Ok(value), _) => add(&name, value, format!("environment variable {variable}")),
            (Err(_), Some(default)) => add(&name, default, absent()),
            (Err(_), None) => {}
        }
    }
    Ok(settings)
}

/// The environment variables of all options, with the option and its default.
fn variables() -> Vec<(String, String, Option<String>)> {
    let mut all: Vec<(String, String, Option<String>)> = Vec::new();
    for subcommand in command().get_subcommands() {
        for argument in subcommand.get_arguments() {
            let (Some(variable), Some(name)) = (argument.get_env(), argument.get_long()) else { continue };
            let variable = variable.to_string_lossy().into_owned();
            let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
            if !all.iter().any(|(known, ..)| *known == variable) {
                all.push((variable, format!("--{name}"), default));
            }
        }
    }
    all.sort();
    all
}

fn human(settings: &[Setting]) -> String {
    let width = settings.iter().map(|setting| setting.name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for Setting { name, value, origin } in settings {
        let value: String = value.chars().map(|c| if migspec_diag::is_hidden(c) { '?' } else { c }).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:width$}  {value}  ({origin})");
    }
    text
}

fn json(setting: &Setting) -> Value {
    json!({ "name": setting.name, "value": setting.value, "origin": setting.origin })
}
