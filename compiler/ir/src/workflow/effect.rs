use std::fmt;

use migspec_events::Side;

/// A change or guarantee of a state after its success. The verifier judges a
/// workflow by its effects only.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Effect {
    /// No other run of this workflow is under way.
    Exclusive,
    /// The prerequisites on both sides hold.
    Preflight,
    /// Neither task returns the changes of the other, so that both can run at the
    /// same time.
    PreventLoopback,
    /// Passwords of the logins stay as they are.
    HoldRotation,
    ReleaseRotation,
    /// The database refuses changes of its schema.
    FreezeSchema(Side),
    ThawSchema(Side),
    /// Both schemas are unchanged since the schema freeze.
    SchemaUnchanged,
    StartForward,
    /// The forward task loads the tables again that it has suspended.
    ReloadTables,
    /// The login of the forward task is locked on the target, and its sessions
    /// have ended: the task cannot write to the target.
    CutForward,
    /// The login of the forward task is unlocked.
    RestoreForward,
    /// The forward task is stopping; `ForwardStopped` confirms it.
    StopForward,
    ForwardStopped,
    /// The reverse task is starting; `ReverseRunning` confirms it.
    StartReverse,
    ReverseRunning,
    StopReverse,
    ReverseStopped,
    /// All tables are loaded, none with an error.
    FullLoad,
    /// Replication is close behind.
    LagGate,
    /// Both sides hold the same data.
    Validate,
    /// The rehearsal of the reverse start goes on: a slot exists and a task of its own
    /// runs, until `Rehearsed` confirms that both have ended.
    Rehearse,
    /// A task has carried a row from the target to the source.
    Rehearsed,
    /// Every target of the target's compute is healthy.
    TargetHealth,
    /// This share of requests, in percent, is served by the target.
    Shift(u8),
    /// The target serves this percentage of the reads that tolerate old data.
    ShiftReads(u8),
    /// The alarms have been quiet.
    AlarmGate,
    /// The least number of requests has reached the target's compute.
    RequestGate,
    /// Two people have agreed.
    Approve,
    /// It is the time that was agreed.
    Window,
    /// The checkpoint for a rollback is written.
    Checkpoint,
    /// The results of the gates are in the evidence bucket.
    Evidence,
    /// The writer switch is `none`.
    HoldWrites,
    /// The database refuses writes of the applications.
    Fence(Side),
    /// The fence token is in the source.
    FenceToken,
    /// All that was written before the fence has arrived.
    Drain,
    /// The comparison of the write pause has been made once before, and fits into it.
    FinalCheckMeasured,
    /// Both sides hold the same data, and nobody writes.
    FinalValidate,
    /// The target's sequences are so far beyond the source's that the write pause only reads them.
    AdvanceSequences,
    /// The side's sequences are past those of the other.
    SyncSequences(Side),
    /// The slot of the reverse task keeps the target's changes from a position
    /// after the last forward change.
    ReverseSlot,
    /// The writer switch names this database.
    Flip(Side),
    /// The database accepts writes of the applications.
    Unfence(Side),
    /// The way back is given up: replication slots are gone.
    DropSlots,
    /// The rollback of the phase is running; `RolledBack` confirms its completion.
    Rollback,
    RolledBack,
    /// The operations team is notified.
    Notify,
    /// A person is called.
    Page,
    /// The operations team is notified of active holds, with the instructions for
    /// their release.
    HandOver,
}

