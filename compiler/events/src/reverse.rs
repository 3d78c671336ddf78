use serde::{Deserialize, Serialize};

use crate::Run;

/// What the reverse-slot function does. Every action can be repeated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum ReverseEvent {
    /// Creates the slot on the target; one that exists is kept. Reply: [`ReverseSlot`].
    Create { run: Run },
    /// Drops the replication slots on both sides, so that no log is kept for
    /// them any longer. Reply: [`SlotsDropped`].
    Drop { run: Run },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReverseSlot {
    pub slot: String,
    /// From which the reverse task reads: `16/B374D848`.
    pub position: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotsDropped {
    pub dropped: u64,
}
