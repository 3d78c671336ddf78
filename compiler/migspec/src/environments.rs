//! The environments of a run.

use std::sync::Arc;

use migspec_diag::{Diagnostic, FileId, Outcome};
use migspec_syntax::Spec;

/// The environments that a run concerns.
pub(crate) fn choose(spec: &Spec, file: FileId, wanted: Option<&str>) -> Outcome<Vec<Arc<str>>> {
    let names = spec.environments.iter().map(|(name, _)| name);
    let Some(wanted) = wanted else {
        return Outcome::clean(names.cloned().collect());
    };
    if let Some(found) = names.clone().find(|name| ***name == *wanted) {
        return Outcome::clean(vec![found.clone()]);
    }
    let mut findings = Vec::new();
    if spec.migration.is_some() {
        let place = spec.environments.first().map(|(_, span)| *span);
        let place = place.unwrap_or(migspec_diag::Span::new(file, 0, 0));
        findings.push(
            Diagnostic::error("unknown-environment", format!("the spec has no environment `{wanted}`"))
                .at(place, "environments are declared here")
                .help_if(migspec_diag::did_you_mean(wanted, names.map(|n| &**n))),
        );
    }
    Outcome::new(Vec::new(), findings)
}
