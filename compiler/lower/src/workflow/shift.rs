//! Shift: requests move to the target's compute, step by step, while the source stays the only writer. Then the
//! approvals and the change window follow.

use migspec_ir::workflow::{Api, Argument, Effect, Hold, Phase, Side, State};
use migspec_ir::{Origin, arguments};
use migspec_syntax::ast::Step;
use migspec_syntax::value::Duration;

use super::approve::{self, Ask};
use super::builder::{BEGIN_SHIFT, Builder, Poll, expression, insist, verdict};
use super::plan::Unit;
use super::replicate::{LagLoop, lag_gate, lag_known, lag_query, lag_sum, seconds_text};
use super::requests::{LATE_POLLS, Requests};
use super::{assess, checkpoint, cutover, evidence, lock, payload, requests, window};

/// The maximum of polls until all targets are healthy, and the seconds between two polls.
pub(super) const HEALTH: (u64, u64) = (20, 30);
/// The number of consecutive answers without data that an alarm gate tolerates.
pub(super) const UNKNOWN: u64 = 20;
/// The maximum of polls of the last lag gate: ten minutes.
pub(super) const FINAL_LAG_TURNS: u64 = 30;
/// Answers of an alarm that fill a long time, besides those of its first hour.
const MOST_ANSWERS: u64 = 400;
const FIRST_ANSWERS: u64 = 60;
/// The confirmation of the lock and the checkpoint before the first share.
const SHIFT: [&str; 2] = ["ConfirmShift", "CheckpointShift"];

pub(super) fn add(b: &mut Builder) {
    let strategy = &b.plan.cutover.strategy;
    let node = Origin::derived("workflow", strategy.place.header);
    b.enter(Phase::Shift, Some(("strategy", node)));
    let steps = b.plan.steps();
    let begin = if steps.is_empty() { begin_approval(b) } else { SHIFT[0].to_owned() };
    target_health(b, &begin);
    if !steps.is_empty() {
        checkpoint::add(b, SHIFT, &names(steps[0].share.0).0);
    }
    for (i, step) in steps.iter().enumerate() {
        // A bake takes minutes to hours: each further share confirms the lock again.
        if i > 0 {
            lock::confirm(b, &confirm(step.share.0), &names(step.share.0).0);
        }
        let next = steps.get(i + 1).map_or_else(|| begin_approval(b), |next| confirm(next.share.0));
        shift(b, step, &next);
    }
    approval(b);
    window::add(b);
    final_gates(b);
}

fn begin_approval(b: &Builder) -> String {
    match (b.plan.approvers(), b.plan.begin_window()) {
        (Some(_), _) => "ApproveCutover".to_owned(),
        (None, Some(begin)) => begin.to_owned(),
        (None, None) => b.plan.first("CheckSourceSchema"),
    }
}

fn target_health(b: &mut Builder, next: &str) {
    let states = "$states.result.TargetHealthDescriptions.TargetHealth.State";
    let healthy = format!("$exists({states}) and $count($distinct([{states}])) = 1 and [{states}][0] = \"healthy\"");
    let ask = b
        .task(BEGIN_SHIFT, Api::DescribeTargetHealth, arguments!({ "TargetGroupArn": expression("$targetTargets") }))
        .does("checks that the target's compute is healthy")
        .assign("verdict", verdict(&healthy, "false", HEALTH.0))
        .assign("reason", "not all targets of the target's compute are healthy")
        .assign("turns", expression("$turns + 1"));
    let check =
        b.gate("CheckTargetHealth", next).effect(Effect::TargetHealth).does("continues when all targets are healthy");
    let (turns, seconds) = HEALTH;
    let wait = ("WaitForTargets", Argument::Integer(seconds as i64));
    b.poll(Poll { wait, longest: seconds, first: Vec::new(), ask, check, turns });
}

/// The name of the confirmation before a further step.
fn confirm(share: u8) -> String {
    format!("ConfirmShift{share}")
}

/// The names of a step's states: shift, wait, poll, gate.
fn names(share: u8) -> (String, String, String, String) {
    (format!("Shift{share}"), format!("Bake{share}"), format!("ReadAlarms{share}"), format!("CheckAlarms{share}"))
}

