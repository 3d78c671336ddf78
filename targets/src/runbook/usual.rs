//! The usual times of a workflow: those of a simulated run without faults.

use std::collections::BTreeMap;

use migspec_analyze::workflow::Program;
use migspec_analyze::workflow::simulate::{Scenario, pauses, phases, simulate};
use migspec_ir::workflow::{Phase, Workflow};
use serde::Serialize;

use super::duration;

/// The times of a run, in milliseconds.
pub(super) struct Usual {
    phases: BTreeMap<Phase, u64>,
    pause: Vec<(Phase, u64)>,
}

/// A part of the write pause.
#[derive(Serialize)]
pub(super) struct Part {
    phase: &'static str,
    seconds: String,
}

impl Usual {
    pub(super) fn of(workflow: &Workflow) -> Usual {
        let program = Program::new(workflow);
        let run = simulate(&program, &Scenario::usual());
        let pause = pauses(&program, &run).into_iter().next().map_or_else(Vec::new, |pause| pause.parts);
        Usual { phases: phases(&program, &run), pause }
    }

    /// The time of a phase; none of a phase that a good run does not enter.
    pub(super) fn phase(&self, phase: Phase) -> Option<String> {
        self.phases.get(&phase).map(|millis| duration(millis.div_ceil(1000)))
    }

    /// The parts of the write pause, in order.
    pub(super) fn parts(&self) -> Vec<Part> {
        let part = |&(phase, millis): &(Phase, u64)| Part { phase: phase.name(), seconds: seconds(millis) };
        self.pause.iter().map(part).collect()
    }

    pub(super) fn pause(&self) -> String {
        seconds(self.pause.iter().map(|(_, millis)| millis).sum())
    }
}

fn seconds(millis: u64) -> String {
    format!("{}.{} s", millis / 1000, millis % 1000 / 100)
}
