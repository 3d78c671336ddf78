use std::sync::Arc;

use indexmap::IndexMap;

use super::{Argument, Kind, State, Workflow};

/// The longest execution, in seconds: a year. A task without a timeout waits as long.
pub const EXECUTION_LIMIT: u64 = 365 * 24 * 3600;

/// A Standard execution ends when its history has this many events.
/// fact: states-history-limit
pub const HISTORY_LIMIT: u64 = 25_000;

/// The most bytes that a state takes or gives.
/// fact: states-payload-limit
pub const PAYLOAD_LIMIT: u64 = 256 * 1024;

/// States that are entered again until a gate opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Loop {
    /// The states of one turn.
    pub states: Vec<Arc<str>>,
    /// The most turns that its own bound allows.
    pub turns: u64,
    /// Seconds that one turn takes at most.
    pub seconds: u64,
}

impl Loop {
    /// The polling state, which identifies the loop.
    pub fn asks(&self) -> Arc<str> {
        self.states.iter().rev().nth(1).or(self.states.first()).cloned().unwrap_or_else(|| "".into())
    }
}

/// The worst-case use of Step Functions' limits by a workflow.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Events of states outside loops, each with all its retries.
    pub fixed_events: u64,
    /// Events of each loop, each turn without retries.
    pub loop_events: Vec<(Loop, u64)>,
    /// Events of each distributed map's iteration, which has a history of its
    /// own, by the map's name.
    pub iteration_events: Vec<(Arc<str>, u64)>,
    /// Bytes of the largest input that a state builds, variables included.
    pub payload: u64,
    /// The state that builds it.
    pub largest: Arc<str>,
    /// The worst-case duration in seconds, for the timeout of the workflow.
    pub seconds: u64,
    /// The summands of these seconds: each loop, by its polling state, and each
    /// state outside of loops, in the order of the workflow.
    pub summands: Vec<(Arc<str>, u64)>,
}

impl Budget {
    pub fn of(workflow: &Workflow) -> Self {
        let mut budget = Self {
            // The execution's own start and end are two more.
            fixed_events: 2,
            loop_events: Vec::new(),
            iteration_events: Vec::new(),
            payload: 0,
            largest: "".into(),
            seconds: 0,
            summands: Vec::new(),
        };
        let part = Part::of(&workflow.states, &workflow.loops, &mut budget);
        budget.fixed_events += part.fixed_events;
        budget.seconds = part.seconds();
        budget.loop_events = part.loop_events;
        budget.summands = part.summands;
        for state in workflow.all_states() {
            let bytes = state_payload(state);
            if bytes > budget.payload {
                (budget.payload, budget.largest) = (bytes, state.name.clone());
            }
        }
        budget
    }

    pub fn events(&self) -> u64 {
        self.fixed_events + self.loop_events.iter().map(|(_, n)| n).sum::<u64>()
    }

    /// How many more failed tries the history has room for, beyond those that
    /// are reckoned with: each is three events.
    pub fn spare_tries(&self) -> u64 {
        HISTORY_LIMIT.saturating_sub(self.events()) / TRY_EVENTS
    }
}

/// A failed try adds failed, scheduled and started.
const TRY_EVENTS: u64 = 3;

/// The use of limits by the states of one machine.
struct Part {
    fixed_events: u64,
    loop_events: Vec<(Loop, u64)>,
    summands: Vec<(Arc<str>, u64)>,
}

