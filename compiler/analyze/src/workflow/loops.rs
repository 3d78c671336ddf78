//! Loops and their bounds: a variable that every turn raises by one, and a number at which the loop ends.

use std::sync::Arc;

use indexmap::IndexSet;
use migspec_ir::workflow::{Kind, Loop};
use rustc_hash::FxBuildHasher;

use crate::workflow::gates;
use crate::workflow::jsonata::{Expression, Scope};
use crate::workflow::offence::Offence;
use crate::workflow::program::{NodeId, Program, Target, Term};
use crate::workflow::turn::{self, ExitCache, Leaving, Tracking, ValueId};
use crate::workflow::value::{Number, Sort, Value};

/// The loops of a workflow with the bounds that can be proven.
pub fn loops(program: &Program<'_>) -> Vec<Loop> {
    let mut bounds = Bounds::new(program);
    cycles(program).into_iter().filter_map(|cycle| bounds.of(&cycle)).collect()
}

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut bounds = Bounds::new(program);
    let unbounded = cycles(program).into_iter().filter(|cycle| bounds.of(cycle).is_none());
    unbounded
        .map(|cycle| {
            let names: Vec<&str> = cycle.iter().map(|id| &*program.nodes[*id].state.name).collect();
            Offence {
                code: "loop-without-bound",
                node: cycle[0],
                message: format!("the loop of {} can go on forever", quoted(&names)),
                seen: "no counter ends its turns".to_owned(),
                help: "raise a variable by one in each turn, and let the gate fail from a number on",
                path: Vec::new(),
            }
        })
        .collect()
}

fn quoted(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(4).map(|name| format!("`{name}`")).collect();
    let more = names.len().saturating_sub(shown.len());
    if more > 0 { format!("{} and {more} more", shown.join(", ")) } else { shown.join(", ") }
}

/// States that lead to each other, each set in the order of the document.
fn cycles(program: &Program<'_>) -> Vec<Vec<NodeId>> {
    let count = program.nodes.len();
    let edges: Vec<Vec<NodeId>> = (0..count).map(|id| program.ways(id).collect()).collect();
    let mut search = Search {
        edges: &edges,
        order: vec![0; count],
        low: vec![0; count],
        open: Vec::new(),
        next: 1,
        found: Vec::new(),
    };
    for id in 0..count {
        if search.order[id] == 0 {
            search.visit(id);
        }
    }
    let turns = |set: &Vec<NodeId>| set.len() > 1 || edges[set[0]].contains(&set[0]);
    let mut found: Vec<Vec<NodeId>> = search.found.into_iter().filter(turns).collect();
    found.iter_mut().for_each(|set| set.sort_unstable());
    found.sort();
    found
}

/// Tarjan's strongly connected components.
struct Search<'e> {
    edges: &'e [Vec<NodeId>],
    order: Vec<usize>,
    low: Vec<usize>,
    open: Vec<NodeId>,
    next: usize,
    found: Vec<Vec<NodeId>>,
}

impl Search<'_> {
    fn visit(&mut self, id: NodeId) {
        (self.order[id], self.low[id]) = (self.next, self.next);
        self.next += 1;
        self.open.push(id);
        for to in &self.edges[id] {
            if self.order[*to] == 0 {
                self.visit(*to);
                self.low[id] = self.low[id].min(self.low[*to]);
            } else if self.open.contains(to) {
                self.low[id] = self.low[id].min(self.order[*to]);
            }
        }
        if self.low[id] == self.order[id] {
            let at = self.open.iter().position(|open| *open == id).unwrap_or(0);
            self.found.push(self.open.split_off(at));
        }
    }
}

/// Proves bounds.
struct Bounds<'p, 'w> {
    program: &'p Program<'w>,
    tracking: Tracking,
    known: ExitCache,
    /// The value of each variable that is known in every state.
    unknown: Vec<ValueId>,
}

impl<'p, 'w> Bounds<'p, 'w> {
    fn new(program: &'p Program<'w>) -> Self {
        let mut known = ExitCache::default();
        let unknown = gates::unknown(program).into_iter().map(|value| known.number(value)).collect();
        Self { program, tracking: Tracking::new(program), known, unknown }
    }