impl Effect {
    /// The names of all kinds, sorted.
    pub const KINDS: &'static [&'static str] = &[
        "advance-sequences",
        "alarm-gate",
        "approve",
        "checkpoint",
        "cut-forward",
        "drain",
        "drop-slots",
        "evidence",
        "exclusive",
        "fence",
        "fence-token",
        "final-check-measured",
        "final-validate",
        "flip",
        "forward-stopped",
        "freeze-schema",
        "full-load",
        "hand-over",
        "hold-rotation",
        "hold-writes",
        "lag-gate",
        "notify",
        "page",
        "preflight",
        "prevent-loopback",
        "rehearse",
        "rehearsed",
        "release-rotation",
        "reload-tables",
        "request-gate",
        "restore-forward",
        "reverse-running",
        "reverse-slot",
        "reverse-stopped",
        "rollback",
        "rolled-back",
        "schema-unchanged",
        "shift",
        "shift-reads",
        "start-forward",
        "start-reverse",
        "stop-forward",
        "stop-reverse",
        "sync-sequences",
        "target-health",
        "thaw-schema",
        "unfence",
        "validate",
        "window",
    ];

    /// In kebab case, without its object: `fence`, `shift`.
    pub fn kind(self) -> &'static str {
        match self {
            Effect::Exclusive => "exclusive",
            Effect::Preflight => "preflight",
            Effect::PreventLoopback => "prevent-loopback",
            Effect::HoldRotation => "hold-rotation",
            Effect::ReleaseRotation => "release-rotation",
            Effect::FreezeSchema(_) => "freeze-schema",
            Effect::ThawSchema(_) => "thaw-schema",
            Effect::SchemaUnchanged => "schema-unchanged",
            Effect::StartForward => "start-forward",
            Effect::ReloadTables => "reload-tables",
            Effect::CutForward => "cut-forward",
            Effect::RestoreForward => "restore-forward",
            Effect::StopForward => "stop-forward",
            Effect::ForwardStopped => "forward-stopped",
            Effect::ReverseRunning => "reverse-running",
            Effect::ReverseStopped => "reverse-stopped",
            Effect::RolledBack => "rolled-back",
            Effect::StartReverse => "start-reverse",
            Effect::StopReverse => "stop-reverse",
            Effect::FullLoad => "full-load",
            Effect::Rehearse => "rehearse",
            Effect::Rehearsed => "rehearsed",
            Effect::TargetHealth => "target-health",
            Effect::LagGate => "lag-gate",
            Effect::Validate => "validate",
            Effect::Shift(_) => "shift",
            Effect::ShiftReads(_) => "shift-reads",
            Effect::AlarmGate => "alarm-gate",
            Effect::RequestGate => "request-gate",
            Effect::Approve => "approve",
            Effect::Window => "window",
            Effect::Checkpoint => "checkpoint",
            Effect::Evidence => "evidence",
            Effect::HoldWrites => "hold-writes",
            Effect::Fence(_) => "fence",
            Effect::FenceToken => "fence-token",
            Effect::Drain => "drain",
            Effect::FinalCheckMeasured => "final-check-measured",
            Effect::FinalValidate => "final-validate",
            Effect::AdvanceSequences => "advance-sequences",
            Effect::SyncSequences(_) => "sync-sequences",
            Effect::ReverseSlot => "reverse-slot",
            Effect::Flip(_) => "flip",
            Effect::Unfence(_) => "unfence",
            Effect::DropSlots => "drop-slots",
            Effect::Rollback => "rollback",
            Effect::Notify => "notify",
            Effect::Page => "page",
            Effect::HandOver => "hand-over",
        }
    }

    /// The side that it is done to, where it is only one.
    pub fn side(self) -> Option<Side> {
        match self {
            Effect::Fence(side)
            | Effect::Unfence(side)
            | Effect::Flip(side)
            | Effect::SyncSequences(side)
            | Effect::FreezeSchema(side)
            | Effect::ThawSchema(side) => Some(side),
            _ => None,
        }
    }

    /// The effects that this effect ends.
    pub fn ends(self) -> &'static [Effect] {
        use Side::{Source, Target};
        match self {
            Effect::Fence(Source) => &[Effect::Unfence(Source)],
            Effect::Fence(Target) => &[Effect::Unfence(Target)],
            // A comparison during the fence does not cover later writes.
            Effect::Unfence(Source) => {
                &[Effect::Fence(Source), Effect::FenceToken, Effect::Drain, Effect::FinalValidate]
            }
            Effect::Unfence(Target) => &[Effect::Fence(Target), Effect::Checkpoint],
            Effect::HoldWrites => &[Effect::Flip(Source), Effect::Flip(Target)],
            Effect::Flip(Source) => &[Effect::Flip(Target), Effect::HoldWrites],
            // An approval and a checkpoint cover one step.
            Effect::Flip(Target) => &[Effect::Flip(Source), Effect::HoldWrites, Effect::Approve, Effect::Checkpoint],
            Effect::DropSlots => &[Effect::Approve, Effect::Checkpoint, Effect::ReverseSlot],
            Effect::CutForward => &[Effect::RestoreForward],
            Effect::RestoreForward => &[Effect::CutForward],
            Effect::StartForward => &[Effect::StopForward, Effect::ForwardStopped],
            // A task that stopped without a request also ends it.
            Effect::StopForward | Effect::ForwardStopped => &[Effect::StartForward],
            Effect::StartReverse | Effect::ReverseRunning => &[Effect::StopReverse, Effect::ReverseStopped],
            Effect::StopReverse | Effect::ReverseStopped => &[Effect::StartReverse, Effect::ReverseRunning],
            Effect::FreezeSchema(Source) => &[Effect::ThawSchema(Source)],
            Effect::FreezeSchema(Target) => &[Effect::ThawSchema(Target)],
            Effect::ThawSchema(Source) => &[Effect::FreezeSchema(Source)],
            Effect::ThawSchema(Target) => &[Effect::FreezeSchema(Target)],
            // Neither quiet alarms nor requests so far cover requests that move afterwards.
            Effect::Shift(_) | Effect::ShiftReads(_) => &[Effect::AlarmGate, Effect::RequestGate],
            // Neither covers rows that are loaded afterwards.
            Effect::ReloadTables => &[Effect::FullLoad, Effect::Validate],
            Effect::FullLoad => &[Effect::ReloadTables],
            Effect::HoldRotation => &[Effect::ReleaseRotation],
            Effect::ReleaseRotation => &[Effect::HoldRotation],
            _ => &[],
        }
    }

    /// Whether the effect outlasts the execution. Knowledge of one execution does not.
    pub fn lasts(self) -> bool {
        match self {
            Effect::Exclusive
            | Effect::Evidence
            | Effect::Preflight
            | Effect::SchemaUnchanged
            | Effect::ReloadTables
            | Effect::FullLoad
            | Effect::Rehearse
            | Effect::Rehearsed
            | Effect::TargetHealth
            | Effect::LagGate
            | Effect::Validate
            | Effect::AlarmGate
            | Effect::RequestGate
            | Effect::Approve
            | Effect::Window
            | Effect::Checkpoint
            | Effect::FenceToken
            | Effect::Drain
            | Effect::FinalCheckMeasured
            | Effect::AdvanceSequences
            | Effect::FinalValidate
            | Effect::Rollback
            | Effect::RolledBack
            | Effect::Notify
            | Effect::Page
            | Effect::HandOver => false,
            Effect::StartForward
            | Effect::CutForward
            | Effect::RestoreForward
            | Effect::StopForward
            | Effect::ForwardStopped
            | Effect::StartReverse
            | Effect::ReverseRunning
            | Effect::StopReverse
            | Effect::ReverseStopped
            | Effect::PreventLoopback
            | Effect::HoldRotation
            | Effect::ReleaseRotation
            | Effect::FreezeSchema(_)
            | Effect::ThawSchema(_)
            | Effect::ShiftReads(_)
            | Effect::Shift(_)
            | Effect::HoldWrites
            | Effect::Fence(_)
            | Effect::SyncSequences(_)
            | Effect::ReverseSlot
            | Effect::Flip(_)
            | Effect::Unfence(_)
            | Effect::DropSlots => true,
        }
    }

    /// Each effect once; shares of a shift count as one.
    pub fn all() -> impl Iterator<Item = Effect> {
        let of_sides = [Side::Source, Side::Target].into_iter().flat_map(Effect::of_side);
        SIMPLE.iter().copied().chain(of_sides).chain([Effect::Shift(0), Effect::ShiftReads(0)])
    }

    /// Parses the output of [`fmt::Display`].
    pub fn parse(text: &str) -> Option<Effect> {
        match text.split_once(':') {
            Some(("shift", percent)) => percent.parse().ok().map(Effect::Shift),
            Some(("shift-reads", percent)) => percent.parse().ok().map(Effect::ShiftReads),
            _ => Effect::all().find(|effect| effect.to_string() == text),
        }
    }

    fn of_side(side: Side) -> [Effect; 6] {
        [
            Effect::Fence(side),
            Effect::SyncSequences(side),
            Effect::Flip(side),
            Effect::Unfence(side),
            Effect::FreezeSchema(side),
            Effect::ThawSchema(side),
        ]
    }
}

