//! Assess: what is there, where this run starts, and whether both sides are
//! ready.

use migspec_events::Side as EventSide;
use migspec_ir::arguments;
use migspec_ir::workflow::{Api, Argument, Effect, Expression, Phase, Side};

use super::builder::{Builder, NOTIFY_FAILURE, branch, expression, insist};
use super::payload;

pub(super) fn add(b: &mut Builder) {
    b.enter(Phase::Assess, None);
    initialize(b);
    choose_start(b);
    preflight(b);
    fence_target(b);
}

/// Reads the few assigned ids, and gives every variable its first value: a
/// condition may read any of them.
fn initialize(b: &mut Builder) {
    let plan = b.plan;
    let state = b
        .task("Initialize", Api::GetParameter, arguments!({ "Name": plan.plan_parameter.as_str() }))
        .does("reads the ids of the load balancer that only the deployment knows")
        .assign("rule", entry("listenerRuleArn"))
        .assign("sourceTargets", entry("sourceTargetGroupArn"))
        .assign("targetTargets", entry("targetTargetGroupArn"))
        .assign("execution", expression("$states.context.Execution.Name"))
        .assign("action", expression("$exists($states.input.action) ? $string($states.input.action) : \"migrate\""))
        .assign("writer", "")
        .assign("status", "")
        .assign("verdict", "wait")
        .assign("reason", "")
        .assign("turns", 0)
        .assign("quiet", 0)
        .assign("unknown", 0)
        .assign("rollbackTurns", 0)
        .assign("pass", "")
        .assign("groups", Argument::List(Vec::new()))
        .assign("groupCount", 0)
        .assign("position", "")
        .assign("fencedAt", 0)
        .assign("pause", 0)
        .assign("confirmed", false)
        .assign("loss", "")
        .assign("acceptLoss", false)
        .assign("failure", nothing())
        .next("ReadWriter");
    b.add(state);
    let read = b
        .task("ReadWriter", Api::GetParameter, arguments!({ "Name": plan.writer_parameter.as_str() }))
        .does("reads which database takes writes now")
        .assign("writer", expression("$states.result.Parameter.Value"))
        .next("ChooseStart");
    b.add(read);
}

/// The text of a member of the plan, which is JSON with ARNs for values. The
/// interpreters that this workflow is tried in do not know `$parse`.
fn entry(name: &str) -> Argument {
    let plan = "$states.result.Parameter.Value";
    let quoted = Expression::quote(&format!("\"{name}\""));
    let quote = Expression::quote("\"");
    let missing = Expression::quote(&format!("the plan has no {name}"));
    expression(format!(
        "$contains({plan}, {quoted}) \
         ? $substringBefore($substringAfter($substringAfter({plan}, {quoted}), {quote}), {quote}) : $error({missing})"
    ))
}

fn nothing() -> Argument {
    arguments!({ "state": "", "phase": "assess", "error": "", "cause": "" })
}

/// A run migrates from the start, resumes the watch of a migration whose
/// writer has moved, or rolls back on request.
fn choose_start(b: &mut Builder) {
    let requested = |phase: &str| {
        arguments!({
            "state": "ChooseStart",
            "phase": phase,
            "error": "Migration.RollbackRequested",
            "cause": "the execution was started with the action rollback",
        })
    };
    let branches = vec![
        branch("$action = \"migrate\" and $writer = \"source\"", "Preflight").0,
        branch("$action = \"migrate\" and $writer = \"target\"", "WatchTarget").0,
        branch("$action = \"rollback\" and $writer = \"source\"", super::builder::EXECUTE_ROLLBACK)
            .with("failure", requested("approve"))
            .0,
        branch("$action = \"rollback\" and $writer = \"none\"", super::builder::EXECUTE_ROLLBACK)
            .with("failure", requested("flip"))
            .0,
        branch("$action = \"rollback\" and $writer = \"target\"", b.loss_route()).with("failure", requested("watch")).0,
    ];
    let cause = expression("\"the action is \" & $action & \" and the writer is \" & $writer");
    let state = b.choice("ChooseStart", branches, NOTIFY_FAILURE).does("decides where this run starts").assign(
        "failure",
        arguments!({ "state": "ChooseStart", "phase": "assess", "error": "Migration.CannotStart", "cause": cause }),
    );
    b.add(state);
}

fn preflight(b: &mut Builder) {
    let reply = "$states.result.Payload";
    let state = b
        .invoke("Preflight", "preflight", payload::preflight(b.plan))
        .does("checks the prerequisites on both sides")
        .assign("verdict", expression(format!("{reply}.ready = true ? \"pass\" : \"fail\"")))
        .assign(
            "reason",
            expression(format!(
                "$exists({reply}.problems.what) ? $substring($join([{reply}.problems.what], \"; \"), 0, 1000) : \"\""
            )),
        )
        .next("CheckPreflight");
    b.add(state);
    let check =
        b.gate("CheckPreflight", "FenceTarget").effect(Effect::Preflight).does("ends here if something is missing");
    b.add(check);
}

/// At most one database takes writes from the first moment on.
fn fence_target(b: &mut Builder) {
    let state = b
        .invoke("FenceTarget", "fence", payload::fence(EventSide::Target, b.plan))
        .does("keeps the applications from writing to the target")
        .effect(Effect::Fence(Side::Target))
        .assign("confirmed", insist("$states.result.Payload.fenced = true", "the target could not be fenced"))
        .next("DescribeReplication");
    b.add(state);
}
