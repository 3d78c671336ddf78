//! A case of a policy: a small graph and the expected verdict.

use std::collections::BTreeSet;

use cedar_policy_core::authorizer::{AuthorizationError, Authorizer as CoreAuthorizer};
use migspec_analyze::Analysis;
use migspec_diag::{Diagnostic, Span};
use migspec_ir::Graph;

use crate::PolicyError;
use crate::entities::CedarView;
use crate::finding::{BEYOND_ACTOR, DENIALS, UNDECIDED, UNDECLARED_PATH};
use crate::judge;
use crate::rulebook::Rulebook;

/// The date of every case: 2026-12-01.
const TODAY: u64 = 20_788;

/// A small graph and the expected verdict of one policy.
#[derive(Clone, Debug)]
pub struct Case {
    /// A short description.
    pub name: String,
    pub expect: Expect,
    pub graph: Graph,
    /// The place in the case file.
    pub span: Span,
}

/// The verdict of a policy on a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expect {
    Pass,
    Fail,
    /// The policy needs an unknown fact: `undecided-fact`.
    Undecided,
}

/// A case with an unexpected verdict.
#[derive(Clone, PartialEq, Debug)]
pub enum CaseFailure {
    /// No verdict.
    Error(PolicyError),
    /// The codes of the findings, if other ones were expected.
    Unexpected { expected: Expect, found: BTreeSet<String> },
    /// The evaluated condition and Cedar's own authorizer disagree.
    Oracle { ours: BTreeSet<String>, cedar: BTreeSet<String> },
}

impl From<PolicyError> for CaseFailure {
    fn from(failure: PolicyError) -> Self {
        CaseFailure::Error(failure)
    }
}

impl Case {
    /// Judges the case with the policy `rule` alone, or with a ceiling of that
    /// name.
    ///
    /// # Errors
    ///
    /// The findings differ from the case's expectation or from Cedar's own authorizer, or a policy cannot be evaluated.
    pub fn run(&self, rule: &str, rulebook: &Rulebook) -> Result<(), CaseFailure> {
        let analysis = Analysis::of(&self.graph);
        let view = CedarView::new(&analysis, TODAY)?;
        let only = rulebook.only(rule)?;
        let findings = judge::findings(&view, &only)?;
        let found: BTreeSet<String> = findings.iter().map(|f| f.diagnostic.code.to_string()).collect();
        let expected = self.expected_rules(rule, rulebook);
        let denied = |code: &&String| rulebook.knows(rule) && DENIALS.iter().any(|(of, _)| *of == code.as_str());
        let seen: BTreeSet<String> = found.iter().filter(|code| !denied(code)).cloned().collect();
        if seen != expected {
            return Err(CaseFailure::Unexpected { expected: self.expect, found });
        }
        compare(&view, &only)
    }

    fn expected_rules(&self, rule: &str, rulebook: &Rulebook) -> BTreeSet<String> {
        let code = match self.expect {
            Expect::Pass => return BTreeSet::new(),
            Expect::Undecided => UNDECIDED,
            Expect::Fail if rulebook.knows(rule) => rule,
            Expect::Fail if rule == "flows" => UNDECLARED_PATH,
            Expect::Fail => BEYOND_ACTOR,
        };
        BTreeSet::from([code.to_owned()])
    }
}

/// Whether Cedar's own authorizer decides every request about a graph like the
/// fast path, errors included.
///
/// # Errors
///
/// Cedar's own authorizer decides another way, or a policy cannot be evaluated.
pub fn agrees_with_cedar(graph: &Graph, rulebook: &Rulebook) -> Result<(), CaseFailure> {
    compare(&CedarView::new(&Analysis::of(graph), TODAY)?, rulebook)
}

/// The findings that only the whole graph has, and those that only its parts
/// have. Both lists must be empty.
///
/// # Errors
///
/// A policy cannot be evaluated.
pub fn differs_in_parts(graph: &Graph, rulebook: &Rulebook, size: usize) -> Result<Vec<Diagnostic>, PolicyError> {
    let found = |size| -> Result<Vec<Diagnostic>, PolicyError> {
        Ok(judge::in_parts(&Analysis::of(graph), rulebook, TODAY, size)?
            .into_iter()
            .map(|finding| finding.diagnostic)
            .collect())
    };
    let (whole, parts) = (found(usize::MAX)?, found(size)?);
    let only = |some: &[Diagnostic], others: &[Diagnostic]| -> Vec<Diagnostic> {
        some.iter().filter(|finding| !others.contains(finding)).cloned().collect()
    };
    Ok([only(&whole, &parts), only(&parts, &whole)].concat())
}

/// Sends the same requests to Cedar's own authorizer: selection by scope and
/// evaluation of conditions must agree with it.
fn compare(view: &CedarView, rulebook: &Rulebook) -> Result<(), CaseFailure> {
    let policies = rulebook.policy_set()?;
    let (mut ours, mut cedar) = (BTreeSet::new(), BTreeSet::new());
    for (index, request) in judge::requests(view).into_iter().enumerate() {
        ours.extend(judge::deciding_policies(view, rulebook, &request)?.into_iter().map(|d| format!("{index}: {d}")));
        let response = CoreAuthorizer::new().is_authorized(request, &policies, &view.entities);
        cedar.extend(response.diagnostics.reason.iter().map(|id| format!("{index}: {id} holds")));
        cedar.extend(response.diagnostics.errors.iter().map(|error| {
            let AuthorizationError::PolicyEvaluationError { id, .. } = error;
            format!("{index}: {id} errs")
        }));
    }
    if ours == cedar { Ok(()) } else { Err(CaseFailure::Oracle { ours, cedar }) }
}
