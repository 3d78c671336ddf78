//! Assess: the ids of resources, the start of this execution, and the preflight of both sides.

use migspec_ir::arguments;
use migspec_ir::workflow::redrive::CONFIRMED;
use migspec_ir::workflow::{Api, Argument, Effect, Expression, Ids, Kind, Loop, Phase, Side, State};

use super::builder::{Builder, NOTIFY_FAILURE, branch, expression, insist, verdict};
use super::cutover::{UNFENCE, longest_call};
use super::plan::{Plan, Unit};
use super::{lock, payload};

/// The maximum of attempts to take the lock over.
pub(super) const LOCK_TURNS: u64 = 3;
/// The confirmation of the lock before the holds are released.
pub(super) const CONFIRM_RELEASE: &str = "ConfirmRelease";

pub(super) fn add(b: &mut Builder) {
    b.enter(Phase::Assess, None);
    initialize(b);
    take_lock(b);
    read_writer(b);
    choose_start(b);
    compare(b);
    after(b);
    let plan = b.plan;
    for (unit, next) in plan.each("Preflight", &plan.first("FenceTarget")) {
        b.concerning(unit, |b| preflight(b, unit, &next));
    }
    for (unit, next) in plan.each("FenceTarget", "HoldRotation") {
        b.concerning(unit, |b| fence_target(b, unit, &next));
    }
    hold_still(b);
}

/// Reads the few assigned ids, and gives every variable its first value: a
/// condition may read any of them.
fn initialize(b: &mut Builder) {
    let plan = b.plan;
    let state = b
        .task("Initialize", Api::GetParameter, arguments!({ "Name": plan.plan_parameter.as_str() }))
        .does("reads the ids of the load balancer from the plan parameter")
        .assign("sourceTargets", entry("sourceTargetGroupArn"))
        .assign("targetTargets", entry("targetTargetGroupArn"))
        .assign("execution", expression("$states.context.Execution.Name"))
        .assign("action", expression("$exists($states.input.action) ? $string($states.input.action) : \"migrate\""))
        .assign("writer", "")
        .assign("startType", "")
        .assign("verdict", "wait")
        .assign("reason", "")
        .assign("turns", 0)
        .assign("quiet", 0)
        .assign("unknown", 0)
        .assign("rollbackTurns", 0)
        .assign("seen", lock::NO_TAG)
        .assign("lock", lock::NO_TAG)
        .assign(CONFIRMED, 0)
        .assign("pass", "")
        .assign("groups", Argument::List(Vec::new()))
        .assign("groupCount", 0)
        .assign("gates", Argument::List(Vec::new()))
        .assign("approvals", Argument::List(Vec::new()))
        .assign("fencedAt", 0)
        .assign("fresh", "unknown")
        .assign("shiftedAt", 0)
        .assign("requests", 0)
        .assign("arrived", "unknown")
        .assign("pause", 0)
        .assign("confirmed", false)
        .assign("loss", "")
        .assign("acceptLoss", false)
        .assign("failure", nothing())
        .next("TakeLock");
    let state =
        plan.rules().into_iter().fold(state, |state, (variable, member, _)| state.assign(variable, entry(member)));
    let state =
        plan.dimensions().into_iter().fold(state, |state, (variable, member, _)| state.assign(variable, entry(member)));
    let each = |state: State, unit: &Unit| {
        let names = ["sourceSchema", "targetSchema", "position", "cutAt", "slotPosition"];
        let state = state.assign(&unit.name_for_database("reload"), Argument::List(Vec::new()));
        names.into_iter().fold(state, |state, name| state.assign(&unit.name_for_database(name), ""))
    };
    b.add(plan.units.iter().fold(state, each));
}

