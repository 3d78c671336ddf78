use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use migspec_analyze::workflow::Depth;
use migspec_analyze::workflow::compare::{Difference, Verdict, differences};
use migspec_diag::{Diagnostic, FileId, Severity, Sources, Span};
use migspec_ir::Graph;
use migspec_ir::workflow::Workflow;
use migspec_policies::verify;
use migspec_targets::stepfunctions;
use serde_json::Value as Json;

use super::Exit;
use super::conclude::{Extra, conclude};
use super::options::Judging;
use super::spec_arguments::{SpecArguments, one_workflow};
use crate::compile::Checked;
use crate::error::CommandError;
use crate::load;
use crate::path_name;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Explore annotated state machines: every state with every outcome, with an interruption at every point.
    Workflow(Documents),
}

#[derive(Debug, Args)]
struct Documents {
    /// State machines in the Amazon States Language that use JSONata.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Also compare each with the workflow that this spec builds: only safe differences pass.
    #[arg(long, value_name = "SPEC")]
    spec: Option<PathBuf>,
    /// Cutover of the spec (default: the one that the file is named after, or the only one).
    #[arg(long, value_name = "KEY", requires = "spec")]
    cutover: Option<String>,
    #[command(flatten)]
    judging: Judging,
}

/// Explores each state machine, and compares it with the workflow of a spec.
///
/// # Errors
///
/// A file cannot be read, or the spec has no such cutover.
pub fn run(arguments: &Arguments) -> Result<Exit, CommandError> {
    let What::Workflow(documents) = &arguments.what;
    let Documents { files, judging, .. } = documents;
    let graph = match documents.graph() {
        None => None,
        Some(graph) => match graph? {
            None => return Ok(Exit::Findings),
            graph => graph,
        },
    };
    let mut sources = Sources::new();
    let rulebook = judging.rulebook(&[])?;
    let mut checked = Checked::default();
    for path in files {
        let name = path_name::display(path);
        let text = load::read_text(path)?;
        let file = sources.add(&name, &text);
        let workflow = stepfunctions::read(&name, &text, file).drain_into(&mut checked.findings);
        let Some(workflow) = workflow else { continue };
        checked.findings.extend(verify(&workflow, &rulebook, Depth::Restarts)?);
        if let Some(graph) = &graph {
            let expected = documents.expected_workflow(graph, path)?;
            checked.findings.extend(compare_documents(expected, &workflow, &text, file)?);
        }
    }
    migspec_diag::sort(&mut checked.findings);
    checked.policies = rulebook.count();
    conclude(judging, &rulebook, &sources, &checked, files.len(), &Extra::default())
}

impl Documents {
    /// The graph of the spec that the options name, unless it has errors.
    fn graph(&self) -> Option<Result<Option<Graph>, CommandError>> {
        let Judging { env, color, no_project, .. } = &self.judging;
        let path = Some(self.spec.clone()?);
        Some(SpecArguments { path, env: env.clone(), color: *color, no_project: *no_project }.graph())
    }

    /// The workflow that the spec builds for a file.
    fn expected_workflow<'g>(&self, graph: &'g Graph, path: &Path) -> Result<&'g Workflow, CommandError> {
        let file = path.file_name().map(|name| name.to_string_lossy());
        let named = |workflow: &&Workflow| {
            self.cutover.is_none() && file.as_deref() == Some(&format!("{}.asl.json", workflow.name))
        };
        match graph.workflows.values().find(named) {
            Some(workflow) => Ok(workflow),
            None => one_workflow(graph, self.cutover.as_deref()),
        }
    }
}

/// The differences in meaning, each at its state.
fn compare_documents(
    expected: &Workflow,
    found: &Workflow,
    text: &str,
    file: FileId,
) -> Result<Vec<Diagnostic>, CommandError> {
    let not_json = |reason| CommandError::Json { document: "a document", reason };
    let parse = |text: &str| serde_json::from_str::<Json>(text).map_err(not_json);
    let differences = differences(&parse(&stepfunctions::definition(expected))?, &parse(text)?);
    let states = found.all_states();
    let place = |name: &str| states.iter().find(|s| &*s.name == name).map(|s| s.origin.span());
    let whole = Span::new(file, 0, 1);
    Ok(differences.iter().map(|d| finding(d, d.state.as_deref().and_then(place).unwrap_or(whole))).collect())
}

fn finding(difference: &Difference, span: Span) -> Diagnostic {
    let Difference { state, place, found, expected, verdict, reason } = difference;
    let at = match (state, place.as_str()) {
        (Some(state), "") => format!("the state `{state}`"),
        (Some(state), place) => format!("`{place}` of `{state}`"),
        (None, place) => format!("`{place}` of the document"),
    };
    let severity = if *verdict == Verdict::Safe { Severity::Info } else { Severity::Error };
    Diagnostic::new(
        "workflow-differs",
        severity,
        format!("{}: {at} is {found}, and should be {expected}", verdict.name()),
    )
    .at(span, reason.clone())
    .help_if((*verdict != Verdict::Safe).then(|| format!("write {expected} again, or change the spec and build anew")))
}
