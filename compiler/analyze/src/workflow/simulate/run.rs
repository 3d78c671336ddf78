use std::sync::Arc;

use migspec_ir::workflow::{Effect, Kind, Phase, Redrive as OnRedrive, Retry, Side, redrive, takes};
use rustc_hash::FxHashMap;
use serde_json::{Value as Json, json};
use thiserror::Error;

use super::answers::{self, CallContext, Task, Way};
use super::scenario::{CallResult, Scenario};
use super::worlds::{self, Worlds};
use crate::workflow::jsonata::{QueryError, Scope, from_millis, to_millis};
use crate::workflow::lock;
use crate::workflow::program::{NodeId, Program, Target, Term};
use crate::workflow::settled::is_settled;
use crate::workflow::undo;
use crate::workflow::value::Value;
use crate::workflow::world::World;

/// A state that was entered.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Milliseconds since the start.
    pub at: u64,
    pub state: Arc<str>,
    /// Its branch: `ApproveCutover[0]`; empty outside of branches.
    pub branch: String,
    /// The worlds after it.
    pub worlds: Worlds,
    /// The error that it failed with.
    pub failed: Option<String>,
}

/// A call with its result.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    pub at: u64,
    pub state: Arc<str>,
    pub branch: String,
    pub outcome: CallResult,
    /// Milliseconds until the answer.
    pub took: u64,
}

/// The reason for an end without a last state.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum NoEnd {
    #[error("{0} has no route")]
    Unrouted(String),
    #[error("there is no first state")]
    NoStart,
}

/// A walk to its end.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    pub entries: Vec<Entry>,
    pub calls: Vec<Call>,
    /// The time at the end, in milliseconds.
    pub took: u64,
    pub worlds: Worlds,
    /// The last state, or the reason for an end without one.
    pub end: Result<Arc<str>, NoEnd>,
    /// Wholly on one side, with a notification.
    pub safe: bool,
    pub redriven: Option<Redrive>,
}

/// A redrive: the point at which an execution was ended and continues.
#[derive(Clone, PartialEq, Debug)]
pub struct Redrive {
    pub at: u64,
    /// The number of earlier entries and calls.
    pub entries: usize,
    pub calls: usize,
    pub variables: Json,
}

/// The error of a state that ends an execution as failed.
const ENDED: &str = "States.Failed";

/// The start of the virtual clock.
pub const START: &str = "2026-01-01T00:00:00Z";
/// The name of the execution.
pub const EXECUTION: &str = "run-1";
/// More states than a history can record.
const MOST: usize = 25_000;

/// Walks a workflow under a scenario.
pub fn simulate(program: &Program<'_>, scenario: &Scenario) -> Run {
    let world = initial_world(program, scenario);
    let mut walk = Walk {
        program,
        scenario,
        worlds: Worlds::new(program.workflow, world.at_start()),
        start: to_millis(START).unwrap_or(0),
        entries: Vec::new(),
        calls: Vec::new(),
        call_counts: FxHashMap::default(),
        tokens_at: vec![0; program.workflow.units.len().max(1)],
        tasks: answers::tasks(program),
        told: FxHashMap::default(),
        holder: scenario.beside.then(|| answers::BESIDE.to_owned()),
        redriven: None,
        phase: None,
    };
    let unset = vec![Value::Undefined; program.variables.len()];
    let input = Value::from(&scenario.input);
    let ended = match program.start() {
        Some(at) => walk.machine(Place { at, time: 0, branch: String::new(), input }, unset),
        None => Ended { time: 0, outcome: Err(("States.Runtime".to_owned(), String::new())) },
    };
    let end = match (&ended.outcome, walk.entries.last()) {
        (Err((error, _)), _) if !walk.failed_on_purpose() => Err(NoEnd::Unrouted(error.clone())),
        (_, Some(last)) => Ok(last.state.clone()),
        (_, None) => Err(NoEnd::NoStart),
    };
    let worlds = walk.worlds;
    let safe = end.is_ok() && worlds.has_notified() && worlds.iter().all(|world| is_settled(program, world));
    Run { entries: walk.entries, calls: walk.calls, took: ended.time, worlds, end, safe, redriven: walk.redriven }
}

