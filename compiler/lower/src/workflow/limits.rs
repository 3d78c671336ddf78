//! Step Functions' limits, kept at compile time.

use migspec_diag::{Diagnostic, Span};
use migspec_ir::workflow::{Budget, HISTORY_LIMIT, NAME_LIMIT, PAYLOAD_LIMIT, Workflow};

use super::plan::Plan;
use crate::cx::Cx;

/// An execution lasts a year at most.
const LONGEST: u64 = 365 * 24 * 3600;

pub(super) fn check(cx: &mut Cx, plan: &Plan, workflow: &Workflow) {
    let budget = Budget::of(workflow);
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
    if workflow.timeout > LONGEST {
        let days = workflow.timeout / 86_400;
        let message = format!("the workflow may take {days} days; an execution ends after 365");
        cx.report(
            Diagnostic::error("workflow-budget", message)
                .at(at, "its workflow takes too long")
                .help("shorten the rollback window, the bakes or the time to approve"),
        );
    }
    for state in workflow.all_states() {
        if state.name.chars().count() > NAME_LIMIT {
            let message = format!("the state name `{}` has more than {NAME_LIMIT} characters", state.name);
            cx.report(Diagnostic::error("workflow-budget", message).at(at, "its workflow has it"));
        }
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
    .help("demand less of the lag gate (`for`), or take fewer or shorter steps");
    if let Some(lag) = &plan.replication.lag {
        diagnostic = diagnostic.with(lag.r#for.span(), "each minute of it is a turn of the lag gate");
    }
    let mut loops: Vec<_> = budget.loop_events.iter().collect();
    loops.sort_by_key(|(_, events)| std::cmp::Reverse(*events));
    for (turning, events) in loops.into_iter().take(4) {
        let name = turning.states.first().map_or("", |s| s);
        let each = events / turning.turns.max(1);
        diagnostic = diagnostic.note(format!("{name}: {} turns of {each} events are {events}", turning.turns));
    }
    cx.report(diagnostic.note(format!("all states outside loops, with their retries: {}", budget.fixed_events)));
}
