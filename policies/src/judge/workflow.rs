//! Decides on workflow steps. The baseline permits each step, and any forbid
//! denies it.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy_core::ast::{Request, Value};
use cedar_policy_core::evaluator::Evaluator;
use migspec_analyze::workflow::{Depth, Exploration};
use migspec_diag::Diagnostic;
use migspec_ir::Id;
use migspec_ir::workflow::Effect;
use smol_str::SmolStr;

use super::{ConditionResult, Uid, evaluate, evaluator};
use crate::entities::{CedarView, states};
use crate::finding::{self, Finding};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::vocabulary::{MACHINE, STATE};
use crate::{PolicyError, cedar};
use migspec_analyze::safety::{Safety, Step};

pub(super) fn judge(view: &CedarView, rulebook: &Rulebook) -> Result<Vec<Finding>, PolicyError> {
    let mut findings = Vec::new();
    for (machine, exploration) in view.explored {
        let safety = Safety::new(exploration);
        for step in safety.steps() {
            let rules = rulebook.forbids(step.effect.kind(), STATE)?;
            let judge = StepJudge { view, machine, safety: &safety };
            let everywhere = judge.evaluator(&step);
            for rule in rules {
                let verdict = evaluate(rule, &everywhere)?;
                findings.extend(judge.finding(rule, &step, verdict)?.map(|finding| finding.about(rule, machine)));
            }
        }
    }
    Ok(findings)
}

/// The verdict keys for steps: each policy with its state machine.
pub(crate) fn subjects(view: &CedarView, rulebook: &Rulebook) -> Result<BTreeSet<(Arc<str>, Id)>, PolicyError> {
    let mut subjects = BTreeSet::new();
    for (machine, exploration) in view.explored {
        for step in Safety::new(exploration).steps() {
            let rules = rulebook.forbids(step.effect.kind(), STATE)?;
            subjects.extend(rules.into_iter().map(|rule| (Arc::clone(&rule.id), (*machine).clone())));
        }
    }
    Ok(subjects)
}

struct StepJudge<'a, 'w> {
    view: &'a CedarView<'w>,
    machine: &'a Id,
    safety: &'a Safety<'w>,
}

impl<'w> StepJudge<'_, 'w> {
    /// The effects of all paths decide; the nearest execution with the offence
    /// provides the path.
    fn finding(&self, rule: &Rule, step: &Step<'w>, verdict: ConditionResult) -> Result<Option<Finding>, PolicyError> {
        match verdict {
            ConditionResult::Fails => return Ok(None),
            ConditionResult::Undecided(error) => return Ok(Some(finding::undecided_step(rule, step, &error))),
            ConditionResult::Holds => {}
        }
        for (world, alone) in self.safety.in_each_world(step) {
            if matches!(evaluate(rule, &self.evaluator(&alone))?, ConditionResult::Holds) {
                let path = self.safety.exploration.path(step.node, world);
                let finding = finding::of_step(rule, step, self.view);
                return Ok(Some(finding::with_path(finding, &self.safety.exploration.program, &path)));
            }
        }
        Ok(Some(finding::of_step(rule, step, self.view)))
    }

    fn evaluator(&self, step: &Step<'_>) -> Evaluator<'_> {
        let principal = self.view.uid(MACHINE, self.machine.as_str());
        evaluator(self.view, request(self.view, self.machine, &principal, step))
    }
}

/// Findings without a policy: ends of executions, loops, gates, annotations.
pub(crate) fn exploration_findings(view: &CedarView) -> Vec<Finding> {
    let explored = view.explored.iter();
    explored.flat_map(|(_, exploration)| offences(exploration, Depth::Execution)).map(Finding::unwaivable).collect()
}

/// The offences of an exploration as diagnostics, and one more if it reached
/// its limit, because then it proves nothing.
pub(crate) fn offences(exploration: &Exploration<'_>, depth: Depth) -> Vec<Diagnostic> {
    let found = migspec_analyze::workflow::offences(exploration, depth);
    let mut diagnostics: Vec<Diagnostic> = found.iter().map(|o| finding::of_offence(o, exploration)).collect();
    if exploration.exhausted {
        let message = format!(
            "the workflow has more than {} configurations, {}: nothing is proven",
            exploration.size(),
            exploration.arithmetic()
        );
        let workflow = exploration.program.workflow;
        diagnostics.push(
            Diagnostic::error("workflow-undecided", message)
                .at(workflow.origin.span(), "this workflow")
                .help("split independent parts into separate workflows"),
        );
    }
    diagnostics
}

/// Paths to the flip that leave something out.
pub(crate) fn unprepared_flips(exploration: &Exploration<'_>) -> Vec<Diagnostic> {
    let found = migspec_analyze::workflow::preparations(exploration);
    found.iter().map(|offence| finding::of_offence(offence, exploration)).collect()
}

fn request(view: &CedarView, machine: &Id, principal: &Uid, step: &Step<'_>) -> Request {
    let preceded = step.preceded.iter().map(String::as_str);
    let possible = step.possible.iter().map(String::as_str);
    let may_follow = |effect: Effect| Value::from(step.possible.contains(&effect.to_string()));
    let context: [(&'static str, Value); 8] = [
        ("effect", cedar::string(step.effect.kind())),
        ("preceded", cedar::strings(preceded)),
        ("possible", cedar::strings(possible)),
        ("afterFlip", may_follow(Effect::Flip(migspec_ir::workflow::Side::Target))),
        ("pastReturn", may_follow(Effect::DropSlots)),
        ("reverse", Value::from(step.reverse)),
        ("side", cedar::string(step.effect.side().map_or("", |side| side.name()))),
        ("errorsLeadTo", cedar::string(step.errors_lead_to.name())),
    ];
    let context = context.into_iter().map(|(k, v)| (SmolStr::new_static(k), v)).collect();
    let state = view.uid(STATE, &states::name(machine, step.state));
    cedar::request(principal, &view.action(step.effect.kind()), state, context)
}

pub(super) fn requests(view: &CedarView) -> Vec<Request> {
    let mut requests = Vec::new();
    for (machine, exploration) in view.explored {
        let principal = view.uid(MACHINE, machine.as_str());
        let safety = Safety::new(exploration);
        requests.extend(safety.steps().map(|step| request(view, machine, &principal, &step)));
    }
    requests
}

#[cfg(test)]
mod tests;