/// The world of an execution that starts with the writer of the scenario.
fn initial_world(program: &Program<'_>, scenario: &Scenario) -> World {
    let cutover = [
        Effect::Fence(Side::Target),
        Effect::HoldRotation,
        Effect::FreezeSchema(Side::Source),
        Effect::FreezeSchema(Side::Target),
        Effect::StartForward,
        Effect::HoldWrites,
        Effect::Fence(Side::Source),
    ];
    let back = [Effect::ReverseSlot, Effect::StartReverse, Effect::ReverseRunning];
    let moved = [Effect::Shift(100), Effect::Flip(Side::Target), Effect::Unfence(Side::Target)];
    let steps: Vec<Effect> = match scenario.writer.as_deref() {
        Some("none") => cutover.to_vec(),
        Some("target") => {
            let stopped = [Effect::StopForward, Effect::ForwardStopped];
            let back = if program.reverses() { &back[..] } else { &[] };
            [&cutover[..], &moved, &stopped, back].concat()
        }
        _ if scenario.suspended => vec![Effect::Fence(Side::Target), Effect::StartForward],
        _ => Vec::new(),
    };
    steps.into_iter().fold(World::default(), World::after)
}

struct Walk<'p, 'w> {
    program: &'p Program<'w>,
    scenario: &'p Scenario,
    worlds: Worlds,
    /// Milliseconds since 1970.
    start: i64,
    entries: Vec<Entry>,
    calls: Vec<Call>,
    /// The number of calls of each state.
    call_counts: FxHashMap<NodeId, u64>,
    /// The time of the fence token of each database.
    tokens_at: Vec<u64>,
    tasks: Vec<Task<'w>>,
    /// The time of the last request to start or stop each task.
    told: FxHashMap<(usize, Way), u64>,
    /// The execution that holds the lock; none before the first one.
    holder: Option<String>,
    redriven: Option<Redrive>,
    /// The phase in the event of the rollback.
    phase: Option<Phase>,
}

struct Place {
    at: NodeId,
    time: u64,
    branch: String,
    input: Value,
}

struct Ended {
    time: u64,
    /// The output, or the error and its cause.
    outcome: Result<Value, (String, String)>,
}

/// A branch that ends all others.
struct Failed {
    at: u64,
    branch: usize,
    error: String,
    cause: String,
}

/// The successor of a state.
enum Next {
    To(Target, Value),
    Error(String, String),
}

impl Walk<'_, '_> {
    fn failed_on_purpose(&self) -> bool {
        let last = self.entries.last().and_then(|entry| self.program.find(&entry.state));
        last.is_some_and(|id| matches!(self.program.nodes[id].state.kind, Kind::Fail { .. }))
    }

    /// Walks a machine from a state to its end.
    fn machine(&mut self, mut place: Place, mut variables: Vec<Value>) -> Ended {
        loop {
            let ended = |time, outcome| Ended { time, outcome };
            if self.entries.len() > MOST {
                return ended(place.time, Err(("States.Runtime".into(), "the history has no more room".into())));
            }
            let entry = self.entries.len();
            let node = &self.program.nodes[place.at];
            let state = node.state.name.clone();
            let (at, branch, worlds) = (place.time, place.branch.clone(), self.worlds.clone());
            self.entries.push(Entry { at, state, branch, worlds, failed: None });
            let next = self.state(&mut place, &mut variables);
            self.entries[entry].worlds = self.worlds.clone();
            let next = match next {
                Next::Error(error, cause) => {
                    // The failure of a `Fail` state is not an error of the run.
                    self.entries[entry].failed = Some(error.clone()).filter(|error| error != ENDED);
                    self.catch(&place, &mut variables, &error, &cause).unwrap_or(Next::Error(error, cause))
                }
                next => next,
            };
            match next {
                Next::To(Target::Node(to), output) => (place.at, place.input) = (to, output),
                Next::To(Target::End, output) => return ended(place.time, Ok(output)),
                Next::To(Target::Nowhere, _) => {
                    return ended(place.time, Err(("States.Runtime".into(), String::new())));
                }
                Next::Error(error, cause) => return ended(place.time, Err((error, cause))),
            }
        }
    }

