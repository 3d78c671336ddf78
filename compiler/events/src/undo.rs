//! The steps of the rollback for each phase. The rollback handler takes these
//! steps, the verifier explores them, and the runbook lists them.

use serde::{Deserialize, Serialize};

use crate::Phase;

/// A step of the rollback. Each step reads the current state, makes the remaining
/// changes, and ends when they have taken effect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Checks that the reverse task runs or can start, with no table in error,
    /// because a rollback without it loses writes. If the check fails, the rollback
    /// has changed nothing yet.
    CheckReverse,
    /// Verifies the fence of the cutover; an interrupted rollback may have
    /// removed it.
    FenceSource,
    /// If the reverse task does not run yet, the target takes writes until it
    /// does. Its slot keeps them.
    UnfenceTarget,
    /// Starts the reverse task from its slot, with its login unlocked, and waits
    /// until it runs.
    StartReverse,
    /// Waits, with the target open, until the reverse task applies a change within
    /// seconds. A backlog would lengthen the write pause.
    AwaitReverse,
    /// Notifies the operations team that the write pause begins. A lost message
    /// stops nothing.
    Announce,
    /// Sets the writer switch to `none`.
    HoldWrites,
    /// Fences the target, which has taken writes or replies.
    FenceTarget,
    /// Verifies the fence of a target that has taken no write. A target that cannot
    /// be reached for half a minute is recorded as unverified.
    TryTarget,
    /// Writes a token after the last write of the target.
    WriteToken,
    /// Waits until the token is on the source.
    DrainReverse,
    /// Compares the rows that either side has written since the last pass of the
    /// validation: a task can run on while one of its tables is suspended.
    CompareRows,
    /// Advances the source's sequences past the target's.
    SyncSequences,
    /// Locks the reverse task's login out of the source, so that the task cannot
    /// write to the source once it is open.
    CutReverse,
    /// Sends all requests to the source's compute.
    MoveTraffic,
    /// Opens the source behind the verified fence of the target.
    UnfenceSource,
    /// Opens the source behind the verified fence of the target, or without a target
    /// that cannot be reached, if the source's record shows that it never opened.
    ReopenSource,
    /// Sets the writer switch to `source`, which is unfenced at this point.
    FlipToSource,
    /// Verifies each fence that the rollback could not verify before. The steps that
    /// follow change the target.
    ConfirmTarget,
    StopForward,
    /// Stops the reverse task, and the task of an interrupted rehearsal.
    StopReverse,
    /// Drops the slot of the reverse task, which a rehearsal uses too; the next attempt creates it again.
    DropReverseSlot,
    /// Unlocks the login of the reverse task, which has stopped.
    RestoreReverse,
    /// Unlocks the login of the forward task.
    RestoreForward,
    /// Locks the forward task's login out of the target. The source has rows that
    /// came from the target, so the task must not resume: the load begins anew.
    CutForward,
    /// Resumes the forward task if it gave up while its login was locked.
    ResumeForward,
    /// Notifies the operations team of the remaining tasks.
    Notify,
}

impl Step {
    /// As it is written down and answered.
    pub fn word(self) -> &'static str {
        match self {
            Self::CheckReverse => "check-reverse",
            Self::FenceSource => "fence-source",
            Self::UnfenceTarget => "unfence-target",
            Self::StartReverse => "start-reverse",
            Self::AwaitReverse => "await-reverse",
            Self::Announce => "announce",
            Self::HoldWrites => "hold-writes",
            Self::FenceTarget => "fence-target",
            Self::TryTarget => "try-target",
            Self::WriteToken => "write-token",
            Self::DrainReverse => "drain-reverse",
            Self::CompareRows => "compare-rows",
            Self::SyncSequences => "sync-sequences",
            Self::CutReverse => "cut-reverse",
            Self::MoveTraffic => "move-traffic",
            Self::UnfenceSource => "unfence-source",
            Self::ReopenSource => "reopen-source",
            Self::FlipToSource => "flip-to-source",
            Self::ConfirmTarget => "confirm-target",
            Self::StopForward => "stop-forward",
            Self::StopReverse => "stop-reverse",
            Self::DropReverseSlot => "drop-reverse-slot",
            Self::RestoreReverse => "restore-reverse",
            Self::RestoreForward => "restore-forward",
            Self::CutForward => "cut-forward",
            Self::ResumeForward => "resume-forward",
            Self::Notify => "notify",
        }
    }

    /// Whether the step waits until DMS has started or stopped a task, which takes minutes.
    pub fn waits_for_dms(self) -> bool {
        matches!(self, Self::StartReverse | Self::StopForward | Self::StopReverse | Self::ResumeForward)
    }
}

