//! The conditions of choices, and the variables that choices and error routes set: counters, the record of the gates,
//! the failure.

use migspec_ir::workflow::{Api, Effect, Kind, Phase};

use super::form::{Form, Wanted};
use super::{expected_value, gate, offence};
use crate::workflow::jsonata::{self, Expression, Operator};
use crate::workflow::lock;
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target, Term};
use crate::workflow::value::Value;

/// What a choice decides.
#[derive(Clone, Copy, PartialEq)]
enum Decides {
    /// Whether a gate opens.
    Gate,
    /// Whether a replication task is started.
    Replication,
    /// Whether the comparison of a group goes on.
    Group,
    /// Where the execution begins.
    Begin,
}

fn decides(program: &Program<'_>, node: &Node<'_>) -> Decides {
    let begins = node.branches.iter().any(|(condition, ..)| reads(condition, "action"));
    let starts = program.nodes.iter().any(|other| {
        matches!(other.state.kind, Kind::Task { api: Api::DescribeReplicationTasks, .. })
            && gate(program, other).is_some_and(|gate| gate.state.name == node.state.name)
    });
    match () {
        () if node.outer.is_some() => Decides::Group,
        () if begins => Decides::Begin,
        () if node.state.effects.is_empty() && starts => Decides::Replication,
        () => Decides::Gate,
    }
}

fn reads(term: &Term, name: &str) -> bool {
    let mut names = indexmap::IndexSet::default();
    term.reads(&mut names);
    names.iter().any(|read| &**read == name)
}

