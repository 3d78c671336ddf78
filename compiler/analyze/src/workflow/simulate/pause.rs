//! The times of a run by phase, and its write pauses.

use std::collections::BTreeMap;

use migspec_ir::workflow::Phase;

use super::run::{Entry, Run};
use super::worlds::Worlds;
use crate::workflow::program::Program;

/// An interval in which some database accepts no writes of the applications.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pause {
    /// Milliseconds since the start.
    pub from: u64,
    /// Milliseconds in each phase, in order.
    pub parts: Vec<(Phase, u64)>,
    /// Whether the applications can write at its end.
    pub ends: bool,
}

impl Pause {
    pub fn millis(&self) -> u64 {
        self.parts.iter().map(|(_, millis)| millis).sum()
    }
}

/// All pauses of a run, in order. A state counts from its entry. The state that
/// ends a pause counts in full.
pub fn pauses(program: &Program<'_>, run: &Run) -> Vec<Pause> {
    let mut pauses: Vec<Pause> = Vec::new();
    let mut open = true;
    for Stay { entry, until, phase } in stays(program, run) {
        if let (false, Some(phase), Some(pause)) = (open, phase, pauses.last_mut()) {
            let took = until.saturating_sub(entry.at);
            match pause.parts.last_mut() {
                Some((last, millis)) if *last == phase => *millis += took,
                _ => pause.parts.push((phase, took)),
            }
        }
        let was_open = std::mem::replace(&mut open, can_write(&entry.worlds));
        match (was_open, open) {
            (true, false) => pauses.push(Pause { from: until, parts: Vec::new(), ends: false }),
            (false, true) => pauses.iter_mut().last().into_iter().for_each(|pause| pause.ends = true),
            _ => {}
        }
    }
    pauses
}

/// Milliseconds in each phase that a run enters, in the order of the phases.
pub fn phases(program: &Program<'_>, run: &Run) -> BTreeMap<Phase, u64> {
    let mut phases = BTreeMap::new();
    for Stay { entry, until, phase } in stays(program, run) {
        if let Some(phase) = phase {
            *phases.entry(phase).or_default() += until.saturating_sub(entry.at);
        }
    }
    phases
}

/// A state outside of branches, until the next one.
struct Stay<'r> {
    entry: &'r Entry,
    until: u64,
    phase: Option<Phase>,
}

fn stays<'r>(program: &'r Program<'_>, run: &'r Run) -> impl Iterator<Item = Stay<'r>> {
    let mut outside = run.entries.iter().filter(|entry| entry.branch.is_empty()).peekable();
    std::iter::from_fn(move || {
        let entry = outside.next()?;
        let until = outside.peek().map_or(run.took, |next| next.at);
        let phase = program.find(&entry.state).map(|id| program.nodes[id].state.phase);
        Some(Stay { entry, until, phase })
    })
}

/// Whether the writer switch names a side that accepts writes, for every database
/// that moves.
fn can_write(worlds: &Worlds) -> bool {
    worlds.iter().all(|world| world.writer().is_some_and(|side| world.takes_writes(side)))
}
