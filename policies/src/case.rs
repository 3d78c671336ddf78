//! A case of a policy: a small graph and what the policy says of it.

use std::collections::BTreeSet;

use cedar_policy_core::authorizer::{AuthorizationError, Authorizer as CoreAuthorizer};
use migspec_analyze::Analysis;
use migspec_diag::{Diagnostic, Span};
use migspec_ir::Graph;

use crate::Failure;
use crate::entities::World;
use crate::finding::{BEYOND_ACTOR, DENIALS, UNDECIDED, UNDECLARED_PATH};
use crate::judge;
use crate::rulebook::Rulebook;

/// The day of every case: 2026-12-01.
const TODAY: u64 = 20_788;

/// A small graph and what one policy says of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows, in words.
    pub name: String,
    pub expect: Expect,
    pub graph: Graph,
    /// Where it is written.
    pub span: Span,
}

/// What a policy says of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expect {
    Pass,
    Fail,
    /// It needs a fact that is not known: `undecided-fact`.
    Undecided,
}

/// A case that does not come out as it says.
#[derive(Clone, PartialEq, Debug)]
pub enum CaseFailure {
    /// No verdict.
    Failure(Failure),
    /// The findings' codes, where others were expected.
    Verdict { expected: Expect, found: BTreeSet<String> },
    /// The condition alone says otherwise than Cedar's own authorizer.
    Oracle { ours: BTreeSet<String>, cedar: BTreeSet<String> },
}

impl From<Failure> for CaseFailure {
    fn from(failure: Failure) -> Self {
        CaseFailure::Failure(failure)
    }
}

impl Case {
    /// Judges the case with the policy `rule` alone, a ceiling's name included.
    pub fn run(&self, rule: &str, rulebook: &Rulebook) -> Result<(), CaseFailure> {
        let analysis = Analysis::of(&self.graph);
        let world = World::new(&analysis, TODAY)?;
        let only = rulebook.only(rule)?;
        let findings = judge::findings(&world, &only)?;
        let found: BTreeSet<String> = findings.iter().map(|f| f.diagnostic.code.to_string()).collect();
        let expected = self.expected(rule, rulebook);
        let denied = |code: &&String| rulebook.knows(rule) && DENIALS.iter().any(|(of, _)| *of == code.as_str());
        let seen: BTreeSet<String> = found.iter().filter(|code| !denied(code)).cloned().collect();
        if seen != expected {
            return Err(CaseFailure::Verdict { expected: self.expect, found });
        }
        compare(&world, &only)
    }

    fn expected(&self, rule: &str, rulebook: &Rulebook) -> BTreeSet<String> {
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

/// Whether Cedar's own authorizer answers every question about a graph as the
/// fast path does, errors included.
pub fn agrees_with_cedar(graph: &Graph, rulebook: &Rulebook) -> Result<(), CaseFailure> {
    compare(&World::new(&Analysis::of(graph), TODAY)?, rulebook)
}

/// The findings that a graph has as a whole only, and those that it has only
/// when it is asked about in parts of a size: none of either.
pub fn differs_in_parts(graph: &Graph, rulebook: &Rulebook, size: usize) -> Result<Vec<Diagnostic>, Failure> {
    let found = |size| -> Result<Vec<Diagnostic>, Failure> {
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

/// Asks Cedar's own authorizer the same questions: the selection of policies
/// by their scope and the evaluation of conditions alone must not differ.
fn compare(world: &World, rulebook: &Rulebook) -> Result<(), CaseFailure> {
    let policies = rulebook.policy_set()?;
    let (mut ours, mut cedar) = (BTreeSet::new(), BTreeSet::new());
    for (index, request) in judge::requests(world).into_iter().enumerate() {
        ours.extend(judge::determining(world, rulebook, &request)?.into_iter().map(|d| format!("{index}: {d}")));
        let response = CoreAuthorizer::new().is_authorized(request, policies.as_ref(), &world.entities);
        cedar.extend(response.diagnostics.reason.iter().map(|id| format!("{index}: {id} holds")));
        cedar.extend(response.diagnostics.errors.iter().map(|error| {
            let AuthorizationError::PolicyEvaluationError { id, .. } = error;
            format!("{index}: {id} errs")
        }));
    }
    if ours == cedar { Ok(()) } else { Err(CaseFailure::Oracle { ours, cedar }) }
}