fn shift(b: &mut Builder, step: &Step, next: &str) {
    let (share, bake) = (step.share.0, *step.bake);
    let (shift, wait, ask, check) = names(share);
    let (rule, what, effect) = match b.plan.moves_reads() {
        true => ("readsRule", "reads that may be stale", Effect::ShiftReads(share)),
        false => ("rule", "requests", Effect::Shift(share)),
    };
    let state = b
        .task(&shift, Api::ModifyRule, payload::weights(rule, share))
        .does(format!("sends {share} % of {what} to the target's compute"))
        .effect(effect)
        .assign("shiftedAt", expression("$toMillis($states.context.State.EnteredTime)"))
        .assign("arrived", "unknown")
        .next(&wait);
    b.add(state);
    let alarm = b.plan.gate_alarm.clone();
    let fresh = b.plan.stale.filter(|_| b.plan.moves_reads()).map(|stale| freshness(b, share, stale));
    let requests = Requests::new(share, step.requests.0, Rhythm::of(bake).quiet);
    requests.notify(b, &wait);
    let gate = AlarmLoop { alarm: &alarm, hold: bake, fresh, requests: Some(requests), grace: 0, next };
    alarm_gate(b, [&wait, &ask, &check], gate);
}

/// While the target serves reads, its lag is their age. An unknown lag fails the check.
fn freshness(b: &Builder, share: u8, stale: Duration) -> State {
    let units = &b.plan.units;
    let known: Vec<String> = units.iter().map(|unit| lag_known(unit, 1)).collect();
    let bound = seconds_text(stale.millis());
    let fresh: Vec<String> = units.iter().map(|unit| format!("{} <= {bound}", lag_sum(unit, 1))).collect();
    let (known, fresh) = (known.join(" and "), fresh.join(" and "));
    b.task(&format!("MeasureReads{share}"), Api::GetMetricData, lag_query(b, 180))
        .does(format!("measures whether reads from the target are at most {stale} old"))
        .assign("fresh", expression(format!("({known}) ? ({fresh} ? \"yes\" : \"no\") : \"unknown\"")))
}

pub(super) struct AlarmLoop<'t> {
    pub(super) alarm: &'t str,
    /// The time for which the alarm must be quiet.
    pub(super) hold: Duration,
    /// A measurement before each answer, with its result in `fresh`: old reads fail the check.
    pub(super) fresh: Option<State>,
    /// The requests without which the hold does not begin.
    pub(super) requests: Option<Requests>,
    /// Answers in which an alarm that was not OK since the phase began decides
    /// nothing. With a grace, an unknown state notifies an operator; without, it
    /// takes the phase's route of failure.
    pub(super) grace: u64,
    pub(super) next: &'t str,
}

impl<'t> AlarmLoop<'t> {
    /// A gate on the alarm alone.
    pub(super) fn on(alarm: &'t str, hold: Duration, next: &'t str) -> Self {
        Self { alarm, hold, fresh: None, requests: None, grace: 0, next }
    }
}

/// The state of the alarm.
const STATE: &str = "$states.result.CompositeAlarms[0].StateValue";

/// Polls the alarm during the whole hold, not only at the end: an alarm that fired and recovered has fired.
/// INSUFFICIENT_DATA, or no such alarm, is not OK.
pub(super) fn alarm_gate(b: &mut Builder, [wait, ask, check]: [&str; 3], gate: AlarmLoop) {
    let rhythm = Rhythm::of(gate.hold);
    let answers = Answers::of(&gate, rhythm.quiet);
    let AlarmLoop { alarm, hold, fresh, requests, grace, next } = gate;
    let Answers { calm, good, verdict, reason, turns } = answers;
    let ask = b
        .task(ask, Api::DescribeAlarms, arguments!({ "AlarmNames": vec![alarm], "AlarmTypes": vec!["CompositeAlarm"] }))
        .does(format!("reads the alarm {alarm}"))
        .assign("verdict", verdict)
        .assign("quiet", expression(format!("({good}) ? $quiet + 1 : $quiet")))
        .assign("unknown", expression(format!("({calm}) ? 0 : $unknown + 1")))
        .assign("reason", expression(reason))
        .assign("turns", expression("$turns + 1"));
    let mut check = b
        .gate(check, next)
        .effect(Effect::AlarmGate)
        .holds(Hold::Seconds(hold.secs()))
        .does(format!("continues when the alarm was quiet for {hold}"));
    if grace > 0 {
        b.page_on(&mut check);
    }
    if fresh.is_some() {
        check = check.effect(Effect::LagGate);
    }
    let (mut pause, mut longest) = (rhythm.pause(), rhythm.longest);
    let mut first: Vec<State> = fresh.into_iter().collect();
    if let Some(requests) = requests {
        check = check
            .effect(Effect::RequestGate)
            .does(format!("continues when {} and the alarm was quiet for {hold} since", requests.words()));
        Builder::notify_on(&mut check, &requests.message());
        first.push(requests.measure(b));
        (pause, longest) = (requests.pause(&rhythm.since("$quiet")), longest.max(LATE_POLLS.1));
    }
    b.poll(Poll { wait: (wait, pause), longest, first, ask, check, turns });
}