/// Only the holder of the lock changes anything. The lock is an object that is written under a condition, so of two
/// executions that start together, one gets it. A second read decides, because an answer may be lost. A rollback takes
/// the lock over from an execution that has ended, and from the functions that it called: a function works on when its
/// execution is stopped. fact: s3-conditional-writes
fn take_lock(b: &mut Builder) {
    let take =
        lock::take(b, "TakeLock", ("IfNoneMatch", "*".into())).does("takes the lock, if no execution has held it yet");
    b.add(take);
    let (holder, etag) = ("$states.result.Body", "$states.result.ETag");
    let no_tag = Expression::quote(lock::NO_TAG);
    let own = format!("{holder} = $execution");
    let foreign = format!("{holder} != {} and $action != \"rollback\"", Expression::quote(lock::FREE));
    let read = b
        .task(
            "ReadLock",
            Api::GetObject,
            arguments!({ "Bucket": b.plan.checkpoints.as_str(), "Key": b.plan.lock_key() }),
        )
        .does("reads which execution holds the lock")
        .assign("verdict", verdict(&own, &foreign, LOCK_TURNS))
        .assign("reason", expression(format!("\"the lock is held by \" & $string({holder})")))
        .assign("seen", expression(format!("$exists({etag}) ? {etag} : {no_tag}")))
        .assign("lock", expression(format!("{own} and $exists({etag}) ? {etag} : {no_tag}")))
        .assign("turns", expression("$turns + 1"))
        .assign(CONFIRMED, lock::redrives())
        .next("CheckLock");
    let pause = longest_call(b.plan);
    let wait = b
        .state("WaitForLock", Kind::Wait { seconds: Argument::Integer(pause as i64) })
        .does("waits until the calls of an execution that was stopped have ended")
        .next("TakeOverLock");
    let runs = "$states.result.Executions";
    let others = format!("$count({runs}[Name != $execution]) = 0 and $exists({runs})");
    let list = b
        .task(
            "ListRuns",
            Api::ListExecutions,
            arguments!({ "StateMachineArn": b.plan.machine_arn(), "StatusFilter": "RUNNING", "MaxResults": 10 }),
        )
        .does("checks that the last holder of the lock has ended")
        .assign("confirmed", insist(&others, "another execution is active: stop it first"))
        .next("WaitForLock");
    let over = lock::take(b, "TakeOverLock", ("IfMatch", expression("$seen")))
        .does("takes the lock over, if nobody has taken it since");
    let mut check = b
        .gate("CheckLock", "ReadWriter")
        .effect(Effect::Exclusive)
        .does("ends the execution if another one holds the lock");
    if let Kind::Choice { branches, .. } = &mut check.kind {
        branches.push(branch("$verdict = \"wait\"", "ListRuns").0);
    }
    let seconds = [&list, &over, &read].iter().filter_map(|state| state.timeout).sum::<u64>() + pause;
    let turn = [&wait, &over, &read, &check, &list].map(|state| state.name.clone());
    b.loops.push(Loop { states: turn.into(), turns: LOCK_TURNS, seconds });
    for state in [wait, list, over, read, check] {
        b.add(state);
    }
}

fn read_writer(b: &mut Builder) {
    let read = b
        .task("ReadWriter", Api::GetParameter, arguments!({ "Name": b.plan.writer_parameter.as_str() }))
        .does("reads the writer switch")
        .assign("writer", expression("$states.result.Parameter.Value"))
        .next("ChooseStart");
    b.add(read);
}

/// Facts of existing resources that the spec declares: a difference ends the execution, before it has changed anything.
fn compare(b: &mut Builder) {
    let plan = b.plan;
    let names = plan.declared.iter().skip(1).map(|declared| declared.state.to_string()).chain([begin(plan)]);
    for (declared, next) in plan.declared.iter().zip(names) {
        let call = declared.described.call();
        let ids = match call.ids {
            Ids::List(_) => Argument::List(declared.ids.iter().map(|id| (&**id).into()).collect()),
            Ids::One(_) | Ids::Unbound(_) | Ids::Ec2(..) => {
                declared.ids.first().map_or(Argument::Null, |id| (&**id).into())
            }
        };
        let fixed = call.fixed.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let arguments = std::iter::once((call.ids.name().into(), ids)).chain(fixed).collect();
        let state = b
            .task(&declared.state, Api::Describe(declared.described), Argument::Object(arguments))
            .does(format!("compares the {} that exist with the spec", call.what))
            .assign("confirmed", Argument::Expression(declared.verdict.clone()))
            .next(&next);
        b.add(state);
    }
}

