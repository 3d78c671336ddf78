//! The findings of all policies about a graph: each at its cause, after waivers, and once.

use migspec_analyze::Analysis;
use migspec_diag::{Diagnostic, Severity, Span};
use migspec_ir::Graph;

use crate::finding::{Finding, Judgement};
use crate::judge::in_parts;
use crate::rulebook::Rulebook;
use crate::{PolicyError, cause, part, waivers};

/// Judges a graph. `today` is in days since 1970-01-01.
///
/// # Errors
///
/// A policy cannot be read, or its evaluation fails on a known fact.
pub fn judge(analysis: &Analysis<'_>, rulebook: &Rulebook, today: u64) -> Result<Judgement, PolicyError> {
    let mut findings = in_parts(analysis, rulebook, today, part::SIZE)?;
    cause::point(analysis.graph, rulebook, today, &mut findings)?;
    Ok(conclude(analysis.graph, rulebook, findings, today))
}

/// All findings about a graph, after waivers.
pub(crate) fn conclude(graph: &Graph, rulebook: &Rulebook, findings: Vec<Finding>, today: u64) -> Judgement {
    let mut judgement = waivers::apply(graph, rulebook, findings, today);
    cause::drop_repeated(graph, &mut judgement.findings);
    drop_followers(rulebook, &mut judgement.findings);
    migspec_diag::sort(&mut judgement.findings);
    judgement.policies = rulebook.count();
    judgement.resources = graph.resources.len();
    judgement
}

/// Drops a finding where a policy of its `@after` rejects the same value as severely: one cause, one finding. A waived
/// finding is none.
fn drop_followers(rulebook: &Rulebook, findings: &mut Vec<Diagnostic>) {
    let place = |finding: &Diagnostic| finding.primary.as_ref().map(|label| label.span);
    let known: Vec<(String, Option<Span>, Severity)> =
        findings.iter().map(|finding| (finding.code.to_string(), place(finding), finding.severity)).collect();
    findings.retain(|finding| {
        let Ok(Some(rule)) = rulebook.rule(&finding.code) else { return true };
        let leads = |name: &str| {
            let is_it = |(code, at, severity): &(String, Option<Span>, Severity)| {
                *code == *name && at.is_some() && *at == place(finding) && *severity >= finding.severity
            };
            known.iter().any(is_it)
        };
        !rule.after().any(leads)
    });
}
