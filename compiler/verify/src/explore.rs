//! Every state of a workflow with every outcome, breadth first: the way to
//! each configuration is a shortest one.

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use migspec_events::undo::Way;
use migspec_ir::workflow::{Effect, Kind, Phase, Workflow};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::program::{NodeId, Program, Target};
use crate::turn::{self, Known, Leaving, Passes, Tracking, Turn};
use crate::undo;
use crate::value::Value;
use crate::world::World;

/// How much is explored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// One execution, from a world in which nothing has happened yet.
    Execution,
    /// Executions that are ended at any moment, and started again in whatever
    /// world they left. Only what decides how they end is followed.
    Restarts,
}

impl Depth {
    /// The most configurations; more is no verdict.
    fn limit(self) -> usize {
        match self {
            Depth::Execution => 60_000,
            Depth::Restarts => 1_000_000,
        }
    }
}

type VariablesId = u32;
type ControlId = u32;

/// A way out of a state.
struct Exit {
    turn: Turn,
    /// The variables that it leaves.
    variables: VariablesId,
    /// Where it leads, if the state is in no other one; nothing where that is an end.
    onwards: Option<ControlId>,
}

type Exits = Arc<[Exit]>;
pub(crate) type VisitId = u32;

/// Where a machine is: a state, and for each branch inside it where that is.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Control {
    at: NodeId,
    variables: VariablesId,
    /// `None` is a branch that has ended.
    inside: Vec<Option<Control>>,
}

/// A configuration, and how it was first reached.
struct Visit {
    control: ControlId,
    world: World,
    from: Option<(VisitId, Hop)>,
}

/// A step of a path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hop {
    pub node: NodeId,
    pub passes: Passes,
    pub error: Option<Arc<str>>,
}

/// An execution's end.
pub(crate) struct Ending {
    pub node: NodeId,
    pub world: World,
    /// The error that had no route.
    pub lost: Option<Arc<str>>,
    pub visit: VisitId,
}

/// What was found.
pub struct Exploration<'w> {
    pub program: Program<'w>,
    visits: Vec<Visit>,
    /// For each state the worlds in which it is entered.
    entries: Vec<IndexMap<World, VisitId, FxBuildHasher>>,
    pub(crate) endings: Vec<Ending>,
    /// Where a rollback is told too little, and what.
    pub(crate) untold: Vec<(NodeId, VisitId, &'static str)>,
    /// Whether the limit was met: then nothing is proven.
    pub exhausted: bool,
}

impl<'w> Exploration<'w> {
    /// One for each unit whose writer moves by itself.
    pub fn each(workflow: &'w Workflow, depth: Depth) -> Vec<Self> {
        match workflow.units.as_slice() {
            [] => vec![Self::new(workflow, depth)],
            units => units.iter().map(|unit| Self::explored(Program::of_unit(workflow, Some(unit)), depth)).collect(),
        }
    }

    pub fn new(workflow: &'w Workflow, depth: Depth) -> Self {
        Self::explored(Program::new(workflow), depth)
    }

    fn explored(program: Program<'w>, depth: Depth) -> Self {
        let tracking = Tracking::new(&program);
        let way = undo::way(&program);
        let explorer = Explorer {
            tracking: &tracking,
            controls: IndexSet::default(),
            variables: IndexSet::default(),
            memo: FxHashMap::default(),
            known: Known::default(),
            told: FxHashMap::default(),
            seen: FxHashSet::default(),
            found: Exploration {
                entries: program.nodes.iter().map(|_| IndexMap::default()).collect(),
                program,
                visits: Vec::new(),
                endings: Vec::new(),
                untold: Vec::new(),
                exhausted: false,
            },
            worlds: IndexSet::default(),
            depth,
            way,
        };
        explorer.run()
    }

    /// How many configurations there are.
    pub fn size(&self) -> usize {
        self.visits.len()
    }

    /// The worlds in which a state is entered, nearest first.
    pub fn worlds(&self, node: NodeId) -> impl Iterator<Item = World> + '_ {
        self.entries[node].keys().copied()
    }

    /// A shortest path to the state in that world.
    pub fn path(&self, node: NodeId, world: World) -> Vec<Hop> {
        self.entries[node].get(&world).map_or_else(Vec::new, |visit| self.path_to(*visit))
    }

    pub(crate) fn path_to(&self, visit: VisitId) -> Vec<Hop> {
        let mut path = Vec::new();
        let mut at = visit;
        while let Some((before, hop)) = &self.visits[at as usize].from {
            path.push(hop.clone());
            at = *before;
        }
        path.reverse();
        path
    }
}

