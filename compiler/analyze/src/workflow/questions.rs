//! Every gate has a task before it on every path, with an answer of the right kind, and two outcomes: it can open, and
//! it can stay closed.

use migspec_ir::workflow::{Api, Effect, Hold, Kind};

use crate::workflow::contracts::{self, Function};
use crate::workflow::gates;
use crate::workflow::jsonata::{Expression, Operator, Scope};
use crate::workflow::lock;
use crate::workflow::measured::{self, Measure};
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target, Term};
use crate::workflow::turn;
use crate::workflow::value::{Number, Sort, Value};

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let gates = (0..program.nodes.len()).filter(|id| is_gate(&program.nodes[*id]));
    gates.flat_map(|gate| of_gate(program, gate)).collect()
}

/// A choice on an answer: it has an effect, or it polls.
fn is_gate(node: &Node<'_>) -> bool {
    matches!(node.state.kind, Kind::Choice { .. }) && !node.effects.is_empty()
}

fn of_gate(program: &Program<'_>, gate: NodeId) -> Vec<Offence> {
    let mut found = Vec::new();
    let leads = |id: &NodeId| *id != gate && program.ways(*id).any(|to| to == gate);
    let before: Vec<NodeId> = (0..program.nodes.len()).filter(leads).collect();
    for id in &before {
        let node = &program.nodes[*id];
        let caught = node.catches.iter().any(|(_, to)| *to == Target::Node(gate));
        let wanted = program.nodes[gate].effects.iter().find_map(|effect| missing_task(program, *id, *effect));
        if let Some(wanted) = wanted.or_else(|| caught.then_some("the answer of a call, and not its error")) {
            found.push(offence(
                program,
                gate,
                format!("`{}` reads the verdict of `{}`", program.nodes[gate].state.name, node.state.name),
                format!("it needs {wanted}"),
            ));
        }
        found.extend(vacuous(program, *id, gate));
    }
    found.extend(before.iter().find_map(|asker| early_opening(program, *asker, gate)));
    if before.is_empty() {
        let message = format!("no task precedes `{}`", program.nodes[gate].state.name);
        found.push(offence(program, gate, message, "no state leads to it".to_owned()));
    }
    found
}

fn offence(program: &Program<'_>, node: NodeId, message: String, seen: String) -> Offence {
    debug_assert!(node < program.nodes.len());
    Offence {
        code: "gate-without-question",
        node,
        message,
        seen,
        help: "lead to the gate only from its task, and let the task's verdict open and close it",
        path: Vec::new(),
    }
}

