//! The effects of a state on worlds, by its exit.

use std::ops::Range;

use migspec_ir::workflow::{Api, Effect, Kind, Phase};

use super::{Depth, Exit, Explorer, VariablesId, VisitId};
use crate::workflow::jsonata::Scope;
use crate::workflow::program::NodeId;
use crate::workflow::turn::{self, Passes};
use crate::workflow::undo::Back;
use crate::workflow::value::Value;
use crate::workflow::world::{Change, World};

/// The effects of a state, ready to be applied.
pub(super) struct Does {
    all: Vec<Change>,
    /// Effects whose attempt counts: a message that cannot be sent, a rollback that cannot be called.
    attempts: Vec<Change>,
    /// The effects that may follow a failure: an AWS call that timed out may still be under way. A function of ours ends
    /// with its state. `check` has no time for them.
    late: Vec<Effect>,
    /// It opens a database; a failure to open one needs an operator.
    opens: bool,
    undoes: Undoes,
}

#[derive(Clone, Copy)]
enum Undoes {
    Nothing,
    /// It can stop after any step.
    UpToAnyStep,
    /// It reports that all steps are undone.
    All,
}

impl Does {
    pub(super) fn new(effects: &[Effect], kind: &Kind, depth: Depth) -> Self {
        let attempt = |e: &Effect| matches!(e, Effect::Notify | Effect::Page | Effect::HandOver | Effect::Rollback);
        let undoes = match effects {
            _ if effects.contains(&Effect::RolledBack) => Undoes::All,
            _ if effects.contains(&Effect::Rollback) => Undoes::UpToAnyStep,
            _ => Undoes::Nothing,
        };
        let is_aws = matches!(kind, Kind::Task { api, .. } if *api != Api::InvokeFunction);
        let is_late = is_aws && depth == Depth::Restarts;
        Self {
            all: effects.iter().map(|effect| Change::of(*effect)).collect(),
            attempts: effects.iter().copied().filter(attempt).map(Change::of).collect(),
            late: if is_late { effects.to_vec() } else { Vec::new() },
            opens: effects.iter().any(|effect| matches!(effect, Effect::Unfence(_))),
            undoes,
        }
    }

    fn after_failure(&self, world: World) -> World {
        let world = if self.opens { world.stuck() } else { world };
        self.attempts.iter().fold(world, |world, change| world.with_change(*change)).awaiting(&self.late)
    }

    fn after_success(&self, world: World) -> World {
        self.all.iter().fold(world, |world, change| world.with_change(*change))
    }
}

impl Explorer<'_> {
    /// Every exit of a state with every world that it can leave.
    pub(super) fn steps(
        &mut self,
        (at, variables): (NodeId, VariablesId),
        exits: &[Exit],
        (world, visit): (World, VisitId),
    ) {
        let mut steps = std::mem::take(&mut self.steps);
        steps.clear();
        // All exits with the effect leave the same worlds.
        let mut known: Option<Range<usize>> = None;
        for (i, exit) in exits.iter().enumerate() {
            match exit.turn.passes {
                Passes::FailedBefore => steps.push((i, self.does[at].after_failure(world))),
                Passes::Closed | Passes::Entered | Passes::Late | Passes::Restarted => steps.push((i, world)),
                Passes::Done | Passes::FailedAfter => match known {
                    Some(ref known) => known.clone().for_each(|step| steps.push((i, steps[step].1))),
                    None => {
                        let from = steps.len();
                        self.effects((at, variables), (world, visit), &mut |world| steps.push((i, world)));
                        known = Some(from..steps.len());
                    }
                },
            }
        }
        self.steps = steps;
    }

    /// The worlds that the effects of a state can leave.
    fn effects(
        &mut self,
        (at, variables): (NodeId, VariablesId),
        (world, visit): (World, VisitId),
        leaves: &mut dyn FnMut(World),
    ) {
        let called = self.does[at].after_success(world);
        let undoes = self.does[at].undoes;
        if matches!(undoes, Undoes::Nothing) {
            return leaves(called);
        }
        let Some(phase) = self.known_phase(variables) else {
            leaves(called);
            return self.report_missing(at, visit, "the phase of `failure` is not known here");
        };
        let back = Back::new(phase, self.way, called);
        if back.forgets_writes() {
            self.report_missing(at, visit, "the target has taken writes, and the phase is one before that");
        }
        match undoes {
            Undoes::All => back.end().into_iter().for_each(leaves),
            _ => back.worlds().into_iter().for_each(leaves),
        }
    }

    fn report_missing(&mut self, node: NodeId, visit: VisitId, what: &'static str) {
        if !self.found.missing_members.iter().any(|(known, _, why)| *known == node && *why == what) {
            self.found.missing_members.push((node, visit, what));
        }
    }

    /// The phase that the variables contain for the rollback.
    fn known_phase(&mut self, variables: VariablesId) -> Option<Phase> {
        if let Some(known) = self.phases.get(&variables) {
            return *known;
        }
        let phase = self.phase(variables);
        self.phases.insert(variables, phase);
        phase
    }

    fn phase(&self, variables: VariablesId) -> Option<Phase> {
        let program = &self.found.program;
        let values = &self.variables[variables as usize];
        let read = |name: &str| {
            program.variables.get_index_of(name).map_or(Value::Undefined, |i| self.known.value(values[i]).clone())
        };
        let scope = Scope { variables: &read, states: &turn::states(Value::Undefined) };
        match turn::failure(program)?.all(&scope).as_slice() {
            [Ok(failure)] => failure.get("phase").as_text().and_then(Phase::parse),
            _ => None,
        }
    }
}
