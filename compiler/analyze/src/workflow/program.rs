//! A workflow in the form for exploration: numbered states, parsed expressions.

use std::sync::Arc;

use indexmap::IndexSet;
use migspec_ir::workflow::Declared;
use migspec_ir::workflow::{Api, Argument, Effect, Kind, Machine, Side, State, Workflow};
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::workflow::jsonata::{self, Expression, QueryError, Scope};
use crate::workflow::value::Value;

pub type Variables = IndexSet<Arc<str>, FxBuildHasher>;
pub type NodeId = usize;

/// Variables, by number, and their new values.
pub type Assignments = Vec<(usize, Term)>;

/// A workflow in the form for exploration.
pub struct Program<'w> {
    pub workflow: &'w Workflow,
    /// The explored database or segment, if the workflow moves several.
    pub unit: Option<&'w str>,
    pub nodes: Vec<Node<'w>>,
    /// The states that lead to each state, apart from itself.
    before: Vec<Vec<NodeId>>,
    by_name: FxHashMap<&'w str, NodeId>,
    pub variables: Variables,
    /// The parameter of the writer switch.
    pub writer_parameter: Option<&'w str>,
}

pub struct Node<'w> {
    pub state: &'w State,
    /// The effects that concern the explored unit.
    pub effects: &'w [Effect],
    pub next: Target,
    pub assign: Assignments,
    /// Condition, assignments and target.
    pub branches: Vec<(Term, Assignments, Target)>,
    pub default: Target,
    /// In the order of the state's catches.
    pub catches: Vec<(Assignments, Target)>,
    /// The first states of its branches or iterations.
    pub inner: Vec<NodeId>,
    pub outer: Option<NodeId>,
    pub arguments: Term,
    /// The input of each iteration of a map.
    pub item: Option<Term>,
    /// The output of the state.
    pub output: Option<Term>,
    /// The variables that decide its exits, by number.
    pub reads: Vec<usize>,
}

impl Node<'_> {
    /// Whether the state sends a message, and changes nothing.
    pub(crate) fn sends_message(&self) -> bool {
        matches!(&self.state.kind, Kind::Task { api: Api::Publish, .. })
    }

    /// Every variable that a condition or an assignment reads.
    fn read(&self, variables: &Variables) -> Vec<usize> {
        let mut names = IndexSet::default();
        let branches = self.branches.iter().map(|(_, assign, _)| assign);
        let catches = self.catches.iter().map(|(assign, _)| assign);
        let assigned = branches.chain(catches).chain([&self.assign]).flatten();
        assigned.for_each(|(_, term)| term.reads(&mut names));
        self.branches.iter().for_each(|(condition, ..)| condition.reads(&mut names));
        names.iter().filter_map(|name| variables.get_index_of(name)).collect()
    }
}

/// The target of an exit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Target {
    Node(NodeId),
    /// The machine ends.
    End,
    /// The named state does not exist.
    Nowhere,
}

/// A value of which parts are computed.
#[derive(Clone, Debug)]
pub enum Term {
    Value(Value),
    Expression(Arc<Expression>),
    /// An expression that the evaluator does not know: it can have any value, or fail.
    Opaque,
    List(Vec<Term>),
    Object(Vec<(Arc<str>, Term)>),
}

impl<'w> Program<'w> {
    pub fn new(workflow: &'w Workflow) -> Self {
        Self::of_unit(workflow, None)
    }

