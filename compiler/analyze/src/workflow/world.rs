//! The world outside the workflow: the writer, the destination of requests, the active tasks, and the knowledge of this
//! execution about them.

use migspec_ir::workflow::{Effect, Side};

/// A set of active effects: a bit for each, so that a world is a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub struct World(u64);

/// This execution made a lasting change.
const TOUCHED: u64 = 1 << 63;

/// Effects that a call without an answer may still have: until the next change of the same thing, which AWS makes after
/// it. fact: states-sdk-timeouts
const LATE: [Effect; 6] = [
    Effect::HoldWrites,
    Effect::Flip(Side::Target),
    Effect::Shift(100),
    Effect::ShiftReads(100),
    Effect::StartForward,
    Effect::StartReverse,
];
/// The bit of the first of them.
const FIRST_LATE: u32 = 55;

/// An earlier execution has recorded that the target may have taken writes that the source lacks.
const WRITTEN: u64 = 1 << 61;

/// An attempt to open a database has failed: only an operator can continue.
const STUCK: u64 = 1 << 62;

impl World {
    /// No world: the mark of a path's end.
    pub(crate) const END: World = World(u64::MAX);

    pub fn holds(self, effect: Effect) -> bool {
        self.0 & bit(effect) != 0
    }

    /// After the effect has happened.
    #[must_use]
    pub fn after(self, effect: Effect) -> World {
        self.with_change(Change::of(effect))
    }

    #[must_use]
    pub(crate) fn with_change(self, Change { ends, begins }: Change) -> World {
        let changed = self.0 & !ends | begins;
        let touched = if (changed ^ self.0) & lasting() != 0 { TOUCHED } else { 0 };
        World(changed | touched)
    }

    /// The effects that decide the end of an execution, without its knowledge on the way.
    #[must_use]
    pub fn outline(self) -> World {
        World(self.0 & (outline_mask() | late_mask() | TOUCHED | STUCK | WRITTEN))
    }

    /// After a call without an answer, whose effect may come later.
    #[must_use]
    pub(crate) fn awaiting(self, effects: &[Effect]) -> World {
        World(effects.iter().fold(self.0, |world, effect| world | late_bit(*effect)))
    }

    /// The worlds in which one of the late effects has come.
    pub(crate) fn arrivals(self) -> impl Iterator<Item = World> {
        let late = LATE.into_iter().filter(move |effect| self.0 & late_bit(*effect) != 0);
        late.map(move |effect| self.after(effect))
    }

    /// The world without an effect.
    #[must_use]
    pub(crate) fn without(self, effect: Effect) -> World {
        self.with_change(Change { ends: bit(effect), begins: 0 })
    }

    /// Whether the forward task cannot write to the target.
    pub fn forward_is_off(self) -> bool {
        self.holds(Effect::CutForward) || self.holds(Effect::ForwardStopped)
    }

    /// After an opening that did not succeed.
    #[must_use]
    pub fn stuck(self) -> World {
        World(self.0 | STUCK)
    }

    pub fn is_stuck(self) -> bool {
        self.0 & STUCK != 0
    }

    /// The world at the start of a new execution.
    #[must_use]
    pub fn at_start(self) -> World {
        let opened = if self.takes_writes(Side::Target) { WRITTEN } else { 0 };
        World(self.0 & (lasting() | WRITTEN) | opened)
    }

    /// Whether the target may have taken writes in an earlier execution.
    pub fn has_target_writes(self) -> bool {
        self.0 & WRITTEN != 0
    }

    pub fn is_touched(self) -> bool {
        self.0 & TOUCHED != 0
    }

    /// The effects in both worlds.
    #[must_use]
    pub fn common(self, other: World) -> World {
        World(self.0 & other.0)
    }

    /// The effects in either world.
    #[must_use]
    pub fn either(self, other: World) -> World {
        World(self.0 | other.0)
    }

    pub fn effects(self) -> impl Iterator<Item = Effect> {
        Effect::all().filter(move |effect| self.holds(*effect))
    }

    /// Whether the database takes writes. The target does not at first.
    pub fn takes_writes(self, side: Side) -> bool {
        match side {
            Side::Source => !self.holds(Effect::Fence(Side::Source)),
            Side::Target => self.holds(Effect::Unfence(Side::Target)),
        }
    }