    fn of(&mut self, cycle: &[NodeId]) -> Option<Loop> {
        let program = self.program;
        let assigned = cycle.iter().flat_map(|id| &program.nodes[*id].assign);
        let mut counters: Vec<usize> = assigned.map(|(variable, _)| *variable).collect();
        counters.sort_unstable();
        counters.dedup();
        counters.into_iter().find_map(|counter| {
            let raising = raising(program, cycle, counter)?;
            self.known.forget();
            let tracking = self.tracking.clone().counting(counter);
            let (known, unknown) = (&mut self.known, &self.unknown);
            let mut rounds = Rounds { program, cycle, counter, raising: &raising, tracking, known, unknown };
            let mut ends = |turns: &u64| [*turns, *turns + 1, 2 * *turns + 5].iter().all(|n| rounds.never_return(*n));
            let turns = candidates(program, cycle, counter).into_iter().find(|turns| ends(turns))?;
            Some(describe(program, cycle, counter, turns))
        })
    }
}

/// The states that raise the counter, if every turn passes one of them and no state of the loop resets it.
fn raising(program: &Program<'_>, cycle: &[NodeId], counter: usize) -> Option<Vec<NodeId>> {
    let mut raising = Vec::new();
    for id in cycle {
        let node = &program.nodes[*id];
        let within = |to: &Target| matches!(to, Target::Node(to) if cycle.contains(to));
        let branches = node.branches.iter().filter(|(_, _, to)| within(to)).map(|(_, assign, _)| assign);
        let catches = node.catches.iter().filter(|(_, to)| within(to)).map(|(assign, _)| assign);
        let own = (within(&node.next) || within(&node.default)).then_some(&node.assign);
        for assign in branches.chain(catches).chain(own) {
            let Some((_, term)) = assign.iter().find(|(variable, _)| *variable == counter) else { continue };
            match raises(program, term, counter) {
                true => raising.push(*id),
                false => return None,
            }
        }
    }
    let rest: Vec<NodeId> = cycle.iter().copied().filter(|id| !raising.contains(id)).collect();
    (!raising.is_empty() && !turns_without(program, &rest)).then_some(raising)
}

fn raises(program: &Program<'_>, term: &Term, counter: usize) -> bool {
    let name = program.variables.get_index(counter).map(|n| &**n);
    let seven = |asked: &str| if Some(asked) == name { Value::number(7.0) } else { Value::Unknown(Sort::Any) };
    let states = turn::states(Value::Unknown(Sort::Any));
    term.all(&Scope { variables: &seven, states: &states }) == [Ok(Value::number(8.0))]
}

/// Whether the states contain a cycle.
fn turns_without(program: &Program<'_>, states: &[NodeId]) -> bool {
    states.iter().any(|start| {
        let mut met = Vec::new();
        let mut todo: Vec<NodeId> = program.ways(*start).collect();
        while let Some(id) = todo.pop() {
            if id == *start {
                return true;
            }
            if states.contains(&id) && !met.contains(&id) {
                met.push(id);
                todo.extend(program.ways(id));
            }
        }
        false
    })
}

/// The numbers in comparisons of a loop's own expressions, in ascending order: first those beside the counter.
fn candidates(program: &Program<'_>, cycle: &[NodeId], counter: usize) -> Vec<u64> {
    let counter = program.variables.get_index(counter).map(|name| &**name);
    let (mut beside, mut others) = (Vec::new(), Vec::new());
    for id in cycle {
        let node = &program.nodes[*id];
        let assigned = node.assign.iter().map(|(_, term)| term);
        for term in assigned.chain(node.branches.iter().map(|(condition, ..)| condition)) {
            if let Term::Expression(expression) = term {
                collect(expression, counter, &mut beside, &mut others);
            }
        }
    }
    for numbers in [&mut beside, &mut others] {
        numbers.sort_unstable();
        numbers.dedup();
    }
    others.retain(|number| !beside.contains(number));
    beside.extend(others);
    beside
}

