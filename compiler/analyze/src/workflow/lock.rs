//! The lock of a cutover: an object that names the execution that holds it. Each write has a condition, so that of two
//! executions one gets it. It is read after each write, and released before each end.

use migspec_events::lock::is_key;
use migspec_ir::workflow::{ALL_ERRORS, Api, Argument, Effect, Kind, Phase, Redrive, S3_REFUSED, redrive};

use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target};

/// What a state does with the lock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Use {
    /// Takes it, if no object exists.
    Take,
    /// Takes it from an execution that has ended.
    TakeOver,
    Release,
    Read,
    /// Checks that this execution still holds it.
    Confirm,
    /// A write without a known condition.
    Write,
}

impl Use {
    pub(crate) fn writes(self) -> bool {
        !matches!(self, Use::Read | Use::Confirm)
    }
}

fn is_lock(arguments: &Argument) -> bool {
    arguments.get("Key").and_then(Argument::as_text).is_some_and(is_key)
}

pub(crate) fn of(kind: &Kind) -> Option<Use> {
    let Kind::Task { api, arguments, .. } = kind else { return None };
    let matches = |variable: &str| matches!(arguments.at("IfMatch"), Some(Argument::Expression(e)) if e.as_str().trim() == variable);
    match api {
        _ if !is_lock(arguments) => None,
        Api::GetObject if arguments.at("IfMatch").is_some() => Some(Use::Confirm),
        Api::GetObject => Some(Use::Read),
        Api::PutObject if arguments.at("IfNoneMatch").is_some() => Some(Use::Take),
        Api::PutObject if matches("$seen") => Some(Use::TakeOver),
        Api::PutObject if matches("$lock") => Some(Use::Release),
        Api::PutObject => Some(Use::Write),
        _ => None,
    }
}

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    if !program.nodes.iter().any(|node| of(&node.state.kind).is_some()) {
        return Vec::new();
    }
    let nodes = || program.nodes.iter().enumerate();
    nodes()
        .filter_map(|(id, node)| wrong_use(program, id, node))
        .chain(nodes().filter_map(|(id, node)| early_takeover(program, id, node)))
        .chain(nodes().filter_map(|(id, node)| held_end(program, id, node)))
        .chain(nodes().filter_map(|(id, node)| sudden_end(id, node)))
        .chain(nodes().filter_map(|(id, node)| change_after_redrive(id, node)))
        .collect()
}

/// A read without a write before it, a takeover without a look at the other executions, or a write that is not read.
fn wrong_use(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let uses = |other: NodeId| of(&program.nodes[other].state.kind);
    let lists = |other: NodeId| matches!(program.nodes[other].state.kind, Kind::Task { api: Api::ListExecutions, .. });
    let waits = |other: NodeId| matches!(program.nodes[other].state.kind, Kind::Wait { .. });
    // S3 refuses a condition with this error: then the lock says who holds it.
    let refused = |target: &Target| matches!(target, Target::Node(next) if uses(*next) == Some(Use::Read));
    let routes = node.state.catch.iter().zip(&node.catches);
    let unread =
        routes.filter(|(catch, _)| catch.errors.iter().any(|e| &**e == S3_REFUSED)).any(|(_, (_, to))| !refused(to));
    let listed = |other: NodeId| lists(other) || waits(other) && program.before(other).all(lists);
    let confirms = |other: NodeId| uses(other) == Some(Use::Confirm);
    if node.effects.contains(&Effect::Checkpoint) && !program.before(id).all(confirms) {
        return Some(offence(
            id,
            format!(
                "`{}` follows no look at the lock; the state that checks it should come directly before",
                node.state.name
            ),
        ));
    }
    let wrong = match of(&node.state.kind)? {
        Use::Read if !program.before(id).all(|other| matches!(uses(other), Some(Use::Take | Use::TakeOver))) => {
            "is reached without a write of the lock; only `TakeLock` and `TakeOverLock` should lead to it"
        }
        Use::TakeOver if !program.before(id).all(listed) => {
            "takes the lock over from an execution that may be active; the list of executions should come before, with \
             nothing but a wait between"
        }
        Use::Take | Use::TakeOver if !matches!(node.next, Target::Node(next) if uses(next) == Some(Use::Read)) => {
            "takes the lock, and the next state does not read who holds it"
        }
        Use::Take | Use::TakeOver if unread => "does not read the lock after S3 has refused the condition",
        Use::Write => "writes the lock without a condition; it should have `IfNoneMatch` or `IfMatch`",
        _ => return None,
    };
    Some(offence(id, format!("`{}` {wrong}", node.state.name)))
}

