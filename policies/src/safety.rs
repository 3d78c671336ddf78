//! What is known of a workflow's path when one of its steps happens: what has
//! surely happened before, what may have, and where errors lead.
//!
//! Computed from the edges between states and their effects alone. The phases
//! that states claim for themselves are not used.

mod history;
mod route;

use std::collections::BTreeSet;
use std::sync::Arc;

use indexmap::IndexMap;
use migspec_ir::workflow::{Effect, Kind, State, Workflow};

use history::History;
pub(crate) use route::Route;

/// A workflow with what is known of its paths.
pub(crate) struct Safety<'w> {
    states: States<'w>,
    history: History,
}

/// One effect of one state, and the facts of the paths that lead there.
pub(crate) struct Step<'w> {
    pub state: &'w State,
    pub effect: Effect,
    /// Happened on every path from the start, and nothing has ended it since.
    pub preceded: BTreeSet<String>,
    /// Happened on some path from the start.
    pub possible: BTreeSet<String>,
    pub errors_lead_to: Route,
}

impl<'w> Safety<'w> {
    pub(crate) fn new(workflow: &'w Workflow) -> Self {
        let states = States::new(workflow);
        let history = History::new(&states, &workflow.start_at);
        Self { states, history }
    }

    /// Every effect that a start of the workflow can bring about.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Step<'w>> + '_ {
        let effects = |&state: &&'w State| state.effects.iter().map(move |effect| (state, *effect));
        let reached = |(state, _): &(&State, Effect)| self.history.reaches(&state.name);
        self.states.by_name.values().flat_map(effects).filter(reached).map(|(state, effect)| Step {
            state,
            effect,
            preceded: self.history.preceded(&state.name),
            possible: self.history.possible(&state.name),
            errors_lead_to: route::of(state, &self.states),
        })
    }
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

/// A way from one state to another.
struct Edge<'w> {
    to: &'w Arc<str>,
    passes: Passes,
}

/// What a way says of the state that it leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Passes {
    /// It has succeeded.
    Done,
    /// It has not had its effect: a gate that is not open, or the way into its
    /// own branches.
    Not,
    /// It has failed, with its effect or without.
    Failed,
}

fn edges(state: &State) -> Vec<Edge<'_>> {
    let edge = |passes| move |to| Edge { to, passes };
    let mut edges: Vec<Edge<'_>> = state.next.iter().map(edge(Passes::Done)).collect();
    if let Kind::Choice { branches, default } = &state.kind {
        // A choice has its effects on its first branch only.
        edges.extend(branches.iter().take(1).map(|b| &b.next).map(edge(Passes::Done)));
        edges.extend(branches.iter().skip(1).map(|b| &b.next).map(edge(Passes::Not)));
        edges.push(Edge { to: default, passes: Passes::Not });
    }
    edges.extend(state.kind.inner().iter().map(|m| &m.start_at).map(edge(Passes::Not)));
    edges.extend(state.catch.iter().map(|c| &c.next).map(edge(Passes::Failed)));
    edges
}

#[cfg(test)]
mod tests;