/// The required task of a gate, if the state before it is another one.
fn missing_task(program: &Program<'_>, asker: NodeId, effect: Effect) -> Option<&'static str> {
    let measures = |id: NodeId, subject: Measure| measured::subject(program, id) == Some(subject);
    // A measurement before the task counts as well.
    let lag = || {
        measures(asker, Measure::Lag) || measured::before(program, asker).iter().any(|id| measures(*id, Measure::Lag))
    };
    let requests = || {
        let mut before = program.before(asker).peekable();
        before.peek().is_some() && before.all(|id| measures(id, Measure::Requests))
    };
    let asker = &program.nodes[asker];
    let calls = |wanted: Api| matches!(&asker.state.kind, Kind::Task { api, .. } if *api == wanted);
    let asks = |function: Function, action: &str| matches!(contracts::contract(&asker.state.kind), Some(Ok((f, a))) if f == function && a == action);
    let (holds, wanted) = match effect {
        Effect::Exclusive => (lock::of(&asker.state.kind) == Some(lock::Use::Read), "the holder of the lock"),
        Effect::Preflight => (asks(Function::Preflight, ""), "the answer of preflight"),
        Effect::FullLoad => (calls(Api::DescribeReplicationTasks), "the progress of the full load"),
        Effect::TargetHealth => (calls(Api::DescribeTargetHealth), "the health of the target's compute"),
        Effect::LagGate => (lag(), "a measure of the lag"),
        Effect::RequestGate => (requests(), "a count of the requests before it"),
        Effect::AlarmGate => (calls(Api::DescribeAlarms), "the state of an alarm"),
        Effect::Validate => (asks(Function::Validator, "summarise"), "the sum of the validation"),
        Effect::FinalValidate => (asks(Function::Validator, "fence-window"), "the comparison in the write pause"),
        Effect::FinalCheckMeasured => (asks(Function::Validator, "measure-window"), "the time of the final check"),
        Effect::Drain => (asks(Function::Fence, "drain"), "the drain"),
        Effect::ForwardStopped | Effect::ReverseRunning | Effect::ReverseStopped => {
            (calls(Api::DescribeReplicationTasks), "the state of the replication task")
        }
        Effect::Rehearsed => (asks(Function::ReverseSlot, "rehearse"), "the answer of the rehearsal"),
        Effect::RolledBack => (asks(Function::Rollback, ""), "the answer of the rollback"),
        Effect::Window => (reads_clock(asker), "the time"),
        _ => return None,
    };
    (!holds).then_some(wanted)
}

fn reads_clock(asker: &Node<'_>) -> bool {
    let reads =
        |term: &Term| matches!(term, Term::Expression(e) if crate::workflow::jsonata::text(e).contains("EnteredTime"));
    matches!(asker.state.kind, Kind::Pass) && asker.assign.iter().any(|(_, term)| reads(term))
}

/// A verdict that never opens the gate, or always opens it.
fn vacuous(program: &Program<'_>, asker: NodeId, gate: NodeId) -> Option<Offence> {
    let unknown = gates::unknown(program);
    let before =
        |name: &str| program.variables.get_index_of(name).map_or(Value::Unknown(Sort::Any), |i| unknown[i].clone());
    let states = turn::states(Value::Unknown(Sort::Any));
    let condition = &program.nodes[gate].branches.first()?.0;
    let node = &program.nodes[asker];
    let mut truths: Vec<Option<bool>> = Vec::new();
    for (variable, term) in &node.assign {
        let Some(name) = program.variables.get_index(*variable).filter(|name| reads(condition, name)) else { continue };
        for value in term.all(&Scope { variables: &before, states: &states }).into_iter().flatten() {
            let after = |asked: &str| if *asked == **name { value.clone() } else { before(asked) };
            let outcomes = condition.all(&Scope { variables: &after, states: &states });
            truths.extend(outcomes.iter().flatten().map(Value::truth));
        }
        if let Term::Expression(verdict) = term
            && let Some((needed, given_up)) = too_late(verdict)
        {
            let message = format!("`{}` can never open", program.nodes[gate].state.name);
            let seen = format!("`{}` needs {needed} good answers and times out after {given_up}", node.state.name);
            return Some(offence(program, gate, message, seen));
        }
    }
    let never = |wanted: bool| !truths.iter().any(|truth| truth.is_none_or(|truth| truth == wanted));
    let message = match (never(true), never(false)) {
        (true, _) => format!("`{}` can never open", program.nodes[gate].state.name),
        (_, true) => format!("`{}` never stays closed", program.nodes[gate].state.name),
        _ => return None,
    };
    Some(offence(program, gate, message, format!("the verdict of `{}` has one outcome only", node.state.name)))
}

fn reads(term: &Term, name: &str) -> bool {
    let mut names = indexmap::IndexSet::default();
    term.reads(&mut names);
    names.iter().any(|read| &**read == name)
}

/// The required good turns and the maximum of turns, if the first number is larger.
fn too_late(verdict: &Expression) -> Option<(f64, f64)> {
    let Expression::Ternary(opens, _, otherwise) = verdict else { return None };
    let Expression::Ternary(fails, ..) = &**otherwise else { return None };
    let needed = thresholds(opens).into_iter().reduce(f64::max)?;
    let given_up = thresholds(fails).into_iter().filter(|n| *n > 0.0).reduce(f64::max)?;
    (needed > given_up).then_some((needed, given_up))
}

/// The numbers that a counter, raised by one, must reach.
fn thresholds(expression: &Expression) -> Vec<f64> {
    let Expression::Binary(operator, left, right) = expression else { return Vec::new() };
    match (operator, &**left, &**right) {
        (Operator::And | Operator::Or, left, right) => [thresholds(left), thresholds(right)].concat(),
        (
            Operator::GreaterOrEqual | Operator::Greater,
            Expression::Binary(Operator::Add, counter, _),
            Expression::Literal(Value::Number(Number(n))),
        ) if matches!(**counter, Expression::Variable(_)) => vec![*n],
        _ => Vec::new(),
    }
}

/// The number of good answers that the first condition of a verdict requires.
pub(crate) fn required_answers(asker: &Node<'_>) -> Option<f64> {
    asker.assign.iter().find_map(|(_, term)| match term {
        Term::Expression(verdict) => match &**verdict {
            Expression::Ternary(opens, ..) => thresholds(opens).into_iter().reduce(f64::max),
            _ => None,
        },
        _ => None,
    })
}

/// The counters that the first condition of a verdict requires: `$quiet + 1 >= 5`.
pub(crate) fn counters(asker: &Node<'_>) -> Vec<std::sync::Arc<str>> {
    let mut found = Vec::new();
    for (_, term) in &asker.assign {
        if let Term::Expression(verdict) = term
            && let Expression::Ternary(opens, ..) = &**verdict
        {
            collect_counters(opens, &mut found);
        }
    }
    found
}

fn collect_counters(expression: &Expression, found: &mut Vec<std::sync::Arc<str>>) {
    let Expression::Binary(operator, left, right) = expression else { return };
    match (operator, &**left, &**right) {
        (Operator::And | Operator::Or, left, right) => {
            collect_counters(left, found);
            collect_counters(right, found);
        }
        (
            Operator::GreaterOrEqual | Operator::Greater,
            Expression::Binary(Operator::Add, counter, _),
            Expression::Literal(Value::Number(_)),
        ) => {
            if let Expression::Variable(name) = &**counter {
                found.push(name.clone());
            }
        }
        _ => {}
    }
}

/// A gate that opens before the time that it declares.
fn early_opening(program: &Program<'_>, asker: NodeId, gate: NodeId) -> Option<Offence> {
    let Some(Hold::Seconds(declared)) = program.nodes[gate].state.hold else { return None };
    let verdict = required_answers(&program.nodes[asker])?;
    let ways = program.nodes[gate].branches.iter().filter_map(|(_, _, to)| match to {
        Target::Node(to) => Some(*to),
        _ => None,
    });
    let wait = ways.into_iter().find(|to| matches!(program.nodes[*to].state.kind, Kind::Wait { .. }))?;
    let turns = (0..verdict as u64).map(|turn| wait_seconds(program, wait, turn as f64));
    let total: f64 = turns.sum::<Option<f64>>()?;
    (total < declared as f64).then(|| {
        let message =
            format!("`{}` opens after {total} s, and it should be {declared} s", program.nodes[gate].state.name);
        let seen = format!("{verdict} turns of `{}`", program.nodes[wait].state.name);
        offence(program, gate, message, seen)
    })
}

/// The duration of a wait in a turn, once the requests have arrived.
fn wait_seconds(program: &Program<'_>, wait: NodeId, turn: f64) -> Option<f64> {
    let counted = |name: &str| match name {
        "arrived" => Value::text("yes"),
        _ => Value::number(turn),
    };
    let states = turn::states(Value::Undefined);
    match program.nodes[wait].arguments.one(&Scope { variables: &counted, states: &states })? {
        Ok(Value::Number(Number(seconds))) => Some(seconds),
        _ => None,
    }
}