/// The first state after the comparisons of declared facts.
fn begin(plan: &Plan) -> String {
    if plan.after.is_empty() { plan.first("Preflight") } else { "ReadEarlier1".to_owned() }
}

/// The declared order: earlier cutovers have moved. This execution has not begun anything, so an operator can wait and
/// start it again.
fn after(b: &mut Builder) {
    let plan = b.plan;
    let name =
        |i: usize| plan.after.get(i).map_or_else(|| plan.first("Preflight"), |_| format!("ReadEarlier{}", i + 1));
    for (i, (key, parameter)) in plan.after.iter().enumerate() {
        let moved = insist(
            "$states.result.Parameter.Value = \"target\"",
            &format!("the cutover {key}, which comes before this one, has not moved its writer"),
        );
        let state = b
            .task(&name(i), Api::GetParameter, arguments!({ "Name": parameter.as_str() }))
            .does(format!("checks that the cutover {key} has moved its writer"))
            .assign("confirmed", moved)
            .next(&name(i + 1));
        b.add(state);
    }
}

/// The text of a member of the plan, which is JSON with ARNs for values. Interpreters of JSONata other than Step
/// Functions lack `$parse`.
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

/// An execution migrates from the start, continues the watch of a migration whose writer has moved, or rolls back on
/// request.
fn choose_start(b: &mut Builder) {
    let begin = b.plan.declared.first().map_or_else(|| begin(b.plan), |declared| declared.state.to_string());
    let requested = |phase: &str| {
        arguments!({
            "state": "ChooseStart",
            "phase": phase,
            "error": migspec_events::error::ROLLBACK_REQUESTED,
            "cause": "the execution was started with the action rollback",
        })
    };
    let branches = vec![
        branch("$action = \"migrate\" and $writer = \"source\"", &begin).0,
        // The writer may have moved and the target not been opened: opening it
        // again does no harm.
        branch("$action = \"migrate\" and $writer = \"target\"", UNFENCE[0]).0,
        branch("$action = \"rollback\" and $writer = \"source\"", super::builder::EXECUTE_ROLLBACK)
            .with("failure", requested("approve"))
            .0,
        branch("$action = \"rollback\" and $writer = \"none\"", super::builder::EXECUTE_ROLLBACK)
            .with("failure", requested("flip"))
            .0,
        branch("$action = \"rollback\" and $writer = \"target\"", b.loss_route()).with("failure", requested("watch")).0,
    ];
    let cause = expression("\"the action is \" & $action & \" and the writer is \" & $writer");
    let state =
        b.choice("ChooseStart", branches, NOTIFY_FAILURE).does("decides the first phase of this execution").assign(
            "failure",
            arguments!({ "state": "ChooseStart", "phase": "assess", "error": "Migration.CannotStart", "cause": cause }),
        );
    b.add(state);
}

fn preflight(b: &mut Builder, unit: &Unit, next: &str) {
    let reply = "$states.result.Payload";
    let check = unit.state("CheckPreflight");
    let state = b
        .invoke(&unit.state("Preflight"), "preflight", payload::preflight(b.plan, unit))
        .does("checks the prerequisites on both sides")
        .assign("verdict", expression(format!("{reply}.ready = true ? \"pass\" : \"fail\"")))
        .assign(
            "reason",
            expression(format!(
                "$exists({reply}.problems.what) ? $substring($join([{reply}.problems.what], \"; \"), 0, 1000) : \"\""
            )),
        )
        .assign(&unit.name_for_database("reload"), expression(format!("[{reply}.reload]")))
        .next(&check);
    b.add(state);
    let check = b.gate(&check, next).effect(Effect::Preflight).does("ends the execution if a prerequisite is missing");
    b.add(check);
}

