//! Offences against the properties, from an exploration.

use migspec_ir::workflow::{ALL_ERRORS, Budget, EXECUTION_LIMIT, Effect, Kind, Side, State};

use crate::workflow::explore::{Depth, Ending, Exploration, Hop};
use crate::workflow::offence::Offence;
use crate::workflow::program::{NodeId, Program, Target};
use crate::workflow::settled::is_settled;
use crate::workflow::simulate::{Scenario, simulate};
use crate::workflow::turn::Passes;
use crate::workflow::world::World;
use crate::workflow::{
    arguments, assigned, calls, claims, closing, consistent, gates, limits, lock, loops, pause, people, polls,
    questions, routes,
};

/// The offences that no policy decides.
pub fn offences(exploration: &Exploration<'_>, depth: Depth) -> Vec<Offence> {
    let mut found = structure(exploration);
    found.extend(limits::offences(&exploration.program));
    found.extend(calls::offences(&exploration.program));
    found.extend(claims::offences(&exploration.program));
    found.extend(arguments::offences(&exploration.program));
    found.extend(consistent::offences(&exploration.program));
    found.extend(questions::offences(&exploration.program));
    found.extend(gates::offences(&exploration.program));
    found.extend(closing::offences(exploration));
    found.extend(lock::offences(&exploration.program));
    found.extend(pause::offences(exploration));
    found.extend(loops::offences(&exploration.program));
    if depth == Depth::Restarts {
        found.extend(timeout(exploration));
    }
    found.extend(endings(exploration));
    if depth == Depth::Restarts {
        // Another offence names the cause better.
        if found.is_empty() {
            found.extend(good_run(&exploration.program));
        }
        found.extend(assigned::offences(&exploration.program));
        found.extend(people::offences(&exploration.program));
        found.extend(polls::offences(&exploration.program));
        found.extend(routes::offences(&exploration.program));
    }
    found
}

/// A run without faults that does not move the writer to the target.
fn good_run(explored: &Program<'_>) -> Option<Offence> {
    // The exploration of each unit is the same document: the first one runs it as a whole.
    let first = explored.workflow.units.first().map(|unit| &**unit);
    if explored.unit.is_some() && explored.unit != first {
        return None;
    }
    let program = &Program::new(explored.workflow);
    let run = simulate(program, &Scenario::usual());
    if run.safe && run.end.is_ok() && run.worlds.iter().all(|world| world.writer() == Some(Side::Target)) {
        return None;
    }
    let failed = run.entries.iter().rev().find(|entry| entry.failed.is_some());
    // Without an error, a gate has stayed closed.
    let closed = || {
        let choice = |name: &str| {
            let node = program.find(name).map(|id| &program.nodes[id]);
            node.is_some_and(|node| matches!(node.state.kind, Kind::Choice { .. }) && !node.effects.is_empty())
        };
        run.entries.iter().rev().find(|entry| choice(&entry.state))
    };
    let entry = failed.or_else(closed).or(run.entries.last())?;
    let why = match &entry.failed {
        Some(error) => format!("fails with `{error}`"),
        None => "does not go on".to_owned(),
    };
    let name = &entry.state;
    Some(Offence {
        code: "good-run-fails",
        node: program.find(name)?,
        message: format!("a run without faults does not move the writer to the target: `{name}` {why}"),
        seen: "this state ends the run".to_owned(),
        help: "accept the good answer, as the workflow that `migspec build` writes does",
        path: Vec::new(),
    })
}

/// Missing states, and unreachable states.
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
                seen: "one of its targets".to_owned(),
                help: "name a state of the same machine",
                path: Vec::new(),
            });
        }
    }
    found.extend(unreachable(exploration));
    found.extend(program.nodes.iter().enumerate().filter_map(|(id, node)| shadowed_route(id, node.state)));
    found.extend(never_flipped(exploration));
    found
}

/// A route or a retrier after one that takes every error.
fn shadowed_route(node: NodeId, state: &State) -> Option<Offence> {
    let all = |errors: &[std::sync::Arc<str>]| errors.iter().any(|error| &**error == ALL_ERRORS);
    let last = |lists: Vec<&[std::sync::Arc<str>]>| lists.iter().rev().skip(1).any(|errors| all(errors));
    let routes = last(state.catch.iter().map(|route| &*route.errors).collect());
    let retries = last(state.retry.iter().map(|retry| &*retry.errors).collect());
    let which = if routes { "Catch" } else { "Retry" };
    (routes || retries).then(|| Offence {
        code: "unreachable-state",
        node,
        message: format!("`{}` has entries of `{which}` after `{ALL_ERRORS}`, which no error reaches", state.name),
        seen: format!("`{ALL_ERRORS}` should be the last entry"),
        help: "put `States.ALL` last",
        path: Vec::new(),
    })
}

/// A migration that can never move its writer.
fn never_flipped(exploration: &Exploration<'_>) -> Option<Offence> {
    let program = &exploration.program;
    let flips = |node: &usize| program.nodes[*node].effects.contains(&Effect::Flip(Side::Target));
    let node = (0..program.nodes.len()).find(flips)?;
    let never = !exploration.exhausted && exploration.worlds(node).next().is_none();
    let known = program.ways(program.start()?).next().is_some();
    (never && known).then(|| Offence {
        code: "unreachable-state",
        node,
        message: format!(
            "no execution reaches `{}`: some gate or choice before it never opens",
            program.nodes[node].state.name
        ),
        seen: "the writer never moves".to_owned(),
        help: "let an execution that finds the writer `source` lead here",
        path: Vec::new(),
    })
}

