//! The workflow: typed states with their phase, effects and error routes.
//! Step Functions' own words, JSONata as the query language.
//!
//! INVARIANT: text and expressions are different kinds of [`Argument`], so
//! that no text of an author is ever evaluated.

mod api;
mod argument;
mod budget;
mod declared;
mod effect;
pub mod redrive;

use std::sync::Arc;

use indexmap::IndexMap;

use crate::datum::Origin;

pub use api::{Api, ApiInfo, DescribeCall, Described, Ids, Readers, Repeat, S3_REFUSED};
pub use argument::{Argument, Expression};
pub use budget::{Budget, EXECUTION_LIMIT, HISTORY_LIMIT, Loop, PAYLOAD_LIMIT};
pub use declared::Declared;
pub use effect::Effect;
pub use migspec_events::{Phase, Side};
pub use redrive::Redrive;

/// A workflow, from which the state machine's definition is printed.
#[derive(Clone, Debug)]
pub struct Workflow {
    /// The state machine's physical name.
    pub name: Arc<str>,
    /// The cutover that it carries out.
    pub cutover: Arc<str>,
    /// One sentence for the document's `Comment`.
    pub comment: Arc<str>,
    /// As `partition` in ARNs of integrations.
    pub partition: &'static str,
    pub start_at: Arc<str>,
    /// Seconds after which the whole execution is given up.
    pub timeout: u64,
    /// In the order of the main path, then the routes of failure.
    pub states: IndexMap<Arc<str>, State>,
    /// The poll loops and how often each may turn.
    pub loops: Vec<Loop>,
    /// The databases whose writers move, in order, if there are several. An effect
    /// concerns one of them, or all.
    pub units: Vec<Arc<str>>,
    /// The comparisons of declared facts with AWS.
    pub declared: Vec<Declared>,
    pub path: Arc<str>,
    pub origin: Origin,
}

impl Workflow {
    /// All states, those inside branches and iterations included.
    pub fn all_states(&self) -> Vec<&State> {
        let mut found = Vec::new();
        collect(&self.states, &mut found);
        found
    }
}

fn collect<'a>(states: &'a IndexMap<Arc<str>, State>, found: &mut Vec<&'a State>) {
    for state in states.values() {
        found.push(state);
        for machine in state.kind.inner() {
            collect(&machine.states, found);
        }
    }
}

/// States inside a state: a branch, or the iterations of a map.
#[derive(Clone, Debug)]
pub struct Machine {
    pub start_at: Arc<str>,
    pub states: IndexMap<Arc<str>, State>,
}

/// The good answers that open a gate.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hold {
    /// So many in a row.
    Answers(u64),
    /// No bad one for so many seconds.
    Seconds(u64),
}

/// One state.
#[derive(Clone, Debug)]
pub struct State {
    /// Unique in the workflow, at most 80 characters.
    pub name: Arc<str>,
    pub kind: Kind,
    pub phase: Phase,
    /// The effects after success. Those of a choice apply to its first branch only,
    /// on which the gate passes.
    pub effects: Vec<Effect>,
    /// The one database or segment that its effects concern, where the
    /// workflow moves several; `None` concerns all of them.
    pub of: Option<Arc<str>>,
    /// The good answers that open the gate, as the spec declares them.
    pub hold: Option<Hold>,
    /// The description for operators: a sentence without a full stop.
    pub does: Arc<str>,
    /// Variables that are set on success; in a choice, when no branch applies.
    pub assign: Vec<(Arc<str>, Argument)>,
    pub output: Option<Argument>,
    /// `None` ends the machine. Choices and end states have none.
    pub next: Option<Arc<str>>,
    pub retry: Vec<Retry>,
    pub catch: Vec<Catch>,
    /// Seconds; tasks always have one.
    pub timeout: Option<u64>,
    /// Seconds within which whoever holds a task's token must show that they
    /// are still at it.
    pub heartbeat: Option<u64>,
    pub redrive: Redrive,
    /// The node of the spec that asks for it.
    pub path: Arc<str>,
    pub origin: Origin,
}

impl State {
    /// A state without ways in or out.
    pub fn new(name: &str, kind: Kind, phase: Phase, path: &Arc<str>, origin: Origin) -> Self {
        Self {
            name: name.into(),
            kind,
            phase,
            effects: Vec::new(),
            of: None,
            hold: None,
            does: "".into(),
            assign: Vec::new(),
            output: None,
            next: None,
            retry: Vec::new(),
            catch: Vec::new(),
            timeout: None,
            heartbeat: None,
            redrive: Redrive::default(),
            path: path.clone(),
            origin,
        }
    }

    pub fn does(mut self, text: impl Into<Arc<str>>) -> Self {
        self.does = text.into();
        self
    }

    /// Opens after good answers only.
    pub fn holds(mut self, hold: Hold) -> Self {
        self.hold = Some(hold);
        self
    }

    pub fn effect(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }

    /// Sets a variable on success.
    pub fn assign(mut self, variable: &str, value: impl Into<Argument>) -> Self {
        self.assign.push((variable.into(), value.into()));
        self
    }

