//! May this step of the workflow happen here? Permitted by the baseline,
//! refused by any forbid.

use std::collections::BTreeSet;
use std::sync::Arc;

use cedar_policy_core::ast::{Entity, Request, Value};
use migspec_ir::workflow::{Effect, State};
use migspec_ir::{Graph, Id};
use smol_str::SmolStr;

use super::{Uid, Verdict, evaluate, evaluator};
use crate::entities::{Types, World, action, entity};
use crate::finding::{self, Finding};
use crate::rulebook::Rulebook;
use crate::safety::{Safety, Step};
use crate::{Failure, cedar};

pub(crate) const TYPE: &str = "Migspec::State";
/// The action that every effect is one of.
pub(crate) const STEP: &str = "step";
/// The principal: what runs the workflow.
pub(crate) const MACHINE: &str = "AWS::StepFunctions::StateMachine";

/// Adds an entity for each state, and the actions: policies can name all of
/// them at once.
pub(crate) fn entities(graph: &Graph, types: &mut Types, entities: &mut Vec<Entity>) {
    if graph.workflows.is_empty() {
        return;
    }
    let step = types.uid("Action", STEP);
    entities.extend(Effect::KINDS.iter().map(|kind| action(types.uid("Action", kind), &step)));
    entities.push(entity(step, Vec::new()));
    for (machine, workflow) in &graph.workflows {
        for state in workflow.all_states().into_iter().filter(|s| !s.effects.is_empty()) {
            let attributes = vec![
                ("name".into(), cedar::string(&state.name)),
                ("kind".into(), cedar::string(state.kind.name())),
                ("phase".into(), cedar::string(state.phase.name())),
            ];
            entities.push(entity(types.uid(TYPE, &name(machine, state)), attributes));
        }
    }
}

fn name(machine: &Id, state: &State) -> String {
    format!("{machine}/{}", state.name)
}

pub(super) fn judge(world: &World, rulebook: &Rulebook) -> Result<Vec<Finding>, Failure> {
    let mut findings = Vec::new();
    for (machine, workflow) in &world.graph.workflows {
        let principal = world.uid(MACHINE, machine.as_str());
        for step in Safety::new(workflow).steps() {
            let rules = rulebook.forbids(step.effect.kind(), TYPE)?;
            if rules.is_empty() {
                continue;
            }
            let evaluator = evaluator(world, &request(world, machine, &principal, &step));
            for rule in rules {
                match evaluate(rule, &evaluator)? {
                    Verdict::Holds => {
                        findings.push(finding::of_step(rule, &step, world).about(rule, machine));
                    }
                    Verdict::Undecided(error) => {
                        findings.push(finding::undecided_step(rule, &step, &error).about(rule, machine));
                    }
                    Verdict::Fails => {}
                }
            }
        }
    }
    Ok(findings)
}

/// Which policies are asked about the steps of which state machine.
pub(crate) fn asked(world: &World, rulebook: &Rulebook) -> Result<BTreeSet<(Arc<str>, Id)>, Failure> {
    let mut asked = BTreeSet::new();
    for (machine, workflow) in &world.graph.workflows {
        for step in Safety::new(workflow).steps() {
            let rules = rulebook.forbids(step.effect.kind(), TYPE)?;
            asked.extend(rules.into_iter().map(|rule| (Arc::clone(&rule.id), machine.clone())));
        }
    }
    Ok(asked)
}

fn request(world: &World, machine: &Id, principal: &Uid, step: &Step<'_>) -> Request {
    let preceded = step.preceded.iter().map(String::as_str);
    let possible = step.possible.iter().map(String::as_str);
    let may_follow = |effect: Effect| Value::from(step.possible.contains(&effect.to_string()));
    let context: [(&'static str, Value); 6] = [
        ("preceded", cedar::strings(preceded)),
        ("possible", cedar::strings(possible)),
        ("afterFlip", may_follow(Effect::Flip(migspec_ir::workflow::Side::Target))),
        ("pastReturn", may_follow(Effect::DropSlots)),
        ("side", cedar::string(step.effect.side().map_or("", |side| side.name()))),
        ("errorsLeadTo", cedar::string(step.errors_lead_to.name())),
    ];
    let context = context.into_iter().map(|(k, v)| (SmolStr::new_static(k), v)).collect();
    let state = world.uid(TYPE, &name(machine, step.state));
    cedar::request(principal, &world.action(step.effect.kind()), state, context)
}

pub(super) fn requests(world: &World) -> Vec<Request> {
    let mut requests = Vec::new();
    for (machine, workflow) in &world.graph.workflows {
        let principal = world.uid(MACHINE, machine.as_str());
        requests.extend(Safety::new(workflow).steps().map(|step| request(world, machine, &principal, &step)));
    }
    requests
}
