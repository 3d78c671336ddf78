//! The events of the function.

use serde::Deserialize;

/// An event of Secrets Manager, or of an operator.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Request {
    Rotation(Event),
    Setup(SetupEvent),
}

/// Secrets Manager's event.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// The ARN of the secret.
    pub secret_id: String,
    /// The id of the version that this rotation makes.
    pub client_request_token: String,
    pub step: Step,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Step {
    CreateSecret,
    SetSecret,
    TestSecret,
    FinishSecret,
}

/// An operator's event: `{"setup":"ledger"}`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetupEvent {
    /// The key of the replication into the database.
    pub setup: String,
}
