//! Findings of several environments as one list.

use std::collections::BTreeSet;

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

/// Notes of a finding for several resources; all others are counted.
const MOST_NOTES: usize = 6;

/// Sorts findings by place and merges those with one cause: the same rule at
/// the same place with the same words, for several resources or environments.
/// `environments` is the number of environments of the run.
pub(crate) fn merge(mut findings: Vec<Diagnostic>, environments: usize) -> Vec<Diagnostic> {
    findings.sort_by(Diagnostic::by_place);
    let mut result: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut merged = BTreeSet::new();
    for finding in findings {
        match result.last_mut() {
            Some(last) if have_one_cause(last, &finding) => {
                absorb(last, finding);
                merged.insert(result.len() - 1);
            }
            _ => result.push(finding),
        }
    }
    for (index, finding) in result.iter_mut().enumerate() {
        finding.environments.sort_unstable();
        finding.environments.dedup();
        // A finding of every environment belongs to none.
        if finding.environments.len() == environments {
            finding.environments.clear();
        }
        let more = finding.notes.len().saturating_sub(MOST_NOTES);
        if more > 1 && merged.contains(&index) {
            finding.notes.truncate(MOST_NOTES);
            finding.notes.push(format!("and {more} more"));
        }
    }
    result
}

fn have_one_cause(a: &Diagnostic, b: &Diagnostic) -> bool {
    let places = match (&a.primary, &b.primary) {
        (Some(a), Some(b)) => a.span == b.span,
        (None, None) => a.notes == b.notes && a.related == b.related,
        _ => false,
    };
    places && a.code == b.code && a.message == b.message && a.help == b.help
}

/// Adds the environments, places, notes and requirements of a finding to
/// another one with the same cause.
fn absorb(into: &mut Diagnostic, finding: Diagnostic) {
    into.severity = into.severity.max(finding.severity);
    into.environments.extend(finding.environments);
    add_new(&mut into.related, finding.related);
    add_new(&mut into.notes, finding.notes);
    add_new(&mut into.controls, finding.controls);
    add_new(&mut into.requirements, finding.requirements);
}

fn add_new<T: PartialEq>(list: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !list.contains(&item) {
            list.push(item);
        }
    }
}

#[cfg(test)]
mod tests {
    use migspec_diag::{Sources, Span};

    use super::*;

    fn finding(environment: &str, resource: usize) -> Diagnostic {
        let mut sources = Sources::new();
        let file = sources.add("a.kdl", "text");
        let finding = Diagnostic::error("code", "message").at(Span::new(file, 0, 2), "here");
        let mut finding = finding.note(format!("resource {resource}"));
        finding.environments = vec![environment.to_owned()];
        finding
    }

    #[test]
    fn resources_of_one_cause_are_one_finding() {
        let merged = merge((0..556).map(|n| finding("dev", n)).collect(), 2);
        assert_eq!(merged.len(), 1);
        assert_eq!(merged[0].notes.last().map(String::as_str), Some("and 550 more"));
        assert_eq!(merged[0].environments, ["dev"]);
    }

    #[test]
    fn a_finding_of_every_environment_belongs_to_none() {
        let merged = merge(vec![finding("prod", 1), finding("dev", 2), finding("prod", 3)], 2);
        assert_eq!(merged.len(), 1);
        assert!(merged[0].environments.is_empty());
    }

    #[test]
    fn other_words_are_another_finding() {
        let mut other = finding("dev", 1);
        other.message = "another message".to_owned();
        assert_eq!(merge(vec![finding("dev", 1), other], 1).len(), 2);
    }
}
