use serde_json::Value as Json;

/// The answers of approvers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Answering {
    /// All approve, an hour after the request.
    #[default]
    Agree,
    /// All approve, an hour after the reminder.
    Late,
    /// No role answers.
    Expired,
    /// All refuse, an hour after the request.
    Refused,
}

/// Deviations from a good run; the default has none.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scenario {
    /// The execution's input.
    pub input: Json,
    /// The value of the writer switch at the start.
    pub writer: Option<String>,
    /// Failing calls: the state, and the number of the call; each fails once.
    pub fails: Vec<(String, u64)>,
    /// Throttled calls: the state, and the number of its first calls.
    pub throttles: Vec<(String, u64)>,
    /// Calls without an answer: the state, and the number of the call.
    pub timeouts: Vec<(String, u64)>,
    /// The lag at the start, in seconds; it falls by a second each minute.
    pub lag: u64,
    /// Seconds after each step in which no request reaches the target's compute.
    pub idle: u64,
    /// Seconds that DMS takes to start and to stop a task.
    pub dms_start: u64,
    pub dms_stop: u64,
    pub approve: Answering,
    /// Whether the validation finds rows that differ.
    pub mismatch: bool,
    /// Whether another execution of the workflow is active.
    pub beside: bool,
    /// Whether the earlier cutovers have not moved yet.
    pub unmoved: bool,
    /// Whether both schemas change after they were frozen.
    pub migrated: bool,
    /// Whether the forward task runs at the start, without one of its tables.
    pub suspended: bool,
    /// The execution is ended at the first call of this state, after its
    /// effect, and redriven.
    pub redrive: Option<String>,
    /// Answers that replace the computed ones, by state.
    pub answers: Vec<(String, Json)>,
}

/// Seconds that DMS usually takes to start or to stop a task.
pub const USUAL_DMS: u64 = 180;

impl Scenario {
    /// A good run from the source to the target, with the usual times of DMS.
    pub fn usual() -> Scenario {
        Scenario {
            input: Json::Object(serde_json::Map::new()),
            writer: Some("source".to_owned()),
            dms_start: USUAL_DMS,
            dms_stop: USUAL_DMS,
            ..Scenario::default()
        }
    }
}

/// The result of a call.
#[derive(Clone, PartialEq, Debug)]
pub enum CallResult {
    Answer(Json),
    Error(String),
    /// The state's own timeout ends it.
    Timeout,
}
