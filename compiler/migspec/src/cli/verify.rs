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

use super::graph::Chosen;
use super::options::{Extra, Judging, conclude, describe};
use super::{Exit, simulate};
use crate::compile::Checked;
use crate::load;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Explore state machines whose comments name their effects: every state
    /// with every outcome, executions interrupted at any moment included.
    Workflow(Documents),
}

#[derive(Debug, Args)]
struct Documents {
    /// State machines in the Amazon States Language, in JSONata.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Also compare each with the one that this spec builds: every difference
    /// in meaning is safe, weaker or unknown, and only safe ones pass.
    #[arg(long, value_name = "SPEC")]
    spec: Option<PathBuf>,
    /// The cutover of the spec; may be left out where the file has the name of
    /// its state machine, or the spec has only one.
    #[arg(long, value_name = "KEY", requires = "spec")]
    cutover: Option<String>,
    #[command(flatten)]
    judging: Judging,
}

pub fn run(arguments: &Arguments) -> Result<Exit, String> {
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
        let name = load::display(path);
        let text = load::read_text(path)?;
        let file = sources.add(&name, &text);
        let workflow = stepfunctions::read(&name, &text, file).drain_into(&mut checked.findings);
        let Some(workflow) = workflow else { continue };
        checked.findings.extend(verify(&workflow, &rulebook, Depth::Restarts).map_err(|f| describe(&f))?);
        if let Some(graph) = &graph {
            let expected = documents.expected(graph, path)?;
            checked.findings.extend(compared(expected, &workflow, &text, file)?);
        }
    }
    migspec_diag::sort(&mut checked.findings);
    checked.policies = rulebook.len();
    conclude(judging, &rulebook, &sources, &checked, files.len(), &Extra::default())
}

impl Documents {
    /// The graph of the spec, if there is one and it has no errors.
    fn graph(&self) -> Option<Result<Option<Graph>, String>> {
        let Judging { env, color, no_project, .. } = &self.judging;
        let path = Some(self.spec.clone()?);
        Some(Chosen { path, env: env.clone(), color: *color, no_project: *no_project }.graph())
    }

    /// What the spec builds in the place of a file.
    fn expected<'g>(&self, graph: &'g Graph, path: &Path) -> Result<&'g Workflow, String> {
        let file = path.file_name().map(|name| name.to_string_lossy());
        let named = |workflow: &&Workflow| {
            self.cutover.is_none() && file.as_deref() == Some(&format!("{}.asl.json", workflow.name))
        };
        match graph.workflows.values().find(named) {
            Some(workflow) => Ok(workflow),
            None => simulate::one_workflow(graph, self.cutover.as_deref()),
        }
    }
}

/// The differences in meaning, at the states that they are in.
fn compared(expected: &Workflow, found: &Workflow, text: &str, file: FileId) -> Result<Vec<Diagnostic>, String> {
    let parse = |text: &str| serde_json::from_str::<Json>(text).map_err(|e| format!("a document is not JSON: {e}"));
    let differences = differences(&parse(&stepfunctions::definition(expected))?, &parse(text)?);
    let states = found.all_states();
    let place = |name: &str| states.iter().find(|s| &*s.name == name).map(|s| s.origin.span());
    let whole = Span::new(file, 0, 1);
    Ok(differences.iter().map(|d| shown(d, d.state.as_deref().and_then(place).unwrap_or(whole))).collect())
}

fn shown(difference: &Difference, span: Span) -> Diagnostic {
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
