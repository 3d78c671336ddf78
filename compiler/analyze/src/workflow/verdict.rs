//! From what was explored to offences against the properties.

use migspec_ir::workflow::{Budget, Effect, Side};

use crate::workflow::explore::{Depth, Ending, Exploration, Hop};
use crate::workflow::program::{NodeId, Program, Target};
use crate::workflow::turn::Passes;
use crate::workflow::world::World;
use crate::workflow::{calls, claims, consistent, gates, limits, loops, questions};

/// A property that does not hold, and how one gets there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offence {
    pub code: &'static str,
    pub node: NodeId,
    /// What is wrong, lower case and without a full stop.
    pub message: String,
    /// What was seen at the state.
    pub seen: String,
    pub help: &'static str,
    /// The shortest path from the start; empty where one look is enough.
    pub path: Vec<Hop>,
}

/// The offences that no policy decides.
pub fn offences(exploration: &Exploration<'_>, depth: Depth) -> Vec<Offence> {
    let mut found = structure(exploration);
    found.extend(limits::offences(&exploration.program));
    found.extend(calls::offences(&exploration.program));
    found.extend(claims::offences(&exploration.program));
    found.extend(consistent::offences(&exploration.program));
    found.extend(questions::offences(&exploration.program));
    found.extend(gates::offences(&exploration.program));
    found.extend(loops::offences(&exploration.program));
    if depth == Depth::Restarts {
        found.extend(timeout(exploration));
    }
    found.extend(endings(exploration));
    found
}

/// States that do not exist, and states that nothing leads to.
fn structure(exploration: &Exploration<'_>) -> Vec<Offence> {
    let program = &exploration.program;
    let mut found = Vec::new();
    if program.start().is_none() {
        return vec![Offence {
            code: "dangling-next",
            node: 0,
            message: format!("the workflow starts at `{}`, which does not exist", program.workflow.start_at),
            seen: "the first state".to_owned(),
            help: "name a state of the document",
            path: Vec::new(),
        }];
    }
    for (id, node) in program.nodes.iter().enumerate() {
        let targets = [Some(node.next), Some(node.default).filter(|_| !node.branches.is_empty())];
        let branches = node.branches.iter().map(|(_, _, to)| *to);
        let all = targets.into_iter().flatten().chain(branches).chain(node.catches.iter().map(|(_, to)| *to));
        if all.into_iter().any(|target| target == Target::Nowhere) {
            found.push(Offence {
                code: "dangling-next",
                node: id,
                message: format!("`{}` leads to a state that does not exist", node.state.name),
                seen: "one of its ways out".to_owned(),
                help: "name a state of the same machine",
                path: Vec::new(),
            });
        }
    }
    found.extend(unreachable(exploration));
    found
}

/// By the edges alone: what an execution leaves out another may need.
fn unreachable(exploration: &Exploration<'_>) -> Vec<Offence> {
    let program = &exploration.program;
    let mut met = vec![false; program.nodes.len()];
    let mut todo: Vec<NodeId> = program.start().into_iter().collect();
    while let Some(node) = todo.pop() {
        if !std::mem::replace(&mut met[node], true) {
            todo.extend(program.ways(node));
        }
    }
    let lost = met.iter().enumerate().filter(|(_, met)| !**met);
    lost.map(|(node, _)| Offence {
        code: "unreachable-state",
        node,
        message: format!("nothing leads to `{}`", program.nodes[node].state.name),
        seen: "no state names it".to_owned(),
        help: "remove it, or lead to it",
        path: Vec::new(),
    })
    .collect()
}

fn timeout(exploration: &Exploration<'_>) -> Option<Offence> {
    let program = &exploration.program;
    let mut workflow = program.workflow.clone();
    if workflow.loops.is_empty() {
        workflow.loops = loops::loops(program);
    }
    let needed = Budget::of(&workflow).seconds;
    (workflow.timeout < needed).then(|| Offence {
        code: "workflow-timeout-too-short",
        node: 0,
        message: format!(
            "the workflow ends after {} seconds, and its states may take {needed}",
            program.workflow.timeout
        ),
        seen: "the first state".to_owned(),
        help: "raise the timeout of the document: past it no error route is taken",
        path: Vec::new(),
    })
}

