//! One step of the exploration with unknown answers: every exit of a state.

use std::sync::Arc;

use indexmap::IndexSet;
use migspec_ir::workflow::Kind;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::workflow::jsonata::{self, Scope};
use crate::workflow::program::{NodeId, Program, Target, Term};
use crate::workflow::value::{Sort, Value};

/// The result of a state on an exit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Passes {
    /// It has had its effect.
    Done,
    /// A choice took another branch than its first: the gate is closed.
    Closed,
    /// Into the branches or iterations of a state.
    Entered,
    /// It failed and has changed nothing.
    FailedBefore,
    /// It failed after it had its effect: the answer was lost.
    FailedAfter,
    /// An earlier call, which timed out, has its effect now.
    Late,
    /// The execution was ended from outside, and started again.
    Restarted,
}

impl Passes {
    pub fn takes_effect(self) -> bool {
        matches!(self, Passes::Done | Passes::FailedAfter)
    }
}

/// The number of a value: equal values have the same.
pub type ValueId = u32;

/// The first value of every variable, and the value of forgotten ones.
pub const UNDEFINED: ValueId = 0;

/// An exit of a state.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Turn<V = ValueId> {
    pub passes: Passes,
    /// `None` where the error has no route: the machine ends.
    pub to: Option<Target>,
    /// The variables that it sets, by number; the others stay as they are.
    pub sets: Vec<(usize, V)>,
    /// The error, where it failed.
    pub error: Option<Arc<str>>,
}

impl Turn {
    /// The variables after it.
    pub fn after(&self, variables: &[ValueId]) -> Vec<ValueId> {
        let mut after = variables.to_vec();
        self.sets.iter().for_each(|(variable, value)| after[*variable] = *value);
        after
    }
}

/// The variables that decide the path of the workflow.
#[derive(Clone)]
pub struct Tracking {
    tracked: Arc<[bool]>,
    /// A tracked number.
    counter: Option<usize>,
}

impl Tracking {
    /// The inputs of conditions and of the rollback.
    pub fn new(program: &Program<'_>) -> Self {
        let mut names: IndexSet<Arc<str>, FxBuildHasher> = IndexSet::default();
        for node in &program.nodes {
            node.branches.iter().for_each(|(condition, ..)| condition.reads(&mut names));
            if let Some(failure) = failure_input(&node.arguments).filter(|_| rolls_back(node)) {
                failure.reads(&mut names);
            }
        }
        Self { tracked: program.variables.iter().map(|v| names.contains(v)).collect(), counter: None }
    }

    /// The same, with a variable whose number is tracked.
    pub fn counting(self, counter: usize) -> Self {
        Self { counter: Some(counter), ..self }
    }

    /// The part of a value that the exploration keeps.
    pub fn keep(&self, variable: usize, value: &Value) -> Value {
        match value {
            Value::Undefined => Value::Undefined,
            Value::Number(_) if self.counter == Some(variable) => value.clone(),
            _ if !self.tracked[variable] => Value::Unknown(value.sort()),
            // A counter without a tracked number can have any number.
            Value::Number(_) => Value::Unknown(Sort::Number),
            Value::Object(members) => {
                Value::Object(members.iter().map(|(n, v)| (n.clone(), phase_only(n, v))).collect())
            }
            Value::List(_) => Value::Unknown(Sort::Any),
            other => other.clone(),
        }
    }

    pub fn follows(&self, variable: usize) -> bool {
        self.tracked[variable]
    }
}

/// Only the phase of a failure decides the path.
fn phase_only(name: &str, value: &Value) -> Value {
    if name == "phase" { value.clone() } else { Value::Unknown(value.sort()) }
}

fn rolls_back(node: &crate::workflow::program::Node<'_>) -> bool {
    node.effects.contains(&migspec_ir::workflow::Effect::Rollback)
}

