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
    /// One for each unit whose writer moves by itself.
    histories: Vec<History>,
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
        let all = [Arc::from("")];
        let units = if workflow.units.is_empty() { &all } else { &workflow.units[..] };
        let histories = units.iter().map(|unit| History::new(&states, &workflow.start_at, unit)).collect();
        Self { states, histories }
    }

    /// Every effect that a start of the workflow can bring about.
    pub(crate) fn steps(&self) -> impl Iterator<Item = Step<'w>> + '_ {
        let effects = |&state: &&'w State| state.effects.iter().map(move |effect| (state, *effect));
        let reached = |(state, _): &(&State, Effect)| self.histories.iter().any(|h| h.reaches(&state.name));
        self.states.by_name.values().flat_map(effects).filter(reached).map(|(state, effect)| Step {
            state,
            effect,
            preceded: self.preceded(state),
            possible: self.concerned(state).flat_map(|h| h.possible(&state.name)).collect(),
            errors_lead_to: route::of(state, &self.states),
        })
    }
}

impl Safety<'_> {
    /// Of a state that concerns all units: what has happened to each of them.
    fn preceded(&self, state: &State) -> BTreeSet<String> {
        let all = self.concerned(state).map(|h| h.preceded(&state.name));
        all.reduce(|a, b| &a & &b).unwrap_or_default()
    }

    fn concerned<'s>(&'s self, state: &'s State) -> impl Iterator<Item = &'s History> {
        self.histories.iter().filter(move |h| h.concerns(state))
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