fn endings(exploration: &Exploration<'_>) -> Vec<Offence> {
    let mut found: Vec<Offence> = Vec::new();
    for (node, visit, seen) in &exploration.untold {
        found.push(Offence {
            code: "rollback-of-wrong-phase",
            node: *node,
            message: "the rollback is not told what has to be undone".to_owned(),
            seen: (*seen).to_owned(),
            help: "let every route to the rollback set the state and the phase that failed",
            path: exploration.path_to(*visit),
        });
    }
    for ending in &exploration.endings {
        let Some((code, message, help)) = judge(exploration, ending) else { continue };
        let node = place(exploration, ending);
        if found.iter().any(|o| o.code == code && o.node == node) {
            continue;
        }
        let path = exploration.path_to(ending.visit);
        found.push(Offence { code, node, message, seen: describe(ending.world), help, path });
    }
    found
}

/// The state that an end is blamed on: the last that failed, or a gate that
/// did not open.
fn place(exploration: &Exploration<'_>, ending: &Ending) -> NodeId {
    let failed = |hop: &&Hop| matches!(hop.passes, Passes::FailedBefore | Passes::FailedAfter);
    exploration.back_from(ending.visit).find(failed).map_or(ending.node, |hop| hop.node)
}

type Judged = (&'static str, String, &'static str);

fn judge(exploration: &Exploration<'_>, ending: &Ending) -> Option<Judged> {
    let world = ending.world;
    let state = &exploration.program.nodes[ending.node].state;
    let last = exploration.back_from(ending.visit).next();
    if ending.lost.is_some() && last.is_some_and(|hop| hop.passes == Passes::Closed) {
        let message = format!("the choice `{}` can fail, and a choice has no route for errors", state.name);
        return Some((
            "choice-that-fails",
            message,
            "work the verdict out in a task, and let the choice compare a word",
        ));
    }
    if !world.told() {
        let message = "the workflow can end without telling anybody".to_owned();
        return Some(("ends-in-silence", message, "let every end pass a state that notifies or pages"));
    }
    let both = world.takes_writes(Side::Source) && world.takes_writes(Side::Target);
    if both {
        let message = "a rollback can leave both databases open".to_owned();
        return Some(("rollback-of-wrong-phase", message, "tell the rollback the phase that has failed"));
    }
    if is_settled(&exploration.program, world) || with_a_person(world) {
        return still_held(world);
    }
    if world.holds(Effect::RolledBack) {
        let message = "a rollback can end while not everything is undone".to_owned();
        return Some(("rollback-of-wrong-phase", message, "tell the rollback the phase that has failed"));
    }
    let nobody = match world.writer() {
        Some(side) => !world.takes_writes(side),
        None => true,
    };
    if nobody {
        let message = "the workflow can end while nobody can write".to_owned();
        return Some(("fence-left-closed", message, "let every route from the fence pass the rollback or open a side"));
    }
    let message = "the workflow can end between both sides".to_owned();
    Some(("ends-in-between", message, "let every route end on the source or on the target"))
}

/// Frozen schemas and held passwords stop work long after everybody has gone
/// home: whoever ends lets go, or says who does.
fn still_held(world: World) -> Option<Judged> {
    let held: Vec<String> = world.held().map(|effect| format!("`{effect}`")).collect();
    if held.is_empty() || world.holds(Effect::HandOver) {
        return None;
    }
    let message = format!("the workflow can end while {} still holds, and nobody is told who lets go", held.join(", "));
    Some(("ends-while-held", message, "let every end thaw both schemas and release the rotation, or `hand-over`"))
}

/// Wholly on one side.
pub(crate) fn is_settled(program: &Program<'_>, world: World) -> bool {
    let (source, target) = (world.takes_writes(Side::Source), world.takes_writes(Side::Target));
    match world.writer() {
        Some(Side::Source) => source && !target && !world.shifted() && !world.holds(Effect::ShiftReads(0)),
        Some(Side::Target) => {
            let given_up = world.holds(Effect::StopReverse) || world.holds(Effect::ReverseStopped);
            target && !source && (world.reverse_runs() || !program.reverses() || given_up)
        }
        None => false,
    }
}

/// The way back has failed or a side could not be opened, and a person knows;
/// or nothing was changed by this execution, and a person knows how it was found.
fn with_a_person(world: World) -> bool {
    let failed_back = world.holds(Effect::Rollback) && !world.holds(Effect::RolledBack);
    world.holds(Effect::Page) && (failed_back || world.is_stuck() || !world.touched())
}

/// A world in words.
pub(crate) fn describe(world: World) -> String {
    let writes = match (world.takes_writes(Side::Source), world.takes_writes(Side::Target)) {
        (true, true) => "both databases take",
        (true, false) => "the source takes",
        (false, true) => "the target takes",
        (false, false) => "no database takes",
    };
    let requests = if world.shifted() { "requests go to the target" } else { "requests go to the source" };
    format!("{writes} writes, applications write to {}, {requests}", world.writer_name())
}
