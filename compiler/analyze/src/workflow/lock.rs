//! The lock of a cutover: an object that names the execution that holds it. Each write has a condition, so that of two
//! executions one gets it. It is read after each write, and released before each end.

use migspec_ir::workflow::{Api, Argument, Effect, Kind};

use crate::workflow::arguments::find;
use crate::workflow::program::{Node, NodeId, Program, Target};
use crate::workflow::verdict::Offence;

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

/// The text of a lock that nobody holds.
pub(crate) const FREE: &str = "no execution";

fn is_lock(arguments: &Argument) -> bool {
    arguments.get("Key").and_then(Argument::as_text).is_some_and(|key| key.ends_with("/lock.txt"))
}

pub(crate) fn of(kind: &Kind) -> Option<Use> {
    let Kind::Task { api, arguments, .. } = kind else { return None };
    let matches = |variable: &str| matches!(find(arguments, "IfMatch"), Some(Argument::Expression(e)) if e.as_str().trim() == variable);
    match api {
        _ if !is_lock(arguments) => None,
        Api::GetObject if find(arguments, "IfMatch").is_some() => Some(Use::Confirm),
        Api::GetObject => Some(Use::Read),
        Api::PutObject if find(arguments, "IfNoneMatch").is_some() => Some(Use::Take),
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
        .chain(nodes().filter_map(|(id, node)| held_end(program, id, node)))
        .collect()
}

/// The states that lead to a state on any way.
fn before<'p, 'w>(program: &'p Program<'w>, id: NodeId) -> impl Iterator<Item = (NodeId, &'p Node<'w>)> {
    program.nodes.iter().enumerate().filter(move |(from, _)| program.ways(*from).any(|to| to == id))
}

/// A read without a write before it, a takeover without a look at the other executions, or a write that is not read.
fn wrong_use(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let uses = |other: &Node<'_>| of(&other.state.kind);
    let lists = |other: &Node<'_>| matches!(other.state.kind, Kind::Task { api: Api::ListExecutions, .. });
    let confirmed = |(_, n): (NodeId, &Node<'_>)| uses(n) == Some(Use::Confirm);
    if node.effects.contains(&Effect::Checkpoint) && !before(program, id).all(confirmed) {
        return Some(offence(
            id,
            format!(
                "`{}` follows no look at the lock; the state that checks it should come directly before",
                node.state.name
            ),
        ));
    }
    let wrong = match of(&node.state.kind)? {
        Use::Read if !before(program, id).all(|(_, n)| matches!(uses(n), Some(Use::Take | Use::TakeOver))) => {
            "is reached without a write of the lock; only `TakeLock` and `TakeOverLock` should lead to it"
        }
        Use::TakeOver if !before(program, id).all(|(_, n)| lists(n)) => {
            "takes the lock over from an execution that may be active; the list of executions should come directly before"
        }
        Use::Take | Use::TakeOver if !matches!(node.next, Target::Node(next) if uses(&program.nodes[next]) == Some(Use::Read)) => {
            "takes the lock, and the next state does not read who holds it"
        }
        Use::Write => "writes the lock without a condition; it should have `IfNoneMatch` or `IfMatch`",
        _ => return None,
    };
    Some(offence(id, format!("`{}` {wrong}", node.state.name)))
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

/// An end that keeps the lock: the next execution could not begin.
fn held_end(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let ends = node.outer.is_none() && matches!(node.state.kind, Kind::Succeed | Kind::Fail { .. });
    let (_, from) =
        before(program, id).find(|(_, from)| of(&from.state.kind) != Some(Use::Release)).filter(|_| ends)?;
    Some(Offence {
        code: "ends-while-held",
        node: id,
        message: format!(
            "`{}` follows `{}` and keeps the lock; its release should come directly before",
            node.state.name, from.state.name
        ),
        seen: "the next execution finds the lock held".to_owned(),
        help: "release the lock before each end",
        path: Vec::new(),
    })
}