/// The expressions on an answer of an alarm.
struct Answers {
    /// Nothing is wrong.
    calm: String,
    /// The answer counts towards the hold.
    good: String,
    verdict: Argument,
    reason: String,
    turns: u64,
}

impl Answers {
    fn of(gate: &AlarmLoop, quiet: u64) -> Self {
        let grace = gate.grace;
        let turns = quiet + grace + UNKNOWN.max(quiet / 10) + gate.requests.map_or(0, |requests| requests.last);
        let mut calm = format!("{STATE} = \"OK\"");
        let mut wrong = format!("{STATE} = \"ALARM\"");
        let mut reason = format!("\"the alarm is \" & ($exists({STATE}) ? {STATE} : \"absent\")");
        if gate.fresh.is_some() {
            calm.push_str(" and $fresh = \"yes\"");
            wrong.push_str(" or $fresh = \"no\"");
            reason.push_str(" & \", fresh enough: \" & $fresh");
        }
        let silent = format!("$not({calm}) and $unknown + 1 > {UNKNOWN}");
        let mut good = calm.clone();
        if let Some(requests) = gate.requests {
            good.push_str(" and $arrived = \"yes\"");
            reason.push_str(&format!(
                " & \", requests: \" & $string($requests) & \" of {}, arrived: \" & $arrived",
                requests.least
            ));
        }
        let pass = format!("{good} and $quiet + 1 >= {quiet}");
        let verdict = match gate.requests {
            Some(requests) => expression(format!(
                "({pass}) ? \"pass\" : ({wrong} or {silent} or {} or $turns + 1 >= {turns}) ? \"fail\" : ({}) ? \"notify\" : \"wait\"",
                requests.given_up(),
                requests.due(),
            )),
            None if grace == 0 => verdict(&pass, &format!("{wrong} or {silent}"), turns),
            None => expression(format!(
                "({pass}) ? \"pass\" : ({silent} or $turns + 1 >= {turns}) ? \"page\" : \
                 (({wrong}) and ($quiet > 0 or $turns + 1 > {grace})) ? \"fail\" : \"wait\""
            )),
        };
        Self { calm, good, verdict, reason, turns }
    }
}

/// The intervals between polls of an alarm.
struct Rhythm {
    /// Seconds between two polls: in the first hour, and afterwards.
    first: u64,
    longest: u64,
    /// The number of answers for the hold.
    quiet: u64,
}

impl Rhythm {
    /// Every minute. A hold of more than 400 minutes has a poll each minute in its first hour, when most failures
    /// happen, and 400 polls in the rest.
    fn of(hold: Duration) -> Self {
        let hold = hold.secs().max(1);
        if hold <= 60 * MOST_ANSWERS {
            let pause = hold.min(60);
            return Self { first: pause, longest: pause, quiet: hold.div_ceil(pause) };
        }
        let rest = hold - 60 * FIRST_ANSWERS;
        let longest = rest.div_ceil(MOST_ANSWERS).max(60);
        Self { first: 60, longest, quiet: FIRST_ANSWERS + rest.div_ceil(longest) }
    }

    /// The seconds until the next poll, by a counter of the polls.
    fn since(&self, counter: &str) -> String {
        let Self { first, longest, .. } = self;
        match first == longest {
            true => first.to_string(),
            false => format!("{counter} < {FIRST_ANSWERS} ? {first} : {longest}"),
        }
    }

    fn pause(&self) -> Argument {
        match self.first == self.longest {
            true => Argument::Integer(self.first as i64),
            false => expression(self.since("$turns")),
        }
    }
}

