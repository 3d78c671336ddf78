//! What has happened when a state is entered: a fixed point over all edges.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use migspec_ir::workflow::{Effect, State};
use rustc_hash::FxHashMap;

use super::{Passes, States, edges};

/// A set of effects: a bit for each that the workflow knows. Shares of a shift
/// count as one, so that there are fewer effects than bits.
type Set = u64;

/// What holds on entry of a state.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Before {
    every: Set,
    some: Set,
}

/// What has happened to one unit: a database or segment whose writer moves.
pub(super) struct History {
    unit: Arc<str>,
    names: IndexSet<String>,
    before: FxHashMap<Box<str>, Before>,
}

impl History {
    pub(super) fn new(states: &States<'_>, start: &str, unit: &Arc<str>) -> Self {
        let effects = states.by_name.values().flat_map(|s| &s.effects);
        let names = effects.map(|e| name(*e)).collect();
        let mut history = Self { unit: unit.clone(), names, before: FxHashMap::default() };
        let changes: IndexMap<&str, Change> = states.by_name.values().map(|s| (&*s.name, history.change(s))).collect();
        history.join(start, Before { every: 0, some: 0 });
        let mut todo = VecDeque::from([start]);
        // Sets of `every` only shrink and those of `some` only grow.
        while let Some(from) = todo.pop_front() {
            let (Some(state), Some(&before)) = (states.get(from), history.before.get(from)) else { continue };
            for edge in edges(state) {
                if history.join(edge.to, changes[from].after(before, edge.passes)) {
                    todo.push_back(edge.to);
                }
            }
        }
        history
    }

    /// Adds a way into a state; whether that changes what is known of it.
    fn join(&mut self, name: &str, new: Before) -> bool {
        let Some(known) = self.before.get_mut(name) else {
            self.before.insert(name.into(), new);
            return true;
        };
        let joined = Before { every: known.every & new.every, some: known.some | new.some };
        std::mem::replace(known, joined) != joined
    }

    fn change(&self, state: &State) -> Change {
        let inside = state.kind.inner().iter().flat_map(|m| m.states.values());
        let inside: Vec<Change> = inside.map(|s| self.change(s)).collect();
        // What a state does to another unit leaves this one as it is.
        let concerns = self.concerns(state);
        let effects = || state.effects.iter().copied().filter(|_| concerns);
        let ends = effects().filter_map(Effect::ends);
        Change {
            sure: self.set(effects()),
            inside: inside.iter().fold(0, |set, c| set | c.sure | c.inside),
            ends: inside.iter().fold(self.set(ends), |set, c| set | c.ends),
        }
    }

    fn set(&self, effects: impl Iterator<Item = Effect>) -> Set {
        effects.filter_map(|e| self.names.get_index_of(&name(e))).fold(0, |set, bit| set | 1 << bit)
    }

    fn words(&self, set: Set) -> BTreeSet<String> {
        self.names.iter().enumerate().filter(|(bit, _)| set & (1 << bit) != 0).map(|(_, name)| name.clone()).collect()
    }

    /// Whether what a state does concerns this unit.
    pub(super) fn concerns(&self, state: &State) -> bool {
        state.of.as_ref().is_none_or(|of| *of == self.unit)
    }

    pub(super) fn reaches(&self, state: &str) -> bool {
        self.before.contains_key(state)
    }

    pub(super) fn preceded(&self, state: &str) -> BTreeSet<String> {
        self.words(self.before.get(state).map_or(0, |b| b.every))
    }

    pub(super) fn possible(&self, state: &str) -> BTreeSet<String> {
        self.words(self.before.get(state).map_or(0, |b| b.some))
    }
}

/// What a state changes.
struct Change {
    sure: Set,
    /// What states inside of it do, of which it is not known whether all of
    /// them are passed.
    inside: Set,
    ends: Set,
}

impl Change {
    fn after(&self, before: Before, passes: Passes) -> Before {
        let Before { every, some } = before;
        match passes {
            Passes::Done => Before { every: every & !self.ends | self.sure, some: some | self.sure | self.inside },
            Passes::Failed => Before { every: every & !self.ends, some: some | self.sure | self.inside },
            Passes::Not => before,
        }
    }
}

/// `fence:source`, `drain`, `shift`.
fn name(effect: Effect) -> String {
    match effect {
        Effect::Shift(_) | Effect::ShiftReads(_) => effect.kind().to_owned(),
        _ => effect.to_string(),
    }
}
