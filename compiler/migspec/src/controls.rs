//! The controls that an organisation declares for its own policies: `controls.kdl` in a policy folder.

use std::path::Path;

use migspec_diag::{Diagnostic, Severity, Sources};
use migspec_policies::Rulebook;
use migspec_policies::catalogue::{self, Control, Level, Severities, Status, Waivable};
use migspec_syntax::controls::{self, Control as Declared};
use migspec_syntax::value::ControlSeverity;

use crate::error::CommandError;
use crate::load::read_text;
use crate::path_name::display;
use crate::render;

/// The name of the file.
const NAME: &str = "controls.kdl";

/// The controls of a folder; none without the file. `known` has the controls of other folders.
///
/// # Errors
///
/// The file cannot be read, or has errors.
pub(crate) fn of_folder(folder: &Path, known: &Rulebook) -> Result<Vec<Control>, CommandError> {
    let path = folder.join(NAME);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let mut sources = Sources::new();
    let file = sources.add(&display(&path), &read_text(&path)?);
    let outcome = controls::read(file, &sources);
    let mut findings = outcome.diagnostics;
    let declared = outcome.value.map(|controls| controls.control).unwrap_or_default();
    findings.extend(declared.iter().filter_map(|control| conflict(control, known)));
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return Err(CommandError::Findings(render::plain(&findings, &sources, render::Paint::Plain)));
    }
    Ok(declared.iter().map(control).collect())
}

/// The name of another control.
fn conflict(control: &Declared, known: &Rulebook) -> Option<Diagnostic> {
    let id = control.id.as_str();
    let of = match catalogue::control(id) {
        Some(_) => "a control of the catalogue",
        None => known.own_controls().any(|own| own.id == id).then_some("a control of another folder")?,
    };
    let message = format!("`{id}` is {of}");
    Some(Diagnostic::error("duplicate-node", message).at(control.id.span(), "again").help("give it a name of its own"))
}

fn control(declared: &Declared) -> Control {
    let level = |severity: ControlSeverity| match severity {
        ControlSeverity::Error => Level::Error,
        ControlSeverity::Warning => Level::Warning,
        ControlSeverity::Info => Level::Info,
    };
    let production = level(*declared.severity);
    Control {
        family: catalogue::OWN,
        id: declared.id.to_string(),
        title: declared.title.to_string(),
        why: declared.why.as_ref().map_or_else(|| "a rule of the organisation".to_owned(), ToString::to_string),
        status: Status::Decided,
        subjects: Vec::new(),
        limits: None,
        requirements: Vec::new(),
        severity: Severities {
            production,
            other: declared.elsewhere.as_ref().map_or(production, |other| level(**other)),
        },
        equivalents: Default::default(),
        waiver: declared.waiver.as_ref().map_or(Waivable::Never, |term| Waivable::Days(term.days())),
    }
}
