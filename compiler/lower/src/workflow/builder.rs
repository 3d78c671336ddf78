//! The vocabulary of phases: tasks with retries and error routes, gates, and bounded loops.

use std::sync::Arc;

use indexmap::IndexMap;
use migspec_ir::workflow::{
    ALL_ERRORS, Api, Argument, Branch, Catch, Expression, Kind, Loop, Pattern, Phase, Redrive, Retry, State, errors,
};
use migspec_ir::{Origin, arguments};

use super::plan::{Plan, Unit};

pub(super) const EXECUTE_ROLLBACK: &str = "ExecuteRollback";
pub(super) const NOTIFY_FAILURE: &str = "NotifyFailure";
/// The state that begins the shift.
pub(super) const BEGIN_SHIFT: &str = "ReadTargetHealth";
pub(super) const APPROVE_LOSS: &str = "ApproveLoss";

pub(super) struct Builder<'p, 'a> {
    pub(super) plan: &'p Plan<'a>,
    pub(super) states: IndexMap<Arc<str>, State>,
    pub(super) loops: Vec<Loop>,
    phase: Phase,
    path: Arc<str>,
    origin: Origin,
    /// The database of the states, if several move.
    of: Option<Arc<str>>,
}

/// A task that polls until the answer is good.
pub(super) struct Poll<'t> {
    /// The wait between two polls.
    pub(super) wait: (&'t str, Argument),
    /// The maximum duration of the wait, in seconds.
    pub(super) longest: u64,
    /// Calls before the poll in each turn.
    pub(super) first: Vec<State>,
    /// Sets `verdict` to `pass`, `wait` or anything else.
    pub(super) ask: State,
    pub(super) check: State,
    pub(super) turns: u64,
}

impl<'p, 'a> Builder<'p, 'a> {
    pub(super) fn new(plan: &'p Plan<'a>) -> Self {
        Self {
            plan,
            states: IndexMap::new(),
            loops: Vec::new(),
            phase: Phase::Assess,
            path: plan.path.clone(),
            origin: plan.origin,
            of: None,
        }
    }

    /// The states that `add` adds concern this database alone.
    pub(super) fn concerning(&mut self, unit: &Unit, add: impl FnOnce(&mut Self)) {
        self.of = unit.of().map(Into::into);
        add(self);
        self.of = None;
    }

    /// The following states belong to this phase and come from this node: `fence`, below the cutover's own.
    pub(super) fn enter(&mut self, phase: Phase, node: Option<(&str, Origin)>) {
        self.phase = phase;
        match node {
            Some((name, origin)) => {
                self.path = format!("{} > {name}", self.plan.path).into();
                self.origin = origin;
            }
            None => {
                self.path = self.plan.path.clone();
                self.origin = self.plan.origin;
            }
        }
    }

    /// The name of a state that exists both at the end and in the rollback.
    pub(super) fn ending(&self, name: &str) -> String {
        match self.phase {
            Phase::Rollback => format!("{name}Back"),
            _ => name.to_owned(),
        }
    }

    pub(super) fn phase(&self) -> Phase {
        self.phase
    }

    pub(super) fn add(&mut self, mut state: State) {
        state.redrive = Redrive::of(&state.kind, &state.effects);
        self.states.insert(state.name.clone(), state);
    }

    pub(super) fn state(&self, name: &str, kind: Kind) -> State {
        State { of: self.of.clone(), ..State::new(name, kind, self.phase, &self.path, self.origin) }
    }

    /// A call with retries for transient errors; all other errors take the error route of the phase.
    pub(super) fn task(&self, name: &str, api: Api, arguments: Argument) -> State {
        let kind = Kind::Task { api, pattern: Pattern::RequestResponse, arguments };
        self.state(name, kind)
            .within(api.info().timeout)
            .retry(patient(api))
            .catch(self.route(name))
            // States pass values by variables only.
            .output(arguments!({}))
    }

    /// A call of a runtime function. Its errors of its own are not retried.
    pub(super) fn invoke(&self, name: &str, function: &str, payload: Argument) -> State {
        let arguments = arguments!({ "FunctionName": self.plan.function(function), "Payload": payload });
        self.task(name, Api::InvokeFunction, arguments)
    }

    pub(super) fn choice(&self, name: &str, branches: Vec<Branch>, default: &str) -> State {
        self.state(name, Kind::Choice { branches, default: default.into() })
    }

    /// A choice on `verdict`: `pass` continues, any other value takes the error route of the phase. A loop adds its own
    /// branch.
    pub(super) fn gate(&self, name: &str, next: &str) -> State {
        let pass = branch("$verdict = \"pass\"", next)
            .with("turns", 0)
            .with("quiet", 0)
            .with("unknown", 0)
            .with("verdict", "wait")
            .with("gates", gate_records(name, "open"));
        self.choice(name, vec![pass.0], self.failure_route())
            .assign("failure", self.gate_failed(name))
            .assign("gates", gate_records(name, "shut"))
    }

    /// Adds a branch to a gate: the verdict `page` notifies an operator instead of the route of failure.
    pub(super) fn page_on(&self, check: &mut State) {
        let name = check.name.clone();
        let page = branch("$verdict = \"page\"", NOTIFY_FAILURE)
            .with("failure", self.gate_failed(&name))
            .with("gates", gate_records(&name, "shut"));
        if let Kind::Choice { branches, .. } = &mut check.kind {
            branches.push(page.0);
        }
    }

    /// Adds a branch to a gate: the verdict `notify` sends a message, and the polls continue.
    pub(super) fn notify_on(check: &mut State, message: &str) {
        if let Kind::Choice { branches, .. } = &mut check.kind {
            branches.push(branch("$verdict = \"notify\"", message).0);
        }
    }