fn approval(b: &mut Builder) {
    let next = b.plan.begin_window().map_or_else(|| b.plan.first("CheckSourceSchema"), str::to_owned);
    let Some(approval) = b.plan.cutover.approval.as_ref() else { return };
    b.enter(Phase::Approve, Some(("approval", Origin::derived("workflow", approval.place.header))));
    approve::add(
        b,
        Ask {
            name: "ApproveCutover",
            record: "RecordApproval",
            question: "move the writer to the target",
            found: requests::approval_number(b),
            refused: b.failure_route(),
            next: &next,
        },
    );
}

/// Approval and window may have taken days: the gates read lag and alarms again.
fn final_gates(b: &mut Builder) {
    b.enter(Phase::Approve, None);
    let plan = b.plan;
    for (unit, next) in plan.each("CheckSourceSchema", &plan.first("MeasureFinalCheck")) {
        let [source, target] = ["CheckSourceSchema", "CheckTargetSchema"].map(|name| unit.state(name));
        b.concerning(unit, |b| {
            let state = schema(b, unit, &source, Side::Source).next(&target);
            b.add(state);
            let state = schema(b, unit, &target, Side::Target).effect(Effect::SchemaUnchanged).next(&next);
            b.add(state);
        });
    }
    for (unit, next) in plan.each("MeasureFinalCheck", &plan.first("AdvanceSequences")) {
        b.concerning(unit, |b| measure_final_check(b, unit, &next));
    }
    for (unit, next) in plan.each("AdvanceSequences", "MeasureFinalLag") {
        b.concerning(unit, |b| advance_sequences(b, unit, &next));
    }
    let names = ["WaitForFinalLag", "MeasureFinalLag", "CheckFinalLag"];
    lag_gate(b, names, LagLoop { seconds: 20, quiet: 3, turns: FINAL_LAG_TURNS, next: "ReadFinalAlarms" });
    let alarm = b.plan.gate_alarm.clone();
    alarm_gate(
        b,
        ["WaitForFinalAlarms", "ReadFinalAlarms", "CheckFinalAlarms"],
        AlarmLoop::on(&alarm, Duration::from_secs(60), "RecordReadiness"),
    );
    evidence::add(b, "RecordReadiness", cutover::BEGIN);
}

/// A comparison that takes longer than the fence would end the cutover while nobody can write.
fn measure_final_check(b: &mut Builder, unit: &Unit, next: &str) {
    let reply = "$states.result.Payload";
    let check = unit.state("CheckFinalCheck");
    let reason = format!("\"milliseconds \" & $string({reply}.millis) & \", errors \" & $string({reply}.errors)");
    let ask = b
        .invoke(&unit.state("MeasureFinalCheck"), "data-validator", payload::measure_window(b.plan, unit))
        .does("makes the comparison of the write pause once, and measures its time")
        .assign("verdict", expression(format!("{reply}.complete = true ? \"pass\" : \"fail\"")))
        .assign("reason", expression(reason))
        .next(&check);
    b.add(ask);
    let check = b
        .gate(&check, next)
        .effect(Effect::FinalCheckMeasured)
        .does("continues when the comparison of the write pause fits into the fence");
    b.add(check);
}

/// A sequence that cannot be set ends the cutover here, while everybody writes.
fn advance_sequences(b: &mut Builder, unit: &Unit, next: &str) {
    let (source, target) = (unit.side("source"), unit.side("target"));
    let state = b
        .invoke(&unit.state("AdvanceSequences"), "sequences", payload::advance_sequences(b.plan, unit))
        .does(format!("sets {target}'s sequences so far beyond {source}'s that the write pause only reads them"))
        .effect(Effect::AdvanceSequences)
        .next(next);
    b.add(state);
}

/// A column that replication has not seen would be missing after the flip.
fn schema(b: &Builder, unit: &Unit, name: &str, side: Side) -> State {
    let reply = "$states.result.Payload";
    let same = format!("{reply}.frozen = true and {reply}.fingerprint = ${}", assess::schema_variable(unit, side));
    let whose = unit.side(side.name());
    let message = format!("{whose}'s schema has changed since the load, or may change");
    b.invoke(name, "fence", payload::check_schema(side, b.plan, unit))
        .does(format!("compares {whose}'s schema with the frozen one"))
        .assign("confirmed", insist(&same, &message))
}
