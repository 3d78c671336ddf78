//! The rollback of the handler, from the handler's own table: the worlds that it passes.

use migspec_events::undo::{Step, Way, steps};
use migspec_ir::workflow::{Effect, Phase, Side};

use crate::workflow::program::Program;
use crate::workflow::world::World;

/// The return of the target's writes: by reverse replication if the workflow starts it.
pub(crate) fn way(program: &Program<'_>) -> Way {
    match program.reverses() {
        true => Way::Reverse,
        false => Way::Loss,
    }
}

/// A rollback that begins in a world.
pub(crate) struct Back {
    steps: &'static [Step],
    begins: World,
    way: Way,
}

impl Back {
    /// The rollback of the phase in the handler's event, or of `unfence` if an earlier execution has recorded that the
    /// target was opened.
    pub(crate) fn new(told: Phase, way: Way, begins: World) -> Self {
        let phase = if begins.has_target_writes() { told.max(Phase::Unfence) } else { told };
        let steps = steps(phase, way).unwrap_or_default();
        Self { steps: remaining_steps(steps, begins), begins, way }
    }

    /// Whether the target has taken writes that this rollback does not return.
    pub(crate) fn forgets_writes(&self) -> bool {
        self.begins.takes_writes(Side::Target) && !self.steps.contains(&Step::SyncSequences)
    }

    /// Whether no writes return to the source: the reverse task does not run, and
    /// no slot exists from which it could start.
    fn is_refused(&self) -> bool {
        let begins = self.begins;
        self.steps.contains(&Step::CheckReverse) && !begins.reverse_runs() && !begins.holds(Effect::ReverseSlot)
    }

    /// The world after all steps; `None` if they cannot complete.
    pub(crate) fn end(&self) -> Option<World> {
        (!self.is_refused()).then(|| self.steps.iter().fold(self.begins, after))
    }

    /// Every world that it passes, starting with the first. If reverse replication breaks during the rollback, the
    /// target opens again.
    pub(crate) fn worlds(&self) -> Vec<World> {
        let mut passed = vec![self.begins];
        if self.is_refused() {
            return passed;
        }
        let mut world = self.begins;
        for step in self.steps {
            let next = after(world, step);
            if matches!(step, Step::DrainReverse | Step::CompareRows) && self.way == Way::Reverse {
                let opened = next.after(Effect::Unfence(Side::Target));
                passed.extend([opened, opened.after(Effect::Flip(Side::Target))]);
            }
            if next != world {
                passed.push(next);
            }
            world = next;
        }
        passed
    }
}

/// The remaining steps. The handler records completed steps. A rollback from a target that has taken writes never
/// begins while the writer switch is `source`; with that value, all steps up to the switch are complete.
fn remaining_steps(steps: &'static [Step], world: World) -> &'static [Step] {
    let returned = steps.contains(&Step::FenceSource) && world.writer() == Some(Side::Source);
    let switched = steps.iter().position(|step| *step == Step::FlipToSource).filter(|_| returned);
    switched.map_or(steps, |at| &steps[at + 1..])
}

/// The effects of a step. Checks, tokens and messages have no effect that decides an end; a dropped slot is created
/// again.
fn effects(step: Step) -> &'static [Effect] {
    match step {
        Step::HoldWrites => &[Effect::HoldWrites],
        Step::FenceSource => &[Effect::Fence(Side::Source)],
        Step::FenceTarget => &[Effect::Fence(Side::Target)],
        Step::SyncSequences => &[Effect::SyncSequences(Side::Source)],
        Step::MoveTraffic => &[Effect::Shift(0), Effect::ShiftReads(0)],
        Step::UnfenceSource | Step::ReopenSource => &[Effect::Unfence(Side::Source)],
        Step::FlipToSource => &[Effect::Flip(Side::Source)],
        Step::UnfenceTarget => &[Effect::Unfence(Side::Target), Effect::Flip(Side::Target)],
        Step::StopForward => &[Effect::StopForward, Effect::ForwardStopped],
        Step::StopReverse => &[Effect::StopReverse],
        Step::StartReverse => &[Effect::StartReverse, Effect::ReverseRunning],
        Step::RestoreForward => &[Effect::RestoreForward],
        Step::CutForward => &[Effect::CutForward],
        Step::ResumeForward => &[Effect::StartForward],
        // The target may be out of reach.
        Step::TryTarget | Step::ConfirmTarget => &[],
        // Without its task, the login of the reverse task changes nothing.
        Step::CutReverse | Step::RestoreReverse => &[],
        Step::CheckReverse
        | Step::AwaitReverse
        | Step::Announce
        | Step::WriteToken
        | Step::DrainReverse
        | Step::CompareRows
        | Step::DropReverseSlot
        | Step::Notify => &[],
    }
}

