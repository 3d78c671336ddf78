//! Step Functions' limits, kept at compile time.

use std::sync::Arc;

use migspec_diag::{Diagnostic, Span};
use migspec_ir::workflow::{Budget, EXECUTION_LIMIT, HISTORY_LIMIT, NAME_LIMIT, PAYLOAD_LIMIT, Phase, Workflow};

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
    history(cx, plan, workflow, &budget);
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
            let cause = setting(plan, workflow, map);
            cx.report(Diagnostic::error("workflow-budget", message).at(cause, "its workflow polls too often"));
        }
    }
    if workflow.timeout > EXECUTION_LIMIT {
        time(cx, plan, workflow, &budget);
    }
    for state in workflow.all_states() {
        if state.name.chars().count() > NAME_LIMIT {
            let message = format!("the state name `{}` has more than {NAME_LIMIT} characters", state.name);
            cx.report(Diagnostic::error("workflow-budget", message).at(at, "its workflow has it"));
        }
    }
}

/// The setting that determines how long the phase of a state takes.
fn setting(plan: &Plan, workflow: &Workflow, name: &str) -> Span {
    let cutover = plan.cutover;
    let Some(state) = workflow.all_states().into_iter().find(|state| &*state.name == name) else {
        return cutover.place.header;
    };
    let of_phase = match state.phase {
        Phase::Shift => cutover.strategy.step.iter().rev().max_by_key(|step| step.bake.millis()).map(|s| s.bake.span()),
        Phase::Watch => cutover.rollback.as_ref().map(|rollback| rollback.window.span()),
        _ => None,
    };
    let of_approval = cutover.approval.as_ref().filter(|approval| approval.place.header == state.origin.span());
    of_phase.or(of_approval.map(|approval| approval.within.span())).unwrap_or(state.origin.span())
}

/// The parts that the time is the sum of, the longest first.
fn time(cx: &mut Cx, plan: &Plan, workflow: &Workflow, budget: &Budget) {
    let message = format!("the workflow may take {}; an execution ends after 365d", rounded(budget.seconds));
    let mut summands: Vec<&(Arc<str>, u64)> = budget.summands.iter().collect();
    summands.sort_by_key(|(_, seconds)| std::cmp::Reverse(*seconds));
    let header = plan.cutover.place.header;
    let cause = summands.first().map_or(header, |(name, _)| setting(plan, workflow, name));
    let mut diagnostic = Diagnostic::error("workflow-budget", message)
        .at(cause, "the longest part of its workflow")
        .help("shorten the rollback window, the bakes or the time to approve");
    let shown = summands.len().min(LARGEST);
    let mut places = vec![cause];
    for (name, seconds) in &summands[..shown] {
        let turns = budget.loop_events.iter().find(|(turning, _)| turning.asks() == *name);
        let how = turns.map_or_else(String::new, |(turning, _)| {
            format!(": {} turns of {}", turning.turns, rounded(turning.seconds))
        });
        diagnostic = diagnostic.note(format!("{name}{how}, {} together", rounded(*seconds)));
        let place = setting(plan, workflow, name);
        if !places.contains(&place) {
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

fn history(cx: &mut Cx, plan: &Plan, workflow: &Workflow, budget: &Budget) {
    let events = budget.events();
    if events < HISTORY_LIMIT {
        return;
    }
    let mut loops: Vec<_> = budget.loop_events.iter().collect();
    loops.sort_by_key(|(_, events)| std::cmp::Reverse(*events));
    let header = plan.cutover.place.header;
    let cause = loops.first().map_or(header, |(turning, _)| setting(plan, workflow, &turning.asks()));
    let mut diagnostic = Diagnostic::error(
        "workflow-budget",
        format!("the workflow may record {events} events; an execution ends at {HISTORY_LIMIT}"),
    )
    .at(cause, "its workflow polls too often")
    .with(plan.cutover.strategy.place.header, "each of its bakes asks up to 600 times")
    .help("take fewer or shorter steps");
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
