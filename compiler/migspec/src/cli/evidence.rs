use std::path::PathBuf;

use clap::Args;
use migspec_analyze::scope::Scope;
use migspec_diag::{Severity, Sources, count};
use migspec_report::evidence::{self, EvidenceInputs};
use migspec_syntax::value::Date;
use migspec_targets::Artifacts;

use super::judging::today;
use super::options::{ColorChoice, date};
use super::{Exit, check, eprint_line, print};
use crate::compile;
use crate::error::CommandError;
use crate::load::FolderImporter;
use crate::path_name;
use crate::rulebook;
use crate::{project, render, write};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Spec to assess (default: the spec of the project file).
    pub path: Option<PathBuf>,
    /// Environment to assess.
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: String,
    /// Date of the evidence, YYYY-MM-DD (default: `SOURCE_DATE_EPOCH`, then today).
    #[arg(long, value_name = "DATE", value_parser = date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<Date>,
    /// Output folder.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Folder with additional policies. They can only forbid more.
    #[arg(long, value_name = "DIR", env = "MIGSPEC_POLICIES", hide_env_values = true)]
    pub policies: Vec<PathBuf>,
    /// When to use colors.
    #[arg(long, value_name = "WHEN", default_value = "auto", env = "MIGSPEC_COLOR", hide_env_values = true)]
    pub color: ColorChoice,
    /// Ignore the project file.
    #[arg(long)]
    pub no_project: bool,
}

/// Writes the evidence of a spec to a folder.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let day = today(arguments.today)?;
    let mut project_sources = Sources::new();
    let project = match arguments.no_project {
        true => project::Project::default(),
        false => check::read_project(arguments.color, &mut project_sources)?,
    };
    let folders = if arguments.policies.is_empty() { &project.policies } else { &arguments.policies };
    let rulebook = rulebook::rulebook(folders)?;
    let spec = check::one_spec(arguments.path.as_ref(), &project)?;
    let mut sources = Sources::new();
    let (file, mut importer) = FolderImporter::open(&spec, &mut sources)?;
    let (graphs, findings) = compile::lower(file, &mut sources, &mut importer, Some(&arguments.env));
    let broken = findings.iter().any(|f| f.severity == Severity::Error);
    let Some(graph) = graphs.first().filter(|_| !broken) else {
        print(&render::plain(&findings, &sources, arguments.color.paint()))?;
        eprint_line("nothing was written");
        return Ok(Exit::Findings);
    };
    let assessment = migspec_policies::assess(&migspec_analyze::Analysis::of(graph), &rulebook, day.days())?;
    let (scope, today) = (Scope::of(graph), day.to_string());
    let given = EvidenceInputs {
        graph,
        rulebook: &rulebook,
        assessment: &assessment,
        scope: &scope,
        sources: &sources,
        problems: &findings,
        today: &today,
    };
    let mut artifacts = Artifacts::new();
    for (name, bytes) in evidence::files(&given)? {
        artifacts.add(name, bytes);
    }
    let previous = write::previous(&arguments.out)?;
    // A folder of a build is not one of evidence: its files would go as stale.
    if previous.iter().flat_map(|p| &p.files).any(|name| artifacts.get(name).is_none()) {
        return Err(CommandError::usage(format!(
            "`{}` contains the output of a build; choose another folder",
            path_name::display(&arguments.out)
        )));
    }
    let changed = write::write(&arguments.out, &artifacts, previous.as_ref())?;
    let errors = assessment.judgement.findings.iter().filter(|f| f.severity == Severity::Error).count();
    eprint_line(&format!(
        "{} in {}, {changed} of them new or changed; {}, {} waived, as of {today}",
        count(artifacts.len(), "file"),
        path_name::display(&arguments.out),
        count(errors, "error"),
        assessment.judgement.waived.len(),
    ));
    Ok(if errors > 0 { Exit::Findings } else { Exit::Clean })
}
