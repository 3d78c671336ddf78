//! The states around a state: the question before an answer, the checkpoint before a change, the wait before a poll,
//! the evidence before an end. The exploration follows effects; these checks follow the edges.

use migspec_ir::workflow::{Api, Effect, Kind, Pattern, Phase, Side, State};

use crate::workflow::contracts::{self, Function};
use crate::workflow::lock;
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target};

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        found.extend(question_offence(program, id, node));
        found.extend(record_offence(program, id, node));
        found.extend(unproven(program, id, node));
        found.extend(hot(program, id, node));
        found.extend(shift_offence(program, id, node));
        found.extend(early_end(program, id, node));
        found.extend(plan_offence(program, id, node));
        found.extend(groups(program, id, node));
        found.extend(early_token(program, id, node));
    }
    found.extend(missing(program));
    found
}

fn offence(code: &'static str, node: NodeId, message: String, seen: &str, help: &'static str) -> Offence {
    Offence { code, node, message, seen: seen.to_owned(), help, path: Vec::new() }
}

/// The states that lead to a state, apart from those that change nothing: waits, passes, records.
fn last_changes(program: &Program<'_>, id: NodeId) -> Vec<NodeId> {
    let idle = |node: &Node<'_>| {
        let records = node.state.effects.iter().all(|e| matches!(e, Effect::Evidence | Effect::Approve));
        let silent = node.state.effects.is_empty() && matches!(node.state.kind, Kind::Pass | Kind::Wait { .. });
        silent || records && !node.state.effects.is_empty()
    };
    let mut found = program.back(id, |at| idle(&program.nodes[at]));
    found.retain(|at| !idle(&program.nodes[*at]));
    found.sort_unstable();
    found
}

/// A record of an approval that does not follow the question to the roles.
fn question_offence(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    if !node.state.effects.contains(&Effect::Approve) {
        return None;
    }
    let asks = |other: &NodeId| {
        let inner = |inside: &Node<'_>| inside.outer == Some(*other) && waits_for_person(inside.state);
        program.nodes[*other].next == Target::Node(id) && program.nodes.iter().any(inner)
    };
    let mut all = program.before(id).peekable();
    let asked = all.peek().is_some() && all.all(|other| asks(&other));
    (!asked).then(|| {
        offence(
            "approval-of-one",
            id,
            format!("`{}` records an approval that no role has given", node.state.name),
            "the state before should ask the roles",
            "lead to the record only from the question, when all roles have approved",
        )
    })
}

pub(super) fn waits_for_person(state: &State) -> bool {
    matches!(state.kind, Kind::Task { pattern: Pattern::WaitForTaskToken, .. })
}

/// A change without the checkpoint of its phase directly before it: the rollback would undo an earlier phase.
fn record_offence(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let changes = |effects: &[Effect]| {
        effects.iter().any(|effect| match effect {
            Effect::HoldWrites | Effect::Flip(Side::Target) | Effect::Unfence(Side::Target) | Effect::StopReverse => {
                true
            }
            Effect::Shift(share) | Effect::ShiftReads(share) => *share > 0,
            _ => false,
        })
    };
    if !changes(&node.state.effects) || node.state.phase >= Phase::Rollback && node.state.phase != Phase::Decommission {
        return None;
    }
    let phase = node.state.phase;
    // A further step of the same phase has the same checkpoint, and confirms the lock again.
    let steps = |other: NodeId| {
        let other = &program.nodes[other].state;
        other.phase == phase && (changes(&other.effects) || other.effects.contains(&Effect::AlarmGate))
    };
    let recorded = |other: &NodeId| {
        let state = &program.nodes[*other].state;
        let confirms = lock::of(&state.kind) == Some(lock::Use::Confirm);
        steps(*other)
            || state.phase == phase && state.effects.contains(&Effect::Checkpoint)
            || confirms && program.before(*other).all(steps)
    };
    let last = last_changes(program, id);
    let wrong = last.iter().find(|other| !recorded(other))?;
    Some(offence(
        "flip-unprepared",
        id,
        format!(
            "`{}` follows `{}` without a checkpoint of its phase; a checkpoint of the phase {} should come directly before",
            node.state.name,
            program.nodes[*wrong].state.name,
            phase.name()
        ),
        "the rollback reads the last checkpoint",
        "write the checkpoint of the phase before its first change",
    ))
}

/// A hold of writes or a flip without a record of the gates that led to it.
fn unproven(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let moves = |effect: &Effect| matches!(effect, Effect::HoldWrites | Effect::Flip(Side::Target));
    if !node.state.effects.iter().any(moves) {
        return None;
    }
    let records = |at: NodeId| program.nodes[at].state.effects.contains(&Effect::Evidence);
    let near = |at: NodeId| {
        let effects = &program.nodes[at].state.effects;
        effects.iter().all(|e| {
            matches!(e, Effect::Evidence | Effect::Checkpoint | Effect::ReverseSlot | Effect::SyncSequences(_))
        }) && !matches!(program.nodes[at].state.kind, Kind::Choice { .. })
    };
    let recorded = program.back(id, |at| !records(at) && near(at)).into_iter().any(records);
    (!recorded).then(|| {
        offence(
            "flip-unprepared",
            id,
            format!("`{}` follows no record of the gates; evidence should come directly before", node.state.name),
            "nothing proves that the gates were open",
            "record the evidence, then the checkpoint, then make the change",
        )
    })
}