impl Part {
    fn of(states: &IndexMap<Arc<str>, State>, loops: &[Loop], budget: &mut Budget) -> Self {
        let own: Vec<&Loop> = loops.iter().filter(|l| l.states.iter().any(|s| states.contains_key(s))).collect();
        let in_loop = |name: &str| own.iter().any(|l| l.states.iter().any(|s| &**s == name));
        let events = |name: &Arc<str>| states.get(name).map_or(0, turn_events);
        let mut part = Self {
            fixed_events: 0,
            loop_events: own
                .iter()
                .map(|l| ((*l).clone(), l.turns * l.states.iter().map(events).sum::<u64>()))
                .collect(),
            summands: own.iter().map(|l| (l.asks(), l.turns * l.seconds)).collect(),
        };
        for state in states.values() {
            let inner: Vec<Part> = state.kind.inner().iter().map(|m| Part::of(&m.states, loops, budget)).collect();
            let slowest = inner.iter().map(Part::seconds).max().unwrap_or(0);
            let mut seconds = 0;
            let inside: u64 = inner.iter().map(Part::events).sum();
            if !in_loop(&state.name) {
                part.fixed_events += worst_events(state);
                seconds += worst_seconds(state);
            }
            match &state.kind {
                Kind::Map { most, concurrency, distributed, .. } => {
                    seconds += slowest * u64::from(*most).div_ceil(u64::from((*concurrency).max(1)));
                    match distributed {
                        Some(_) => budget.iteration_events.push((state.name.clone(), 2 + inside)),
                        None => part.fixed_events += u64::from(*most) * inside,
                    }
                }
                _ => {
                    part.fixed_events += inside;
                    seconds += slowest;
                }
            }
            if seconds > 0 {
                part.summands.push((state.name.clone(), seconds));
            }
        }
        part
    }

    fn seconds(&self) -> u64 {
        self.summands.iter().map(|(_, seconds)| seconds).sum()
    }

    fn events(&self) -> u64 {
        self.fixed_events + self.loop_events.iter().map(|(_, n)| n).sum::<u64>()
    }
}

/// Events of one pass through a state: entered and exited; for a task also
/// scheduled, started and succeeded; for a parallel state started and
/// succeeded; for a distributed map those of its run.
fn turn_events(state: &State) -> u64 {
    match &state.kind {
        Kind::Task { .. } => 5,
        Kind::Map { .. } => 6,
        Kind::Parallel { .. } => 4,
        _ => 2,
    }
}

fn worst_events(state: &State) -> u64 {
    turn_events(state) + state.retry.iter().map(|r| u64::from(r.attempts) * TRY_EVENTS).sum::<u64>()
}

/// Seconds of one pass through a state with all its retries. Waits outside loops
/// have a number of seconds; waits with an expression are inside loops.
fn worst_seconds(state: &State) -> u64 {
    let waits: u64 = state.retry.iter().map(|r| u64::from(r.attempts) * u64::from(r.longest)).sum();
    let tries = 1 + state.retry.iter().map(|r| u64::from(r.attempts)).sum::<u64>();
    match &state.kind {
        Kind::Wait { seconds: Argument::Integer(n) } => u64::try_from(*n).unwrap_or(0),
        _ => state.timeout.unwrap_or(0) * tries + waits,
    }
}

/// The bytes of a state's input.
fn state_payload(state: &State) -> u64 {
    match &state.kind {
        Kind::Task { arguments, .. } => arguments.size() as u64 + values(arguments),
        Kind::Map { items, item, .. } => values(items) + item.as_ref().map_or(0, values),
        _ => 0,
    }
}

/// The bytes that the values of expressions add: a kibibyte for each, and more
/// for the two list variables.
fn values(argument: &Argument) -> u64 {
    match argument {
        Argument::Expression(e) if e.as_str().contains("$groups") => GROUPS,
        Argument::Expression(e) if e.as_str().contains("$gates") => GATES,
        Argument::Expression(_) => 1024,
        Argument::List(items) => items.iter().map(values).sum(),
        Argument::Object(members) => members.iter().map(|(_, a)| values(a)).sum(),
        _ => 0,
    }
}

/// The groups of a validation: the validator keeps them below this.
const GROUPS: u64 = 200 * 1024;

/// The results of the gates, at most a kibibyte and a half each.
const GATES: u64 = 64 * 1536;
