use serde::{Deserialize, Serialize};

use crate::{Run, Side};

/// The actions of the fence function, all of them idempotent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum FenceEvent {
    /// Takes the right to write of the applications and of every other writer
    /// and ends their sessions. Reply: [`Fenced`].
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
    /// Cuts replication off from a side: locks the logins that apply changes there,
    /// and ends their sessions. Reply: [`Cut`].
    Cut { run: Run, side: Side },
    /// Unlocks the logins that no other replication locks. Reply: [`Restored`].
    Restore { run: Run, side: Side },
    /// Refuses changes of the schema from now on, to everybody. Reply: [`Frozen`].
    Freeze { run: Run, side: Side },
    /// Reads whether the schema is frozen, and its content. Changes nothing.
    /// Reply: [`Frozen`].
    CheckSchema { run: Run, side: Side },
    /// Allows changes of the schema again. Reply: [`Thawed`].
    Thaw { run: Run, side: Side },
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fenced {
    /// True once nobody but the migration's logins can begin to write, and no
    /// transaction that has written is open.
    pub fenced: bool,
    /// Sessions that were ended.
    pub sessions: u64,
    /// The reasons why the fence is not closed; empty if `fenced` is true.
    pub obstacles: Vec<String>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenWritten {
    /// The source's position when the token was written, behind everything that
    /// was committed before: `16/B374D848`.
    pub position: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Drained {
    /// True if the token has arrived and the slot has confirmed the position.
    pub drained: bool,
    /// The position that the slot has confirmed; empty if there is no slot.
    pub confirmed: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Unfenced {
    pub unfenced: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cut {
    /// True when no login that applies changes has a session or can log in.
    pub cut: bool,
    /// Number of terminated sessions.
    pub sessions: u64,
    /// The remaining obstacles; empty if `cut` is true.
    pub obstacles: Vec<String>,
    /// The side's position after the cut: `16/B374D848`.
    pub position: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    pub restored: bool,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frozen {
    /// Whether changes of the schema are refused.
    pub frozen: bool,
    /// A hash of the tables, columns, types, keys and indexes of the
    /// application's schemas: the same text as long as they are the same.
    pub fingerprint: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thawed {
    pub thawed: bool,
}
