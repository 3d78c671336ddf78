//! Validate: all tables, divided into groups. The groups are compared concurrently, within the number of connections of
//! the databases.

use migspec_events::Planned;
use migspec_ir::workflow::{Argument, Branch, Effect, Kind, Machine, Phase, State};
use migspec_ir::{Origin, arguments};

use super::builder::{BEGIN_SHIFT, Builder, branch, expression, insist, verdict};
use super::plan::Unit;
use super::{payload, rehearse};

/// Calls for one group, each a quarter of an hour at most: two hours.
const GROUP_TURNS: u64 = 8;

pub(super) fn add(b: &mut Builder) {
    b.enter(Phase::Validate, None);
    let plan = b.plan;
    for (unit, next) in plan.each("PlanValidation", rehearse::first(plan).unwrap_or(BEGIN_SHIFT)) {
        b.concerning(unit, |b| {
            divide(b, unit);
            compare(b, unit);
            summarise(b, unit, &next);
        });
    }
    rehearse::add(b, BEGIN_SHIFT);
}

fn divide(b: &mut Builder, unit: &Unit) {
    let groups = "$states.result.Payload.groups";
    let pass = "$states.result.Payload.pass";
    let state = b
        .invoke(&unit.state("PlanValidation"), "data-validator", payload::plan_validation(b.plan, unit))
        .does("divides all tables into groups of chunks")
        .assign("confirmed", insist(&format!("$exists({pass}) and $exists({groups})"), "there is no plan"))
        .assign("pass", expression(pass))
        .assign("groups", expression(groups))
        .assign("groupCount", expression(format!("$count({groups})")))
        .next(&unit.state("ValidateData"));
    b.add(state);
}

/// Each group is an execution of its own, so that the history of this one does not grow with the tables. The function
/// records the result of a group; the workflow only requires that every group ends.
fn compare(b: &mut Builder, unit: &Unit) {
    let node = unit.checksums.map(|at| ("checksums", Origin::derived("workflow", at)));
    b.enter(Phase::Validate, node);
    let name = unit.state("ValidateData");
    let processor = group(b, unit);
    let kind = Kind::Map {
        items: expression("$groups"),
        item: Some(payload::chunk(b.plan, unit, "$states.context.Map.Item.Value")),
        most: Planned::MOST as u32,
        concurrency: unit.connections,
        distributed: Some(unit.name_for_database("validate").into()),
        processor,
    };
    let state = b
        .state(&name, kind)
        .does(format!("compares both sides, {} groups at once", unit.connections))
        .catch(b.route(&name))
        .assign("groups", Argument::List(Vec::new()))
        .output(arguments!({}))
        .next(&unit.state("SummariseValidation"));
    b.add(state);
    b.enter(Phase::Validate, None);
}

/// An iteration has no variables of the workflow: its input contains all values.
fn group(b: &mut Builder, unit: &Unit) -> Machine {
    let [wait, compare, check] = ["WaitForGroup", "CompareGroup", "CheckGroup"].map(|name| unit.state(name));
    let [compared, broken] = ["GroupCompared", "GroupFailed"].map(|name| unit.state(name));
    let begin = b
        .state(&unit.state("BeginGroup"), Kind::Pass)
        .does("reads the input of a group")
        .assign("chunk", expression("$states.input"))
        .assign("cursor", "")
        .assign("groupTurns", 0)
        .assign("groupVerdict", "wait")
        .next(&compare);
    let reply = "$states.result.Payload";
    let mut ask = b
        .invoke(&compare, "data-validator", payload::next_chunk())
        .does("compares the rows of a group")
        .assign(
            "groupVerdict",
            super::builder::verdict_by(
                "$groupTurns",
                &format!("{reply}.complete = true"),
                &format!("$not({reply}.complete = false)"),
                GROUP_TURNS,
            ),
        )
        .assign("cursor", expression(format!("$exists({reply}.cursor) ? {reply}.cursor : \"\"")))
        .assign("groupTurns", expression("$groupTurns + 1"))
        .next(&check);
    // An error ends the group, and with it the state outside.
    ask.catch.clear();
    let branches: Vec<Branch> =
        vec![branch("$groupVerdict = \"pass\"", &compared).0, branch("$groupVerdict = \"wait\"", &wait).0];
    let per_turn = 1 + ask.timeout.unwrap_or(0);
    b.turns([&wait, &compare, &check], GROUP_TURNS, per_turn);
    let check = b.choice(&check, branches, &broken).does("continues until the comparison of the group is complete");
    let wait =
        b.state(&wait, Kind::Wait { seconds: 1.into() }).does("waits before the next part of the group").next(&compare);
    let done = b.state(&compared, Kind::Succeed).does("ends the group").output(arguments!({}));
    let failed = b
        .state(
            &broken,
            Kind::Fail {
                error: "Migration.GroupUnfinished".into(),
                cause: expression("\"group \" & $string($chunk.group.number) & \" of \" & $chunk.group.table"),
            },
        )
        .does("ends the group, and with it the validation");
    let states: Vec<State> = vec![begin, ask, check, wait, done, failed];
    let start_at = states[0].name.clone();
    Machine { start_at, states: states.into_iter().map(|s| (s.name.clone(), s)).collect() }
}

fn summarise(b: &mut Builder, unit: &Unit, next: &str) {
    let check = unit.state("CheckValidationResult");
    let reply = "$states.result.Payload";
    let clean = format!("{reply}.complete = true and {reply}.mismatched = 0 and {reply}.errors = 0");
    let state = b
        .invoke(&unit.state("SummariseValidation"), "data-validator", payload::summarise(b.plan, unit))
        .does("adds up the results of all groups, and compares counts and invariants")
        .assign("verdict", verdict(&clean, "true", 1))
        .assign("reason", expression(differences(reply)))
        .next(&check);
    b.add(state);
    let check = b
        .gate(&check, next)
        .effect(Effect::Validate)
        .does("continues when the comparison is complete and both sides are equal");
    b.add(check);
}

pub(super) fn differences(reply: &str) -> String {
    format!(
        "\"mismatches \" & $string({reply}.mismatched) & \", errors \" & $string({reply}.errors) & \
         \", matches \" & $string({reply}.matched)"
    )
}
