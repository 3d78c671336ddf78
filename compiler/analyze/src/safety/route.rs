//! Where the errors of a state lead.

use migspec_ir::workflow::{Effect, Kind, State};
use rustc_hash::FxHashSet;

use super::{States, edges};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Route {
    /// The execution ends without a notification, or no route catches all errors.
    Nowhere,
    /// The workflow goes on as if nothing had happened.
    Onwards,
    /// The workflow notifies an operator.
    Person,
    /// The rollback undoes the changes.
    Rollback,
}

impl Route {
    pub const ALL: [Route; 4] = [Route::Nowhere, Route::Onwards, Route::Person, Route::Rollback];

    pub fn name(self) -> &'static str {
        match self {
            Route::Nowhere => "nowhere",
            Route::Onwards => "onwards",
            Route::Person => "person",
            Route::Rollback => "rollback",
        }
    }
}

/// For a gate, the route of the closed gate. For an inner state without a route of its own, the route of the outer
/// state.
pub(super) fn of(state: &State, states: &States<'_>) -> Route {
    let all = state.catch.iter().find(|c| c.takes("States.TaskFailed")).map(|c| &*c.next);
    let target = match &state.kind {
        Kind::Choice { default, .. } => Some(&**default),
        _ => all,
    };
    match (target, states.outer.get(&*state.name)) {
        (Some(target), _) if walk(onwards(state), states, onwards).contains(target) => Route::Onwards,
        (Some(target), _) => end(target, states),
        (None, Some(outer)) => of(outer, states),
        (None, None) => Route::Nowhere,
    }
}

/// Where success leads.
fn onwards(state: &State) -> Vec<&str> {
    edges(state).into_iter().filter(|(done, _)| *done).map(|(_, to)| to).collect()
}

fn end(target: &str, states: &States<'_>) -> Route {
    let met = walk(vec![target], states, |state| edges(state).into_iter().map(|(_, to)| to).collect());
    let meets = |wanted: &[Effect]| {
        met.iter().filter_map(|name| states.get(name)).any(|s| s.effects.iter().any(|e| wanted.contains(e)))
    };
    match (meets(&[Effect::Rollback]), meets(&[Effect::Page, Effect::Notify])) {
        (true, _) => Route::Rollback,
        (false, true) => Route::Person,
        (false, false) => Route::Nowhere,
    }
}

fn walk<'w>(
    mut todo: Vec<&'w str>,
    states: &States<'w>,
    onwards: impl Fn(&'w State) -> Vec<&'w str>,
) -> FxHashSet<&'w str> {
    let mut met = FxHashSet::default();
    while let Some(name) = todo.pop() {
        if met.insert(name) {
            todo.extend(states.get(name).map(&onwards).unwrap_or_default());
        }
    }
    met
}
