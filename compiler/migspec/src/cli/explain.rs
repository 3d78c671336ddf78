use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use migspec_analyze::scope::Scope;
use migspec_diag::{CODES, Diagnostic, Severity, Sources, code_info, did_you_mean};
use migspec_policies::catalogue;
use migspec_policies::{PolicyError, Rulebook};
use migspec_report::evidence::EvidenceInputs;
use migspec_report::manual::{self, Page};
use migspec_syntax::value::Date;

use super::judging::today;
use super::options::{PolicySource, date};
use super::{Exit, print};
use crate::compile;
use crate::error::{CommandError, OptionError};
use crate::load::FolderImporter;
use crate::render;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Rule (`unencrypted-cluster`), control (`ENC-RDS-01`), PCI DSS requirement (`3.5.1`), or
    /// the place of a finding (`payments.migspec.kdl:34`).
    pub id: String,
    /// Explain only the findings of the rule at this place, FILE:LINE.
    #[arg(long, value_name = "PLACE", value_parser = place)]
    pub at: Option<Place>,
    /// Environment of the findings at the place (default: all environments of the spec).
    #[arg(long, value_name = "NAME", env = "MIGSPEC_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// Date used to decide whether waivers have expired, YYYY-MM-DD (default: today).
    #[arg(long, value_name = "DATE", value_parser = date, env = "MIGSPEC_TODAY", hide_env_values = true)]
    pub today: Option<Date>,
    #[command(flatten)]
    from: PolicySource,
}

/// A line of a spec.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    file: PathBuf,
    /// 1 for the first line.
    line: usize,
}

/// Parses `FILE:LINE`, or `FILE:LINE:COLUMN` as findings print it.
fn place(text: &str) -> Result<Place, OptionError> {
    let number = |text: &str| text.parse::<usize>().ok();
    let found = text.rsplit_once(':').and_then(|(rest, last)| {
        let last = number(last)?;
        match rest.rsplit_once(':').and_then(|(file, line)| Some((file, number(line)?))) {
            Some((file, line)) => Some((file, line)),
            None => Some((rest, last)),
        }
    });
    let (file, line) = found.ok_or_else(|| OptionError::from("expected FILE:LINE, such as payments.migspec.kdl:34"))?;
    Ok(Place { file: file.into(), line })
}

/// Prints the pages for a name or for the findings of a place.
///
/// # Errors
///
/// Nothing has the name, the place has no finding, or a file cannot be read.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let (_, rulebook) = arguments.from.rulebook()?;
    let id = arguments.id.trim();
    let pages = match (&arguments.at, place(id)) {
        (Some(at), _) => at_place(arguments, at, Some(id), &rulebook)?,
        (None, Ok(at)) => at_place(arguments, &at, None, &rulebook)?,
        (None, Err(_)) => pages_of(id, &rulebook)?,
    };
    print(&manual::plain(&pages)).map(|()| Exit::Clean)
}

/// The pages for a name.
fn pages_of(id: &str, rulebook: &Rulebook) -> Result<Vec<Page>, CommandError> {
    let found = find_pages(id, rulebook)?;
    Some(found).filter(|pages| !pages.is_empty()).ok_or_else(|| {
        let own = rulebook.own_controls().map(|own| own.id.as_str());
        let controls = catalogue::controls().keys().map(String::as_str).chain(own);
        let requirements = catalogue::requirements().iter().map(|r| r.number);
        let known = rulebook.names().chain(CODES.iter().map(|c| c.code)).chain(controls).chain(requirements);
        let help = did_you_mean(id, known).map(|help| format!("; {help}")).unwrap_or_default();
        CommandError::usage(format!("`{id}` is not a rule, control or requirement{help}"))
    })
}

fn find_pages(id: &str, rulebook: &Rulebook) -> Result<Vec<Page>, PolicyError> {
    if let Some(page) = of_code(id, rulebook)? {
        return Ok(vec![page]);
    }
    if let Some(control) = catalogue::control(id).or_else(|| rulebook.own_controls().find(|own| own.id == id)) {
        return Ok(vec![manual::control(control, rulebook)?]);
    }
    let requirement = catalogue::requirement(id.trim_start_matches("pci-dss-4.0.1/"));
    requirement.map_or(Ok(Vec::new()), |requirement| manual::requirement(requirement, rulebook))
}

/// The page for the code of a finding: a code of the compiler, or a policy.
fn of_code(id: &str, rulebook: &Rulebook) -> Result<Option<Page>, PolicyError> {
    if let Some(code) = code_info(id) {
        return Ok(Some(manual::compiler_code(code)));
    }
    let rule = rulebook.rule(id)?;
    Ok(rule.map(|rule| manual::rule(rule, rulebook.cases_of(id).unwrap_or_default())))
}

/// The findings of a line, restricted to one rule if `of` is given, then the pages of their rules.
fn at_place(
    arguments: &Arguments,
    at: &Place,
    of: Option<&str>,
    rulebook: &Rulebook,
) -> Result<Vec<Page>, CommandError> {
    let mut pages = findings(arguments, at, of, rulebook)?;
    let codes: BTreeSet<String> = pages.iter().map(|page| page.name.clone()).collect();
    if codes.is_empty() {
        let of = of.map(|code| format!(" of `{code}`")).unwrap_or_default();
        return Err(CommandError::usage(format!("{}:{} has no finding{of}", at.file.display(), at.line)));
    }
    for code in codes {
        pages.extend(of_code(&code, rulebook)?);
    }
    Ok(pages)
}

/// A page for each finding, in each environment.
fn findings(
    arguments: &Arguments,
    at: &Place,
    of: Option<&str>,
    rulebook: &Rulebook,
) -> Result<Vec<Page>, CommandError> {
    let mut sources = Sources::new();
    let (file, mut importer) = FolderImporter::open(&at.file, &mut sources)?;
    let (graphs, problems) = compile::lower(file, &mut sources, &mut importer, arguments.env.as_deref());
    let here = |finding: &Diagnostic| {
        let span = finding.primary.as_ref().map(|label| label.span).filter(|span| span.file == file);
        let line = span.map(|span| sources.get(file).location(span.start).line);
        line == Some(at.line) && of.is_none_or(|of| of == finding.code)
    };
    let mut pages: Vec<Page> = problems.iter().filter(|f| here(f)).map(|f| manual::problem(f, &sources)).collect();
    if problems.iter().any(|f| f.severity == Severity::Error) {
        // Policies need a graph, and a spec with errors has none.
        return if pages.is_empty() {
            Err(CommandError::Findings(render::plain(&problems, &sources, render::Paint::Plain)))
        } else {
            Ok(pages)
        };
    }
    let today = today(arguments.today)?;
    for graph in &graphs {
        let assessment = migspec_policies::assess(&migspec_analyze::Analysis::of(graph), rulebook, today.days())?;
        let (scope, today) = (Scope::of(graph), today.to_string());
        let given = EvidenceInputs {
            graph,
            rulebook,
            assessment: &assessment,
            scope: &scope,
            sources: &sources,
            problems: &problems,
            today: &today,
        };
        pages.extend(manual::findings(&given, here)?);
    }
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_findings_show_them() {
        let at = |line| Ok(Place { file: PathBuf::from("a/b.kdl"), line });
        assert_eq!(place("a/b.kdl:12"), at(12));
        assert_eq!(place("a/b.kdl:12:5"), at(12));
        assert!(place("unencrypted-cluster").is_err());
        assert!(place("3.5.1").is_err());
    }
}
