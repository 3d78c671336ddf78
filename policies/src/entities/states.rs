//! The states of workflows as entities.

use cedar_policy_core::ast::Entity;
use migspec_ir::workflow::{Effect, State};
use migspec_ir::{Graph, Id};

use super::{Types, action, entity};
use crate::cedar;
use crate::vocabulary::{STATE, STEP};

/// Adds an entity for each state, and the actions with their group.
pub(super) fn entities(graph: &Graph, types: &mut Types, entities: &mut Vec<Entity>) {
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
            entities.push(entity(types.uid(STATE, &name(machine, state)), attributes));
        }
    }
}

pub(crate) fn name(machine: &Id, state: &State) -> String {
    format!("{machine}/{}", state.name)
}