/// By the edges alone: one execution may skip a state that another needs.
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
        message: format!("no state leads to `{}`", program.nodes[node].state.name),
        seen: "no state names it".to_owned(),
        help: "remove it, or lead to it",
        path: Vec::new(),
    })
    .collect()
}

fn timeout(exploration: &Exploration<'_>) -> Option<Offence> {
    let program = &exploration.program;
    if program.workflow.timeout > EXECUTION_LIMIT {
        return Some(Offence {
            code: "step-without-bound",
            node: 0,
            message: "the document has no `TimeoutSeconds`, or more than a year".to_owned(),
            seen: "the first state".to_owned(),
            help: "write the timeout of the document: it covers the timeouts of all states",
            path: Vec::new(),
        });
    }
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
        help: "raise the timeout of the document: after it no error route is taken",
        path: Vec::new(),
    })
}

fn endings(exploration: &Exploration<'_>) -> Vec<Offence> {
    let mut found: Vec<Offence> = Vec::new();
    for (node, visit, seen) in &exploration.missing_members {
        found.push(Offence {
            code: "rollback-of-wrong-phase",
            node: *node,
            message: "the rollback does not get the phase to undo".to_owned(),
            seen: (*seen).to_owned(),
            help: "set the failed state and its phase on every route to the rollback",
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

/// The cause of an end: the last failed state, or a closed gate.
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
        let message = format!("the choice `{}` can fail, and a choice has no error route", state.name);
        return Some((
            "choice-that-fails",
            message,
            "compute the verdict in a task, and let the choice compare a word",
        ));
    }
    if !world.has_notified() {
        let message = "the workflow can end without a notification".to_owned();
        return Some(("ends-in-silence", message, "route every end through a state that notifies or pages"));
    }
    let succeeds = matches!(state.kind, Kind::Succeed);
    if succeeds && (world.holds(Effect::Page) || world.holds(Effect::RolledBack)) {
        let message = format!("`{}` ends as a success after a failure", state.name);
        return Some(("ends-as-success", message, "end with a state of the type `Fail`, which alarms and reports see"));
    }
    let both = world.takes_writes(Side::Source) && world.takes_writes(Side::Target);
    if both {
        let message = "a rollback can leave both databases open".to_owned();
        return Some(("rollback-of-wrong-phase", message, "pass the failed phase to the rollback"));
    }
    if is_settled(&exploration.program, world) || with_a_person(world) {
        return still_held(world);
    }
    if world.holds(Effect::RolledBack) {
        let message = "a rollback can end before all steps are undone".to_owned();
        return Some(("rollback-of-wrong-phase", message, "pass the failed phase to the rollback"));
    }
    let nobody = match world.writer() {
        Some(side) => !world.takes_writes(side),
        None => true,
    };
    if nobody {
        let message = "the workflow can end while both databases refuse writes".to_owned();
        return Some((
            "fence-left-closed",
            message,
            "route every path from the fence through the rollback, or through a state that opens a database",
        ));
    }
    let message = "the workflow can end between both sides".to_owned();
    Some(("ends-in-between", message, "let every route end on the source or on the target"))
}

/// Schema freezes and rotation holds block work long after the end: every end releases them, or hands them over.
fn still_held(world: World) -> Option<Judged> {
    let held: Vec<String> = world.held_effects().map(|effect| format!("`{effect}`")).collect();
    if held.is_empty() || world.holds(Effect::HandOver) {
        return None;
    }
    let message = format!(
        "the workflow can end while {} is still active, and no message hands over its release",
        held.join(", ")
    );
    Some((
        "ends-while-held",
        message,
        "release both schema freezes and the rotation hold before every end, or `hand-over`",
    ))
}

/// An operator knows of a failed rollback or of a database that could not be opened; or this execution changed nothing,
/// and an operator knows the state that it found; or the target is the only writer, and an operator starts the reverse
/// task.
fn with_a_person(world: World) -> bool {
    let failed_back = world.holds(Effect::Rollback) && !world.holds(Effect::RolledBack);
    world.holds(Effect::Page) && (failed_back || world.is_stuck() || !world.is_touched() || is_kept(world))
}

/// Whether the target alone accepts writes, and the forward task cannot reach it.
/// Another property requires its slot before it opens.
fn is_kept(world: World) -> bool {
    let alone = world.takes_writes(Side::Target) && !world.takes_writes(Side::Source);
    let open = world.writer() == Some(Side::Target) && alone;
    open && world.forward_is_off()
}

/// A world in words.
pub(crate) fn describe(world: World) -> String {
    let writes = match (world.takes_writes(Side::Source), world.takes_writes(Side::Target)) {
        (true, true) => "both databases take",
        (true, false) => "the source takes",
        (false, true) => "the target takes",
        (false, false) => "no database takes",
    };
    let requests = if world.shifts_traffic() { "requests go to the target" } else { "requests go to the source" };
    format!("{writes} writes, applications write to {}, {requests}", world.writer_name())
}