    /// Adds a poll, its gate and the wait between two polls. A caller may enter the loop at any of these states.
    pub(super) fn poll(&mut self, poll: Poll) {
        let Poll { wait: (wait, seconds), longest, first, ask, mut check, turns } = poll;
        let asking = |state: &State| state.timeout.unwrap_or(0);
        let per_turn = longest + asking(&ask) + first.iter().map(asking).sum::<u64>();
        if let Kind::Choice { branches, .. } = &mut check.kind {
            branches.push(branch("$verdict = \"wait\"", wait).0);
        }
        let pause = self.state(wait, Kind::Wait { seconds }).does("waits before the next poll");
        let mut turn: Vec<State> = std::iter::once(pause).chain(first).chain([ask]).collect();
        let names: Vec<Arc<str>> = turn.iter().map(|s| s.name.clone()).chain([check.name.clone()]).collect();
        for (state, next) in turn.iter_mut().zip(names.iter().skip(1)) {
            state.next = Some(next.clone());
        }
        turn.into_iter().for_each(|state| self.add(state));
        self.add(check);
        self.loops.push(Loop { states: names, turns, seconds: per_turn });
    }

    /// Declares a loop for the budget, the wait first.
    pub(super) fn turns(&mut self, states: [&str; 3], turns: u64, seconds: u64) {
        let states = states.into_iter().map(Into::into).collect();
        self.loops.push(Loop { states, turns, seconds });
    }

    /// The error route of this phase.
    pub(super) fn route(&self, state: &str) -> Catch {
        Catch {
            errors: errors(&[ALL_ERRORS]),
            assign: vec![("failure".into(), self.catch_output(state))],
            next: self.failure_route().into(),
        }
    }

    /// The state that undoes this phase.
    pub(super) fn failure_route(&self) -> &'static str {
        match self.phase {
            // There is nothing to undo yet, or no longer.
            Phase::Assess | Phase::Decommission | Phase::Rollback | Phase::Notify => NOTIFY_FAILURE,
            // The target accepts writes and its slot keeps them: an operator
            // repairs the task and starts the workflow again.
            Phase::StopForward | Phase::StartReverse => NOTIFY_FAILURE,
            Phase::Unfence | Phase::Watch if !self.plan.reverse => self.loss_route(),
            _ => EXECUTE_ROLLBACK,
        }
    }

    /// The rollback after the target has taken writes, without reverse replication: only with an approval.
    pub(super) fn loss_route(&self) -> &'static str {
        match (self.plan.reverse, self.plan.approvers()) {
            (true, _) => EXECUTE_ROLLBACK,
            (false, Some(_)) => APPROVE_LOSS,
            (false, None) => NOTIFY_FAILURE,
        }
    }

    fn catch_output(&self, state: &str) -> Argument {
        let cause =
            "($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : \"\")";
        self.failure(state, expression("$states.errorOutput.Error"), cause)
    }

    fn gate_failed(&self, state: &str) -> Argument {
        self.failure(state, "Migration.GateFailed".into(), "$reason")
    }

    /// During a rollback, the first failure stays recorded.
    fn failure(&self, state: &str, error: Argument, cause: &str) -> Argument {
        let cause = match self.phase {
            Phase::Rollback => {
                format!("{cause} & \" (during the rollback from \" & $failure.state & \": \" & $failure.error & \")\"")
            }
            _ => cause.to_owned(),
        };
        arguments!({ "state": state, "phase": self.phase.name(), "error": error, "cause": expression(cause) })
    }
}

/// The records of the gates so far, with one more, for the evidence.
fn gate_records(gate: &str, state: &str) -> Argument {
    expression(format!(
        "$append($gates, [{{ \"gate\": \"{gate}\", \"is\": \"{state}\", \"at\": $states.context.State.EnteredTime, \"found\": $reason }}])"
    ))
}

/// A branch under construction.
pub(super) struct Way(pub(super) Branch);

impl Way {
    pub(super) fn with(mut self, variable: &str, value: impl Into<Argument>) -> Self {
        self.0.assign.push((variable.into(), value.into()));
        self
    }
}

pub(super) fn branch(condition: &str, next: &str) -> Way {
    Way(Branch { condition: Expression::new(condition), assign: Vec::new(), next: next.into() })
}

pub(super) fn expression(text: impl Into<Arc<str>>) -> Argument {
    Argument::Expression(Expression::new(text))
}

/// `pass` if the condition `pass` is true, else `fail` if `fail` is true or the last turn is over, else `wait`. Total:
/// a condition on an absent value is false.
pub(super) fn verdict(pass: &str, fail: &str, turns: u64) -> Argument {
    verdict_by("$turns", pass, fail, turns)
}

/// The same, with a counter of its own.
pub(super) fn verdict_by(counter: &str, pass: &str, fail: &str, turns: u64) -> Argument {
    expression(format!("({pass}) ? \"pass\" : (({fail}) or {counter} + 1 >= {turns}) ? \"fail\" : \"wait\""))
}

/// The value of an answer that must be true: anything else is an error of the task.
pub(super) fn insist(condition: &str, message: &str) -> Argument {
    expression(format!("({condition}) ? true : $error({})", Expression::quote(message)))
}

/// Retries outside the fence: up to some minutes.
fn patient(api: Api) -> Retry {
    Retry { errors: errors(api.info().retriable), interval: 2, attempts: 5, backoff: 2.0, longest: 60 }
}

/// Retries in the write pause: within seconds.
pub(super) fn hasty(api: Api) -> Retry {
    Retry { errors: errors(api.info().retriable), interval: 1, attempts: 2, backoff: 2.0, longest: 2 }
}