    pub fn output(mut self, value: impl Into<Argument>) -> Self {
        self.output = Some(value.into());
        self
    }

    pub fn next(mut self, name: &str) -> Self {
        self.next = Some(name.into());
        self
    }

    pub fn within(mut self, seconds: u64) -> Self {
        self.timeout = Some(seconds);
        self
    }

    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry.push(retry);
        self
    }

    /// Adds a route for errors before those that are there.
    pub fn catch(mut self, catch: Catch) -> Self {
        self.catch.insert(0, catch);
        self
    }

    /// The states that can follow, in the order in which they are written.
    pub fn targets(&self) -> Vec<&Arc<str>> {
        let mut targets: Vec<&Arc<str>> = self.next.iter().collect();
        if let Kind::Choice { branches, default } = &self.kind {
            targets.extend(branches.iter().map(|b| &b.next));
            targets.push(default);
        }
        targets.extend(self.catch.iter().map(|c| &c.next));
        targets
    }
}

/// The kind of a state.
#[derive(Clone, Debug)]
pub enum Kind {
    Task {
        api: Api,
        pattern: Pattern,
        arguments: Argument,
    },
    /// A call that the compiler itself never makes, in a document that was read.
    Foreign {
        /// The integration's ARN.
        resource: Arc<str>,
        arguments: Argument,
    },
    /// Every branch is tried in order; `default` is always there.
    Choice {
        branches: Vec<Branch>,
        default: Arc<str>,
    },
    Wait {
        /// Seconds: a number or an expression.
        seconds: Argument,
    },
    Pass,
    Parallel {
        branches: Vec<Machine>,
    },
    Map {
        items: Argument,
        /// The input of an iteration, worked out outside of it: inside a
        /// distributed one, no variable of the workflow is known.
        item: Option<Argument>,
        /// How many items there can be.
        most: u32,
        /// The most iterations at once.
        concurrency: u32,
        /// Where each iteration is an execution of its own: the name of their
        /// run, at most 40 characters.
        distributed: Option<Arc<str>>,
        processor: Machine,
    },
    Succeed,
    Fail {
        error: Argument,
        cause: Argument,
    },
}

impl Kind {
    /// As Step Functions writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Task { .. } | Kind::Foreign { .. } => "Task",
            Kind::Choice { .. } => "Choice",
            Kind::Wait { .. } => "Wait",
            Kind::Pass => "Pass",
            Kind::Parallel { .. } => "Parallel",
            Kind::Map { .. } => "Map",
            Kind::Succeed => "Succeed",
            Kind::Fail { .. } => "Fail",
        }
    }

    /// Whether it calls something.
    pub fn is_task(&self) -> bool {
        matches!(self, Kind::Task { .. } | Kind::Foreign { .. })
    }

    /// The machines inside.
    pub fn inner(&self) -> &[Machine] {
        match self {
            Kind::Parallel { branches } => branches,
            Kind::Map { processor, .. } => std::slice::from_ref(processor),
            _ => &[],
        }
    }
}

/// When a task is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// With the answer of the call.
    RequestResponse,
    /// When somebody returns the token.
    WaitForTaskToken,
}

/// One way out of a choice.
#[derive(Clone, Debug)]
pub struct Branch {
    /// True or false for every value of the variables that it reads: a choice
    /// cannot catch errors.
    pub condition: Expression,
    pub assign: Vec<(Arc<str>, Argument)>,
    pub next: Arc<str>,
}

/// When a task is tried again. The wait has full jitter.
#[derive(Clone, PartialEq, Debug)]
pub struct Retry {
    pub errors: Vec<Arc<str>>,
    /// Seconds before the first repetition.
    pub interval: u32,
    pub attempts: u32,
    /// By which the wait grows.
    pub backoff: f64,
    /// Seconds.
    pub longest: u32,
}

/// Where an error leads.
#[derive(Clone, Debug)]
pub struct Catch {
    pub errors: Vec<Arc<str>>,
    pub assign: Vec<(Arc<str>, Argument)>,
    pub next: Arc<str>,
}

impl Catch {
    /// Whether it takes an error of this name.
    pub fn takes(&self, error: &str) -> bool {
        self.errors.iter().any(|name| takes(name, error))
    }
}

/// Whether an error name in a catch or retry matches an error: `States.ALL`
/// matches every error but those that end an execution, `States.TaskFailed`
/// every error of a task but its timeout.
/// fact: states-error-names
pub fn takes(name: &str, error: &str) -> bool {
    match name {
        ALL_ERRORS => !matches!(error, "States.Runtime" | "States.DataLimitExceeded"),
        "States.TaskFailed" => {
            error != "States.Timeout" && !matches!(error, "States.Runtime" | "States.DataLimitExceeded")
        }
        _ => name == error,
    }
}

/// The name that matches every error.
pub const ALL_ERRORS: &str = "States.ALL";

/// Names of errors, as states hold them.
pub fn errors(names: &[&str]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(*name)).collect()
}

/// The name of a state may be this long.
pub const NAME_LIMIT: usize = 80;
