//! The rehearsal of the reverse start, before requests move: a task of its own carries one row from the target to the
//! source. After the cutover, a reverse task that cannot start would leave no rollback without a loss.

use migspec_ir::Origin;
use migspec_ir::workflow::{Argument, Effect, Phase};

use super::builder::{Builder, Poll, expression, verdict};
use super::plan::{Plan, Unit};
use super::{lock, payload};

/// The confirmation of the lock after the hours of the validation.
const CONFIRM: &str = "ConfirmRehearsal";
const REHEARSE: &str = "RehearseReverse";
/// Calls of the function for one rehearsal, and the seconds between two: DMS starts and stops a task within a quarter of an
/// hour.
pub(super) const TURNS: u64 = 20;
pub(super) const PAUSE: u64 = 45;

/// The state that begins the rehearsals; `None` if no database has one.
pub(super) fn first(plan: &Plan) -> Option<&'static str> {
    plan.units.iter().any(|unit| unit.rehearses).then_some(CONFIRM)
}

pub(super) fn add(b: &mut Builder, next: &str) {
    let plan = b.plan;
    let units: Vec<&Unit> = plan.units.iter().filter(|unit| unit.rehearses).collect();
    let Some(first) = units.first() else { return };
    b.enter(Phase::Validate, None);
    lock::confirm(b, CONFIRM, &first.state(REHEARSE));
    let onwards = units.iter().skip(1).map(|unit| unit.state(REHEARSE)).chain([next.to_owned()]);
    for (unit, next) in units.iter().zip(onwards) {
        let node = unit.replication.reverse.as_ref().map(|reverse| reverse.place.header);
        b.enter(Phase::Validate, node.map(|at| ("reverse", Origin::derived("workflow", at))));
        b.concerning(unit, |b| rehearse(b, unit, &next));
    }
}

fn rehearse(b: &mut Builder, unit: &Unit, next: &str) {
    let [wait, ask, check] = ["WaitForRehearsal", REHEARSE, "CheckRehearsal"].map(|name| unit.state(name));
    let reply = "$states.result.Payload";
    let done = format!("{reply}.complete = true");
    let unknown = format!("$not({reply}.complete = false)");
    let reason =
        format!("\"the rehearsal task is \" & $string({reply}.status) & \", arrived: \" & $string({reply}.arrived)");
    let (source, target) = (unit.side("source"), unit.side("target"));
    let ask = b
        .invoke(&ask, "reverse-slot", payload::rehearse(b.plan, unit))
        .does(format!("takes the next step of a rehearsal: a task carries a row from {target} to {source}"))
        .effect(Effect::Rehearse)
        .assign("verdict", verdict(&done, &unknown, TURNS))
        .assign("reason", expression(reason))
        .assign("turns", expression("$turns + 1"));
    let check = b
        .gate(&check, next)
        .effect(Effect::Rehearsed)
        .does("continues when the row has arrived and the task of the rehearsal has stopped");
    let pause = Argument::Integer(PAUSE as i64);
    b.poll(Poll { wait: (&wait, pause), longest: PAUSE, first: Vec::new(), ask, check, turns: TURNS });
}
