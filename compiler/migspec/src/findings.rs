//! Findings of several environments as one list.

use migspec_diag::Diagnostic;

/// Findings of one environment.
pub(crate) fn in_environment(
    environment: &str,
    findings: impl IntoIterator<Item = Diagnostic>,
) -> impl Iterator<Item = Diagnostic> {
    findings.into_iter().map(move |mut finding| {
        finding.environments = vec![environment.to_owned()];
        finding
    })
}

/// Sorts findings by place and merges those that differ only in their
/// environment. `environments` is the number of environments of the run.
pub(crate) fn merge(mut findings: Vec<Diagnostic>, environments: usize) -> Vec<Diagnostic> {
    findings.sort_by(Diagnostic::by_place);
    let mut result: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for mut finding in findings {
        match result.last_mut() {
            Some(last) if same(last, &finding) => {
                last.severity = last.severity.max(finding.severity);
                last.environments.append(&mut finding.environments);
            }
            _ => result.push(finding),
        }
    }
    for finding in &mut result {
        finding.environments.dedup();
        // Seen everywhere is the same as belonging to no environment.
        if finding.environments.len() == environments {
            finding.environments.clear();
        }
    }
    result
}

fn same(a: &Diagnostic, b: &Diagnostic) -> bool {
    a.code == b.code && a.primary == b.primary && a.message == b.message && a.related == b.related
}