/// How writes come back that the target has taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// By reverse replication.
    Reverse,
    /// Not at all, and people have agreed.
    Loss,
}

/// From a target that takes writes: the reverse task brings them back.
const BY_REVERSE: &[Step] = &[
    Step::CheckReverse,
    Step::FenceSource,
    Step::UnfenceTarget,
    Step::StopForward,
    Step::StartReverse,
    Step::AwaitReverse,
    Step::Announce,
    Step::HoldWrites,
    Step::FenceTarget,
    Step::WriteToken,
    Step::DrainReverse,
    Step::CompareRows,
    Step::SyncSequences,
    Step::CutReverse,
    Step::MoveTraffic,
    Step::UnfenceSource,
    Step::FlipToSource,
    Step::StopReverse,
    Step::DropReverseSlot,
    Step::RestoreReverse,
    Step::CutForward,
    Step::Notify,
];

/// From a target that takes writes, which are lost.
const WITH_LOSS: &[Step] = &[
    Step::Announce,
    Step::HoldWrites,
    Step::FenceTarget,
    Step::SyncSequences,
    Step::MoveTraffic,
    Step::UnfenceSource,
    Step::FlipToSource,
    Step::StopForward,
    Step::StopReverse,
    Step::DropReverseSlot,
    Step::CutForward,
    Step::Notify,
];

