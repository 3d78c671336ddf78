//! Watch during the rollback window; then, after an approval, decommission.

use migspec_ir::Origin;
use migspec_ir::workflow::{Api, Effect, Phase, Retry, errors};

use super::approve::{self, Ask};
use super::builder::{Builder, NOTIFY_FAILURE};
use super::cutover::{REVERSE, stop_each};
use super::shift::{AlarmLoop, alarm_gate};
use super::{assess, checkpoint, payload};

/// Answers, one each minute, in which an alarm that was not OK since the flip
/// decides nothing: the `503`s of the fence ring it.
pub(super) const GRACE: u64 = 15;

pub(super) fn add(b: &mut Builder) {
    let node = b.plan.cutover.rollback.as_ref().map(|r| ("rollback", Origin::derived("workflow", r.place.header)));
    b.enter(Phase::Watch, node);
    let next = match (ends(b), b.plan.reverse) {
        (true, _) => "ApproveDecommission",
        // Reverse replication continues, and with it the schema freezes and the rotation hold.
        (false, true) => "NotifySuccess",
        (false, false) => assess::CONFIRM_RELEASE,
    };
    let alarm = b.plan.watch_alarm.clone();
    alarm_gate(
        b,
        ["WatchTarget", "ReadWatchAlarms", "CheckWatchAlarms"],
        AlarmLoop { grace: GRACE, ..AlarmLoop::on(&alarm, b.plan.rollback_window(), next) },
    );
    // An outage of CloudWatch does not cause a rollback: an operator decides.
    if let Some(state) = b.states.get_mut("ReadWatchAlarms") {
        let errors = errors(Api::DescribeAlarms.info().retriable);
        state.retry = vec![Retry { errors, interval: 30, attempts: 10, backoff: 2.0, longest: 600 }];
        state.catch.iter_mut().for_each(|route| route.next = NOTIFY_FAILURE.into());
    }
    decommission(b);
    if !b.plan.reverse {
        b.enter(Phase::Decommission, None);
        assess::release_holds(b, "NotifySuccess");
    }
}

/// Without approvers the rollback window stays open: its end cannot be undone. Without reverse replication there is
/// none to end.
fn ends(b: &Builder) -> bool {
    b.plan.reverse && b.plan.approvers().is_some()
}

fn decommission(b: &mut Builder) {
    let Some(approval) = b.plan.cutover.approval.as_ref().filter(|_| ends(b)) else { return };
    b.enter(Phase::Decommission, Some(("approval", Origin::derived("workflow", approval.place.header))));
    approve::add(
        b,
        Ask {
            name: "ApproveDecommission",
            record: "RecordDecommission",
            question: "end the rollback window",
            found: None,
            // The migration has succeeded; silence changes nothing.
            refused: NOTIFY_FAILURE,
            next: "ConfirmDecommission",
        },
    );
    let plan = b.plan;
    checkpoint::add(b, ["ConfirmDecommission", "CheckpointDecommission"], &plan.first("StopReverse"));
    stop_each(b, REVERSE, &plan.first("DropSlots"));
    for (unit, next) in plan.each("DropSlots", assess::CONFIRM_RELEASE) {
        b.concerning(unit, |b| {
            let slots = b
                .invoke(&unit.state("DropSlots"), "reverse-slot", payload::drop_slots(plan, unit))
                .does("drops the replication slots on both sides")
                .effect(Effect::DropSlots)
                .next(&next);
            b.add(slots);
        });
    }
    assess::release_holds(b, "NotifySuccess");
}