/// The input of a rollback handler about the failure.
pub fn failure_input(arguments: &Term) -> Option<&Term> {
    arguments.at("Payload.failure").or_else(|| arguments.at("Payload").and_then(|p| p.at("failure")))
}

/// The same, of the state that begins a way back.
pub fn failure<'p>(program: &'p Program<'_>) -> Option<&'p Term> {
    let begins = |node: &&crate::workflow::program::Node<'_>| rolls_back(node);
    program.nodes.iter().filter(begins).find_map(|node| failure_input(&node.arguments))
}

/// `$states` with the members that are always present, and an answer.
pub fn states(result: Value) -> Value {
    let text = || Value::Unknown(Sort::Text);
    let number = Value::Unknown(Sort::Number);
    let object = |members: &[(&str, Value)]| {
        Value::Object(members.iter().map(|(name, value)| (Arc::from(*name), value.clone())).collect())
    };
    let context = object(&[
        ("Execution", object(&[("Name", text()), ("Id", text()), ("StartTime", text()), ("RedriveCount", number)])),
        ("State", object(&[("Name", text()), ("EnteredTime", text())])),
        ("Task", object(&[("Token", text())])),
        ("Map", Value::Unknown(Sort::Any)),
    ]);
    object(&[
        ("input", Value::Unknown(Sort::Any)),
        ("result", result),
        ("context", context),
        ("errorOutput", object(&[("Error", text()), ("Cause", Value::Unknown(Sort::Any))])),
    ])
}

/// The kind of an exit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Leaving {
    /// By itself; a read of the writer switch has its answer.
    ByItself(Option<&'static str>),
    /// By an error inside it.
    Broken,
}

/// A cache of exits: a state is evaluated once for all variables that agree in the ones that it reads.
pub struct ExitCache {
    values: IndexSet<Value, FxBuildHasher>,
    turns: FxHashMap<ExitKey, Arc<[Turn]>>,
    /// `$states`, by the kind of the exit.
    states: FxHashMap<Leaving, Value>,
}

/// A state, its exit, and the variables that it reads.
type ExitKey = (NodeId, Leaving, Box<[ValueId]>);

impl Default for ExitCache {
    fn default() -> Self {
        let values = IndexSet::from_iter([Value::Undefined]);
        Self { values, turns: FxHashMap::default(), states: FxHashMap::default() }
    }
}

impl ExitCache {
    /// Forgets the exits, which depend on the tracked variables; numbers of values stay.
    pub fn forget(&mut self) {
        self.turns.clear();
    }

    pub fn number(&mut self, value: Value) -> ValueId {
        self.values.insert_full(value).0 as ValueId
    }

    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id as usize]
    }

    /// Every exit of a state, except those of its inner states.
    pub fn turns(
        &mut self,
        program: &Program<'_>,
        tracking: &Tracking,
        (at, leaving): (NodeId, Leaving),
        variables: &[ValueId],
    ) -> Arc<[Turn]> {
        let read = program.nodes[at].reads.iter().map(|variable| variables[*variable]).collect();
        let key = (at, leaving, read);
        if let Some(known) = self.turns.get(&key) {
            return known.clone();
        }
        let states = self.states.entry(leaving).or_insert_with(|| leaving.states()).clone();
        let read = |variable: usize| variables.get(variable).map_or(&Value::Undefined, |id| self.value(*id));
        let walk = Walk { program, tracking, id: at, variables: &read, states };
        let turns = match leaving {
            Leaving::ByItself(_) => turns(&walk),
            Leaving::Broken => walk.failures(&[Passes::FailedBefore]),
        };
        let turns: Arc<[Turn]> = turns.into_iter().map(|turn| self.number_values(turn)).collect();
        self.turns.insert(key, turns.clone());
        turns
    }

    fn number_values(&mut self, turn: Turn<Value>) -> Turn {
        let Turn { passes, to, sets, error } = turn;
        let sets = sets.into_iter().map(|(variable, value)| (variable, self.number(value))).collect();
        Turn { passes, to, sets, error }
    }
}

