//! Explores every state of a workflow with every outcome, breadth first, so that the path to each configuration is a
//! shortest one.

mod steps;

use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use migspec_events::undo::Way;
use migspec_ir::workflow::{Kind, Phase, Workflow};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use self::steps::Does;
use crate::workflow::live::Live;
use crate::workflow::program::{NodeId, Program, Target};
use crate::workflow::turn::{ExitCache, Leaving, Passes, Tracking, Turn, UNDEFINED, ValueId};
use crate::workflow::undo;
use crate::workflow::world::World;

/// The extent of an exploration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// One execution, from a world in which nothing has happened yet.
    Execution,
    /// Executions that are ended at any moment and started again in the world that they left. Only the effects that
    /// decide their end are tracked. Calls without an answer may have their effects later.
    Restarts,
}

impl Depth {
    /// The maximum of configurations; above it there is no verdict.
    fn limit(self) -> usize {
        match self {
            Depth::Execution => 60_000,
            Depth::Restarts => 1_000_000,
        }
    }
}

type VariablesId = u32;
type ControlId = u32;
type HopId = u32;

/// An exit of a state.
struct Exit {
    turn: Turn,
    /// The variables that it leaves.
    variables: VariablesId,
    /// The next control, if the state is not inside another; none at an end.
    onwards: Option<ControlId>,
    hop: HopId,
}

type Exits = Arc<[Exit]>;
pub(crate) type VisitId = u32;

/// The position of a machine: a state, and the position of each branch inside it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Control {
    at: NodeId,
    variables: VariablesId,
    /// `None` is a branch that has ended.
    inside: Vec<Option<Control>>,
}

/// A configuration, and its first predecessor.
struct Visit {
    control: ControlId,
    world: World,
    from: Before,
}

/// The previous configuration and the step from it; none at a start.
type Before = Option<(VisitId, HopId)>;

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

/// The result of an exploration.
pub struct Exploration<'w> {
    pub program: Program<'w>,
    visits: Vec<Visit>,
    hops: Vec<Hop>,
    /// For each state the worlds in which it is entered.
    entries: Vec<IndexMap<World, VisitId, FxBuildHasher>>,
    pub(crate) endings: Vec<Ending>,
    /// Calls of a rollback whose input lacks a member, with the member.
    pub(crate) missing_members: Vec<(NodeId, VisitId, &'static str)>,
    /// Whether the exploration reached its limit: then nothing is proven.
    pub exhausted: bool,
}

impl<'w> Exploration<'w> {
    /// One exploration for each unit with a writer of its own.
    pub fn each(workflow: &'w Workflow, depth: Depth) -> Vec<Self> {
        match workflow.units.as_slice() {
            [] => vec![Self::new(workflow, depth)],
            units => units.iter().map(|unit| Self::explore(Program::of_unit(workflow, Some(unit)), depth)).collect(),
        }
    }

    pub fn new(workflow: &'w Workflow, depth: Depth) -> Self {
        Self::explore(Program::new(workflow), depth)
    }

    fn explore(program: Program<'w>, depth: Depth) -> Self {
        let way = undo::way(&program);
        let explorer = Explorer {
            tracking: Tracking::new(&program),
            live: Live::new(&program),
            does: program.nodes.iter().map(|node| Does::new(node.effects, &node.state.kind, depth)).collect(),
            controls: IndexSet::default(),
            variables: IndexSet::default(),
            memo: FxHashMap::default(),
            known: ExitCache::default(),
            phases: FxHashMap::default(),
            seen: FxHashSet::default(),
            ended: FxHashSet::default(),
            found: Exploration {
                entries: program.nodes.iter().map(|_| IndexMap::default()).collect(),
                hops: Vec::new(),
                program,
                visits: Vec::new(),
                endings: Vec::new(),
                missing_members: Vec::new(),
                exhausted: false,
            },
            worlds: IndexSet::default(),
            steps: Vec::new(),
            depth,
            way,
        };
        explorer.run()
    }

    /// The number of configurations.
    pub fn size(&self) -> usize {
        self.visits.len()
    }

    /// The factors of the number of configurations.
    pub fn arithmetic(&self) -> String {
        let worlds = self.entries.iter().map(IndexMap::len).max().unwrap_or(0);
        let variables = self.program.variables.len();
        format!("from {} states, up to {worlds} worlds in each, and {variables} variables", self.entries.len())
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
        let mut path: Vec<Hop> = self.back_from(visit).cloned().collect();
        path.reverse();
        path
    }