/// A poll that follows the last one without a wait.
fn hot(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let asks = |other: &Node<'_>| other.state.kind.is_task() || matches!(other.state.kind, Kind::Pass);
    let mut again = node.branches.iter().filter_map(|(_, _, to)| match to {
        Target::Node(to) if asks(&program.nodes[*to]) => Some(*to),
        _ => None,
    });
    // Back to the question of this very choice.
    let returns = |from: NodeId| {
        let mut at = from;
        for _ in 0..3 {
            match program.nodes[at].next {
                Target::Node(next) if matches!(program.nodes[next].state.kind, Kind::Wait { .. }) => return false,
                Target::Node(next) if next == id => return true,
                Target::Node(next) => at = next,
                _ => return false,
            }
        }
        false
    };
    let to = again.find(|to| returns(*to))?;
    let name = &node.state.name;
    Some(offence(
        "call-cut-short",
        id,
        format!("`{name}` asks `{}` again without a wait; it should lead to a wait", program.nodes[to].state.name),
        "all polls end at once",
        "wait before each poll",
    ))
}

/// A bake behind no step, or a flip before all requests have moved.
fn shift_offence(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let shifts = |state: &State| {
        state.effects.iter().find_map(|effect| match effect {
            Effect::Shift(share) | Effect::ShiftReads(share) if state.phase == Phase::Shift => Some(*share),
            _ => None,
        })
    };
    let bakes = matches!(node.state.kind, Kind::Wait { .. }) && node.state.phase == Phase::Shift;
    let alarm = |to: NodeId| {
        matches!(program.nodes[to].state.kind, Kind::Task { api: Api::DescribeAlarms | Api::GetMetricData, .. })
    };
    if bakes && program.ways(id).any(alarm) {
        let loops = |other: NodeId| {
            matches!(program.nodes[other].state.kind, Kind::Choice { .. }) || program.nodes[other].sends_message()
        };
        let begun = program.before(id).all(|other| loops(other) || shifts(program.nodes[other].state).is_some());
        let steps = program.before(id).any(|other| shifts(program.nodes[other].state).is_some());
        return (!begun || !steps).then(|| {
            offence(
                "flip-unprepared",
                id,
                format!("`{}` bakes no step; a shift of requests should lead to it", node.state.name),
                "no requests have moved before",
                "shift requests, then wait, then read the alarms",
            )
        });
    }
    let steps: Vec<u8> = program.nodes.iter().filter_map(|node| shifts(node.state)).collect();
    let moves = |effect: &Effect| matches!(effect, Effect::Flip(Side::Target));
    let all = program
        .nodes
        .iter()
        .any(|node| node.state.effects.iter().any(|e| matches!(e, Effect::Shift(100) | Effect::ShiftReads(100))));
    (node.state.effects.iter().any(moves) && !steps.is_empty() && !all).then(|| {
        offence(
            "flip-unprepared",
            id,
            format!("`{}` moves the writer before all requests have moved; a step should shift 100 %", node.state.name),
            "the last step is missing",
            "add the step of 100 % with its bake",
        )
    })
}

/// An execution that ends without the states that end it: evidence, then `Succeed` or `Fail`.
fn early_end(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    if node.outer.is_some() {
        return None;
    }
    let name = &node.state.name;
    let ends = matches!(node.state.kind, Kind::Succeed | Kind::Fail { .. });
    if !ends {
        let stops = node.branches.is_empty() && node.next == Target::End;
        return stops.then(|| {
            offence(
                "ends-as-success",
                id,
                format!("`{name}` ends the execution as succeeded; it should lead to the next state"),
                "`End` is true",
                "write `Next`",
            )
        });
    }
    let records = |other: NodeId| program.nodes[other].state.effects.contains(&Effect::Evidence);
    // The release of the lock comes between.
    let releases = |other: NodeId| lock::of(&program.nodes[other].state.kind) == Some(lock::Use::Release);
    let last = |other: NodeId| if releases(other) { program.before(other).collect() } else { vec![other] };
    let wrong = program.before(id).flat_map(last).find(|other| !records(*other))?;
    Some(offence(
        "ends-in-silence",
        id,
        format!(
            "`{name}` ends the execution after `{}`; evidence should be recorded before",
            program.nodes[wrong].state.name
        ),
        "no evidence of the gates is kept",
        "record the evidence before the end",
    ))
}

