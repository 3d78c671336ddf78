//! The values that states assign. Gates, messages, evidence and the rollback read variables, so each variable has a
//! known form at each place. Any other value is an offence, even if no counterexample shows its harm.

mod calls;
mod choices;
mod form;
mod waits;

use std::sync::Arc;

use indexmap::IndexSet;
use migspec_ir::workflow::redrive;

use self::form::{Form, Wanted};
use crate::workflow::jsonata::{self, Expression};
use crate::workflow::offence::Offence;
use crate::workflow::program::{Assignments, Node, NodeId, Program, Target, Term};

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let read = read(program);
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        for (place, assign, wanted) in places(program, id, node) {
            found.extend(wrong(program, &read, (id, &place), assign, &wanted));
        }
        found.extend(choices::offences(program, id, node));
        found.extend(waits::offence(program, id, node));
        found.extend(calls::other_window(program, id).map(|message| offence(id, message)));
    }
    found
}

/// The variables that some expression reads, and the one that refusals of redrives read.
fn read(program: &Program<'_>) -> IndexSet<usize> {
    let redrives = program.variables.get_index_of(redrive::CONFIRMED);
    program.nodes.iter().flat_map(|node| &node.reads).copied().chain(redrives).collect()
}

/// The assignments of a state, by the way out, with their wanted values. A place without a name is the state itself.
fn places<'n>(program: &Program<'_>, id: NodeId, node: &'n Node<'_>) -> Vec<(String, &'n Assignments, Vec<Wanted>)> {
    let mut all = Vec::new();
    if node.branches.is_empty() {
        all.push((String::new(), &node.assign, calls::forms_of_call(program, id)));
    } else {
        for (i, (condition, assign, to)) in node.branches.iter().enumerate() {
            let wanted = choices::branch(program, id, i, condition, *to);
            all.push((format!("Choices.{i}."), assign, wanted));
        }
        all.push((String::new(), &node.assign, choices::default(program, id)));
    }
    for (i, (assign, to)) in node.catches.iter().enumerate() {
        // An error that the state ignores leaves nothing to report.
        let ignored = assign.is_empty() && (*to == node.next || !general(node, i) || node.outer.is_some());
        let wanted = if ignored { Vec::new() } else { vec![choices::form_of_catch(node)] };
        all.push((format!("Catch.{i}."), assign, wanted));
    }
    all
}

/// Whether a route takes all errors that no other route takes.
fn general(node: &Node<'_>, route: usize) -> bool {
    node.state.catch.get(route).is_some_and(|catch| catch.takes("States.TaskFailed"))
}

fn wrong(
    program: &Program<'_>,
    read: &IndexSet<usize>,
    (id, place): (NodeId, &str),
    assign: &Assignments,
    wanted: &[Wanted],
) -> Vec<Offence> {
    let mut found = Vec::new();
    let name = &program.nodes[id].state.name;
    for Wanted { variable, form } in wanted {
        let given = program.variables.get_index_of(&**variable);
        let given = given.and_then(|index| assign.iter().find(|(set, _)| *set == index));
        match given {
            Some((_, term)) if form.fits(term) => {}
            Some((_, term)) => found.push(offence(
                id,
                format!(
                    "`{name}` sets `{place}${variable}` to {}, and should set it to {}",
                    short_text(term),
                    form.words()
                ),
            )),
            None if form.is_optional() => {}
            None => found.push(offence(
                id,
                format!("`{name}` does not set `{place}${variable}`, and should set it to {}", form.words()),
            )),
        }
    }
    for (index, term) in assign {
        let variable = &program.variables[*index];
        let known = wanted.iter().any(|wanted| *wanted.variable == **variable);
        if !known && read.contains(index) {
            let message = format!("`{name}` sets `{place}${variable}` to {}, and should not set it", short_text(term));
            found.push(offence(id, message));
        }
    }
    found
}

fn offence(node: NodeId, message: String) -> Offence {
    Offence {
        code: "wrong-argument",
        node,
        message,
        seen: "this value".to_owned(),
        help: "write the value that the message names",
        path: Vec::new(),
    }
}

/// A value as the document writes it, shortened.
fn short_text(term: &Term) -> String {
    let text = match expression(term) {
        Some(expression) => jsonata::text(&expression),
        None => "an object".to_owned(),
    };
    if text.chars().count() > 90 {
        format!("`{}…`", text.chars().take(90).collect::<String>())
    } else {
        format!("`{text}`")
    }
}

/// A value as an expression, if it is none of objects.
fn expression(term: &Term) -> Option<Expression> {
    match term {
        Term::Value(value) => Some(Expression::Literal(value.clone())),
        Term::Expression(expression) => Some((**expression).clone()),
        Term::List(items) => items.iter().map(expression).collect::<Option<Vec<_>>>().map(Expression::List),
        Term::Object(_) | Term::Opaque => None,
    }
}

/// The choice that follows a state directly.
fn gate<'p, 'w>(program: &'p Program<'w>, node: &Node<'w>) -> Option<&'p Node<'w>> {
    let Target::Node(next) = node.next else { return None };
    Some(&program.nodes[next]).filter(|next| !next.branches.is_empty())
}

/// The number of a database in names of variables; empty if one database moves.
fn suffix(program: &Program<'_>, of: Option<&Arc<str>>) -> String {
    let number = of.and_then(|of| program.workflow.units.iter().position(|unit| unit == of));
    number.map_or_else(String::new, |number| (number + 1).to_string())
}

/// The numbers of all databases in names of variables.
fn suffixes(program: &Program<'_>) -> Vec<String> {
    match program.workflow.units.len() {
        0 => vec![String::new()],
        count => (1..=count).map(|number| number.to_string()).collect(),
    }
}

fn optional(variable: &str, code: &str) -> Wanted {
    Wanted { variable: variable.to_owned(), form: Form::optional(code) }
}

fn expected_value(variable: &str, code: &str) -> Wanted {
    Wanted { variable: variable.to_owned(), form: Form::code(code) }
}