    /// The steps of a shortest path, the last one first.
    pub(crate) fn back_from(&self, visit: VisitId) -> impl Iterator<Item = &Hop> {
        let mut at = visit;
        std::iter::from_fn(move || {
            let (before, hop) = self.visits[at as usize].from?;
            at = before;
            Some(&self.hops[hop as usize])
        })
    }
}

/// A step from a configuration.
struct Move {
    to: Then,
    world: World,
    hop: HopId,
}

enum Then {
    At(Control),
    /// The machine ends; with an error that had no route, or without.
    Ends(Option<Arc<str>>),
}

struct Explorer<'w> {
    tracking: Tracking,
    live: Live,
    /// The effect of each state on worlds.
    does: Vec<Does>,
    controls: IndexSet<Control, FxBuildHasher>,
    variables: IndexSet<Box<[ValueId]>, FxBuildHasher>,
    memo: FxHashMap<(NodeId, Leaving, VariablesId), Exits>,
    known: ExitCache,
    /// The phase that a rollback gets, by variables.
    phases: FxHashMap<VariablesId, Option<Phase>>,
    seen: FxHashSet<(ControlId, World)>,
    /// The flag marks an error that had no route.
    ended: FxHashSet<(NodeId, World, bool)>,
    found: Exploration<'w>,
    /// Worlds in which an execution was started.
    worlds: IndexSet<World, FxBuildHasher>,
    /// The result of the last call of `steps`: exits of a state, by their place, each with a world.
    steps: Vec<(usize, World)>,
    depth: Depth,
    way: Way,
}

impl<'w> Explorer<'w> {
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

    /// A new execution in a world, unless there was one.
    fn start(&mut self, world: World, from: Before) {
        let world = world.at_start();
        if !self.worlds.insert(world) {
            return;
        }
        let Some(at) = self.found.program.start() else { return };
        let variables = self.unset();
        let control = self.control(Control { at, variables, inside: Vec::new() });
        self.visit(control, world, from);
    }

    fn unset(&mut self) -> VariablesId {
        let unset = vec![UNDEFINED; self.found.program.variables.len()];
        self.variables.insert_full(unset.into()).0 as VariablesId
    }

    /// Goes on from a configuration, unless it is known. Most are.
    fn visit(&mut self, control: ControlId, world: World, from: Before) {
        let world = if self.depth == Depth::Restarts { world.outline() } else { world };
        if !self.seen.insert((control, world)) {
            return;
        }
        let visit = self.found.visits.len() as VisitId;
        self.found.visits.push(Visit { control, world, from });
        enter(&self.controls[control as usize], &mut |node| {
            self.found.entries[node].entry(world).or_insert(visit);
        });
    }

    fn control(&mut self, control: Control) -> ControlId {
        self.controls.insert_full(control).0 as ControlId
    }

