//! The verdict of every policy on every subject, passes included, for the
//! evidence. A check computes findings only and does not pay for this.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migspec_analyze::Analysis;
use migspec_diag::Diagnostic;
use migspec_ir::Id;

use crate::conclude::conclude;
use crate::finding::{DENIALS, UNDECIDED};
use crate::judge::{self, connects, deploys, grants, workflow};
use crate::rulebook::Rulebook;
use crate::{Judgement, PolicyError, part};

/// The verdict of a policy on a resource, ordered from good to bad.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Compliance {
    Pass,
    /// The policy denies, and waivers cover every finding.
    Waived,
    /// The policy needs a fact that is unknown before deployment: never a pass.
    Undecided,
    Fail,
}

impl Compliance {
    pub fn name(self) -> &'static str {
        match self {
            Compliance::Pass => "pass",
            Compliance::Waived => "waived",
            Compliance::Undecided => "undecided",
            Compliance::Fail => "fail",
        }
    }
}

/// One policy, or the lack of a permit, and one resource: the role of a grant,
/// the state machine of a step, the resource that opens a flow.
#[derive(Clone, PartialEq, Debug)]
pub struct Evaluation {
    pub rule: Arc<str>,
    pub resource: Id,
    pub outcome: Compliance,
    /// The findings; empty for a pass.
    pub findings: Vec<Diagnostic>,
}

/// A judgement and all verdicts, by policy and resource.
#[derive(Clone, Debug)]
pub struct Assessment {
    pub judgement: Judgement,
    pub verdicts: Vec<Evaluation>,
}

/// The code of a finding without a permit, if that code decides the control.
pub fn denial(control: &str) -> Option<&'static str> {
    DENIALS.iter().find(|(_, of)| *of == control).map(|(code, _)| *code)
}

/// Judges a graph and lists passes as well. `today` is in days since
/// 1970-01-01.
///
/// # Errors
///
/// A policy cannot be read or evaluated.
pub fn assess(analysis: &Analysis<'_>, rulebook: &Rulebook, today: u64) -> Result<Assessment, PolicyError> {
    let (mut subjects, mut found) = (BTreeSet::new(), Vec::new());
    let reckoned = judge::each_part(analysis, today, part::SIZE, |world| {
        subjects.append(&mut deploys::subjects(world, rulebook)?);
        subjects.append(&mut grants::subjects(world, rulebook)?);
        subjects.append(&mut connects::subjects(world, rulebook)?);
        subjects.append(&mut workflow::subjects(world, rulebook)?);
        found.extend(judge::findings(world, rulebook)?);
        Ok(())
    })?;
    found.extend(reckoned);
    let mut by_pair: BTreeMap<(Arc<str>, Id), Vec<Diagnostic>> = BTreeMap::new();
    for finding in &mut found {
        // As in the judgement, with which the verdicts are compared.
        finding.name_node();
        if let Some(about) = &finding.about {
            subjects.insert(about.clone());
            by_pair.entry(about.clone()).or_default().push(finding.diagnostic.clone());
        }
    }
    let judgement = conclude(analysis.graph, rulebook, found, today);
    let verdicts = subjects
        .into_iter()
        .map(|pair| {
            let findings = by_pair.remove(&pair).unwrap_or_default();
            let outcome = findings.iter().map(|f| outcome(f, &judgement)).max().unwrap_or(Compliance::Pass);
            let (rule, resource) = pair;
            Evaluation { rule, resource, outcome, findings }
        })
        .collect();
    Ok(Assessment { judgement, verdicts })
}

fn outcome(finding: &Diagnostic, judgement: &Judgement) -> Compliance {
    if judgement.waived.iter().any(|(waived, _)| waived == finding) {
        Compliance::Waived
    } else if finding.code == UNDECIDED {
        Compliance::Undecided
    } else {
        Compliance::Fail
    }
}
