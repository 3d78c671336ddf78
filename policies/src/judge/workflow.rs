//! May this step of the workflow happen here? Permitted by the baseline,
//! refused by any forbid.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy_core::ast::{Request, Value};
use cedar_policy_core::evaluator::Evaluator;
use migspec_analyze::workflow::{Depth, Exploration};
use migspec_diag::Diagnostic;
use migspec_ir::Id;
use migspec_ir::workflow::Effect;
use smol_str::SmolStr;

use super::{Uid, Verdict, evaluate, evaluator};
use crate::entities::{World, states};
use crate::finding::{self, Finding};
use crate::rule::Rule;
use crate::rulebook::Rulebook;
use crate::vocabulary::{MACHINE, STATE};
use crate::{Failure, cedar};
use migspec_analyze::safety::{Safety, Step};

pub(super) fn judge(world: &World, rulebook: &Rulebook) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for (machine, exploration) in world.explored {
        let safety = Safety::new(exploration);
        for step in safety.steps() {
            let rules = rulebook.forbids(step.effect.kind(), STATE)?;
            let asked = Asked { world, machine, safety: &safety };
            let everywhere = asked.evaluator(&step);
            for rule in rules {
                let verdict = evaluate(rule, &everywhere)?;
                findings.extend(asked.finding(rule, &step, verdict)?.map(|finding| finding.about(rule, machine)));
            }
        }
    }
    Ok(findings)
}

/// Which policies are asked about the steps of which state machine.
pub(crate) fn asked(world: &World, rulebook: &Rulebook) -> Result<BTreeSet<(Arc<str>, Id)>, Failure> {
    let mut asked = BTreeSet::new();
    for (machine, exploration) in world.explored {
        for step in Safety::new(exploration).steps() {
            let rules = rulebook.forbids(step.effect.kind(), STATE)?;
            asked.extend(rules.into_iter().map(|rule| (Arc::clone(&rule.id), (*machine).clone())));
        }
    }
    Ok(asked)
}

struct Asked<'a, 'w> {
    world: &'a World<'w>,
    machine: &'a Id,
    safety: &'a Safety<'w>,
}

impl<'w> Asked<'_, 'w> {
    /// What all paths have in common decides; then the nearest world in which
    /// the offence is seen gives the path.
    fn finding(&self, rule: &Rule, step: &Step<'w>, verdict: Verdict) -> Result<Option<Finding>, Failure> {
        match verdict {
            Verdict::Fails => return Ok(None),
            Verdict::Undecided(error) => return Ok(Some(finding::undecided_step(rule, step, &error))),
            Verdict::Holds => {}
        }
        for (world, alone) in self.safety.in_each_world(step) {
            if matches!(evaluate(rule, &self.evaluator(&alone))?, Verdict::Holds) {
                let path = self.safety.exploration.path(step.node, world);
                let finding = finding::of_step(rule, step, self.world);
                return Ok(Some(finding::along(finding, &self.safety.exploration.program, &path)));
            }
        }
        Ok(Some(finding::of_step(rule, step, self.world)))
    }

    fn evaluator(&self, step: &Step<'_>) -> Evaluator<'_> {
        let principal = self.world.uid(MACHINE, self.machine.as_str());
        evaluator(self.world, request(self.world, self.machine, &principal, step))
    }
}

/// What no policy decides: how executions end, loops, gates, annotations.
pub(crate) fn explored(world: &World) -> Vec<Finding> {
    let explored = world.explored.iter();
    explored.flat_map(|(_, exploration)| offences(exploration, Depth::Execution)).map(Finding::unwaivable).collect()
}

/// The offences of an exploration as diagnostics; one more where its limit was
/// met, since then nothing is proven.
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
                .help("let parts that do not depend on each other be workflows of their own"),
        );
    }
    diagnostics
}

/// Paths to the flip that leave something out.
pub(crate) fn unprepared(exploration: &Exploration<'_>) -> Vec<Diagnostic> {
    let found = migspec_analyze::workflow::preparations(exploration);
    found.iter().map(|offence| finding::of_offence(offence, exploration)).collect()
}

fn request(world: &World, machine: &Id, principal: &Uid, step: &Step<'_>) -> Request {
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
    let state = world.uid(STATE, &states::name(machine, step.state));
    cedar::request(principal, &world.action(step.effect.kind()), state, context)
}

pub(super) fn requests(world: &World) -> Vec<Request> {
    let mut requests = Vec::new();
    for (machine, exploration) in world.explored {
        let principal = world.uid(MACHINE, machine.as_str());
        let safety = Safety::new(exploration);
        requests.extend(safety.steps().map(|step| request(world, machine, &principal, &step)));
    }
    requests
}

#[cfg(test)]
mod tests;