    fn hop(&mut self, node: NodeId, passes: Passes, error: Option<Arc<str>>) -> HopId {
        self.found.hops.push(Hop { node, passes, error });
        (self.found.hops.len() - 1) as HopId
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
            for Move { to, world, hop } in self.moves(&control, world, visit) {
                let from = Some((visit, hop));
                match to {
                    Then::At(control) => {
                        let control = self.control(control);
                        self.visit(control, world, from);
                    }
                    Then::Ends(lost) => self.end(at, world, lost, from),
                }
            }
        }
        for arrived in world.arrivals() {
            let hop = self.hop(at, Passes::Late, None);
            self.visit(control, arrived, Some((visit, hop)));
        }
        if self.depth == Depth::Restarts && !self.worlds.contains(&world.at_start()) {
            let hop = self.hop(at, Passes::Restarted, None);
            self.start(world, Some((visit, hop)));
        }
    }

    /// The steps from a state that has none inside and is in none.
    fn pass(&mut self, (at, variables): (NodeId, VariablesId), (world, visit): (World, VisitId)) {
        let exits = self.turns(at, variables, world);
        self.steps((at, variables), &exits, (world, visit));
        let steps = std::mem::take(&mut self.steps);
        for (exit, world) in &steps {
            let Exit { turn, onwards, hop, .. } = &exits[*exit];
            match onwards {
                Some(control) => self.visit(*control, *world, Some((visit, *hop))),
                None => self.end(at, *world, unrouted_error(turn), Some((visit, *hop))),
            }
        }
        self.steps = steps;
    }

    fn end(&mut self, node: NodeId, world: World, lost: Option<Arc<str>>, from: Before) {
        if !self.ended.insert((node, world, lost.is_some())) {
            return;
        }
        // The end is a step of the path, and not a configuration.
        let control = from.map_or(0, |(before, _)| self.found.visits[before as usize].control);
        let visit = self.found.visits.len() as VisitId;
        self.found.visits.push(Visit { control, world: World::END, from });
        self.found.endings.push(Ending { node, world, lost: lost.clone(), visit });
        for arrived in world.arrivals() {
            self.end(node, arrived, lost.clone(), from);
        }
    }

    fn moves(&mut self, control: &Control, world: World, visit: VisitId) -> Vec<Move> {
        let node = &self.found.program.nodes[control.at];
        let state = node.state;
        let has_inner = !node.inner.is_empty();
        if has_inner && control.inside.is_empty() {
            let starts = node.inner.clone();
            let inside = starts.into_iter().map(|at| Some(self.begin(at, control.variables))).collect();
            // A list may be empty: then nothing inside has happened.
            let mut moves = match state.kind {
                Kind::Map { .. } => self.own_moves(control, world, visit),
                _ => Vec::new(),
            };
            let hop = self.hop(control.at, Passes::Entered, None);
            moves.push(Move { to: Then::At(Control { inside, ..control.clone() }), world, hop });
            return moves;
        }
        if has_inner && control.inside.iter().any(Option::is_some) {
            return self.inner_moves(control, world, visit);
        }
        self.own_moves(control, world, visit)
    }

    /// Inner states can read the outer variables; a child execution of a distributed map has none.
    fn begin(&mut self, at: NodeId, variables: VariablesId) -> Control {
        let outer = self.found.program.nodes[at].outer.map(|outer| &self.found.program.nodes[outer].state.kind);
        let variables = match outer {
            Some(Kind::Map { distributed: Some(_), .. }) => self.unset(),
            _ => {
                let variables = self.variables[variables as usize].clone();
                self.keep_live(at, variables)
            }
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
                    // The other branches end, and the outer state fails.
                    Then::Ends(_) => {
                        let ways = self.ways(control.at, Leaving::Broken, control.variables);
                        moves.extend(ways.iter().map(|way| Move { to: then(way), ..step }));
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
        let exits = self.turns(control.at, control.variables, world);
        self.steps((control.at, control.variables), &exits, (world, visit));
        let moved = |(exit, world): &(usize, World)| {
            let exit = &exits[*exit];
            Move { to: then(exit), world: *world, hop: exit.hop }
        };
        self.steps.iter().map(moved).collect()
    }

    /// The exits of a state when it ends.
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
        let turns = self.known.turns(&self.found.program, &self.tracking, (at, leaving), values);
        let left: Exits = turns.iter().map(|turn| self.exit(at, turn, variables)).collect();
        self.memo.insert(key, left.clone());
        left
    }

    fn exit(&mut self, node: NodeId, turn: &Turn, variables: VariablesId) -> Exit {
        let hop = self.hop(node, turn.passes, turn.error.clone());
        let Some(Target::Node(at)) = turn.to else {
            return Exit { turn: turn.clone(), variables, onwards: None, hop };
        };
        let after = turn.after(&self.variables[variables as usize]);
        let variables = self.keep_live(at, after.into());
        let onwards = Some(self.control(Control { at, variables, inside: Vec::new() }));
        Exit { turn: turn.clone(), variables, onwards, hop }
    }

    /// The variables that a later state reads.
    fn keep_live(&mut self, at: NodeId, mut variables: Box<[ValueId]>) -> VariablesId {
        self.live.keep(at, &mut variables);
        self.variables.insert_full(variables).0 as VariablesId
    }
}

fn then(exit: &Exit) -> Then {
    match exit.turn.to {
        Some(Target::Node(at)) => Then::At(Control { at, variables: exit.variables, inside: Vec::new() }),
        _ => Then::Ends(unrouted_error(&exit.turn)),
    }
}

/// The error without a route, if an exit ends the machine.
fn unrouted_error(turn: &Turn) -> Option<Arc<str>> {
    match turn.to {
        Some(Target::Node(_) | Target::End) => None,
        Some(Target::Nowhere) => Some("States.Runtime".into()),
        None => turn.error.clone(),
    }
}

/// Calls with the innermost states of a configuration.
fn enter(control: &Control, entered: &mut impl FnMut(NodeId)) {
    if control.inside.is_empty() {
        entered(control.at);
    }
    control.inside.iter().flatten().for_each(|inner| enter(inner, entered));
}