    /// The comparison of declared facts that a state makes.
    pub fn comparison(&self, state: &str) -> Option<&'w Declared> {
        self.workflow.declared.iter().find(|declared| *declared.state == *state)
    }

    /// The same, without the effects on other units.
    pub fn of_unit(workflow: &'w Workflow, unit: Option<&'w str>) -> Self {
        let mut states: Vec<(&State, Option<NodeId>)> = Vec::new();
        gather(&workflow.states, None, &mut states);
        let by_name: FxHashMap<&str, NodeId> = states.iter().enumerate().map(|(i, (s, _))| (&*s.name, i)).collect();
        let mut program = Self {
            workflow,
            unit,
            nodes: Vec::with_capacity(states.len()),
            before: vec![Vec::new(); states.len()],
            by_name,
            variables: Variables::default(),
            writer_parameter: writer_parameter(&states),
        };
        let mut terms = Terms::default();
        for (state, outer) in states {
            let node = program.node(state, outer, &mut terms);
            program.nodes.push(node);
        }
        let Self { nodes, variables, .. } = &mut program;
        nodes.iter_mut().for_each(|node| node.reads = node.read(variables));
        for id in 0..program.nodes.len() {
            let ways: Vec<NodeId> = program.ways(id).filter(|to| *to != id).collect();
            for to in ways {
                if program.before[to].last() != Some(&id) {
                    program.before[to].push(id);
                }
            }
        }
        program
    }

    /// Whether the state's effects concern the explored unit.
    pub fn concerns(&self, state: &State) -> bool {
        match (&state.of, self.unit) {
            (Some(of), Some(unit)) => **of == *unit,
            _ => true,
        }
    }

    /// Whether it starts replication from the target back to the source.
    pub fn reverses(&self) -> bool {
        self.nodes.iter().any(|node| node.state.effects.contains(&Effect::StartReverse))
    }

    pub fn find(&self, name: &str) -> Option<NodeId> {
        self.by_name.get(name).copied()
    }

    pub fn start(&self) -> Option<NodeId> {
        self.find(&self.workflow.start_at)
    }

    fn target(&self, name: Option<&Arc<str>>) -> Target {
        match name {
            None => Target::End,
            Some(name) => self.find(name).map_or(Target::Nowhere, Target::Node),
        }
    }

    fn node(&mut self, state: &'w State, outer: Option<NodeId>, terms: &mut Terms<'w>) -> Node<'w> {
        let (branches, default) = match &state.kind {
            Kind::Choice { branches, default } => {
                let ways = branches.iter().map(|b| {
                    let condition = terms.expression(b.condition.as_str());
                    (condition, self.assignments(&b.assign, terms), self.target(Some(&b.next)))
                });
                (ways.collect(), self.target(Some(default)))
            }
            _ => (Vec::new(), Target::Nowhere),
        };
        let starts = state.kind.inner().iter().filter_map(|machine| self.find(&machine.start_at));
        let inner = match &state.kind {
            // Iterations run concurrently: two represent any number.
            Kind::Map { .. } => starts.flat_map(|start| [start, start]).collect(),
            _ => starts.collect(),
        };
        let arguments = match &state.kind {
            Kind::Task { arguments, .. } | Kind::Foreign { arguments, .. } => terms.of(arguments),
            Kind::Wait { seconds } => terms.of(seconds),
            Kind::Fail { error, cause } => Term::List(vec![terms.of(error), terms.of(cause)]),
            Kind::Map { items, .. } => terms.of(items),
            _ => Term::Value(Value::Undefined),
        };
        let catches = state.catch.iter().map(|c| (self.assignments(&c.assign, terms), self.target(Some(&c.next))));
        let catches = catches.collect();
        Node {
            state,
            effects: if self.concerns(state) { &state.effects } else { &[] },
            next: self.target(state.next.as_ref()),
            assign: self.assignments(&state.assign, terms),
            branches,
            default,
            catches,
            inner,
            outer,
            arguments,
            item: match &state.kind {
                Kind::Map { item, .. } => item.as_ref().map(|item| terms.of(item)),
                _ => None,
            },
            output: state.output.as_ref().map(|output| terms.of(output)),
            reads: Vec::new(),
        }
    }

    fn assignments(&mut self, assign: &'w [(Arc<str>, Argument)], terms: &mut Terms<'w>) -> Assignments {
        assign.iter().map(|(name, value)| (self.variables.insert_full(name.clone()).0, terms.of(value))).collect()
    }

    /// Whether the state reads the writer switch.
    pub fn reads_writer(&self, node: NodeId) -> bool {
        let Kind::Task { api: Api::GetParameter, arguments, .. } = &self.nodes[node].state.kind else { return false };
        let name = arguments.get("Name").and_then(Argument::as_text);
        name.is_some() && name == self.writer_parameter
    }

    /// The states that lead to a state, apart from itself.
    pub fn before(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.before[node].iter().copied()
    }

    /// The states that lead to a state directly, or through states that pass.
    pub fn back(&self, node: NodeId, passes: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
        let mut met = IndexSet::<NodeId>::from_iter(self.before(node));
        let mut next = 0;
        while let Some(at) = met.get_index(next).copied() {
            next += 1;
            if passes(at) {
                met.extend(self.before(at));
            }
        }
        met.into_iter().collect()
    }

    /// The next states of a state.
    pub fn ways(&self, node: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let node = &self.nodes[node];
        let branches = node.branches.iter().map(|(_, _, to)| *to);
        let catches = node.catches.iter().map(|(_, to)| *to);
        let all = [node.next, node.default].into_iter().chain(branches).chain(catches);
        let inner = node.inner.iter().map(|start| Target::Node(*start));
        all.chain(inner).filter_map(|target| match target {
            Target::Node(to) => Some(to),
            _ => None,
        })
    }
}

