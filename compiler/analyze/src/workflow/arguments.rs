//! The value that each argument of a call needs. The names of resources are the document's own; every other argument
//! has one good form, and any other form is an offence.

mod forms;
mod variables;

pub(crate) use variables::START_TYPE;

use migspec_ir::workflow::{Argument, Effect, Kind};

use self::forms::{Needs, Row};
use crate::workflow::contracts::{self, Function};
use crate::workflow::jsonata::{self, Expression};
use crate::workflow::offence::Offence;
use crate::workflow::program::{NodeId, Program, Term};
use crate::workflow::value::Value;

/// The text of an object is written as a text.
const SHAPE: &str = "$string({";

pub(crate) fn offences(program: &Program<'_>) -> Vec<Offence> {
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        let (base, arguments) = match &node.state.kind {
            Kind::Task { arguments, .. } => ("Arguments", arguments),
            Kind::Map { item: Some(item), .. } => ("ItemSelector", item),
            _ => continue,
        };
        let rows = forms::rows(program, id, arguments);
        found.extend(rows.iter().filter_map(|row| wrong(program, id, (base, arguments), row)));
    }
    found.extend(variables::offences(program));
    found.extend(fence_clock(program));
    found.extend(frozen_schemas(program));
    found
}

fn wrong(
    program: &Program<'_>,
    node: NodeId,
    (base, arguments): (&str, &Argument),
    Row { path, needs }: &Row,
) -> Option<Offence> {
    let given = arguments.at(path);
    let right = given.is_some_and(|given| satisfies(program, node, given, needs));
    (!right).then(|| {
        let name = &program.nodes[node].state.name;
        let shown = given.map_or_else(|| "nothing".to_owned(), |given| format!("`{}`", abbreviate(given)));
        offence(program, node, format!("`{name}` has {shown} as `{base}.{path}`, and should have {}", needs.words()))
    })
}

fn offence(program: &Program<'_>, node: NodeId, message: String) -> Offence {
    debug_assert!(node < program.nodes.len());
    Offence {
        code: "wrong-argument",
        node,
        message,
        seen: "this argument".to_owned(),
        help: "write the value that the message names",
        path: Vec::new(),
    }
}

/// As the document writes it, shortened.
fn abbreviate(argument: &Argument) -> String {
    let text = match argument {
        Argument::Null => "null".to_owned(),
        Argument::Bool(b) => b.to_string(),
        Argument::Integer(n) => n.to_string(),
        Argument::Text(text) => text.to_string(),
        Argument::Expression(e) => format!("{{% {e} %}}"),
        Argument::List(items) => format!("[{}]", items.iter().map(abbreviate).collect::<Vec<_>>().join(", ")),
        Argument::Object(members) => {
            format!(
                "{{ {} }}",
                members.iter().map(|(n, v)| format!("{n}: {}", abbreviate(v))).collect::<Vec<_>>().join(", ")
            )
        }
    };
    if text.chars().count() > 90 { format!("{}…", text.chars().take(90).collect::<String>()) } else { text }
}

