//! The values of the variables that decide or report: each has one good origin.

use migspec_ir::workflow::{Api, Effect, Kind, Pattern};

use super::{comes_from, definitions, normal, offence};
use crate::workflow::jsonata::{self, Expression};
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Term};
use crate::workflow::value::{Sort, Value};

/// The way in which a task starts, by its state.
pub(crate) const START_TYPE: &str = "$states.result.ReplicationTasks[0].Status = \"ready\" ? \"start-replication\" : \
     $states.result.ReplicationTasks[0].ReplicationTaskStats.FullLoadProgressPercent = 100 \
     and $states.result.ReplicationTasks[0].ReplicationTaskStats.TablesErrored = 0 ? \"resume-processing\" : \"reload-target\"";
const ACTION: &str = "$exists($states.input.action) ? $string($states.input.action) : \"migrate\"";
const APPROVALS: &str = "$append($approvals, $states.result)";

pub(super) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        found.extend(unreadable(program, id, node));
        found.extend(foreign_failure(program, id, node));
        found.extend(kept_whole(program, id, node));
        found.extend(passed_on(program, id, node));
        found.extend(unkept(program, id, node));
    }
    found.extend((0..program.variables.len()).filter_map(|variable| mixed_kinds(program, variable)));
    let describes =
        |id: NodeId| matches!(&program.nodes[id].state.kind, Kind::Task { api: Api::DescribeReplicationTasks, .. });
    let starts = program.nodes.iter().any(|node| node.state.effects.contains(&Effect::StartForward));
    let asks = program
        .nodes
        .iter()
        .any(|node| matches!(&node.state.kind, Kind::Task { pattern: Pattern::WaitForTaskToken, .. }));
    if starts {
        found.extend(origin(program, "startType", START_TYPE, describes));
    }
    if asks {
        found.extend(origin(program, "approvals", APPROVALS, |_| true));
    }
    found.extend(origin(program, "action", ACTION, |id| program.start() == Some(id)));
    found
}

/// A variable with values of several kinds: the states that read it expect the first one.
fn mixed_kinds(program: &Program<'_>, variable: usize) -> Option<Offence> {
    let kind = |term: &Term| match term {
        Term::Value(value) => match value.sort() {
            Sort::Any => None,
            Sort::Bool => Some("a truth value"),
            Sort::Number => Some("a number"),
            Sort::Text => Some("a text"),
        },
        Term::List(_) => Some("a list"),
        Term::Object(_) => Some("an object"),
        Term::Expression(e) => match &**e {
            Expression::Literal(value) if value.sort() == Sort::Text => Some("a text"),
            _ => None,
        },
        Term::Opaque => None,
    };
    let kinds = definitions(program, variable).into_iter().filter_map(|(id, term)| Some((id, kind(term)?)));
    let kinds: Vec<(NodeId, &str)> = kinds.collect();
    let (_, first) = kinds.first()?;
    let (id, other) = kinds.iter().find(|(_, kind)| kind != first)?;
    let (name, state) = (&program.variables[variable], &program.nodes[*id].state.name);
    Some(offence(program, *id, format!("`{state}` sets `${name}` to {other}, and should set it to {first}")))
}

/// A variable that does not have its one origin.
fn origin(program: &Program<'_>, name: &str, part: &str, by: impl Fn(NodeId) -> bool) -> Option<Offence> {
    let variable = program.variables.get_index_of(name)?;
    if comes_from(program, variable, part, &by) {
        return None;
    }
    let wanted = normal(part);
    let sets = definitions(program, variable);
    let other = sets.iter().find(|(id, term)| match term {
        Term::Value(value) => *value != Value::text("") && *value != Value::number(0.0),
        Term::List(items) => !items.is_empty(),
        Term::Expression(e) => {
            let empty = matches!(&**e, Expression::Literal(value) if *value == Value::text(""));
            !empty && (jsonata::text(&jsonata::normal(e)) != wanted || !by(*id))
        }
        _ => true,
    });
    let id = other.or(sets.first()).map_or(0, |(id, _)| *id);
    let state = &program.nodes[id].state.name;
    Some(offence(program, id, format!("`{state}` sets `${name}` to another value; it should be `{{% {part} %}}`")))
}

