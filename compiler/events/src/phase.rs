//! The phases and the sides of a migration.

use serde::{Deserialize, Serialize};

/// The phases of a migration, in order. A rollback depends on the phase in
/// which it starts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    Assess,
    Load,
    Replicate,
    Validate,
    Shift,
    Approve,
    Fence,
    Drain,
    FinalCheck,
    CutForward,
    Sequences,
    ReverseSlot,
    Flip,
    Unfence,
    StopForward,
    StartReverse,
    Watch,
    Decommission,
    /// The rollback itself, which no rollback undoes.
    Rollback,
    /// Messages about the end of an execution, which no rollback undoes.
    Notify,
}

impl Phase {
    pub const ALL: &'static [Phase] = &[
        Phase::Assess,
        Phase::Load,
        Phase::Replicate,
        Phase::Validate,
        Phase::Shift,
        Phase::Approve,
        Phase::Fence,
        Phase::Drain,
        Phase::FinalCheck,
        Phase::CutForward,
        Phase::Sequences,
        Phase::ReverseSlot,
        Phase::Flip,
        Phase::Unfence,
        Phase::StopForward,
        Phase::StartReverse,
        Phase::Watch,
        Phase::Decommission,
        Phase::Rollback,
        Phase::Notify,
    ];

    /// Parses the output of [`Phase::name`].
    pub fn parse(text: &str) -> Option<Phase> {
        Phase::ALL.iter().copied().find(|phase| phase.name() == text)
    }

    /// In kebab case, as events and comments write it.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Assess => "assess",
            Phase::Load => "load",
            Phase::Replicate => "replicate",
            Phase::Validate => "validate",
            Phase::Shift => "shift",
            Phase::Approve => "approve",
            Phase::Fence => "fence",
            Phase::Drain => "drain",
            Phase::FinalCheck => "final-check",
            Phase::CutForward => "cut-forward",
            Phase::Sequences => "sequences",
            Phase::ReverseSlot => "reverse-slot",
            Phase::Flip => "flip",
            Phase::Unfence => "unfence",
            Phase::StopForward => "stop-forward",
            Phase::StartReverse => "start-reverse",
            Phase::Watch => "watch",
            Phase::Decommission => "decommission",
            Phase::Rollback => "rollback",
            Phase::Notify => "notify",
        }
    }
}

/// One of the two databases, or of the two places that serve requests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Source,
    Target,
}

impl Side {
    pub fn name(self) -> &'static str {
        match self {
            Side::Source => "source",
            Side::Target => "target",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_serialized_form() {
        for phase in Phase::ALL {
            assert_eq!(serde_json::to_value(phase).ok(), Some(phase.name().into()));
            assert_eq!(Phase::parse(phase.name()), Some(*phase));
        }
        for side in [Side::Source, Side::Target] {
            assert_eq!(serde_json::to_value(side).ok(), Some(side.name().into()));
        }
    }
}
