//! The steps of the rollback for each phase. The rollback handler takes these
//! steps, the verifier explores them, and the runbook lists them.

use serde::{Deserialize, Serialize};

use crate::Phase;

/// A step of the rollback. Each step reads the current state, makes the remaining
/// changes, and ends when they have taken effect.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Checks that the reverse task runs, because a rollback without it loses
    /// writes. If the check fails, the rollback has changed nothing yet.
    CheckReverse,
    /// Of the way there; an earlier way back that was interrupted may have
    /// opened it, and the target opens again where this one is given up.
    FenceSource,
    /// Sets the writer switch to `none`.
    HoldWrites,
    FenceTarget,
    /// A token behind the last write of the target.
    WriteToken,
    /// The token is on the source.
    DrainReverse,
    /// Advances the source's sequences past the target's.
    SyncSequences,
    /// All requests go to the source's compute.
    MoveTraffic,
    UnfenceSource,
    /// Sets the writer switch to `source`, which is unfenced at this point.
    FlipToSource,
    StopForward,
    StopReverse,
    /// Of the way back: a next attempt makes it anew.
    DropReverseSlot,
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
            Self::HoldWrites => "hold-writes",
            Self::FenceTarget => "fence-target",
            Self::WriteToken => "write-token",
            Self::DrainReverse => "drain-reverse",
            Self::SyncSequences => "sync-sequences",
            Self::MoveTraffic => "move-traffic",
            Self::UnfenceSource => "unfence-source",
            Self::FlipToSource => "flip-to-source",
            Self::StopForward => "stop-forward",
            Self::StopReverse => "stop-reverse",
            Self::DropReverseSlot => "drop-reverse-slot",
            Self::ResumeForward => "resume-forward",
            Self::Notify => "notify",
        }
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

/// The steps that undo a phase, in order: first the fences, then the source is
/// unfenced as soon as that is safe, then the cleanup. `None` for a phase that
/// cannot be undone.
pub fn steps(phase: Phase, way: Way) -> Option<&'static [Step]> {
    use Step::*;
    Some(match phase {
        Phase::Assess => &[Notify],
        // A target that is half loaded is of no use, and loading weighs on the source.
        Phase::Load => &[MoveTraffic, StopForward, Notify],
        // One writer all the time: requests alone may have moved, in this run or
        // in one before it. The task goes on: one that is stopped keeps the
        // source's log until the disk is full.
        Phase::Replicate | Phase::Validate | Phase::Shift | Phase::Approve => &[MoveTraffic, Notify],
        Phase::Fence | Phase::Drain | Phase::FinalCheck | Phase::Sequences => {
            &[FenceTarget, MoveTraffic, UnfenceSource, FlipToSource, Notify]
        }
        // The target has taken no writes but replication's: it is still fenced.
        Phase::StopForward | Phase::StartReverse | Phase::Flip => &[
            HoldWrites,
            FenceTarget,
            MoveTraffic,
            UnfenceSource,
            FlipToSource,
            StopReverse,
            DropReverseSlot,
            ResumeForward,
            Notify,
        ],
        Phase::Unfence | Phase::Watch => match way {
            Way::Reverse => &[
                CheckReverse,
                FenceSource,
                HoldWrites,
                FenceTarget,
                WriteToken,
                DrainReverse,
                SyncSequences,
                MoveTraffic,
                UnfenceSource,
                FlipToSource,
                StopReverse,
                DropReverseSlot,
                Notify,
            ],
            Way::Loss => &[
                HoldWrites,
                FenceTarget,
                SyncSequences,
                MoveTraffic,
                UnfenceSource,
                FlipToSource,
                StopReverse,
                DropReverseSlot,
                Notify,
            ],
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
        });
    }

    #[test]
    fn the_applications_are_sent_to_a_source_that_is_open() {
        each(|phase, steps| {
            assert!(before(steps, Step::UnfenceSource, Step::FlipToSource), "{phase:?}");
        });
    }

    #[test]
    fn whatever_is_undone_requests_go_back_to_the_source() {
        each(|phase, steps| assert_eq!(steps.contains(&Step::MoveTraffic), phase != Phase::Assess, "{phase:?}"));
    }

    #[test]
    fn the_forward_task_never_runs_beside_the_reverse_one() {
        each(|phase, steps| {
            assert!(before(steps, Step::StopReverse, Step::ResumeForward), "{phase:?}");
            assert!(before(steps, Step::DropReverseSlot, Step::ResumeForward), "{phase:?}");
        });
    }

    #[test]
    fn what_the_target_took_is_on_the_source_before_that_opens() {
        for phase in [Phase::Unfence, Phase::Watch] {
            let steps = steps(phase, Way::Reverse).expect("there is a way back");
            let order = [
                Step::CheckReverse,
                Step::FenceSource,
                Step::HoldWrites,
                Step::FenceTarget,
                Step::WriteToken,
                Step::DrainReverse,
                Step::SyncSequences,
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