/// Every assignment of a state.
fn assignments<'n>(node: &'n Node<'_>) -> impl Iterator<Item = (usize, &'n Term)> {
    let branches = node.branches.iter().flat_map(|(_, assign, _)| assign);
    let catches = node.catches.iter().flat_map(|(assign, _)| assign);
    node.assign.iter().chain(branches).chain(catches).map(|(variable, term)| (*variable, term))
}

/// An expression that is no JSONata.
fn unreadable(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    fn opaque(term: &Term) -> bool {
        match term {
            Term::Opaque => true,
            Term::List(items) => items.iter().any(opaque),
            Term::Object(members) => members.iter().any(|(_, term)| opaque(term)),
            Term::Value(_) | Term::Expression(_) => false,
        }
    }
    let conditions = node.branches.iter().map(|(condition, ..)| condition);
    let terms = assignments(node).map(|(_, term)| term).chain(conditions).chain(&node.output).chain([&node.arguments]);
    let name = &node.state.name;
    terms.into_iter().any(opaque).then(|| {
        offence(
            program,
            id,
            format!("`{name}` has an expression that is no JSONata; it should be one that the compiler writes"),
        )
    })
}

/// A failure that names another state: messages and the record of the rollback name it.
fn foreign_failure(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let failure = program.variables.get_index_of("failure")?;
    let name = &node.state.name;
    // The start gives every variable a first value.
    let named = assignments(node).filter(|(variable, _)| *variable == failure).find_map(|(_, term)| {
        match term.at("state") {
            Some(Term::Value(Value::Text(state))) if !state.is_empty() && state != name => Some(state.to_string()),
            _ => None,
        }
    })?;
    Some(offence(program, id, format!("`{name}` names `{named}` as the failed state, and should name `{name}`")))
}

/// A variable that holds a whole answer or a whole cause: a payload has 256 KiB at most.
fn kept_whole(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    if !node.state.kind.is_task() {
        return None;
    }
    let name = &node.state.name;
    let whole = |term: &Term| {
        let Term::Expression(e) = term else { return false };
        let text = jsonata::text(e);
        text == "$states.result" || text.contains("[$states.result]") || text.contains(", $states.result)")
    };
    let cause = |term: &Term| {
        let text = match term.at("cause") {
            Some(Term::Expression(e)) => jsonata::text(e),
            _ => return false,
        };
        text.contains("$states.errorOutput.Cause") && !text.contains("$substring(")
    };
    let (variable, _) = assignments(node).find(|(_, term)| whole(term) || cause(term))?;
    let kept = &program.variables[variable];
    Some(offence(
        program,
        id,
        format!(
            "`{name}` keeps a whole answer or cause in `${kept}`; it should keep the needed members, or 1,000 characters with `$substring`"
        ),
    ))
}

/// The answers of the roles are kept: the record of the approvals contains them.
fn unkept(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let variable = program.variables.get_index_of("approvals")?;
    let token = |inner: &Node<'_>| {
        inner.outer == Some(id) && matches!(&inner.state.kind, Kind::Task { pattern: Pattern::WaitForTaskToken, .. })
    };
    let wanted = normal(APPROVALS);
    let keeps = node.assign.iter().any(|(set, term)| {
        *set == variable && matches!(term, Term::Expression(e) if jsonata::text(&jsonata::normal(e)) == wanted)
    });
    (!keeps && program.nodes.iter().any(token)).then(|| {
        let name = &node.state.name;
        offence(
            program,
            id,
            format!("`{name}` does not keep the answers; `$approvals` should be `{{% {APPROVALS} %}}`"),
        )
    })
}

/// States pass values by variables; only approvals have an output.
fn passed_on(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    let inside = node.outer.is_some();
    let computed = matches!(node.output, Some(Term::Expression(_) | Term::Opaque));
    (computed && !inside && node.state.kind.is_task()).then(|| {
        let name = &node.state.name;
        offence(program, id, format!("`{name}` computes an `Output`, which can fail; it should be `{{}}`"))
    })
}