fn collect(expression: &Expression, counter: Option<&str>, beside: &mut Vec<u64>, others: &mut Vec<u64>) {
    let mut each = |inner: &[&Expression]| inner.iter().for_each(|e| collect(e, counter, beside, others));
    match expression {
        Expression::Binary(_, a, b) => match (whole(a), whole(b)) {
            (None, Some(number)) if counts(a, counter) => beside.push(number),
            (Some(number), None) if counts(b, counter) => beside.push(number),
            _ => each(&[a, b]),
        },
        Expression::Ternary(a, b, c) => each(&[a, b, c]),
        Expression::Call(_, items) => items.iter().for_each(|item| each(&[item])),
        _ => others.extend(whole(expression)),
    }
}

fn whole(expression: &Expression) -> Option<u64> {
    match expression {
        Expression::Literal(Value::Number(Number(n))) if *n >= 1.0 && n.fract() == 0.0 => Some(*n as u64),
        _ => None,
    }
}

/// The counter itself, or arithmetic with it.
fn counts(expression: &Expression, counter: Option<&str>) -> bool {
    match expression {
        Expression::Variable(name) => Some(&**name) == counter,
        Expression::Binary(_, a, b) => counts(a, counter) || counts(b, counter),
        _ => false,
    }
}

/// The turns of a cycle.
struct Rounds<'p, 'w> {
    program: &'p Program<'w>,
    cycle: &'p [NodeId],
    counter: usize,
    /// The states that raise the counter.
    raising: &'p [NodeId],
    tracking: Tracking,
    known: &'p mut ExitCache,
    unknown: &'p [ValueId],
}

impl Rounds<'_, '_> {
    /// Whether the last of `turns` turns leaves the loop, with any answer.
    fn never_return(&mut self, turns: u64) -> bool {
        let mut variables = self.unknown.to_vec();
        variables[self.counter] = self.known.number(Value::number(turns as f64 - 1.0));
        let mut met: IndexSet<(NodeId, Vec<ValueId>), FxBuildHasher> =
            self.raising.iter().map(|id| (*id, variables.clone())).collect();
        let mut next = 0;
        while let Some((id, variables)) = met.get_index(next).cloned() {
            next += 1;
            let leaving = (id, Leaving::ByItself(None));
            for step in self.known.turns(self.program, &self.tracking, leaving, &variables).iter() {
                let Some(Target::Node(to)) = step.to else { continue };
                if self.raising.contains(&to) {
                    return false;
                }
                if self.cycle.contains(&to) {
                    met.insert((to, step.after(&variables)));
                }
            }
        }
        true
    }
}

/// The states in the order of a turn, from its wait on.
fn describe(program: &Program<'_>, cycle: &[NodeId], counter: usize, turns: u64) -> Loop {
    let waits = |id: &&NodeId| matches!(program.nodes[**id].state.kind, Kind::Wait { .. });
    let first = cycle.iter().find(waits).copied().unwrap_or(cycle[0]);
    // The form of the verdict proves that a message between two polls is sent once.
    let turning = |id: &NodeId| cycle.contains(id) && !program.nodes[*id].sends_message();
    let mut states: Vec<Arc<str>> = Vec::new();
    let mut at = first;
    loop {
        states.push(program.nodes[at].state.name.clone());
        let onwards = program.ways(at).find(|to| turning(to) && !states.contains(&program.nodes[*to].state.name));
        match onwards {
            Some(to) => at = to,
            None => break,
        }
    }
    let seconds = cycle.iter().filter(|id| turning(id)).map(|id| seconds(program, *id, counter, turns)).sum();
    Loop { states, turns, seconds }
}

/// The maximum duration of a state in the last turn.
fn seconds(program: &Program<'_>, id: NodeId, counter: usize, turns: u64) -> u64 {
    let node = &program.nodes[id];
    if !matches!(node.state.kind, Kind::Wait { .. }) {
        return node.state.timeout.unwrap_or(0);
    }
    let name = program.variables.get_index(counter).map(|n| &**n);
    let last = |asked: &str| {
        if Some(asked) == name { Value::number(turns as f64) } else { Value::Unknown(Sort::Any) }
    };
    let states = turn::states(Value::Undefined);
    let outcomes = node.arguments.all(&Scope { variables: &last, states: &states });
    let longest = outcomes.iter().flatten().map(|value| match value {
        Value::Number(n) => n.0.max(0.0) as u64,
        _ => 0,
    });
    longest.max().unwrap_or(0)
}