/// The effects without an object.
const SIMPLE: &[Effect] = &[
    Effect::Exclusive,
    Effect::Evidence,
    Effect::PreventLoopback,
    Effect::HoldRotation,
    Effect::ReleaseRotation,
    Effect::SchemaUnchanged,
    Effect::Preflight,
    Effect::StartForward,
    Effect::ReloadTables,
    Effect::CutForward,
    Effect::RestoreForward,
    Effect::StopForward,
    Effect::ForwardStopped,
    Effect::StartReverse,
    Effect::ReverseRunning,
    Effect::StopReverse,
    Effect::ReverseStopped,
    Effect::FullLoad,
    Effect::Rehearse,
    Effect::Rehearsed,
    Effect::TargetHealth,
    Effect::LagGate,
    Effect::Validate,
    Effect::AlarmGate,
    Effect::RequestGate,
    Effect::Approve,
    Effect::Window,
    Effect::Checkpoint,
    Effect::HoldWrites,
    Effect::FenceToken,
    Effect::Drain,
    Effect::FinalCheckMeasured,
    Effect::AdvanceSequences,
    Effect::FinalValidate,
    Effect::ReverseSlot,
    Effect::DropSlots,
    Effect::Rollback,
    Effect::RolledBack,
    Effect::Notify,
    Effect::Page,
    Effect::HandOver,
];

impl fmt::Display for Effect {
    /// The kind, with its object after a colon: `fence:source`, `shift:10`. The
    /// state has the unit.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.side()) {
            (Effect::Shift(percent) | Effect::ShiftReads(percent), _) => write!(f, "{}:{percent}", self.kind()),
            (_, Some(side)) => write!(f, "{}:{}", self.kind(), side.name()),
            (_, None) => f.write_str(self.kind()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_effect_is_read_as_it_is_written() {
        let all: Vec<Effect> = Effect::all().collect();
        for effect in &all {
            assert_eq!(Effect::parse(&effect.to_string()), Some(*effect));
        }
        let mut kinds: Vec<&str> = all.iter().map(|e| e.kind()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds, Effect::KINDS);
        assert_eq!(Effect::parse("shift:x"), None);
        assert_eq!(Effect::parse("sleep"), None);
    }
}