    fn catch(&mut self, place: &Place, variables: &mut Vec<Value>, error: &str, cause: &str) -> Option<Next> {
        let node = &self.program.nodes[place.at];
        if matches!(node.state.kind, Kind::Fail { .. }) {
            return None;
        }
        let route = node.state.catch.iter().position(|catch| catch.takes(error))?;
        let (assign, to) = &node.catches[route];
        let output = json!({ "Error": error, "Cause": cause });
        let states = self.states(place, Value::Undefined, Value::from(&output));
        let assigned = self.assign(assign, variables, &states);
        match assigned {
            Ok(after) => *variables = after,
            Err(failure) => return Some(failure),
        }
        Some(Next::To(*to, Value::from(&output)))
    }

    fn state(&mut self, place: &mut Place, variables: &mut Vec<Value>) -> Next {
        let node = &self.program.nodes[place.at];
        match &node.state.kind {
            Kind::Task { .. } | Kind::Foreign { .. } => self.task(place, variables),
            Kind::Choice { .. } => self.choice(place, variables),
            Kind::Wait { .. } => {
                let states = self.states(place, Value::Undefined, Value::Undefined);
                match self.value(&node.arguments, variables, &states) {
                    Ok(Value::Number(seconds)) => place.time += (seconds.0.max(0.0) * 1000.0) as u64,
                    Ok(_) => return Next::Error("States.QueryEvaluationError".into(), "a wait is no number".into()),
                    Err(error) => return error,
                }
                self.leave(place, variables, place.input.clone())
            }
            Kind::Pass => self.leave(place, variables, place.input.clone()),
            Kind::Succeed => Next::To(Target::End, place.input.clone()),
            Kind::Fail { .. } => Next::Error(ENDED.into(), String::new()),
            Kind::Parallel { .. } => {
                let starts: Vec<(NodeId, Value)> = node.inner.iter().map(|at| (*at, place.input.clone())).collect();
                self.inside(place, variables, &starts, usize::MAX)
            }
            Kind::Map { concurrency, .. } => {
                let states = self.states(place, Value::Undefined, Value::Undefined);
                let items = match self.value(&node.arguments, variables, &states) {
                    Ok(Value::List(items)) => items,
                    Ok(_) => return Next::Error("States.QueryEvaluationError".into(), "items are no list".into()),
                    Err(error) => return error,
                };
                let mut starts: Vec<(NodeId, Value)> = Vec::new();
                for item in items.iter() {
                    let Some(at) = node.inner.first() else { break };
                    match self.iteration_input(place, variables, item) {
                        Ok(input) => starts.push((*at, input)),
                        Err(error) => return error,
                    }
                }
                let most = if *concurrency == 0 { usize::MAX } else { *concurrency as usize };
                self.inside(place, variables, &starts, most)
            }
        }
    }

    /// The input of an iteration for its item.
    fn iteration_input(&self, place: &Place, variables: &[Value], item: &Value) -> Result<Value, Next> {
        let Some(selector) = &self.program.nodes[place.at].item else { return Ok(item.clone()) };
        let here = Place { input: item.clone(), branch: place.branch.clone(), ..*place };
        self.value(selector, variables, &self.states(&here, Value::Undefined, Value::Undefined))
    }

