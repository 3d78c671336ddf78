//! A workflow beyond the limits of the verifier is refused with the numbers, and never explored in part.

use migspec_ir::workflow::Kind;

use crate::workflow::gates;
use crate::workflow::jsonata::{self, Expression, Scope};
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Term};
use crate::workflow::turn::{self, Tracking};
use crate::workflow::value::{Sort, Value};

/// States with too many outcomes.
pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let unknown = gates::unknown(program);
    let read =
        |name: &str| program.variables.get_index_of(name).map_or(Value::Unknown(Sort::Any), |i| unknown[i].clone());
    let states = turn::states(Value::Unknown(Sort::Any));
    let scope = Scope { variables: &read, states: &states };
    let tracking = Tracking::new(program);
    let nodes = 0..program.nodes.len();
    nodes
        .filter_map(|id| excess(&program.nodes[id], &tracking, &scope).map(|seen| offence(program, id, seen)))
        .collect()
}

fn offence(program: &Program<'_>, node: NodeId, seen: String) -> Offence {
    Offence {
        code: "workflow-undecided",
        node,
        message: format!("`{}` has more outcomes than the verifier follows", program.nodes[node].state.name),
        seen,
        help: "read the values in states of their own, or compare fewer of them in one expression",
        path: Vec::new(),
    }
}

/// The numbers, if a state has too many outcomes.
fn excess(node: &Node<'_>, tracking: &Tracking, scope: &Scope<'_>) -> Option<String> {
    let branches = node.branches.iter().map(|(condition, ..)| condition);
    let ways = node.branches.iter().map(|(_, assign, _)| assign);
    let sets: Vec<_> = ways.chain(node.catches.iter().map(|(assign, _)| assign)).chain([&node.assign]).collect();
    let assigned = sets.iter().flat_map(|set| set.iter().map(|(_, term)| term));
    let arguments = Some(&node.arguments).filter(|_| !matches!(node.state.kind, Kind::Choice { .. }));
    if let Some(seen) = branches.chain(assigned).chain(arguments).find_map(|term| of_term(term, scope)) {
        return Some(seen);
    }
    let decides = |(variable, _): &&(usize, Term)| tracking.follows(*variable);
    sets.iter().find_map(|set| product(set.iter().filter(decides).map(|(_, term)| term), scope))
}

fn of_term(term: &Term, scope: &Scope<'_>) -> Option<String> {
    match term {
        Term::Expression(expression) => of_expression(expression, scope),
        Term::List(items) => items.iter().find_map(|item| of_term(item, scope)),
        Term::Object(members) => members.iter().find_map(|(_, item)| of_term(item, scope)),
        Term::Value(_) | Term::Opaque => None,
    }
}

fn of_expression(expression: &Expression, scope: &Scope<'_>) -> Option<String> {
    let ways = jsonata::outcomes(expression, scope).err()?;
    let text: String = jsonata::text(expression).chars().take(60).collect();
    Some(format!(
        "after {ways} ways `{text}…` still has more; {} ways and {} outcomes are followed",
        jsonata::MOST_WAYS,
        jsonata::MOST_OUTCOMES
    ))
}

/// Values that can change a decision: text, truth, absence.
fn product<'t>(terms: impl Iterator<Item = &'t Term>, scope: &Scope<'_>) -> Option<String> {
    let counts: Vec<usize> = terms.map(|term| term.all(scope).iter().filter(|o| o.is_ok()).count().max(1)).collect();
    let outcomes = counts.iter().try_fold(1_usize, |product, count| product.checked_mul(*count));
    if outcomes.is_some_and(|outcomes| outcomes <= jsonata::MOST_OUTCOMES) {
        return None;
    }
    let factors: Vec<String> = counts.iter().filter(|count| **count > 1).map(usize::to_string).collect();
    let shown = factors.iter().take(8).cloned().collect::<Vec<_>>().join(" × ");
    let more = if factors.len() > 8 { " × …" } else { "" };
    Some(format!(
        "{} of its variables have several outcomes, {shown}{more} together; {} are followed",
        factors.len(),
        jsonata::MOST_OUTCOMES
    ))
}