/// From the start, at most one database takes writes.
fn fence_target(b: &mut Builder, unit: &Unit, next: &str) {
    let target = unit.side("target");
    let message = format!("{target} could not be fenced");
    let state = b
        .invoke(&unit.state("FenceTarget"), "fence", payload::fence(Side::Target, b.plan, unit))
        .does(format!("fences {target}"))
        .effect(Effect::Fence(Side::Target))
        .assign("confirmed", insist("$states.result.Payload.fenced = true", &message))
        .next(next);
    b.add(state);
}

/// From the load on, the passwords and the schemas of both sides do not change: replication relies on them.
fn hold_still(b: &mut Builder) {
    b.enter(Phase::Load, None);
    let state = rotation_switch(b, "HoldRotation", "held")
        .does("holds the rotation of passwords")
        .effect(Effect::HoldRotation)
        .next(&b.plan.first("FreezeSource"));
    b.add(state);
    let plan = b.plan;
    for (unit, next) in plan.each("FreezeSource", &plan.first("DescribeReplication")) {
        b.concerning(unit, |b| {
            freeze(b, unit, Side::Source, &unit.state("FreezeTarget"));
            freeze(b, unit, Side::Target, &next);
        });
    }
}

/// The parameter that the rotation function reads.
pub(super) fn rotation_switch(b: &Builder, name: &str, value: &str) -> State {
    b.task(
        name,
        Api::PutParameter,
        arguments!({ "Name": b.plan.rotation_parameter.as_str(), "Value": value, "Overwrite": true }),
    )
}

fn freeze(b: &mut Builder, unit: &Unit, side: Side, next: &str) {
    let reply = "$states.result.Payload";
    let held = format!("{reply}.frozen = true and $exists({reply}.fingerprint)");
    let message = format!("{}'s schema is not frozen", unit.side(side.name()));
    let name = match side {
        Side::Source => "FreezeSource",
        Side::Target => "FreezeTarget",
    };
    let state = b
        .invoke(&unit.state(name), "fence", payload::freeze(side, b.plan, unit))
        .does(format!("freezes {}'s schema", unit.side(side.name())))
        .effect(Effect::FreezeSchema(side))
        .assign("confirmed", insist(&held, &message))
        .assign(&schema_variable(unit, side), expression(format!("{reply}.fingerprint")))
        .next(next);
    b.add(state);
}

/// The variable with the fingerprint of the side's frozen schema.
pub(super) fn schema_variable(unit: &Unit, side: Side) -> String {
    unit.name_for_database(&format!("{}Schema", side.name()))
}

/// Releases both schema freezes and the rotation hold.
/// Hours or days may have passed since the last look at the lock.
pub(super) fn release_holds(b: &mut Builder, next: &str) {
    let [confirm, target] = [CONFIRM_RELEASE, "ThawTarget"].map(|name| b.ending(name));
    lock::confirm(b, &confirm, &b.plan.first(&target));
    // Both the rollback and the end of the migration release.
    let [source, release] = ["ThawSource", "ReleaseRotation"].map(|name| b.ending(name));
    let plan = b.plan;
    for (unit, next) in plan.each(&target, &release) {
        b.concerning(unit, |b| {
            thaw(b, unit, (&target, Side::Target), &unit.state(&source));
            thaw(b, unit, (&source, Side::Source), &next);
        });
    }
    let state = rotation_switch(b, &release, "allowed")
        .does("releases the rotation hold")
        .effect(Effect::ReleaseRotation)
        .next(next);
    b.add(state);
}

fn thaw(b: &mut Builder, unit: &Unit, (name, side): (&str, Side), next: &str) {
    let state = b
        .invoke(&unit.state(name), "fence", payload::thaw(side, b.plan, unit))
        .does(format!("releases {}'s schema freeze", unit.side(side.name())))
        .effect(Effect::ThawSchema(side))
        .assign("confirmed", insist("$states.result.Payload.thawed = true", "the schema is still frozen"))
        .next(next);
    b.add(state);
}