fn satisfies(program: &Program<'_>, node: NodeId, given: &Argument, needs: &Needs) -> bool {
    match needs {
        Needs::Text(text) => given.as_text() == Some(text),
        Needs::Id(id) => given.as_text() == Some(id),
        Needs::Code(code) => normal_text(given).is_some_and(|given| given == normal(code)),
        Needs::AtLeast(least) => matches!(given, Argument::Integer(n) if n >= least),
        Needs::Truth(truth) => *given == Argument::Bool(*truth),
        Needs::Number(number) => matches!(given, Argument::Integer(n) if n == number),
        Needs::Parts(parts) => match given {
            Argument::Expression(_) => {
                let text = normal_text(given).unwrap_or_default();
                text.starts_with(SHAPE) == parts.iter().any(|part| part.starts_with('"'))
                    && parts.iter().all(|part| text.contains(&**part))
            }
            _ => false,
        },
        Needs::Last { most, .. } => normal_text(given).is_some_and(|text| {
            let age = text
                .strip_prefix("$fromMillis($toMillis($states.context.State.EnteredTime) - ")
                .and_then(|rest| rest.strip_suffix(')'))
                .and_then(|millis| millis.parse::<u64>().ok());
            age.is_some_and(|millis| (60_000..=*most).contains(&millis))
        }),
        Needs::Items(words) => match given {
            Argument::List(items) => {
                !items.is_empty()
                    && words.iter().all(|word| items.iter().any(|item| item.any_text(&mut |_, text| text == word)))
            }
            _ => false,
        },
        Needs::Rules(rules) => normal_text(given).is_some_and(|text| rules.iter().all(|rule| text.contains(rule))),
        Needs::Answer { part, by, unit, .. } => variable(program, given).is_some_and(|variable| {
            let of = |other: NodeId| !unit || program.nodes[other].state.of == program.nodes[node].state.of;
            let asked = |other: NodeId| by.is_none_or(|call| of(other) && calls(program, other, call));
            comes_from(program, variable, part, asked)
        }),
        Needs::Present => !matches!(given, Argument::Null) && given.as_text() != Some(""),
        Needs::Agreed => match given {
            Argument::Bool(accepted) => !accepted,
            given => variable(program, given).is_some_and(|variable| {
                let sets = definitions(program, variable);
                sets.iter().all(|(id, term)| {
                    let approves = program.nodes[*id].effects.contains(&Effect::Approve);
                    matches!(term, Term::Value(Value::Bool(accepted)) if !accepted || approves)
                })
            }),
        },
    }
}

fn calls(program: &Program<'_>, node: NodeId, (function, action): (Function, &str)) -> bool {
    matches!(contracts::contract(&program.nodes[node].state.kind), Some(Ok((f, a))) if f == function && a == action)
}

/// An expression in its normal form.
fn normal_text(argument: &Argument) -> Option<String> {
    match argument {
        Argument::Expression(e) => Some(normal(e.as_str())),
        _ => None,
    }
}

pub(super) fn normal(code: &str) -> String {
    jsonata::parse(code).map_or_else(|| code.to_owned(), |parsed| jsonata::text(&jsonata::normal(&parsed)))
}

/// The variable that an argument is.
fn variable(program: &Program<'_>, argument: &Argument) -> Option<usize> {
    let Argument::Expression(e) = argument else { return None };
    match jsonata::parse(e.as_str())? {
        Expression::Variable(name) => program.variables.get_index_of(&*name),
        _ => None,
    }
}

/// Every value that states assign to a variable.
fn definitions<'p>(program: &'p Program<'_>, variable: usize) -> Vec<(NodeId, &'p Term)> {
    let mut all = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        let branches = node.branches.iter().flat_map(|(_, assign, _)| assign);
        let catches = node.catches.iter().flat_map(|(assign, _)| assign);
        let sets = node.assign.iter().chain(branches).chain(catches);
        all.extend(sets.filter(|(set, _)| *set == variable).map(|(_, term)| (id, term)));
    }
    all
}

/// Whether a variable has a start value or this part of an answer, and the second at least once.
fn comes_from(program: &Program<'_>, variable: usize, part: &str, asked: impl Fn(NodeId) -> bool) -> bool {
    let part = normal(part);
    let mut seen = false;
    let all = definitions(program, variable).into_iter().all(|(id, term)| match term {
        Term::Value(value) => is_start(value),
        Term::List(items) => items.is_empty(),
        Term::Expression(e) => {
            let text = jsonata::text(&jsonata::normal(e));
            let right = text == part && asked(id);
            seen |= right;
            right || matches!(&**e, Expression::Literal(value) if is_start(value))
        }
        _ => false,
    });
    all && seen
}

fn is_start(value: &Value) -> bool {
    *value == Value::text("") || *value == Value::number(0.0)
}

