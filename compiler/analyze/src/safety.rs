//! Facts of each step of a workflow: the effects on every path to it, the effects on some path, and the target of its
//! error route.
//!
//! They come from the exploration of every state with every outcome, not from the phases in the annotations.

mod route;

use std::collections::BTreeSet;

use crate::workflow::{Exploration, NodeId, World};
use indexmap::IndexMap;
use migspec_ir::workflow::{Effect, Kind, State, Workflow};

pub use route::Route;

/// A workflow with the facts of its paths.
pub struct Safety<'w> {
    pub exploration: &'w Exploration<'w>,
    states: States<'w>,
}

/// One effect of one state, and the facts of the paths that lead there.
pub struct Step<'w> {
    pub node: NodeId,
    pub state: &'w State,
    pub effect: Effect,
    /// Holds on every path from the start.
    pub preceded: BTreeSet<String>,
    /// Holds on some path from the start.
    pub possible: BTreeSet<String>,
    pub errors_lead_to: Route,
    /// Whether the workflow starts replication back.
    pub reverse: bool,
}

impl<'w> Safety<'w> {
    pub fn new(exploration: &'w Exploration<'w>) -> Self {
        Self { exploration, states: States::new(exploration.program.workflow) }
    }

    /// Every effect of the workflow.
    pub fn steps(&self) -> impl Iterator<Item = Step<'w>> + '_ {
        let nodes = self.exploration.program.nodes.iter().enumerate();
        let reverse = nodes.clone().any(|(_, node)| node.effects.contains(&Effect::StartReverse));
        nodes.filter_map(move |(id, node)| Some((id, node.state, self.join(id)?))).flat_map(
            move |(node, state, (every, some))| {
                self.exploration.program.nodes[node].effects.iter().map(move |effect| Step {
                    node,
                    state,
                    effect: *effect,
                    preceded: names(every),
                    possible: names(some),
                    errors_lead_to: route::of(state, &self.states),
                    reverse,
                })
            },
        )
    }

    /// The effects in every world that reaches a state, and the effects in some of them.
    fn join(&self, node: NodeId) -> Option<(World, World)> {
        let worlds = || self.exploration.worlds(node);
        Some((worlds().reduce(World::common)?, worlds().reduce(World::either)?))
    }

    /// The step in each world by itself, nearest first.
    pub fn in_each_world(&self, step: &Step<'w>) -> impl Iterator<Item = (World, Step<'w>)> {
        let (node, state, effect) = (step.node, step.state, step.effect);
        let (errors_lead_to, reverse) = (step.errors_lead_to, step.reverse);
        self.exploration.worlds(node).map(move |world| {
            let (preceded, possible) = (names(world), names(world));
            (world, Step { node, state, effect, preceded, possible, errors_lead_to, reverse })
        })
    }
}

/// `fence:source`, `drain`, `shift`.
fn names(world: World) -> BTreeSet<String> {
    let name = |effect: Effect| match effect {
        Effect::Shift(_) | Effect::ShiftReads(_) => effect.kind().to_owned(),
        _ => effect.to_string(),
    };
    world.effects().map(name).collect()
}

/// The states of a workflow, those inside branches and iterations included.
struct States<'w> {
    by_name: IndexMap<&'w str, &'w State>,
    /// The state that a state is inside of.
    outer: IndexMap<&'w str, &'w State>,
}

impl<'w> States<'w> {
    fn new(workflow: &'w Workflow) -> Self {
        let by_name: IndexMap<&str, &State> = workflow.all_states().into_iter().map(|s| (&*s.name, s)).collect();
        let inside =
            |state: &'w State| state.kind.inner().iter().flat_map(|m| m.states.keys()).map(move |n| (&**n, state));
        let outer = by_name.values().flat_map(|state| inside(state)).collect();
        Self { by_name, outer }
    }

    fn get(&self, name: &str) -> Option<&'w State> {
        self.by_name.get(name).copied()
    }
}

/// The next states of a state, each with whether the state has succeeded.
fn edges(state: &State) -> Vec<(bool, &str)> {
    let mut edges: Vec<(bool, &str)> = state.next.iter().map(|to| (true, &**to)).collect();
    if let Kind::Choice { branches, default } = &state.kind {
        // A choice has its effects on its first branch only.
        edges.extend(branches.iter().enumerate().map(|(i, b)| (i == 0, &*b.next)));
        edges.push((false, default));
    }
    edges.extend(state.kind.inner().iter().map(|m| (false, &*m.start_at)));
    edges.extend(state.catch.iter().map(|c| (false, &*c.next)));
    edges
}