/// A comparison of groups that were not planned directly before, or a sum of groups that were not compared.
fn plan_offence(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let action = |other: NodeId| match contracts::contract(&program.nodes[other].state.kind) {
        Some(Ok((Function::Validator, action))) => action.to_owned(),
        _ => String::new(),
    };
    let own = |other: NodeId| program.nodes[other].state.of == node.state.of;
    let (right, wanted) = match (&node.state.kind, action(id).as_str()) {
        (Kind::Map { .. }, _) => {
            (program.before(id).all(|other| own(other) && action(other) == "plan"), "the plan of the groups")
        }
        (_, "summarise") => {
            let maps = |other: NodeId| matches!(program.nodes[other].state.kind, Kind::Map { .. });
            (program.before(id).all(|other| own(other) && maps(other)), "the comparison of the groups")
        }
        _ => return None,
    };
    (!right).then(|| {
        offence(
            "gate-without-question",
            id,
            format!("`{}` does not follow {wanted} directly, and should", node.state.name),
            "it reads the result of another pass",
            "plan, compare the groups, then add the results up",
        )
    })
}

/// A group whose comparison fails must end as failed.
fn groups(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let iterates = node.outer.is_some_and(|outer| matches!(program.nodes[outer].state.kind, Kind::Map { .. }));
    if !iterates || node.branches.is_empty() {
        return None;
    }
    let fails =
        |to: Target| matches!(to, Target::Node(to) if matches!(program.nodes[to].state.kind, Kind::Fail { .. }));
    (!fails(node.default)).then(|| {
        offence(
            "gate-without-end",
            id,
            format!(
                "`{}` ends a group that is not compared as a success; its default should lead to a `Fail`",
                node.state.name
            ),
            "the group counts as compared",
            "lead to a `Fail` state",
        )
    })
}

/// A token that is written before the fence: changes after it are not proven to arrive.
fn early_token(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    if !node.state.effects.contains(&Effect::FenceToken) {
        return None;
    }
    let fences = |effects: &[Effect]| effects.contains(&Effect::Fence(Side::Source));
    let own = |other: NodeId| program.nodes[other].state.of == node.state.of;
    let writes = |effects: &[Effect]| effects.contains(&Effect::FenceToken);
    // Back over tokens of other databases to the fences.
    let passes = |at: NodeId| {
        let effects = &program.nodes[at].state.effects;
        fences(effects) || writes(effects) || effects.is_empty()
    };
    let fenced = program.back(id, passes).into_iter().any(|at| fences(&program.nodes[at].state.effects) && own(at));
    (!fenced).then(|| {
        offence(
            "flip-unprepared",
            id,
            format!("`{}` writes the token before the source is fenced; the fence should come before", node.state.name),
            "writes can follow the token",
            "fence the source, then write the token",
        )
    })
}

/// States that another state of the document needs.
fn missing(program: &Program<'_>) -> Vec<Offence> {
    let find =
        |effect: Effect| (0..program.nodes.len()).filter(move |id| program.nodes[*id].state.effects.contains(&effect));
    let mut found = Vec::new();
    for id in find(Effect::StopReverse) {
        let of = &program.nodes[id].state.of;
        if !find(Effect::DropSlots).any(|other| program.nodes[other].state.of == *of) {
            found.push(offence(
                "ends-while-held",
                id,
                format!("`{}` ends replication, and no state drops its slots afterwards", program.nodes[id].state.name),
                "slots keep the write-ahead log of their database until its disk is full",
                "drop the slots after the reverse task has stopped",
            ));
        }
    }
    for id in find(Effect::CutForward) {
        let of = &program.nodes[id].state.of;
        if !find(Effect::RestoreForward).any(|other| program.nodes[other].state.of == *of) {
            found.push(offence(
                "ends-while-held",
                id,
                format!(
                    "`{}` locks the login of the forward task, and no state unlocks it",
                    program.nodes[id].state.name
                ),
                "the next load cannot write to the target",
                "unlock the login after the forward task has stopped",
            ));
        }
    }
    for id in find(Effect::SchemaUnchanged) {
        let of = &program.nodes[id].state.of;
        let checks = |side: &str| {
            program.nodes.iter().any(|node| {
                let called =
                    matches!(contracts::contract(&node.state.kind), Some(Ok((Function::Fence, "check-schema"))));
                let Kind::Task { arguments, .. } = &node.state.kind else { return false };
                let given = arguments.at("Payload.side").and_then(|side| side.as_text());
                called && node.state.of == *of && given == Some(side)
            })
        };
        if let Some(side) = ["source", "target"].into_iter().find(|side| !checks(side)) {
            found.push(offence(
                "flip-unprepared",
                id,
                format!(
                    "no state compares the schema of the {side} with the frozen one; a state before `{}` should",
                    program.nodes[id].state.name
                ),
                "a changed column would be missing after the flip",
                "compare both schemas before the fence",
            ));
        }
    }
    found
}