impl Leaving {
    fn states(self) -> Value {
        match self {
            Leaving::ByItself(writer) => states(writer.map_or(Value::Unknown(Sort::Any), parameter)),
            Leaving::Broken => states(Value::Undefined),
        }
    }
}

fn parameter(value: &str) -> Value {
    let object = |name: &str, value: Value| Value::Object([(Arc::from(name), value)].into());
    object("Parameter", object("Value", Value::text(value)))
}

fn turns(walk: &Walk<'_, '_>) -> Vec<Turn<Value>> {
    let node = &walk.program.nodes[walk.id];
    let failures: &[Passes] = match &node.state.kind {
        Kind::Choice { .. } => return walk.choice(),
        Kind::Succeed | Kind::Fail { .. } => return vec![walk.turn(Passes::Done, Some(Target::End), Vec::new())],
        Kind::Task { .. } | Kind::Foreign { .. } => &[Passes::FailedBefore, Passes::FailedAfter],
        // Step Functions has no error routes here; if a document has some, they are explored.
        Kind::Wait { .. } | Kind::Pass if node.catches.is_empty() => &[],
        Kind::Wait { .. } | Kind::Pass => &[Passes::FailedBefore, Passes::FailedAfter],
        Kind::Parallel { .. } | Kind::Map { .. } => &[Passes::FailedAfter],
    };
    let mut turns = walk.success();
    turns.extend(walk.failures(failures));
    turns
}

struct Walk<'p, 'w> {
    program: &'p Program<'w>,
    tracking: &'p Tracking,
    id: NodeId,
    /// By number.
    variables: &'p dyn Fn(usize) -> &'p Value,
    states: Value,
}

impl Walk<'_, '_> {
    fn turn(&self, passes: Passes, to: Option<Target>, sets: Vec<(usize, Value)>) -> Turn<Value> {
        Turn { passes, to, sets, error: None }
    }

