//! The write pauses of a run, by phase.

use migspec_ir::workflow::Phase;

use super::run::Run;
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
    let outside: Vec<_> = run.entries.iter().filter(|entry| entry.branch.is_empty()).collect();
    let mut pauses: Vec<Pause> = Vec::new();
    let mut open = true;
    for (i, entry) in outside.iter().enumerate() {
        let until = outside.get(i + 1).map_or(run.took, |next| next.at);
        let phase = program.find(&entry.state).map(|id| program.nodes[id].state.phase);
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

/// Whether the writer switch names a side that accepts writes, for every database
/// that moves.
fn can_write(worlds: &Worlds) -> bool {
    worlds.iter().all(|world| world.writer().is_some_and(|side| world.takes_writes(side)))
}
