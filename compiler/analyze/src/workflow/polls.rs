//! Answers that end a good migration too early: a poll that asks once only, and a rollback for a doubt.

use migspec_ir::workflow::{Effect, Kind, Phase};

use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target};

/// The states between a wait and its gate, at most: the longest poll counts requests, then reads an alarm.
const LONGEST_POLL: usize = 6;

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let nodes = || program.nodes.iter().enumerate();
    nodes()
        .filter_map(|(gate, node)| single_poll(program, gate, node))
        .chain(nodes().filter_map(|(id, node)| rollback_on_doubt(program, id, node)))
        .collect()
}

/// A gate whose wait does not lead to the next question.
fn single_poll(program: &Program<'_>, gate: NodeId, node: &Node<'_>) -> Option<Offence> {
    let Kind::Choice { branches, .. } = &node.state.kind else { return None };
    let routes = branches.iter().zip(&node.branches);
    let waiting = routes.filter(|(branch, _)| branch.condition.as_str().contains("\"wait\""));
    let mut waits = waiting.filter_map(|(_, (_, _, to))| to_wait(program, *to));
    let lost = waits.find(|wait| !leads_to(program, *wait, gate))?;
    let (wait, gate_name) = (&program.nodes[lost].state.name, &node.state.name);
    Some(Offence {
        code: "gate-without-question",
        node: lost,
        message: format!("`{wait}` does not lead back to the question of `{gate_name}`"),
        seen: "the first answer that is not final ends the poll".to_owned(),
        help: "lead the wait to the state that asks again",
        path: Vec::new(),
    })
}

fn to_wait(program: &Program<'_>, target: Target) -> Option<NodeId> {
    match target {
        Target::Node(id) if matches!(program.nodes[id].state.kind, Kind::Wait { .. }) => Some(id),
        _ => None,
    }
}

/// Whether a few states without an error lead from one to another.
fn leads_to(program: &Program<'_>, from: NodeId, to: NodeId) -> bool {
    let mut reached = vec![from];
    for _ in 0..LONGEST_POLL {
        let onwards = reached.iter().flat_map(|at| {
            let node = &program.nodes[*at];
            let branches = node.branches.iter().map(|(_, _, to)| *to);
            [node.next, node.default].into_iter().chain(branches)
        });
        reached = onwards.filter_map(|target| if let Target::Node(id) = target { Some(id) } else { None }).collect();
        reached.sort_unstable();
        reached.dedup();
        if reached.contains(&to) {
            return true;
        }
    }
    false
}

/// With the target open, only a ringing alarm or a person goes back. An error of a call, or a task of DMS that takes its
/// time, calls an operator.
fn rollback_on_doubt(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let asks = matches!(node.state.phase, Phase::StopForward | Phase::StartReverse);
    let watches = node.state.phase == Phase::Watch && node.state.kind.is_task();
    if !asks && !watches {
        return None;
    }
    let goes_back = |to: NodeId| program.nodes[to].effects.contains(&Effect::Rollback);
    program.ways(id).any(goes_back).then(|| Offence {
        code: "rollback-on-doubt",
        node: id,
        message: format!("`{}` leads to the rollback when it fails; it should call an operator", node.state.name),
        seen: "the target is open and takes writes".to_owned(),
        help: "lead its errors to the state that pages",
        path: Vec::new(),
    })
}