    fn with_scope<T>(&self, read: impl FnOnce(&Scope<'_>) -> T) -> T {
        let variables = |name: &str| {
            self.program.variables.get_index_of(name).map_or(Value::Undefined, |i| (self.variables)(i).clone())
        };
        read(&Scope { variables: &variables, states: &self.states })
    }

    fn success(&self) -> Vec<Turn<Value>> {
        let node = &self.program.nodes[self.id];
        let (assigned, fails) = self.assignments(&node.assign);
        let mut turns: Vec<Turn<Value>> =
            assigned.into_iter().map(|sets| self.turn(Passes::Done, Some(node.next), sets)).collect();
        let output = node.output.as_ref().map(|output| self.with_scope(|scope| output.all(scope)));
        let fails = fails || output.iter().flatten().any(Result::is_err);
        // The call succeeded; its answer is unreadable.
        if fails {
            turns.extend(self.catch(Passes::FailedAfter, "States.QueryEvaluationError"));
        }
        turns
    }

    /// Every combination of deciding values, and whether an expression can fail.
    fn assignments(&self, assign: &[(usize, Term)]) -> (Vec<Vec<(usize, Value)>>, bool) {
        let mut all = vec![Vec::with_capacity(assign.len())];
        let mut fails = false;
        for (variable, term) in assign {
            let mut values: Vec<Value> = Vec::new();
            for outcome in self.with_scope(|scope| term.all(scope)) {
                match outcome {
                    Ok(value) => {
                        let kept = self.tracking.keep(*variable, &value);
                        if !values.contains(&kept) {
                            values.push(kept);
                        }
                    }
                    Err(_) => fails = true,
                }
            }
            // Beyond the limit of outcomes, the value can be anything.
            let beyond = all.len() * values.len() > jsonata::MOST_OUTCOMES;
            if values.len() > 1 && (beyond || !self.tracking.follows(*variable)) {
                values = vec![Value::Unknown(Sort::Any)];
            }
            all = all
                .into_iter()
                .flat_map(|before| {
                    values.iter().map(move |value| {
                        let mut sets = before.clone();
                        sets.push((*variable, value.clone()));
                        sets
                    })
                })
                .collect();
        }
        (all, fails)
    }

    fn choice(&self) -> Vec<Turn<Value>> {
        let node = &self.program.nodes[self.id];
        let mut turns = Vec::new();
        for (i, (condition, assign, to)) in node.branches.iter().enumerate() {
            let passes = if i == 0 { Passes::Done } else { Passes::Closed };
            let outcomes = self.with_scope(|scope| condition.all(scope));
            let truths: Vec<Option<bool>> = outcomes.iter().flatten().map(Value::truth).collect();
            if outcomes.iter().any(Result::is_err) {
                turns.push(self.unrouted_error());
            }
            if truths.iter().any(|t| *t != Some(false)) {
                let (assigned, fails) = self.assignments(assign);
                turns.extend(assigned.into_iter().map(|v| self.turn(passes, Some(*to), v)));
                turns.extend(fails.then(|| self.unrouted_error()));
            }
            if truths.iter().all(|t| *t == Some(true)) && !truths.is_empty() {
                return turns;
            }
        }
        let (assigned, fails) = self.assignments(&node.assign);
        turns.extend(assigned.into_iter().map(|v| self.turn(Passes::Closed, Some(node.default), v)));
        turns.extend(fails.then(|| self.unrouted_error()));
        turns
    }

    /// A choice has no error route.
    fn unrouted_error(&self) -> Turn<Value> {
        let error = Some("States.QueryEvaluationError".into());
        Turn { passes: Passes::Closed, to: None, sets: Vec::new(), error }
    }

    /// One exit for each error route that some error takes, before and after an effect.
    fn failures(&self, passes: &[Passes]) -> Vec<Turn<Value>> {
        let state = self.program.nodes[self.id].state;
        let mut errors: Vec<&str> = vec!["Migration.Unforeseen", "States.Timeout"];
        errors.extend(state.catch.iter().flat_map(|c| &c.errors).map(|e| &**e).filter(|e| !e.starts_with("States.")));
        errors.extend(state.heartbeat.map(|_| "States.HeartbeatTimeout"));
        // Errors of one catch differ in no tracked value.
        let mut known: Vec<Option<usize>> = Vec::new();
        let mut routes: Vec<Turn<Value>> = Vec::new();
        for error in errors.into_iter().filter(|_| !passes.is_empty()) {
            let route = state.catch.iter().position(|catch| catch.takes(error));
            if known.contains(&route) {
                continue;
            }
            known.push(route);
            for turn in self.catch(Passes::FailedBefore, error) {
                let same = |known: &Turn<Value>| known.to == turn.to && known.sets == turn.sets;
                if !routes.iter().any(same) {
                    routes.push(turn);
                }
            }
        }
        passes.iter().flat_map(|passes| routes.iter().map(|turn| Turn { passes: *passes, ..turn.clone() })).collect()
    }

    fn catch(&self, passes: Passes, error: &str) -> Vec<Turn<Value>> {
        let node = &self.program.nodes[self.id];
        let route = node.state.catch.iter().position(|catch| catch.takes(error));
        let Some((assign, to)) = route.map(|i| &node.catches[i]) else {
            return vec![Turn { passes, to: None, sets: Vec::new(), error: Some(error.into()) }];
        };
        let (assigned, fails) = self.assignments(assign);
        let turn = |sets, to| Turn { passes, to, sets, error: Some(error.into()) };
        let mut turns: Vec<Turn<Value>> = assigned.into_iter().map(|sets| turn(sets, Some(*to))).collect();
        if fails {
            turns.push(turn(Vec::new(), None));
        }
        turns
    }
}