/// A step from a configuration.
struct Move {
    to: Then,
    world: World,
    hop: Hop,
}

enum Then {
    At(Control),
    /// The machine ends; with an error that had no route, or without.
    Ends(Option<Arc<str>>),
}

struct Explorer<'t, 'w> {
    tracking: &'t Tracking,
    controls: IndexSet<Control, FxBuildHasher>,
    variables: IndexSet<Vec<Value>, FxBuildHasher>,
    memo: FxHashMap<(NodeId, Leaving, VariablesId), Exits>,
    known: Known,
    /// The phase that a rollback is told, by variables.
    told: FxHashMap<VariablesId, Option<Phase>>,
    seen: FxHashSet<(ControlId, World)>,
    found: Exploration<'w>,
    /// Worlds in which an execution was started.
    worlds: IndexSet<World, FxBuildHasher>,
    depth: Depth,
    way: Way,
}

impl<'w> Explorer<'_, 'w> {
    fn run(mut self) -> Exploration<'w> {
        self.start(World::default(), None);
        let mut next = 0;
        while next < self.found.visits.len() {
            if self.found.visits.len() > self.depth.limit() {
                self.found.exhausted = true;
                break;
            }
            self.expand(next as VisitId);
            next += 1;
        }
        self.found
    }

    /// A new execution in a world.
    fn start(&mut self, world: World, from: Option<(VisitId, Hop)>) {
        let world = world.found();
        if !self.worlds.insert(world) {
            return;
        }
        let Some(at) = self.found.program.start() else { return };
        let unset = vec![Value::Undefined; self.found.program.variables.len()];
        let variables = self.variables.insert_full(unset).0 as VariablesId;
        let control = self.control(Control { at, variables, inside: Vec::new() });
        self.visit(control, world, || from);
    }

    /// Goes on from a configuration, unless it is known. Most are.
    fn visit(&mut self, control: ControlId, world: World, from: impl FnOnce() -> Option<(VisitId, Hop)>) {
        let world = if self.depth == Depth::Restarts { world.outline() } else { world };
        if !self.seen.insert((control, world)) {
            return;
        }
        let visit = self.found.visits.len() as VisitId;
        self.found.visits.push(Visit { control, world, from: from() });
        let mut entered = Vec::new();
        leaves(&self.controls[control as usize], &mut entered);
        for node in entered {
            self.found.entries[node].entry(world).or_insert(visit);
        }
    }

    fn control(&mut self, control: Control) -> ControlId {
        self.controls.insert_full(control).0 as ControlId
    }

    fn expand(&mut self, visit: VisitId) {
        let Visit { control, world, .. } = self.found.visits[visit as usize];
        if world == World::END {
            return;
        }
        let Control { at, variables, ref inside } = self.controls[control as usize];
        if inside.is_empty() && self.found.program.nodes[at].inner.is_empty() {
            self.pass((at, variables), (world, visit));
        } else {
            let control = self.controls[control as usize].clone();
            for step in self.moves(&control, world, visit) {
                let from = Some((visit, step.hop));
                match step.to {
                    Then::At(control) => {
                        let control = self.control(control);
                        self.visit(control, step.world, || from);
                    }
                    Then::Ends(lost) => self.end(at, step.world, lost, from),
                }
            }
        }
        if self.depth == Depth::Restarts {
            let hop = Hop { node: at, passes: Passes::Restarted, error: None };
            self.start(world, Some((visit, hop)));
        }
    }

    /// The steps from a state that has none inside and is in none.
    fn pass(&mut self, (at, variables): (NodeId, VariablesId), (world, visit): (World, VisitId)) {
        let mut worlds = Vec::with_capacity(1);
        for Exit { turn, onwards, .. } in self.turns(at, variables, world).iter() {
            let hop = || Some((visit, Hop { node: at, passes: turn.passes, error: turn.error.clone() }));
            worlds.clear();
            self.after((at, variables), turn.passes, (world, visit), &mut worlds);
            for world in &worlds {
                match onwards {
                    Some(control) => self.visit(*control, *world, hop),
                    None => self.end(at, *world, lost(turn), hop()),
                }
            }
        }
    }

    fn end(&mut self, node: NodeId, world: World, lost: Option<Arc<str>>, from: Option<(VisitId, Hop)>) {
        let same = |e: &Ending| e.node == node && e.world == world && e.lost.is_some() == lost.is_some();
        if self.found.endings.iter().any(same) {
            return;
        }
        // The end has a place in the path, and none among the configurations.
        let control = from.as_ref().map_or(0, |(before, _)| self.found.visits[*before as usize].control);
        let visit = self.found.visits.len() as VisitId;
        self.found.visits.push(Visit { control, world: World::END, from });
        self.found.endings.push(Ending { node, world, lost, visit });
    }

    fn moves(&mut self, control: &Control, world: World, visit: VisitId) -> Vec<Move> {
        let node = &self.found.program.nodes[control.at];
        let state = node.state;
        let has_inner = !node.inner.is_empty();
        if has_inner && control.inside.is_empty() {
            let starts = node.inner.clone();
            let inside = starts.into_iter().map(|at| Some(self.begin(at, control.variables))).collect();
            let hop = Hop { node: control.at, passes: Passes::Entered, error: None };
            // A list may be empty: then nothing inside has happened.
            let mut moves = match state.kind {
                Kind::Map { .. } => self.own_moves(control, world, visit),
                _ => Vec::new(),
            };
            moves.push(Move { to: Then::At(Control { inside, ..control.clone() }), world, hop });
            return moves;
        }
        if has_inner && control.inside.iter().any(Option::is_some) {
            return self.inner_moves(control, world, visit);
        }
        self.own_moves(control, world, visit)
    }

    /// Inside, the variables of outside can be read; a child execution of a
    /// distributed map has none.
    fn begin(&mut self, at: NodeId, variables: VariablesId) -> Control {
        let outer = self.found.program.nodes[at].outer.map(|outer| &self.found.program.nodes[outer].state.kind);
        let variables = match outer {
            Some(Kind::Map { distributed: Some(_), .. }) => {
                let unset = vec![Value::Undefined; self.found.program.variables.len()];
                self.variables.insert_full(unset).0 as VariablesId
            }
            _ => variables,
        };
        Control { at, variables, inside: Vec::new() }
    }

    fn inner_moves(&mut self, control: &Control, world: World, visit: VisitId) -> Vec<Move> {
        let mut moves = Vec::new();
        for (i, inner) in control.inside.iter().enumerate() {
            let Some(inner) = inner else { continue };
            for step in self.moves(inner, world, visit) {
                let replaced = |to: Option<Control>| {
                    let mut inside = control.inside.clone();
                    inside[i] = to;
                    Then::At(Control { inside, ..control.clone() })
                };
                match step.to {
                    Then::At(inner) => moves.push(Move { to: replaced(Some(inner)), ..step }),
                    Then::Ends(None) if !self.fails(inner.at) => moves.push(Move { to: replaced(None), ..step }),
                    // The other branches are ended, and the whole fails.
                    Then::Ends(_) => {
                        for way in self.ways(control.at, Leaving::Broken, control.variables).iter() {
                            let to = then(way);
                            moves.push(Move { to, world: step.world, hop: step.hop.clone() });
                        }
                    }
                }
            }
        }
        moves
    }

    fn fails(&self, node: NodeId) -> bool {
        matches!(self.found.program.nodes[node].state.kind, Kind::Fail { .. })
    }

    fn own_moves(&mut self, control: &Control, world: World, visit: VisitId) -> Vec<Move> {
        let turns = self.turns(control.at, control.variables, world);
        let mut moves = Vec::with_capacity(turns.len());
        let mut worlds = Vec::with_capacity(1);
        for way in turns.iter() {
            let hop = Hop { node: control.at, passes: way.turn.passes, error: way.turn.error.clone() };
            worlds.clear();
            self.after((control.at, control.variables), way.turn.passes, (world, visit), &mut worlds);
            let moved = worlds.iter().map(|world| Move { to: then(way), world: *world, hop: hop.clone() });
            moves.extend(moved);
        }
        moves
    }

    /// The ways out of a state when it ends.
    fn turns(&mut self, at: NodeId, variables: VariablesId, world: World) -> Exits {
        let writer = self.found.program.reads_writer(at).then(|| world.writer_name());
        self.ways(at, Leaving::ByItself(writer), variables)
    }

    fn ways(&mut self, at: NodeId, leaving: Leaving, variables: VariablesId) -> Exits {
        let key = (at, leaving, variables);
        if let Some(known) = self.memo.get(&key) {
            return known.clone();
        }
        let values = &self.variables[variables as usize];
        let turns = self.known.turns(&self.found.program, self.tracking, (at, leaving), values);
        let left = turns.iter().map(|turn| {
            let after = if turn.sets.is_empty() {
                variables
            } else {
                let after = turn.after(&self.variables[variables as usize]);
                self.variables.insert_full(after).0 as VariablesId
            };
            let onwards = match turn.to {
                Some(Target::Node(at)) => {
                    let control = Control { at, variables: after, inside: Vec::new() };
                    Some(self.controls.insert_full(control).0 as ControlId)
                }
                _ => None,
            };
            Exit { turn: turn.clone(), variables: after, onwards }
        });
        let left: Exits = left.collect();
        self.memo.insert(key, left.clone());
        left
    }

    /// Adds the worlds that a way out of a state can leave.
    fn after(
        &mut self,
        (at, variables): (NodeId, VariablesId),
        passes: Passes,
        (world, visit): (World, VisitId),
        worlds: &mut Vec<World>,
    ) {
        let effects = self.found.program.nodes[at].effects;
        let all = |world: World| effects.iter().fold(world, |world, effect| world.after(*effect));
        // Of these the attempt counts: a message that cannot be sent, a way
        // back that cannot be called.
        let attempt = |e: &&Effect| matches!(e, Effect::Notify | Effect::Page | Effect::HandOver | Effect::Rollback);
        if passes == Passes::FailedBefore {
            let opens = effects.iter().any(|e| matches!(e, Effect::Unfence(_)));
            let world = if opens { world.stuck() } else { world };
            worlds.push(effects.iter().filter(attempt).fold(world, |world, effect| world.after(*effect)));
        } else if !passes.takes_effect() {
            worlds.push(world);
        } else if effects.iter().any(|e| matches!(e, Effect::Rollback | Effect::RolledBack)) {
            self.undone((at, variables), all(world), visit, worlds);
        } else {
            worlds.push(all(world));
        }
    }

    /// A rollback can come as far as any of its steps; once it says that it is
    /// done, all are.
    fn undone(
        &mut self,
        (at, variables): (NodeId, VariablesId),
        called: World,
        visit: VisitId,
        worlds: &mut Vec<World>,
    ) {
        let Some(told) = self.told(variables) else {
            worlds.push(called);
            self.untold(at, visit, "the phase of `failure` is not known here");
            return;
        };
        let back = undo::Back::new(told, self.way, called);
        if back.forgets_writes() {
            self.untold(at, visit, "the target has taken writes, and the phase is one before that");
        }
        match self.found.program.nodes[at].effects.contains(&Effect::RolledBack) {
            true => worlds.extend(back.done()),
            false => worlds.extend(back.passed()),
        }
    }

    fn untold(&mut self, node: NodeId, visit: VisitId, what: &'static str) {
        if !self.found.untold.iter().any(|(known, _, why)| *known == node && *why == what) {
            self.found.untold.push((node, visit, what));
        }
    }

    /// The phase that the variables hold for the rollback.
    fn told(&mut self, variables: VariablesId) -> Option<Phase> {
        if let Some(known) = self.told.get(&variables) {
            return *known;
        }
        let phase = self.phase(variables);
        self.told.insert(variables, phase);
        phase
    }

    fn phase(&self, variables: VariablesId) -> Option<Phase> {
        let values = &self.variables[variables as usize];
        let states = turn::states(Value::Undefined);
        let read = |name: &str| {
            self.found.program.variables.get_index_of(name).map_or(Value::Undefined, |i| values[i].clone())
        };
        let scope = crate::jsonata::Scope { variables: &read, states: &states };
        let told = self.found.program.nodes.iter().filter(|n| n.effects.contains(&Effect::Rollback));
        let mut told = told.filter_map(|node| turn::told(&node.arguments));
        let failure = told.next()?.all(&scope);
        match failure.as_slice() {
            [Ok(failure)] => failure.get("phase").as_text().and_then(Phase::parse),
            _ => None,
        }
    }
}

fn then(exit: &Exit) -> Then {
    match exit.turn.to {
        Some(Target::Node(at)) => Then::At(Control { at, variables: exit.variables, inside: Vec::new() }),
        _ => Then::Ends(lost(&exit.turn)),
    }
}

/// The error that had no route, where a way ends the machine.
fn lost(turn: &Turn) -> Option<Arc<str>> {
    match turn.to {
        Some(Target::Node(_) | Target::End) => None,
        Some(Target::Nowhere) => Some("States.Runtime".into()),
        None => turn.error.clone(),
    }
}

/// The innermost states of a configuration.
fn leaves(control: &Control, found: &mut Vec<NodeId>) {
    if control.inside.is_empty() {
        found.push(control.at);
    }
    control.inside.iter().flatten().for_each(|inner| leaves(inner, found));
}
