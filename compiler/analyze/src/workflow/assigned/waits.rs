//! The waits between two polls: long enough that the polls last, and short enough that a person hears of a failure.

use migspec_ir::workflow::{Api, Argument, Effect, Kind};

use super::form::fits;
use super::{expression, gate};
use crate::workflow::jsonata;
use crate::workflow::offence::Offence;
use crate::workflow::program::{Node, NodeId, Program, Target, Term};
use crate::workflow::value::{Number, Value};

/// A wait of another form than its gate needs.
pub(super) fn offence(program: &Program<'_>, id: NodeId, node: &Node<'_>) -> Option<Offence> {
    if !matches!(node.state.kind, Kind::Wait { .. }) {
        return None;
    }
    if let Some(message) = coverage_gap(program, node) {
        return Some(super::offence(id, message));
    }
    let wanted = forms(program, node);
    if wanted.is_empty() {
        return None;
    }
    let given = jsonata::normal(&expression(&node.arguments)?);
    if wanted.iter().any(|form| fits(form, &given)) {
        return None;
    }
    let message = format!(
        "`{}` waits `{}` between two polls, and should wait {}",
        node.state.name,
        jsonata::text(&given),
        words(wanted)
    );
    Some(super::offence(id, message))
}

/// A wait that is longer than the time that the next measurement covers: a lag between two polls would go unseen.
fn coverage_gap(program: &Program<'_>, wait: &Node<'_>) -> Option<String> {
    let Target::Node(next) = wait.next else { return None };
    let Kind::Task { api: Api::GetMetricData, arguments, .. } = &program.nodes[next].state.kind else { return None };
    let Term::Value(Value::Number(Number(seconds))) = &wait.arguments else { return None };
    let Some(Argument::Expression(start)) = arguments.get("StartTime") else { return None };
    let covered = start.as_str().rsplit(" - ").next()?.trim_end_matches(')').trim().parse::<f64>().ok()? / 1000.0;
    // A value is about a minute late.
    (seconds + 60.0 > covered).then(|| {
        let (name, measure) = (&wait.state.name, &program.nodes[next].state.name);
        format!(
            "`{name}` waits {seconds} s, and `{measure}` covers {covered} s; the wait should be at most {} s",
            covered - 60.0
        )
    })
}

fn words(forms: &[&str]) -> String {
    let one = |form: &&str| match form.strip_prefix('#').and_then(|range| range.split_once("..")) {
        Some((least, most)) if most.parse::<u64>().is_ok() => format!("{least} to {most} s"),
        _ => format!("`{{% {} %}}`", form.replace('#', "")),
    };
    forms.iter().map(one).collect::<Vec<_>>().join(", or ")
}

/// The measurements before a question: the age of reads, and the number of requests.
const MOST_MEASUREMENTS: usize = 2;

/// The forms of the wait, by the gate that its poll asks for.
fn forms(program: &Program<'_>, wait: &Node<'_>) -> &'static [&'static str] {
    let mut at = match wait.next {
        Target::Node(next) => &program.nodes[next],
        _ => return &[],
    };
    // Measurements can come before the question.
    for _ in 0..MOST_MEASUREMENTS {
        if gate(program, at).is_none()
            && let Target::Node(next) = at.next
            && at.state.kind.is_task()
        {
            at = &program.nodes[next];
        }
    }
    let Some(gate) = gate(program, at) else { return &[] };
    if wait.outer.is_some() {
        return &["#1..60"];
    }
    let describes = matches!(at.state.kind, Kind::Task { api: Api::DescribeReplicationTasks, .. });
    match gate.state.effects.as_slice() {
        [] if describes => &["#5..120"],
        [Effect::FullLoad] => &["$min([#60..3600, #1..600 + #1..600 * $turns])", "#10..600"],
        [
            Effect::ForwardStopped
            | Effect::ReverseRunning
            | Effect::ReverseStopped
            | Effect::Rehearsed
            | Effect::TargetHealth,
        ] => &["#5..120"],
        [Effect::Exclusive | Effect::RolledBack | Effect::Drain] => &["#1..60"],
        [Effect::Window] => &["$pause"],
        effects if effects.contains(&Effect::RequestGate) => &[
            "$arrived = \"yes\" ? #5..120 : $turns < #5..120 ? #10..120 : #60..3600",
            "$arrived = \"yes\" ? ($quiet < #30..1000 ? #10..120 : #60..21600) : $turns < #5..120 ? #10..120 : #60..3600",
        ],
        [Effect::AlarmGate, ..] => &["#5..120", "$turns < #30..1000 ? #10..120 : #60..21600"],
        [Effect::LagGate] => &["#5..3600"],
        _ => &[],
    }
}