    /// The side that the writer switch names.
    pub fn writer(self) -> Option<Side> {
        if self.holds(Effect::HoldWrites) {
            return None;
        }
        Some(if self.holds(Effect::Flip(Side::Target)) { Side::Target } else { Side::Source })
    }

    /// As the applications read it.
    pub fn writer_name(self) -> &'static str {
        self.writer().map_or("none", Side::name)
    }

    /// Whether some requests are served by the target.
    pub fn shifts_traffic(self) -> bool {
        self.holds(Effect::Shift(0))
    }

    pub fn reverse_runs(self) -> bool {
        self.holds(Effect::ReverseRunning)
    }

    /// Active schema freezes and rotation holds, which must be released.
    pub fn held_effects(self) -> impl Iterator<Item = Effect> {
        HELD.into_iter().filter(move |effect| self.holds(*effect))
    }

    /// Whether a notification reported the end.
    pub fn has_notified(self) -> bool {
        self.holds(Effect::Notify) || self.holds(Effect::Page)
    }
}

/// The change that an effect makes to a world.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    ends: u64,
    begins: u64,
}

impl Change {
    pub(crate) fn of(effect: Effect) -> Self {
        let ends = effect.ends().iter().fold(overtaken(effect), |set, e| set | bit(*e));
        match effect {
            Effect::Flip(Side::Source) => Self { ends: ends | WRITTEN, begins: bit(effect) },
            // All requests go to the source.
            Effect::Shift(0) | Effect::ShiftReads(0) => Self { ends: ends | bit(effect), begins: 0 },
            _ => Self { ends, begins: bit(effect) },
        }
    }
}

/// The late effects that no longer come: after a change of the same thing, which is a writer switch, a rule or a task, and
/// after the task is seen to run.
fn overtaken(effect: Effect) -> u64 {
    let same: &[Effect] = match effect {
        Effect::HoldWrites | Effect::Flip(_) => &[Effect::HoldWrites, Effect::Flip(Side::Target)],
        Effect::Shift(_) => &[Effect::Shift(100)],
        Effect::ShiftReads(_) => &[Effect::ShiftReads(100)],
        Effect::StartForward | Effect::FullLoad | Effect::StopForward | Effect::ForwardStopped => {
            &[Effect::StartForward]
        }
        Effect::StartReverse | Effect::ReverseRunning | Effect::StopReverse | Effect::ReverseStopped => {
            &[Effect::StartReverse]
        }
        _ => &[],
    };
    same.iter().fold(0, |set, effect| set | late_bit(*effect))
}

/// The bit of an effect that is still to come; none if it cannot come late.
fn late_bit(effect: Effect) -> u64 {
    // One bit for all shares.
    let place = LATE.iter().position(|late| late.kind() == effect.kind() && late.side() == effect.side());
    place.map_or(0, |place| 1 << (FIRST_LATE + place as u32))
}

fn late_mask() -> u64 {
    ((1 << LATE.len()) - 1) << FIRST_LATE
}

const HELD: [Effect; 3] =
    [Effect::FreezeSchema(Side::Source), Effect::FreezeSchema(Side::Target), Effect::HoldRotation];