/// The steps that undo a phase, in order: first the fences, then the source is
/// unfenced as soon as that is safe, then the cleanup. From the load on, every
/// cleanup unlocks the logins, because an interrupted rollback may have left
/// them locked; once the target has been open, that of the forward task is locked.
/// `None` for a phase that cannot be undone. In the phases before the opening of the
/// target, the source opens without a target that cannot be reached.
pub fn steps(phase: Phase, way: Way) -> Option<&'static [Step]> {
    use Step::*;
    Some(match phase {
        Phase::Assess => &[Notify],
        // A target that is half loaded is of no use, and loading weighs on the source.
        Phase::Load => {
            &[MoveTraffic, StopForward, StopReverse, DropReverseSlot, RestoreReverse, RestoreForward, Notify]
        }
        // One writer all the time: requests alone may have moved, in this run or
        // in one before it. The task goes on: one that is stopped keeps the
        // source's log until the disk is full.
        Phase::Replicate | Phase::Validate | Phase::Shift | Phase::Approve => {
            &[MoveTraffic, StopReverse, DropReverseSlot, RestoreReverse, RestoreForward, Notify]
        }
        Phase::Fence | Phase::Drain | Phase::FinalCheck => &[
            TryTarget,
            MoveTraffic,
            ReopenSource,
            FlipToSource,
            ConfirmTarget,
            StopReverse,
            DropReverseSlot,
            RestoreReverse,
            RestoreForward,
            Notify,
        ],
        // The target is still fenced, so only replication has written to it. The
        // forward task runs, but its login is locked.
        Phase::CutForward | Phase::Sequences | Phase::ReverseSlot | Phase::Flip => &[
            HoldWrites,
            TryTarget,
            MoveTraffic,
            ReopenSource,
            FlipToSource,
            ConfirmTarget,
            StopReverse,
            DropReverseSlot,
            RestoreReverse,
            RestoreForward,
            ResumeForward,
            Notify,
        ],
        Phase::Unfence | Phase::StopForward | Phase::StartReverse | Phase::Watch => match way {
            Way::Reverse => BY_REVERSE,
            Way::Loss => WITH_LOSS,
        },
        Phase::Decommission | Phase::Rollback | Phase::Notify => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(check: impl Fn(Phase, &[Step])) {
        for phase in Phase::ALL.iter().copied() {
            for way in [Way::Reverse, Way::Loss] {
                if let Some(steps) = steps(phase, way) {
                    check(phase, steps);
                }
            }
        }
    }

    fn before(steps: &[Step], first: Step, second: Step) -> bool {
        let at = |step| steps.iter().position(|s| *s == step);
        match (at(first), at(second)) {
            (Some(first), Some(second)) => first < second,
            (None, Some(_)) => false,
            (_, None) => true,
        }
    }

    #[test]
    fn the_source_opens_only_behind_the_targets_fence() {
        each(|phase, steps| {
            assert!(before(steps, Step::FenceTarget, Step::UnfenceSource), "{phase:?}");
            assert!(before(steps, Step::TryTarget, Step::ReopenSource), "{phase:?}");
        });
    }

    #[test]
    fn the_applications_are_sent_to_a_source_that_is_open() {
        each(|phase, steps| {
            let opens = if steps.contains(&Step::ReopenSource) { Step::ReopenSource } else { Step::UnfenceSource };
            assert!(before(steps, opens, Step::FlipToSource), "{phase:?}");
        });
    }

    /// A target that has taken writes must be reached, and its fence precedes every change of the target.
    #[test]
    fn the_source_opens_without_the_target_before_that_has_taken_writes() {
        each(|phase, steps| {
            let untouched = (Phase::Fence..Phase::Unfence).contains(&phase);
            assert_eq!(steps.contains(&Step::ReopenSource), untouched, "{phase:?}");
            assert!(!(steps.contains(&Step::ReopenSource) && steps.contains(&Step::UnfenceSource)), "{phase:?}");
            for step in [Step::DropReverseSlot, Step::RestoreForward, Step::ResumeForward] {
                assert!(!untouched || before(steps, Step::ConfirmTarget, step) || !steps.contains(&step), "{phase:?}");
            }
        });
    }

    #[test]
    fn whatever_is_undone_requests_go_back_to_the_source() {
        each(|phase, steps| assert_eq!(steps.contains(&Step::MoveTraffic), phase != Phase::Assess, "{phase:?}"));
    }

    /// A slot that remains would return the next changes of the forward task to
    /// the source.
    #[test]
    fn the_forward_task_reaches_the_target_only_where_nothing_flows_back() {
        each(|phase, steps| {
            let undone = [Step::DropReverseSlot, Step::StopReverse, Step::StopForward, Step::StartReverse];
            for step in undone.into_iter().filter(|step| steps.contains(step)) {
                let restored = steps.contains(&Step::RestoreForward);
                assert!(!restored || before(steps, step, Step::RestoreForward), "{phase:?} {step:?}");
            }
        });
    }

    #[test]
    fn a_target_that_was_open_is_loaded_anew() {
        each(|phase, steps| {
            let was_open = matches!(phase, Phase::Unfence | Phase::StopForward | Phase::StartReverse | Phase::Watch);
            assert_eq!(steps.contains(&Step::CutForward), was_open, "{phase:?}");
            assert!(!was_open || !steps.contains(&Step::RestoreForward), "{phase:?}");
        });
    }

    #[test]
    fn no_step_waits_for_dms_while_neither_side_takes_writes() {
        each(|phase, steps| {
            let at = |step| steps.iter().position(|s| *s == step);
            let closed = at(Step::FenceTarget).or(at(Step::TryTarget));
            let (Some(closed), Some(opened)) = (closed, at(Step::FlipToSource)) else { return };
            let closed = at(Step::HoldWrites).map_or(closed, |held| held.min(closed));
            assert!(steps[closed..=opened].iter().all(|step| !step.waits_for_dms()), "{phase:?}");
        });
    }

    #[test]
    fn a_running_reverse_task_cannot_write_to_an_open_source() {
        each(|phase, steps| {
            if steps.contains(&Step::DrainReverse) {
                assert!(before(steps, Step::CutReverse, Step::UnfenceSource), "{phase:?}");
                assert!(before(steps, Step::StopReverse, Step::RestoreReverse), "{phase:?}");
            }
        });
    }

    #[test]
    fn what_the_target_took_is_on_the_source_before_that_opens() {
        for phase in [Phase::Unfence, Phase::StopForward, Phase::StartReverse, Phase::Watch] {
            let steps = steps(phase, Way::Reverse).expect("there is a way back");
            let order = [
                Step::CheckReverse,
                Step::StartReverse,
                Step::AwaitReverse,
                Step::HoldWrites,
                Step::FenceTarget,
                Step::DrainReverse,
                Step::CompareRows,
                Step::CutReverse,
                Step::UnfenceSource,
            ];
            assert!(order.windows(2).all(|pair| before(steps, pair[0], pair[1]) && steps.contains(&pair[0])));
        }
    }

    #[test]
    fn after_decommissioning_there_is_no_way_back() {
        for phase in [Phase::Decommission, Phase::Rollback, Phase::Notify] {
            assert_eq!(steps(phase, Way::Loss), None);
        }
    }

    #[test]
    fn a_word_is_what_is_written_down() {
        each(|_, steps| {
            for step in steps {
                assert_eq!(serde_json::to_value(step).ok(), Some(step.word().into()));
            }
        });
    }
}