fn gather<'w>(
    states: &'w indexmap::IndexMap<Arc<str>, State>,
    outer: Option<NodeId>,
    all: &mut Vec<(&'w State, Option<NodeId>)>,
) {
    for state in states.values() {
        let this = all.len();
        all.push((state, outer));
        state.kind.inner().iter().for_each(|machine: &Machine| gather(&machine.states, Some(this), all));
    }
}

/// The parameter that the flip writes.
fn writer_parameter<'w>(states: &[(&'w State, Option<NodeId>)]) -> Option<&'w str> {
    let flips = |state: &&State| state.effects.contains(&Effect::Flip(Side::Target));
    let mut flips = states.iter().map(|(state, _)| *state).filter(flips);
    flips.find_map(|state| match &state.kind {
        Kind::Task { api: Api::PutParameter, arguments, .. } => arguments.get("Name").and_then(Argument::as_text),
        _ => None,
    })
}

/// Makes terms. Many states share an expression: each is parsed once.
#[derive(Default)]
struct Terms<'w>(FxHashMap<&'w str, Option<Arc<Expression>>>);

impl<'w> Terms<'w> {
    fn of(&mut self, argument: &'w Argument) -> Term {
        match argument {
            Argument::Null => Term::Value(Value::Null),
            Argument::Bool(b) => Term::Value(Value::Bool(*b)),
            Argument::Integer(n) => Term::Value(Value::number(*n as f64)),
            Argument::Text(text) => Term::Value(Value::Text(text.clone())),
            Argument::Expression(text) => self.expression(text.as_str()),
            Argument::List(items) => Term::List(items.iter().map(|item| self.of(item)).collect()),
            Argument::Object(members) => {
                Term::Object(members.iter().map(|(name, value)| (name.clone(), self.of(value))).collect())
            }
        }
    }

    fn expression(&mut self, text: &'w str) -> Term {
        let parsed = self.0.entry(text).or_insert_with(|| jsonata::parse(text).map(Arc::new));
        parsed.clone().map_or(Term::Opaque, Term::Expression)
    }
}

impl Term {
    pub fn of(argument: &Argument) -> Self {
        Terms::default().of(argument)
    }

    /// Every value that it can have.
    pub fn all(&self, scope: &Scope<'_>) -> Vec<Result<Value, QueryError>> {
        match self {
            Term::Value(value) => vec![Ok(value.clone())],
            Term::Expression(expression) => jsonata::all(expression, scope).into_iter().map(require_value).collect(),
            Term::Opaque => jsonata::anything(),
            Term::List(items) => {
                combinations(items, scope).into_iter().map(|r| r.map(|items| Value::List(items.into()))).collect()
            }
            Term::Object(members) => {
                let values = combinations(members.iter().map(|(_, term)| term), scope);
                let names = || members.iter().map(|(name, _)| name.clone());
                let object = |values: Vec<Value>| Value::Object(names().zip(values).collect());
                values.into_iter().map(|r| r.map(object)).collect()
            }
        }
    }