/// The value with which a condition compares a variable.
fn comparisons(condition: &Term) -> Vec<(String, String)> {
    fn of(expression: &Expression, all: &mut Vec<(String, String)>) -> bool {
        match expression {
            Expression::Binary(Operator::And, a, b) => of(a, all) && of(b, all),
            Expression::Binary(Operator::Equal, a, b) => match (&**a, &**b) {
                (Expression::Literal(Value::Text(text)), Expression::Variable(name))
                | (Expression::Variable(name), Expression::Literal(Value::Text(text))) => {
                    all.push((name.to_string(), text.to_string()));
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }
    let Term::Expression(e) = condition else { return Vec::new() };
    let mut all = Vec::new();
    let plain = of(&jsonata::normal(e), &mut all);
    all.sort();
    if plain { all } else { Vec::new() }
}

/// The words of a verdict, in the order of the branches.
fn words(decides: Decides) -> &'static [&'static str] {
    match decides {
        Decides::Gate => &["pass", "page", "notify", "wait"],
        Decides::Replication => &["running", "start", "reload", "wait"],
        Decides::Group => &["pass", "wait"],
        Decides::Begin => &[],
    }
}

/// Conditions that are none of the compiler's.
pub(super) fn offences(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Vec<Offence> {
    if node.branches.is_empty() {
        return Vec::new();
    }
    let name = &node.state.name;
    let decides = decides(program, node);
    if decides == Decides::Begin {
        return beginnings(program, id, node);
    }
    let variable = if decides == Decides::Group { "groupVerdict" } else { "verdict" };
    let mut found = Vec::new();
    let mut rest = words(decides).iter();
    for (i, (condition, ..)) in node.branches.iter().enumerate() {
        let known = comparisons(condition);
        let word = match known.as_slice() {
            [(name, word)] if name == variable => Some(word),
            _ => None,
        };
        // Each word once, in this order.
        if word.is_none_or(|word| !rest.any(|next| next == word)) {
            let words = words(decides).join("`, `");
            found.push(offence(
                id,
                format!("`{name}` has a condition in branch {} that should compare `${variable}` with one of `{words}`, in this order", i + 1),
            ));
        }
    }
    found
}

/// The start of an execution: the action and the writer decide, and a requested rollback rolls back.
fn beginnings(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Vec<Offence> {
    const STARTS: [(&str, &str); 5] = [
        ("migrate", "source"),
        ("migrate", "target"),
        ("rollback", "source"),
        ("rollback", "none"),
        ("rollback", "target"),
    ];
    let name = &node.state.name;
    let of = |action: &str, writer: &str| {
        let pair = vec![("action".to_owned(), action.to_owned()), ("writer".to_owned(), writer.to_owned())];
        node.branches.iter().find(|(condition, ..)| comparisons(condition) == pair)
    };
    let mut found = Vec::new();
    for (action, writer) in STARTS {
        let Some((_, _, to)) = of(action, writer) else {
            let condition = format!("$action = \"{action}\" and $writer = \"{writer}\"");
            found.push(offence(id, format!("`{name}` lacks a branch on `{{% {condition} %}}`")));
            continue;
        };
        let leads = match to {
            Target::Node(to) => {
                let to = &program.nodes[*to];
                to.state.effects.contains(&Effect::Rollback)
                    || writer == "target" && (!program.reverses() || matches!(to.state.kind, Kind::Parallel { .. }))
            }
            _ => false,
        };
        if action == "rollback" && !leads {
            found.push(offence(
                id,
                format!("`{name}` does not roll back on request while the writer is `{writer}`; it should lead to the rollback"),
            ));
        }
    }
    if node.branches.len() > STARTS.len() {
        found.push(offence(id, format!("`{name}` has a branch that no start of an execution needs")));
    }
    found
}

/// The variables that a branch sets.
pub(super) fn branch(program: &Program<'_>, id: NodeId, i: usize, condition: &Term, to: Target) -> Vec<Wanted> {
    let node = &program.nodes[id];
    let word = match comparisons(condition).as_slice() {
        [(_, word)] => word.clone(),
        _ => String::new(),
    };
    match (decides(program, node), word.as_str()) {
        (Decides::Gate, "pass") => {
            let counters = ["turns", "quiet", "unknown"].map(|name| expected_value(name, "0"));
            counters.into_iter().chain([expected_value("verdict", "\"wait\""), record(node, "open")]).collect()
        }
        (Decides::Gate, "page") => vec![failure(node, "\"…\"", "$reason"), record(node, "shut")],
        (Decides::Replication, "running" | "start" | "reload") => vec![expected_value("turns", "0")],
        (Decides::Begin, _) => forms_of_request(program, node, i, to),
        _ => Vec::new(),
    }
}

/// The variables that a choice sets if no branch applies.
pub(super) fn default(program: &Program<'_>, id: NodeId) -> Vec<Wanted> {
    let node = &program.nodes[id];
    match decides(program, node) {
        Decides::Gate | Decides::Replication => vec![failure(node, "\"…\"", "$reason"), record(node, "shut")],
        Decides::Begin => vec![failure(node, "\"…\"", "\"…\" & $action & \"…\" & $writer")],
        Decides::Group => Vec::new(),
    }
}

/// A requested rollback undoes the phase that the writer shows.
fn forms_of_request(program: &Program<'_>, node: &Node<'_>, i: usize, to: Target) -> Vec<Wanted> {
    let all = comparisons(&node.branches[i].0);
    let of = |name: &str| all.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str());
    if of("action") != "rollback" || matches!(to, Target::Nowhere) || program.nodes.is_empty() {
        return Vec::new();
    }
    let phase = match of("writer") {
        "source" => "approve",
        "none" => "flip",
        _ => "watch",
    };
    let error = format!("\"{}\"", migspec_events::error::ROLLBACK_REQUESTED);
    let members = vec![
        ("state", own(node)),
        ("phase", Form::code(&format!("\"{phase}\""))),
        ("error", Form::code(&error)),
        ("cause", Form::code("\"…\"")),
    ];
    vec![Wanted { variable: "failure".to_owned(), form: Form::Object(members) }]
}

/// The failure that an error route reports.
pub(super) fn form_of_catch(node: &Node<'_>) -> Wanted {
    let cause =
        "($exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, #100..8000) : \"\")";
    failure(node, "$states.errorOutput.Error", cause)
}

fn failure(node: &Node<'_>, error: &str, cause: &str) -> Wanted {
    let cause = match node.state.phase {
        // During a rollback, the first failure stays recorded.
        Phase::Rollback => Form::code(&format!("{cause} & \"…\" & $failure.state & \"…\" & $failure.error & \"…\"")),
        _ => Form::code(cause),
    };
    // The checkpoint before the opening fails before its phase begins.
    let before =
        node.state.effects.contains(&Effect::Checkpoint) || lock::of(&node.state.kind) == Some(lock::Use::Confirm);
    let phases: &[Phase] = match before && node.state.phase == Phase::Unfence {
        true => &[Phase::Unfence, Phase::Flip],
        false => &[node.state.phase],
    };
    let members = vec![
        ("state", own(node)),
        ("phase", Form::one_of(phases.iter().map(|phase| format!("\"{}\"", phase.name())).collect())),
        ("error", Form::code(error)),
        ("cause", cause),
    ];
    Wanted { variable: "failure".to_owned(), form: Form::Object(members) }
}

fn own(node: &Node<'_>) -> Form {
    Form::code(&format!("\"{}\"", node.state.name))
}

/// The record of a gate, for the evidence.
fn record(node: &Node<'_>, is: &str) -> Wanted {
    let gate = &node.state.name;
    let entry = format!(
        "{{\"gate\": \"{gate}\", \"is\": \"{is}\", \"at\": $states.context.State.EnteredTime, \"found\": $reason}}"
    );
    expected_value("gates", &format!("$append($gates, [{entry}])"))
}