/// A takeover while a call of the last holder may still have its effect. A stopped execution ends at once; the functions
/// that it called work on. fact: states-stopped-execution-calls
fn early_takeover(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    if of(&node.state.kind) != Some(Use::TakeOver) {
        return None;
    }
    let moves = |e: &Effect| {
        matches!(e, Effect::HoldWrites | Effect::Fence(_) | Effect::Unfence(_) | Effect::Flip(_) | Effect::CutForward)
    };
    let pause = Phase::Fence..=Phase::Unfence;
    let calls = |node: &&Node<'_>| node.state.kind.is_task() && pause.contains(&node.state.phase);
    let callers = program.nodes.iter().filter(calls).filter(|node| node.effects.iter().any(moves));
    let (needed, longest) = callers.filter_map(|node| Some((node.state.timeout?, &node.state.name))).max()?;
    let waits = |other: NodeId| match &program.nodes[other].state.kind {
        Kind::Wait { seconds: Argument::Integer(seconds) } => u64::try_from(*seconds).unwrap_or(0),
        _ => 0,
    };
    let short = program.before(id).map(waits).find(|seconds| *seconds < needed)?;
    Some(Offence {
        code: "takeover-too-early",
        node: id,
        message: format!(
            "`{}` follows a wait of {short} s after the list of executions; it should wait at least {needed} s, as long as \
             `{longest}` may work",
            node.state.name
        ),
        seen: "a call of the stopped execution may still change a database".to_owned(),
        help: "wait between the list of executions and the takeover",
        path: Vec::new(),
    })
}

fn offence(node: NodeId, message: String) -> Offence {
    Offence {
        code: "gate-without-question",
        node,
        message,
        seen: "two executions may change resources".to_owned(),
        help: "take the lock under a condition, read it, and go on only if this execution holds it",
        path: Vec::new(),
    }
}

/// A message or a record without an error route: its error ends the execution before the release. Other properties name
/// states that change resources.
fn sudden_end(id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let calls = matches!(node.state.kind, Kind::Task { .. } | Kind::Parallel { .. } | Kind::Map { .. });
    let routed = node.state.catch.iter().any(|catch| catch.errors.iter().any(|error| &**error == ALL_ERRORS));
    let harmless = |e: &Effect| matches!(e, Effect::Notify | Effect::Page | Effect::HandOver | Effect::Evidence);
    if !calls || routed || node.outer.is_some() || !node.effects.iter().all(harmless) {
        return None;
    }
    Some(Offence {
        code: "ends-while-held",
        node: id,
        message: format!(
            "`{}` does not catch every error: an error ends the execution, which keeps the lock",
            node.state.name
        ),
        seen: "the next execution finds the lock held".to_owned(),
        help: "catch `States.ALL`, and release the lock before each end",
        path: Vec::new(),
    })
}

/// A change that a redrive repeats: since the execution stopped, another one may have moved the writer.
fn change_after_redrive(id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let needed = Redrive::of(&node.state.kind, node.effects);
    (needed == Redrive::Refuses && node.state.redrive == Redrive::Repeats).then(|| Offence {
        code: "change-after-redrive",
        node: id,
        message: format!(
            "`{}` does not compare the number of redrives with `${}`, and changes something",
            node.state.name,
            redrive::CONFIRMED
        ),
        seen: "a redrive begins here without a look at the lock".to_owned(),
        help: "write the argument as the workflow that `migspec build` writes does: it fails after a redrive",
        path: Vec::new(),
    })
}

/// An end that keeps the lock: the next execution could not begin.
fn held_end(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let ends = node.outer.is_none() && matches!(node.state.kind, Kind::Succeed | Kind::Fail { .. });
    let keeps = |other: &NodeId| of(&program.nodes[*other].state.kind) != Some(Use::Release);
    let from = program.before(id).find(keeps).filter(|_| ends)?;
    Some(Offence {
        code: "ends-while-held",
        node: id,
        message: format!(
            "`{}` follows `{}` and keeps the lock; its release should come directly before",
            node.state.name, program.nodes[from].state.name
        ),
        seen: "the next execution finds the lock held".to_owned(),
        help: "release the lock before each end",
        path: Vec::new(),
    })
}