    /// Its value, if it is completely known.
    pub fn one(&self, scope: &Scope<'_>) -> Option<Result<Value, QueryError>> {
        match self {
            Term::Value(value) => Some(Ok(value.clone())),
            Term::Expression(expression) => jsonata::one(expression, scope).map(require_value),
            Term::Opaque => None,
            Term::List(items) => {
                let items: Option<Vec<_>> = items.iter().map(|term| term.one(scope)).collect();
                Some(items?.into_iter().collect::<Result<Vec<_>, _>>().map(|items| Value::List(items.into())))
            }
            Term::Object(members) => {
                let values: Option<Vec<_>> = members.iter().map(|(_, term)| term.one(scope)).collect();
                let values = values?.into_iter().collect::<Result<Vec<_>, _>>();
                Some(values.map(|values| Value::Object(members.iter().map(|(n, _)| n.clone()).zip(values).collect())))
            }
        }
    }

    /// The member at a path of names.
    pub fn at(&self, path: &str) -> Option<&Term> {
        path.split('.').try_fold(self, |term, name| match term {
            Term::Object(members) => members.iter().find(|(n, _)| &**n == name).map(|(_, t)| t),
            _ => None,
        })
    }

    /// Every variable that it reads.
    pub fn reads(&self, names: &mut IndexSet<Arc<str>, FxBuildHasher>) {
        match self {
            Term::Expression(expression) => read(expression, names),
            Term::List(items) => items.iter().for_each(|term| term.reads(names)),
            Term::Object(members) => members.iter().for_each(|(_, term)| term.reads(names)),
            Term::Value(_) | Term::Opaque => {}
        }
    }
}

/// Step Functions refuses an expression without a value.
fn require_value(outcome: Result<Value, QueryError>) -> Result<Value, QueryError> {
    match outcome {
        Ok(Value::Undefined) => Err(QueryError("the expression returned nothing".into())),
        other => other,
    }
}

fn combinations<'t>(
    terms: impl IntoIterator<Item = &'t Term>,
    scope: &Scope<'_>,
) -> Vec<Result<Vec<Value>, QueryError>> {
    let terms: Vec<&Term> = terms.into_iter().collect();
    let count = terms.len();
    let mut all: Vec<Result<Vec<Value>, QueryError>> = vec![Ok(Vec::new())];
    for term in terms {
        let mut values = term.all(scope);
        if let [Ok(_)] = values.as_slice()
            && let Some(Ok(value)) = values.pop()
        {
            all.iter_mut().flatten().for_each(|before| before.push(value.clone()));
            continue;
        }
        let extended = all.iter().flat_map(|before| {
            values.iter().map(move |value| match (before, value) {
                (Ok(before), Ok(value)) => Ok(before.iter().chain([value]).cloned().collect()),
                (Err(e), _) | (_, Err(e)) => Err(e.clone()),
            })
        });
        all = extended.collect();
        // Beyond the limit of outcomes, the value can be anything.
        if all.len() > jsonata::MOST_OUTCOMES {
            return jsonata::anything().into_iter().map(|r| r.map(|value| vec![value; count])).collect();
        }
    }
    all
}

fn read(expression: &Expression, names: &mut IndexSet<Arc<str>, FxBuildHasher>) {
    let mut each = |inner: &[&Expression]| inner.iter().for_each(|e| read(e, names));
    match expression {
        Expression::Literal(_) | Expression::Field(_) => {}
        Expression::Variable(name) => drop(names.insert(name.clone())),
        Expression::Path(base, steps) => {
            each(&[base]);
            steps.iter().flat_map(|s| &s.filters).for_each(|f| read(f, names));
        }
        Expression::Call(_, items) | Expression::List(items) => items.iter().for_each(|e| read(e, names)),
        Expression::Negative(inner) => each(&[inner]),
        Expression::Binary(_, a, b) => each(&[a, b]),
        Expression::Ternary(a, b, c) => each(&[a, b, c]),
        Expression::Object(members) => members.iter().for_each(|(name, value)| {
            read(name, names);
            read(value, names);
        }),
    }
}