/// The time of the fence counts from the hold of writes, in every state that compares it.
fn fence_clock(program: &Program<'_>) -> Vec<Offence> {
    const NOW: &str = "$toMillis($states.context.State.EnteredTime)";
    let mut found = Vec::new();
    for (id, node) in program.nodes.iter().enumerate() {
        for (_, term) in &node.assign {
            let Term::Expression(e) = term else { continue };
            let text = jsonata::text(e);
            let since = text.split(&format!("{NOW} - $")).nth(1);
            let clock = since.and_then(|rest| rest.split(|c: char| !c.is_alphanumeric()).next());
            let Some(clock) = clock.and_then(|name| program.variables.get_index_of(name)) else { continue };
            let holds = |other: NodeId| program.nodes[other].effects.contains(&Effect::HoldWrites);
            if !comes_from(program, clock, NOW, holds) {
                let name = &program.nodes[id].state.name;
                let clock = &program.variables[clock];
                let culprit = definitions(program, program.variables.get_index_of(clock).unwrap_or_default())
                    .into_iter()
                    .find(|(other, term)| !holds(*other) && !matches!(term, Term::Value(value) if is_start(value)))
                    .map_or(id, |(other, _)| other);
                let message = format!(
                    "`{}` sets or lacks `${clock}`, from which `{name}` counts the time of the fence; it should be `{NOW}`, set when writes are held",
                    program.nodes[culprit].state.name
                );
                found.push(offence(program, culprit, message));
                return found;
            }
        }
    }
    found
}

/// Before the fence, each schema is compared with the fingerprint that its own freeze returned.
fn frozen_schemas(program: &Program<'_>) -> Vec<Offence> {
    const FINGERPRINT: &str = "$states.result.Payload.fingerprint";
    let side = |id: NodeId| match &program.nodes[id].state.kind {
        Kind::Task { arguments, .. } => arguments.at("Payload.side").and_then(Argument::as_text).map(str::to_owned),
        _ => None,
    };
    let checks = (0..program.nodes.len()).filter(|id| calls(program, *id, (Function::Fence, "check-schema")));
    let compares = |id: NodeId| {
        program.nodes[id].assign.iter().any(|(_, term)| {
            let Term::Expression(e) = term else { return false };
            let mut pairs = Vec::new();
            equalities(e, &mut pairs);
            pairs.into_iter().any(|(left, right)| {
                let (one, other) = (jsonata::text(left), jsonata::text(right));
                let frozen = match (one == FINGERPRINT, other == FINGERPRINT) {
                    (true, false) => right,
                    (false, true) => left,
                    _ => return false,
                };
                let Expression::Variable(name) = frozen else { return false };
                let Some(variable) = program.variables.get_index_of(&**name) else { return false };
                let freezes = |other: NodeId| {
                    calls(program, other, (Function::Fence, "freeze"))
                        && side(other) == side(id)
                        && program.nodes[other].state.of == program.nodes[id].state.of
                };
                comes_from(program, variable, FINGERPRINT, freezes)
            })
        })
    };
    checks
        .filter(|id| !compares(*id))
        .map(|id| {
            let which = side(id).unwrap_or_default();
            let message = format!(
                "`{}` does not compare the schema of the {which} with the fingerprint that its freeze returned; it should be `{FINGERPRINT} = $…`, with the variable that the freeze sets",
                program.nodes[id].state.name
            );
            offence(program, id, message)
        })
        .collect()
}

/// The equalities that must hold for the first outcome.
fn equalities<'e>(expression: &'e Expression, pairs: &mut Vec<(&'e Expression, &'e Expression)>) {
    match expression {
        Expression::Binary(jsonata::Operator::And, left, right) => {
            equalities(left, pairs);
            equalities(right, pairs);
        }
        Expression::Binary(jsonata::Operator::Equal, left, right) => pairs.push((left, right)),
        Expression::Ternary(condition, ..) => equalities(condition, pairs),
        _ => {}
    }
}
