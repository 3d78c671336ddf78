//! Findings as diagnostics of the protocol.

use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location,
    NumberOrString,
};
use migspec_diag::{Diagnostic as Finding, Label, Severity, Sources};

use super::state::State;
use crate::render::help_uri;

/// The diagnostics of a file.
pub fn of_file(state: &State, name: &str) -> Vec<Diagnostic> {
    let findings = state.findings(name);
    findings.iter().filter_map(|(spec, finding)| diagnostic(finding, &spec.sources, state)).collect()
}

pub fn diagnostic(finding: &Finding, sources: &Sources, state: &State) -> Option<Diagnostic> {
    let label = finding.primary.as_ref()?;
    let mut message = finding.message.clone();
    if !finding.environments.is_empty() {
        message.push_str(&format!(" (in {})", finding.environments.join(", ")));
    }
    for line in finding.help.iter().chain(&finding.notes) {
        message.push('\n');
        message.push_str(line);
    }
    let related = finding.related.iter().filter_map(|label| {
        Some(DiagnosticRelatedInformation { location: location(label, sources, state)?, message: label.text.clone() })
    });
    Some(Diagnostic {
        range: location(label, sources, state)?.range,
        severity: Some(severity(finding.severity)),
        code: Some(NumberOrString::String(finding.code.to_string())),
        code_description: help_uri(Some(&state.rulebook), &finding.code)
            .parse()
            .ok()
            .map(|href| CodeDescription { href }),
        source: Some("migspec".to_owned()),
        message,
        related_information: Some(related.collect()),
        tags: (finding.code == "unused-waiver").then(|| vec![DiagnosticTag::UNNECESSARY]),
        data: None,
    })
}

fn severity(severity: Severity) -> DiagnosticSeverity {
    match severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Info => DiagnosticSeverity::INFORMATION,
    }
}

fn location(label: &Label, sources: &Sources, state: &State) -> Option<Location> {
    let source = sources.get(label.span.file);
    let range = state.encoding.range(&source.text, label.span.start as usize..label.span.end as usize);
    Some(Location::new(state.uri(&source.name)?, range))
}