    /// Branches or iterations, concurrently. The first failure ends all of them.
    fn inside(
        &mut self,
        place: &mut Place,
        variables: &mut Vec<Value>,
        starts: &[(NodeId, Value)],
        most: usize,
    ) -> Next {
        let state = self.program.nodes[place.at].state;
        let distributed = matches!(state.kind, Kind::Map { distributed: Some(_), .. });
        let mut begun: Vec<(usize, usize)> = Vec::new();
        let mut outputs = Vec::new();
        let mut failed: Option<Failed> = None;
        let mut slots: Vec<u64> = vec![place.time; most.min(starts.len()).max(1)];
        let mut last = place.time;
        for (i, (at, input)) in starts.iter().enumerate() {
            begun.push((self.entries.len(), self.calls.len()));
            let slot = (0..slots.len()).min_by_key(|slot| slots[*slot]).unwrap_or(0);
            let outer = if place.branch.is_empty() { String::new() } else { format!("{}/", place.branch) };
            let inner = Place {
                at: *at,
                time: slots[slot],
                branch: format!("{outer}{}[{i}]", state.name),
                input: input.clone(),
            };
            let local = if distributed { vec![Value::Undefined; variables.len()] } else { variables.clone() };
            let ended = self.machine(inner, local);
            slots[slot] = ended.time;
            last = last.max(ended.time);
            match ended.outcome {
                Ok(output) => outputs.push(output),
                Err((error, cause)) if failed.as_ref().is_none_or(|known| ended.time < known.at) => {
                    failed = Some(Failed { at: ended.time, branch: i, error, cause });
                }
                Err(_) => {}
            }
        }
        if let Some(failed) = failed {
            self.forget_after(&failed, &begun);
            place.time = failed.at;
            return Next::Error(failed.error, failed.cause);
        }
        place.time = last;
        let result = Value::List(outputs.into());
        self.complete(place, variables, result)
    }

    /// Removes the later entries of other branches. At the same moment, earlier branches come first.
    fn forget_after(&mut self, failed: &Failed, begun: &[(usize, usize)]) {
        let happened = |branch: usize, at: u64| at < failed.at || at == failed.at && branch <= failed.branch;
        let (entries, calls): (Vec<usize>, Vec<usize>) = begun.iter().copied().unzip();
        let branch = |starts: &[usize], i: usize| starts.partition_point(|start| *start <= i).checked_sub(1);
        let mut i = 0;
        self.entries.retain(|e| (branch(&entries, i).is_none_or(|b| happened(b, e.at)), i += 1).0);
        let mut i = 0;
        self.calls.retain(|c| (branch(&calls, i).is_none_or(|b| happened(b, c.at)), i += 1).0);
    }

    fn task(&mut self, place: &mut Place, variables: &mut Vec<Value>) -> Next {
        let node = &self.program.nodes[place.at];
        let states = self.states(place, Value::Undefined, Value::Undefined);
        let arguments = match self.value(&node.arguments, variables, &states) {
            Ok(arguments) => arguments.json(),
            Err(error) => return error,
        };
        if node.effects.contains(&Effect::Rollback) {
            let told = arguments.pointer("/Payload/failure/phase").and_then(Json::as_str);
            self.phase = told.and_then(Phase::parse);
        }
        let mut retries: Vec<u32> = vec![0; node.state.retry.len()];
        loop {
            if self.is_refused(place.at, variables) {
                return Next::Error("States.QueryEvaluationError".into(), "a redrive cannot begin here".into());
            }
            let redriven = self.redriven.is_some();
            let (outcome, took) = self.call(place, &arguments, variables);
            // The redrive begins at this state: the answer is one to the second attempt.
            if self.redriven.is_some() != redriven && self.is_refused(place.at, variables) {
                continue;
            }
            let at = place.time;
            place.time += took;
            let error = match &outcome {
                CallResult::Answer(_) => String::new(),
                CallResult::Error(error) => error.clone(),
                CallResult::Timeout => "States.Timeout".to_owned(),
            };
            let (state, branch) = (node.state.name.clone(), place.branch.clone());
            self.calls.push(Call { at, state, branch, outcome: outcome.clone(), took });
            if let CallResult::Answer(answer) = outcome {
                return self.complete(place, variables, Value::from(&answer));
            }
            let Some(wait) = waits(&node.state.retry, &mut retries, &error) else {
                self.record_attempt(place.at);
                return Next::Error(error, String::new());
            };
            place.time += wait;
        }
    }

