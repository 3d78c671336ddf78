//! Step Functions' limits, kept at compile time.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::workflow::{Budget, EXECUTION_LIMIT, HISTORY_LIMIT, NAME_LIMIT, PAYLOAD_LIMIT, Workflow};

use super::plan::Plan;
use crate::cutover;
use crate::cx::Cx;

/// The number of parts that a message shows.
const LARGEST: usize = 6;

pub(super) fn check(cx: &mut Cx, plan: &Plan, workflow: &Workflow) {
    let budget = Budget::of(workflow);
    // A time that no workflow can wait for is reported where it is written.
    if cutover::waits_too_long(plan.cutover) {
        return;
    }
    let at = plan.cutover.place.header;
    history(cx, plan, &budget, at);
    if budget.payload >= PAYLOAD_LIMIT {
        let message = format!(
            "the input of `{}` may take {} bytes; Step Functions takes {PAYLOAD_LIMIT}",
            budget.largest, budget.payload
        );
        cx.report(Diagnostic::error("workflow-budget", message).at(at, "its workflow is too large"));
    }
    for (map, events) in &budget.iteration_events {
        if *events >= HISTORY_LIMIT {
            let message = format!("an iteration of `{map}` may record {events} events; it ends at {HISTORY_LIMIT}");
            cx.report(Diagnostic::error("workflow-budget", message).at(at, "its workflow polls too often"));
        }
    }
    if workflow.timeout > EXECUTION_LIMIT {
        time(cx, workflow, &budget, at);
    }
    for state in workflow.all_states() {
        if state.name.chars().count() > NAME_LIMIT {
            let message = format!("the state name `{}` has more than {NAME_LIMIT} characters", state.name);
            cx.report(Diagnostic::error("workflow-budget", message).at(at, "its workflow has it"));
        }
    }
}

/// The parts that the time is the sum of, the longest first.
fn time(cx: &mut Cx, workflow: &Workflow, budget: &Budget, at: Span) {
    let message = format!("the workflow may take {}; an execution ends after 365d", rounded(budget.seconds));
    let mut diagnostic = Diagnostic::error("workflow-budget", message)
        .at(at, "its workflow takes too long")
        .help("shorten the rollback window, the bakes or the time to approve");
    let mut summands: Vec<&(Arc<str>, u64)> = budget.summands.iter().collect();
    summands.sort_by_key(|(_, seconds)| std::cmp::Reverse(*seconds));
    let shown = summands.len().min(LARGEST);
    let mut places = vec![at];
    for (name, seconds) in &summands[..shown] {
        let turns = budget.loop_events.iter().find(|(turning, _)| turning.asks() == *name);
        let how = turns.map_or_else(String::new, |(turning, _)| {
            format!(": {} turns of {}", turning.turns, rounded(turning.seconds))
        });
        diagnostic = diagnostic.note(format!("{name}{how}, {} together", rounded(*seconds)));
        let place = workflow.states.get(name).map(|state| state.origin.span());
        if let Some(place) = place.filter(|place| !places.contains(place)) {
            places.push(place);
            diagnostic = diagnostic.with(place, format!("{name} and the rest of its loop"));
        }
    }
    let rest: u64 = summands[shown..].iter().map(|(_, seconds)| seconds).sum();
    cx.report(diagnostic.note(format!("all other states, with their retries: {}", rounded(rest))));
}

/// Whole days of what is longer than two, else whole hours, minutes or seconds.
fn rounded(seconds: u64) -> String {
    match seconds {
        172_800.. => format!("{}d", seconds / 86_400),
        7200.. => format!("{}h", seconds / 3600),
        120.. => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

fn history(cx: &mut Cx, plan: &Plan, budget: &Budget, at: Span) {
    let events = budget.events();
    if events < HISTORY_LIMIT {
        return;
    }
    let mut diagnostic = Diagnostic::error(
        "workflow-budget",
        format!("the workflow may record {events} events; an execution ends at {HISTORY_LIMIT}"),
    )
    .at(at, "its workflow polls too often")
    .help("take fewer or shorter steps");
    diagnostic = diagnostic.with(plan.cutover.strategy.place.header, "each of its bakes asks up to 600 times");
    let mut loops: Vec<_> = budget.loop_events.iter().collect();
    loops.sort_by_key(|(_, events)| std::cmp::Reverse(*events));
    let shown = loops.len().min(LARGEST);
    for (turning, events) in &loops[..shown] {
        let name = turning.asks();
        let each = events / turning.turns.max(1);
        diagnostic = diagnostic.note(format!("{name}: {} turns of {each} events are {events}", turning.turns));
    }
    let rest: u64 = loops[shown..].iter().map(|(_, events)| events).sum();
    diagnostic = diagnostic.note(format!("all other loops: {rest}"));
    cx.report(diagnostic.note(format!("all states outside loops, with their retries: {}", budget.fixed_events)));
}