fn bit(effect: Effect) -> u64 {
    use Side::{Source, Target};
    let place = match effect {
        Effect::Preflight => 0,
        Effect::StartForward => 1,
        Effect::StopForward => 2,
        Effect::ForwardStopped => 3,
        Effect::StartReverse => 4,
        Effect::ReverseRunning => 5,
        Effect::StopReverse => 6,
        Effect::ReverseStopped => 7,
        Effect::LagGate => 8,
        Effect::Validate => 9,
        Effect::Shift(_) => 10,
        Effect::AlarmGate => 11,
        Effect::Approve => 12,
        Effect::Window => 13,
        Effect::Checkpoint => 14,
        Effect::HoldWrites => 15,
        Effect::Fence(Source) => 16,
        Effect::Fence(Target) => 17,
        Effect::FenceToken => 18,
        Effect::Drain => 19,
        Effect::FinalValidate => 20,
        Effect::SyncSequences(Source) => 21,
        Effect::SyncSequences(Target) => 22,
        Effect::ReverseSlot => 23,
        Effect::Flip(Source) => 24,
        Effect::Flip(Target) => 25,
        Effect::Unfence(Source) => 26,
        Effect::Unfence(Target) => 27,
        Effect::DropSlots => 28,
        Effect::Rollback => 29,
        Effect::RolledBack => 30,
        Effect::Notify => 31,
        Effect::Page => 32,
        Effect::Exclusive => 33,
        Effect::PreventLoopback => 34,
        Effect::HoldRotation => 35,
        Effect::ReleaseRotation => 36,
        Effect::FreezeSchema(Source) => 37,
        Effect::FreezeSchema(Target) => 38,
        Effect::ThawSchema(Source) => 39,
        Effect::ThawSchema(Target) => 40,
        Effect::SchemaUnchanged => 41,
        Effect::ShiftReads(_) => 42,
        Effect::Evidence => 43,
        Effect::HandOver => 44,
        Effect::CutForward => 45,
        Effect::RestoreForward => 46,
        Effect::FullLoad => 47,
        Effect::TargetHealth => 48,
        Effect::RequestGate => 49,
        Effect::Rehearse => 50,
        Effect::Rehearsed => 51,
        Effect::FinalCheckMeasured => 52,
        Effect::AdvanceSequences => 53,
        Effect::ReloadTables => 54,
    };
    1 << place
}

fn lasting() -> u64 {
    use std::sync::OnceLock;
    static LASTING: OnceLock<u64> = OnceLock::new();
    *LASTING.get_or_init(|| Effect::all().filter(|e| e.lasts()).fold(0, |set, e| set | bit(e)))
}

fn outline_mask() -> u64 {
    let sides = [Side::Source, Side::Target].into_iter();
    let of_sides = sides.flat_map(|side| [Effect::Fence(side), Effect::Unfence(side), Effect::Flip(side)]);
    let others = [
        Effect::HoldWrites,
        Effect::Shift(0),
        Effect::ShiftReads(0),
        Effect::CutForward,
        Effect::StopForward,
        Effect::ForwardStopped,
        Effect::ReverseSlot,
        Effect::StartReverse,
        Effect::ReverseRunning,
        Effect::StopReverse,
        Effect::ReverseStopped,
        Effect::Rollback,
        Effect::RolledBack,
        Effect::Notify,
        Effect::Page,
        Effect::HandOver,
    ];
    of_sides.chain(others).chain(HELD).fold(0, |set, effect| set | bit(effect))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_effect_has_a_bit_of_its_own() {
        let bits: std::collections::BTreeSet<u64> = Effect::all().map(bit).collect();
        assert_eq!(bits.len(), Effect::all().count());
        assert!(bits.iter().all(|b| b & (late_mask() | TOUCHED | STUCK | WRITTEN) == 0));
    }

    #[test]
    fn opening_a_side_forgets_what_was_checked_while_it_was_closed() {
        let fenced = World::default().after(Effect::Fence(Side::Source)).after(Effect::Drain);
        assert!(!fenced.takes_writes(Side::Source) && fenced.holds(Effect::Drain) && fenced.is_touched());
        let opened = fenced.after(Effect::Unfence(Side::Source));
        assert!(opened.takes_writes(Side::Source) && !opened.holds(Effect::Drain));
    }

    /// A call without an answer holds writes at any later time, up to the next change of the writer switch.
    #[test]
    fn a_late_effect_comes_until_the_same_thing_changes() {
        let late = World::default().awaiting(&[Effect::HoldWrites, Effect::Drain]);
        assert_eq!(late.arrivals().map(World::writer_name).collect::<Vec<_>>(), ["none"]);
        assert!(late.arrivals().all(|world| world.arrivals().next().is_none()));
        assert_eq!(late.after(Effect::Shift(10)).arrivals().count(), 1);
        assert_eq!(late.after(Effect::Flip(Side::Source)).arrivals().count(), 0);
        assert_eq!(late.at_start().arrivals().count(), 0);
    }

    #[test]
    fn a_new_execution_knows_only_what_lasts() {
        let world = World::default().after(Effect::Approve).after(Effect::Shift(10)).after(Effect::Page);
        let found = world.at_start();
        assert!(
            found.shifts_traffic() && !found.has_notified() && !found.holds(Effect::Approve) && !found.is_touched()
        );
        assert!(!found.after(Effect::Shift(0)).shifts_traffic());
    }
}