    fn redrives(&self) -> Value {
        Value::number(f64::from(u8::from(self.redriven.is_some())))
    }

    /// Whether a state changes something, and the lock is not confirmed since a redrive.
    fn is_refused(&self, node: NodeId, variables: &[Value]) -> bool {
        let confirmed = self.program.variables.get_index_of(redrive::CONFIRMED).and_then(|i| variables.get(i));
        self.program.nodes[node].state.redrive == OnRedrive::Refuses && confirmed != Some(&self.redrives())
    }

    fn call(&mut self, place: &Place, arguments: &Json, variables: &[Value]) -> (CallResult, u64) {
        let node = &self.program.nodes[place.at];
        let nth = self.call_counts.entry(place.at).or_insert(0);
        *nth += 1;
        let context = CallContext {
            scenario: self.scenario,
            state: node.state,
            arguments,
            nth: *nth,
            worlds: &self.worlds,
            now: place.time,
            token_at: self.tokens_at[worlds::unit(self.program.workflow, node.state).unwrap_or(0)],
            tasks: &self.tasks,
            told: &self.told,
            reads_writer: self.program.reads_writer(place.at),
            execution: EXECUTION,
            holder: self.holder.as_deref(),
            reminded: self.calls.iter().any(|call| {
                call.branch == place.branch && call.outcome == CallResult::Error("States.HeartbeatTimeout".to_owned())
            }),
        };
        let answered = answers::answer(&context);
        if lock::of(&node.state.kind).is_some_and(lock::Use::writes) && matches!(answered.0, CallResult::Answer(_)) {
            self.holder = arguments.get("Body").and_then(Json::as_str).map(str::to_owned);
        }
        if self.scenario.redrive.as_deref() == Some(&*node.state.name) && self.redriven.is_none() {
            let names = self.program.variables.iter();
            let members = names.zip(variables).filter(|(_, v)| **v != Value::Undefined);
            self.redriven = Some(Redrive {
                at: place.time,
                entries: self.entries.len() - 1,
                calls: self.calls.len(),
                variables: Json::Object(members.map(|(n, v)| (n.to_string(), v.json())).collect()),
            });
            // The effect happened, but the answer was lost: the same state runs again.
            self.take_effect(place.at);
        }
        answered
    }

    /// Effects whose attempt counts: notifications and rollbacks.
    fn record_attempt(&mut self, node: NodeId) {
        let node = &self.program.nodes[node];
        for effect in node.effects {
            if matches!(effect, Effect::Notify | Effect::Page | Effect::HandOver | Effect::Rollback) {
                self.worlds.take(self.program.workflow, node.state, *effect);
            }
        }
    }

    fn complete(&mut self, place: &Place, variables: &mut Vec<Value>, result: Value) -> Next {
        self.take_effect(place.at);
        let node = &self.program.nodes[place.at];
        for way in node.effects.iter().copied().filter_map(Way::of) {
            self.told.insert((worlds::unit(self.program.workflow, node.state).unwrap_or(0), way), place.time);
        }
        if node.effects.contains(&Effect::FenceToken) {
            self.tokens_at[worlds::unit(self.program.workflow, node.state).unwrap_or(0)] = place.time;
        }
        let states = self.states(place, result.clone(), Value::Undefined);
        let after = match self.assign(&node.assign, variables, &states) {
            Ok(after) => after,
            Err(error) => return error,
        };
        let output = match &node.state.output {
            Some(output) => match self.value(&Term::of(output), variables, &states) {
                Ok(output) => output,
                Err(error) => return error,
            },
            None => result,
        };
        *variables = after;
        Next::To(node.next, output)
    }

    /// The end of a state without a call.
    fn leave(&mut self, place: &Place, variables: &mut Vec<Value>, result: Value) -> Next {
        self.complete(place, variables, result)
    }

