use serde::{Deserialize, Serialize};

use crate::{Run, Side};

/// Added to each sequence's last value and cache: numbers that sessions may have taken without a trace.
pub const SEQUENCE_MARGIN: u64 = 1000;

/// Sets the sequences and identity columns of one side past those of the other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SequencesEvent {
    pub run: Run,
    /// The side whose sequences are set.
    pub side: Side,
    /// Added to the other side's last value and cache. While the other side still
    /// takes numbers, so many that it does not catch up.
    pub margin: u64,
    /// The margin of a sequence whose type has no room for more. No room for this
    /// one is an error.
    pub at_least: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SequencesReply {
    /// How many sequences were set.
    pub set: u64,
}
