use serde_json::Value as Json;

/// How people answer when they are asked to agree.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Answering {
    /// All agree, an hour after they were asked.
    #[default]
    Agree,
    /// All agree, an hour after they were reminded.
    Late,
    /// Nobody answers.
    Expired,
    /// All refuse, an hour after they were asked.
    Refused,
}

/// What is not as it should be. Where nothing is said, all is well.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Scenario {
    /// The execution's input.
    pub input: Json,
    /// Which side takes writes at the start, as the parameter says.
    pub writer: Option<String>,
    /// Calls that fail: the state, and which of its calls; each once.
    pub fails: Vec<(String, u64)>,
    /// The first calls of a state that are throttled, and how many.
    pub throttles: Vec<(String, u64)>,
    /// Calls that are never answered: the state, and which of its calls.
    pub timeouts: Vec<(String, u64)>,
    /// Seconds that the target is behind at first; a second less each minute.
    pub lag: u64,
    /// Seconds that DMS takes to start and to stop a task.
    pub dms_start: u64,
    pub dms_stop: u64,
    pub approve: Answering,
    /// Whether the validation finds rows that differ.
    pub mismatch: bool,
    /// Whether another run of the workflow is under way.
    pub beside: bool,
    /// Whether the cutovers that come before this one have not moved yet.
    pub unmoved: bool,
    /// Whether both schemas change after they were frozen.
    pub migrated: bool,
    /// The execution is ended at the first call of this state, after its
    /// effect, and redriven.
    pub redrive: Option<String>,
    /// Answers that stand above all that is worked out, by state.
    pub answers: Vec<(String, Json)>,
}

/// The result of a call.
#[derive(Clone, PartialEq, Debug)]
pub enum CallResult {
    Answer(Json),
    Error(String),
    /// The state's own timeout ends it.
    Timeout,
}
