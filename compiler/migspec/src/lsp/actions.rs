//! Code actions: fix, waive, explain; and all safe fixes of a file at once.

use std::path::Path;

use lsp_types::{CodeAction, CodeActionKind, CodeActionOrCommand, Command, TextEdit};
use migspec_diag::{Diagnostic, Sources, capitalized};
use migspec_syntax::edit::{self, NewWaiver, holder};
use migspec_syntax::value::Date;

use super::diagnostics::diagnostic;
use super::names::workspace_edit;
use super::state::{Analyzed, State};
use super::structure::replacement;
use crate::error::CommandError;
use crate::fix;
use crate::load::{FolderImporter, Texts};

/// The command that shows the manual of a rule.
pub const EXPLAIN: &str = "migspec.explain";
/// The kind of the action that applies all safe fixes.
pub const FIX_ALL: &str = "source.fixAll.migspec";
/// How long a waiver lasts that an action adds, in days.
const TERM: u64 = 30;

/// The actions for the findings that touch a range of bytes.
pub fn actions(state: &State, name: &str, range: std::ops::Range<usize>) -> Vec<CodeActionOrCommand> {
    let mut actions = Vec::new();
    for (spec, finding) in state.findings(name) {
        let touches = finding
            .primary
            .as_ref()
            .is_some_and(|label| label.span.start as usize <= range.end && range.start <= label.span.end as usize);
        if !touches {
            continue;
        }
        actions.extend(fixing(state, spec, &finding));
        actions.extend(waiving(state, name, spec, &finding));
        actions.push(explaining(&finding));
    }
    actions
}

fn fixing(state: &State, spec: &Analyzed, finding: &Diagnostic) -> Option<CodeActionOrCommand> {
    let fix = finding.fix.as_ref()?;
    let edit = edit::fix::edit(&spec.sources, fix)?;
    let source = spec.sources.get(edit.at.file);
    let range = state.encoding.range(&source.text, edit.at.start as usize..edit.at.end as usize);
    let edits = vec![(source.name.to_string(), TextEdit::new(range, edit.text))];
    Some(CodeActionOrCommand::CodeAction(CodeAction {
        title: capitalized(&fix.title),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: diagnostic(finding, &spec.sources, state).map(|one| vec![one]),
        edit: Some(workspace_edit(state, edits)),
        is_preferred: fix.is_safe().then_some(true),
        ..CodeAction::default()
    }))
}

/// Adds a waiver with texts to complete, in each environment of the finding.
fn waiving(state: &State, name: &str, spec: &Analyzed, finding: &Diagnostic) -> Vec<CodeActionOrCommand> {
    let Some(node) = finding.node.as_deref() else { return Vec::new() };
    let environments: Vec<Option<&str>> = match finding.environments.as_slice() {
        [] => vec![None],
        several => several.iter().map(|name| Some(name.as_str())).collect(),
    };
    let action = |environment: Option<&str>| {
        let edits = waiver(state, name, node, environment, &finding.code)?;
        let place = environment.map(|name| format!(" in `{name}`")).unwrap_or_default();
        Some(CodeActionOrCommand::CodeAction(CodeAction {
            title: format!("Waive `{}`{place}", finding.code),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: diagnostic(finding, &spec.sources, state).map(|one| vec![one]),
            edit: Some(workspace_edit(state, edits)),
            ..CodeAction::default()
        }))
    };
    environments.into_iter().take(4).filter_map(action).collect()
}

fn waiver(
    state: &State,
    name: &str,
    node: &str,
    environment: Option<&str>,
    rule: &str,
) -> Option<Vec<(String, TextEdit)>> {
    let (spec, _) = state.spec_of(name)?;
    let mut sources = Sources::new();
    let opened = FolderImporter::open_with(Path::new(spec), state.texts(), super::position::name, &mut sources);
    let (file, mut importer) = opened.ok()?;
    let parsed = migspec_syntax::read(file, &mut sources, &mut importer).value;
    let new = NewWaiver {
        rule: rule.to_owned(),
        until: Date::from_days(state.today.days() + TERM),
        owner: "OWNER".to_owned(),
        approved_by: "APPROVER".to_owned(),
        reason: "WHY THE RISK IS ACCEPTABLE".to_owned(),
        ticket: None,
        control: Some("COMPENSATING CONTROL".to_owned()),
        action: None,
        fact: (rule == "undecided-fact").then(|| "FACT".to_owned()),
    };
    let edited = edit::waive(&parsed, &sources, &edit::Into { environment, node: holder(node) }, &new).ok()?;
    let source = sources.get(edited.file);
    let edit = replacement(&source.text, &edited.text, state.encoding)?;
    Some(vec![(source.name.to_string(), edit)])
}

fn explaining(finding: &Diagnostic) -> CodeActionOrCommand {
    let title = format!("Explain `{}`", finding.code);
    let arguments = Some(vec![finding.code.to_string().into()]);
    let command = Command { title: title.clone(), command: EXPLAIN.to_owned(), arguments };
    CodeActionOrCommand::CodeAction(CodeAction { title, command: Some(command), ..CodeAction::default() })
}

/// Applies the safe fixes of the spec with this file, as `check --fix` does.
///
/// # Errors
///
/// A policy cannot be evaluated.
pub fn fix_all(state: &State, name: &str) -> Result<Option<CodeActionOrCommand>, CommandError> {
    let Some((spec, analyzed)) = state.spec_of(name) else { return Ok(None) };
    let check = |texts: &Texts| {
        let mut all = state.texts();
        all.extend(texts.clone());
        state.check(Path::new(spec), all)
    };
    if !analyzed.checked.findings.iter().any(Diagnostic::has_safe_fix) {
        return Ok(None);
    }
    let fixed = fix::improve(check(&Texts::new())?, Diagnostic::has_safe_fix, check)?;
    let edits: Vec<(String, TextEdit)> = fix::changes(&fixed.texts, &analyzed.sources)
        .into_iter()
        .filter_map(|(file, (old, new))| Some((file.to_owned(), replacement(old, new, state.encoding)?)))
        .collect();
    Ok((!edits.is_empty()).then(|| {
        CodeActionOrCommand::CodeAction(CodeAction {
            title: "Apply all safe fixes".to_owned(),
            kind: Some(CodeActionKind::from(FIX_ALL)),
            edit: Some(workspace_edit(state, edits)),
            ..CodeAction::default()
        })
    }))
}
