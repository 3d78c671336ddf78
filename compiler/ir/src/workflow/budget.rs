use super::{Kind, State, Workflow};

/// A Standard execution ends when its history has this many events.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub const HISTORY_LIMIT: u64 = 25_000;

/// The most bytes that a state takes or gives.
/// <https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html>
pub const PAYLOAD_LIMIT: u64 = 256 * 1024;

/// States that are entered again until a gate opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loop {
    /// The states of one turn.
    pub states: Vec<std::sync::Arc<str>>,
    /// The most turns that its own bound allows.
    pub turns: u64,
    /// Seconds that one turn takes at most.
    pub seconds: u64,
}

/// What a workflow uses of Step Functions' limits, at worst.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Events of states outside loops, each with all its retries.
    pub fixed_events: u64,
    /// Events of each loop, each turn without retries.
    pub loop_events: Vec<(Loop, u64)>,
    /// Bytes of the largest input that a state builds, variables included.
    pub payload: u64,
    /// Seconds if everything takes as long as it may: what the workflow's
    /// timeout must allow.
    pub seconds: u64,
}

impl Budget {
    pub fn of(workflow: &Workflow) -> Self {
        let all = workflow.all_states();
        let in_loop = |name: &str| workflow.loops.iter().any(|l| l.states.iter().any(|s| &**s == name));
        let events = |name: &str| workflow.states.get(name).map_or(0, turn_events);
        Self {
            // The execution's own start and end are two more.
            fixed_events: 2 + all.iter().filter(|s| !in_loop(&s.name)).map(|s| worst_events(s)).sum::<u64>(),
            loop_events: workflow
                .loops
                .iter()
                .map(|l| (l.clone(), l.turns * l.states.iter().map(|s| events(s)).sum::<u64>()))
                .collect(),
            payload: all.iter().map(|s| state_payload(s)).max().unwrap_or(0),
            seconds: all.iter().filter(|s| !in_loop(&s.name)).map(|s| worst_seconds(s)).sum::<u64>()
                + workflow.loops.iter().map(|l| l.turns * l.seconds).sum::<u64>(),
        }
    }

    pub fn events(&self) -> u64 {
        self.fixed_events + self.loop_events.iter().map(|(_, n)| n).sum::<u64>()
    }
}

/// Events of one pass through a state: entered and exited, and for a task
/// scheduled, started and succeeded.
fn turn_events(state: &State) -> u64 {
    match &state.kind {
        Kind::Task { .. } => 5,
        Kind::Parallel { .. } | Kind::Map { .. } => 4,
        _ => 2,
    }
}

/// A failed try adds failed, scheduled and started.
fn worst_events(state: &State) -> u64 {
    turn_events(state) + state.retry.iter().map(|r| u64::from(r.attempts) * 3).sum::<u64>()
}

/// Seconds of one pass through a state with all its retries. Waits outside
/// loops have a number of seconds; those with an expression stand in loops.
fn worst_seconds(state: &State) -> u64 {
    let waits: u64 = state.retry.iter().map(|r| u64::from(r.attempts) * u64::from(r.longest)).sum();
    let tries = 1 + state.retry.iter().map(|r| u64::from(r.attempts)).sum::<u64>();
    match &state.kind {
        Kind::Wait { seconds: super::Argument::Integer(n) } => u64::try_from(*n).unwrap_or(0),
        _ => state.timeout.unwrap_or(0) * tries + waits,
    }
}

/// Bytes of what a state sends, with a kibibyte for the value of each expression.
fn state_payload(state: &State) -> u64 {
    let Kind::Task { arguments, .. } = &state.kind else { return 0 };
    arguments.size() as u64 + expressions(arguments) * 1024
}

fn expressions(argument: &super::Argument) -> u64 {
    use super::Argument;
    match argument {
        Argument::Expression(_) => 1,
        Argument::List(items) => items.iter().map(expressions).sum(),
        Argument::Object(members) => members.iter().map(|(_, a)| expressions(a)).sum(),
        _ => 0,
    }
}