fn after(world: World, step: &Step) -> World {
    if *step == Step::DropReverseSlot {
        return world.without(Effect::ReverseSlot);
    }
    // A task that never started is neither stopped nor resumed.
    let applies = match step {
        Step::StopForward => world.holds(Effect::StartForward),
        Step::StopReverse => world.holds(Effect::StartReverse) || world.reverse_runs(),
        Step::UnfenceTarget | Step::StartReverse => !world.reverse_runs(),
        Step::RestoreForward => world.holds(Effect::CutForward),
        Step::ResumeForward => world.holds(Effect::StopForward),
        _ => true,
    };
    let effects = if applies { effects(*step) } else { &[] };
    effects.iter().fold(world, |world, effect| world.after(*effect))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn world(effects: &[Effect]) -> World {
        effects.iter().fold(World::default(), |world, effect| world.after(*effect))
    }

    /// The path of a migration: the world after each phase.
    fn path() -> Vec<(Phase, World)> {
        use Effect::{
            CutForward, Fence, Flip, ForwardStopped, HoldWrites, RestoreForward, ReverseRunning, ReverseSlot, Shift,
            StartForward, StartReverse, StopForward, Unfence,
        };
        use Side::{Source, Target};
        let steps: [(Phase, &[Effect]); 10] = [
            (Phase::Load, &[Fence(Target), StartForward]),
            (Phase::Shift, &[Shift(100), Effect::ShiftReads(100)]),
            (Phase::Fence, &[HoldWrites, Fence(Source)]),
            (Phase::CutForward, &[CutForward]),
            (Phase::ReverseSlot, &[ReverseSlot]),
            (Phase::Flip, &[Flip(Target)]),
            (Phase::Unfence, &[Unfence(Target)]),
            (Phase::StopForward, &[StopForward, ForwardStopped, RestoreForward]),
            (Phase::StartReverse, &[StartReverse, ReverseRunning]),
            (Phase::Watch, &[]),
        ];
        let mut so_far = Vec::new();
        let each = steps.map(|(phase, effects)| {
            so_far.extend(effects);
            (phase, world(&so_far))
        });
        each.to_vec()
    }

    #[test]
    fn from_every_phase_the_source_is_the_one_writer_again() {
        for (phase, world) in path() {
            let back = Back::new(phase, Way::Reverse, world);
            for world in back.worlds() {
                assert!(!(world.takes_writes(Side::Source) && world.takes_writes(Side::Target)), "{phase:?}");
            }
            let end = back.end().expect("the reverse task runs, or can start");
            // A target that was open is loaded anew.
            let was_open = matches!(phase, Phase::Unfence | Phase::StopForward | Phase::StartReverse | Phase::Watch);
            assert_eq!(end.holds(Effect::CutForward), was_open, "{phase:?}");
            assert!(!end.holds(Effect::ReverseSlot), "{phase:?}");
            assert!(end.takes_writes(Side::Source) && !end.takes_writes(Side::Target), "{phase:?}");
            assert!(!end.shifts_traffic() && !end.holds(Effect::ShiftReads(0)) && !end.reverse_runs(), "{phase:?}");
            assert_eq!(end.writer(), Some(Side::Source), "{phase:?}");
        }
    }

    #[test]
    fn without_replication_back_nothing_is_touched() {
        let open = world(&[Effect::Fence(Side::Source), Effect::Flip(Side::Target), Effect::Unfence(Side::Target)]);
        let back = Back::new(Phase::Watch, Way::Reverse, open);
        assert_eq!((back.end(), back.worlds()), (None, vec![open]));
        let back = Back::new(Phase::Watch, Way::Loss, open);
        assert!(back.end().is_some_and(|end| end.takes_writes(Side::Source)));
    }

    #[test]
    fn writes_of_the_target_are_not_forgotten() {
        let open = world(&[Effect::Fence(Side::Source), Effect::Flip(Side::Target), Effect::Unfence(Side::Target)]);
        assert!(Back::new(Phase::Flip, Way::Reverse, open).forgets_writes());
        assert!(!Back::new(Phase::Unfence, Way::Reverse, open).forgets_writes());
        assert!(!Back::new(Phase::Flip, Way::Reverse, open.at_start()).forgets_writes(), "it was written down");
    }
}
