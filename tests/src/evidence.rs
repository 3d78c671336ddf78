//! The evidence of the reference spec.

use std::collections::BTreeMap;

use migspec_analyze::scope::Scope;
use migspec_diag::Sources;
use migspec_report::evidence::{self, EvidenceInputs};

use crate::runs;

/// Its files by name.
pub fn files(environment: &str) -> BTreeMap<String, Vec<u8>> {
    files_of(&runs::text("specs/payments.migspec.kdl"), environment)
}

/// The files of a text of the reference spec.
pub fn files_of(text: &str, environment: &str) -> BTreeMap<String, Vec<u8>> {
    let mut sources = Sources::new();
    let file = sources.add("payments.migspec.kdl", text);
    let (graphs, problems) = migspec::compile::lower(file, &mut sources, &mut runs::importer(), Some(environment));
    let graph = graphs.first().expect("the reference spec can be lowered");
    let rulebook = runs::rulebook();
    let assessment = migspec_policies::assess(&migspec_analyze::Analysis::of(graph), rulebook, runs::TODAY.days())
        .unwrap_or_else(|f| panic!("{f}"));
    let (scope, today) = (Scope::of(graph), runs::TODAY.to_string());
    let given = EvidenceInputs {
        graph,
        rulebook,
        assessment: &assessment,
        scope: &scope,
        sources: &sources,
        problems: &problems,
        today: &today,
    };
    evidence::files(&given).unwrap_or_else(|f| panic!("{f}"))
}
