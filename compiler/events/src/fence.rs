use serde::{Deserialize, Serialize};

use crate::{Run, Side};

/// What the fence function does. Every action can be repeated.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FenceEvent {
    /// Takes the applications' right to write and ends their sessions. Reply: [`Fenced`].
    Fence { run: Run, side: Side },
    /// Writes the token into the source's fence table. Reply: [`TokenWritten`].
    WriteToken { run: Run, token: String },
    /// Asks whether the token is on the target and the source's slot past the
    /// position. Reply: [`Drained`].
    Drain {
        run: Run,
        token: String,
        /// A log sequence number: `16/B374D848`.
        position: String,
    },
    /// Gives the rights back exactly as they were. Reply: [`Unfenced`].
    Unfence { run: Run, side: Side },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fenced {
    /// True once no application role can write and no transaction that writes is open.
    pub fenced: bool,
    /// Sessions that were ended.
    pub sessions: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenWritten {
    /// The source's position after the token: `16/B374D848`.
    pub position: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Drained {
    /// True if the token has arrived and the slot has confirmed the position.
    pub drained: bool,
    /// The position that the slot has confirmed.
    pub confirmed: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unfenced {
    pub unfenced: bool,
}