    fn take_effect(&mut self, node: NodeId) {
        let Self { program, phase, worlds, .. } = self;
        let node = &program.nodes[node];
        for effect in node.effects {
            worlds.take(program.workflow, node.state, *effect);
            if let (Effect::RolledBack, Some(phase)) = (effect, *phase) {
                worlds.go_back(phase, undo::way(program));
            }
        }
    }

    fn choice(&mut self, place: &Place, variables: &mut Vec<Value>) -> Next {
        let node = &self.program.nodes[place.at];
        let states = self.states(place, Value::Undefined, Value::Undefined);
        for (i, (condition, assign, to)) in node.branches.iter().enumerate() {
            let holds = match self.value(condition, variables, &states) {
                Ok(value) => value.truth() == Some(true),
                Err(error) => return error,
            };
            if holds {
                if i == 0 {
                    self.take_effect(place.at);
                }
                return self.choose(assign, *to, place, variables, &states);
            }
        }
        self.choose(&node.assign, node.default, place, variables, &states)
    }

    fn choose(
        &self,
        assign: &[(usize, Term)],
        to: Target,
        place: &Place,
        variables: &mut Vec<Value>,
        states: &Value,
    ) -> Next {
        match self.assign(assign, variables, states) {
            Ok(after) => *variables = after,
            Err(error) => return error,
        }
        Next::To(to, place.input.clone())
    }

    fn assign(&self, assign: &[(usize, Term)], variables: &[Value], states: &Value) -> Result<Vec<Value>, Next> {
        let mut after = variables.to_vec();
        for (variable, term) in assign {
            after[*variable] = self.value(term, variables, states)?;
        }
        Ok(after)
    }

    fn value(&self, term: &Term, variables: &[Value], states: &Value) -> Result<Value, Next> {
        let read = |name: &str| {
            let found = self.program.variables.get_index_of(name).and_then(|i| variables.get(i));
            found.cloned().unwrap_or(Value::Undefined)
        };
        let error = |cause: &str| Next::Error("States.QueryEvaluationError".into(), cause.into());
        match term.one(&Scope { variables: &read, states }) {
            Some(Ok(value)) => Ok(value),
            Some(Err(QueryError(cause))) => Err(error(&cause)),
            None => Err(error("the simulator does not support the expression")),
        }
    }

    /// `$states` of a state.
    fn states(&self, place: &Place, result: Value, error: Value) -> Value {
        let entered = from_millis(self.start + place.time as i64);
        let object = |members: Vec<(&str, Value)>| {
            let members = members.into_iter().filter(|(_, v)| *v != Value::Undefined);
            Value::Object(members.map(|(name, value)| (Arc::from(name), value)).collect())
        };
        let name = &self.program.nodes[place.at].state.name;
        let context = object(vec![
            ("Execution", object(vec![("Name", Value::text(EXECUTION)), ("RedriveCount", self.redrives())])),
            ("State", object(vec![("Name", Value::Text(name.clone())), ("EnteredTime", Value::text(&entered))])),
            ("Task", object(vec![("Token", Value::text("token"))])),
            ("Map", object(vec![("Item", object(vec![("Value", place.input.clone())]))])),
        ]);
        object(vec![("input", place.input.clone()), ("result", result), ("context", context), ("errorOutput", error)])
    }
}

/// Milliseconds until the next attempt, by the first retrier that matches the error and has attempts left. With
/// jitter, the wait is the whole interval.
fn waits(retriers: &[Retry], tries: &mut [u32], error: &str) -> Option<u64> {
    let i = retriers.iter().position(|retry| retry.errors.iter().any(|name| takes(name, error)))?;
    let retry = &retriers[i];
    if tries[i] >= retry.attempts {
        return None;
    }
    let seconds = f64::from(retry.interval) * retry.backoff.powi(i32::try_from(tries[i]).unwrap_or(i32::MAX));
    tries[i] += 1;
    Some((seconds.min(f64::from(retry.longest)) * 1000.0) as u64)
}
