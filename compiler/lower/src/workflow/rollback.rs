//! The rollback, and the notifications about the end. No state here returns to the main path, and an error here
//! notifies an operator.

use migspec_events::error;
use migspec_ir::arguments;
use migspec_ir::workflow::{ALL_ERRORS, Api, Argument, Catch, Effect, Expression, Kind, Phase, Retry, State, errors};

use super::approve::{self, Ask, subject};
use super::builder::{APPROVE_LOSS, Builder, EXECUTE_ROLLBACK, NOTIFY_FAILURE, Poll, expression, verdict_by};
use super::{assess, evidence, lock, payload};

/// The maximum of calls of the rollback handler: each runs as many steps as its time allows.
pub(super) const ROLLBACK_TURNS: u64 = 60;

pub(super) fn add(b: &mut Builder) {
    b.enter(Phase::Rollback, None);
    if b.loss_route() == APPROVE_LOSS {
        approve_loss(b);
    }
    execute(b);
    b.enter(Phase::Notify, None);
    notifications(b);
}

/// Without reverse replication, a rollback loses the target's writes.
fn approve_loss(b: &mut Builder) {
    approve::add(
        b,
        Ask {
            name: APPROVE_LOSS,
            record: "RecordLoss",
            question: "roll back to the source and LOSE the writes to the target",
            found: None,
            refused: NOTIFY_FAILURE,
            next: EXECUTE_ROLLBACK,
        },
    );
    if let Some(record) = b.states.get_mut("RecordLoss") {
        record.assign.push(("acceptLoss".into(), true.into()));
    }
}

fn execute(b: &mut Builder) {
    let reply = "$states.result.Payload";
    // The turns of the loop that failed are not reset, so these count apart.
    let turns = "$rollbackTurns";
    let verdict = verdict_by(
        turns,
        &format!("{reply}.complete = true"),
        &format!("$not({reply}.complete = false)"),
        ROLLBACK_TURNS,
    );
    let mut ask = b
        .invoke(EXECUTE_ROLLBACK, "rollback-handler", payload::rollback(b.plan))
        .does("runs the rollback steps of the phase")
        .effect(Effect::Rollback)
        .assign("verdict", verdict)
        .assign("reason", "the rollback is incomplete")
        .assign("loss", expression(format!("$exists({reply}.loss) ? {reply}.loss : \"\"")))
        .assign("rollbackTurns", expression(format!("{turns} + 1")));
    ask.retry.extend(step_retries());
    let next = b.ending(assess::CONFIRM_RELEASE);
    let check =
        b.gate("CheckRollback", &next).effect(Effect::RolledBack).does("continues until every step is complete");
    b.poll(Poll {
        wait: ("WaitForRollback", 5.into()),
        longest: 5,
        first: Vec::new(),
        ask,
        check,
        turns: ROLLBACK_TURNS,
    });
    assess::release_holds(b, "NotifyRollback");
}

/// Applications may be unable to write in the meantime, and every step can be repeated: a broken connection needs no
/// operator. If only a person can decide, the workflow notifies an operator at once.
fn step_retries() -> [Retry; 2] {
    let decided = [error::REVERSE_BROKEN, error::TOO_LATE, error::OTHER_SIDE_OPEN, error::SUPERSEDED];
    [
        Retry { errors: errors(&decided), interval: 1, attempts: 0, backoff: 1.0, longest: 2 },
        Retry { errors: errors(&[ALL_ERRORS]), interval: 2, attempts: 3, backoff: 2.0, longest: 10 },
    ]
}

fn notifications(b: &mut Builder) {
    let name = &b.plan.name;
    let done = "the migration has succeeded: the target takes all writes.";
    // Reverse replication continues, and with it the schema freezes and the rotation hold.
    let keeps = b.plan.reverse && b.plan.approvers().is_none();
    let held = match keeps {
        true => {
            "\n\nA rollback stays possible. Until the reverse task is stopped by hand, schemas stay frozen and passwords are not rotated.\n\
             How: RUNBOOK.md, Release"
        }
        false => "",
    };
    let success = format!("{name}: {done}{held}");
    let mut state = notify(b, "NotifySuccess", "migration succeeded", success.into(), "info")
        .does("notifies the operations team of the success")
        .effect(Effect::Notify)
        .next("RecordSuccess");
    if keeps {
        state = state.effect(Effect::HandOver);
    }
    b.add(leading_to(state, "RecordSuccess"));
    evidence::add(b, "RecordSuccess", "ReleaseLock");
    lock::release(b, "ReleaseLock", "Succeeded");
    let end = b.state("Succeeded", Kind::Succeed).does("ends: the target takes all writes");
    b.add(end);

    let text = format!(
        "{} & $failure.state & \": \" & $failure.error & \" \" & $failure.cause & ($loss = \"\" ? \"\" : {} & $loss) & {}",
        Expression::quote(&format!("{name} was rolled back to the source, because of ")),
        Expression::quote("\n\nLOST: "),
        Expression::quote("\n\nBefore the next start: RUNBOOK.md, Begin the load again"),
    );
    let state = notify(b, "NotifyRollback", "rolled back", expression(text), "warning")
        .does("notifies the operations team of the rollback")
        .effect(Effect::Notify)
        .next("RecordRollback");
    b.add(leading_to(state, "RecordRollback"));
    evidence::add(b, "RecordRollback", "ReleaseLockBack");
    lock::release(b, "ReleaseLockBack", "RolledBack");
    let end = fail(b, "RolledBack", "Migration.RolledBack").does("ends: the source takes all writes again");
    b.add(end);

    let text = format!(
        "{} & $failure.state & {} & $failure.phase & \": \" & $failure.error & \" \" & $failure.cause & {} \
         & $states.context.Execution.Name & {}",
        Expression::quote(&format!("{name} needs an operator. It failed in ")),
        Expression::quote(", phase "),
        Expression::quote("\n\nExecution: "),
        Expression::quote(&format!(
            "\n\nFirst read the writer switch:\n{}\n\nThen: RUNBOOK.md, {name}, When the workflow calls an operator",
            b.plan.ask_writer()
        )),
    );
    let state = notify(b, NOTIFY_FAILURE, "PERSON NEEDED", expression(text), "page")
        .does("notifies an operator")
        .effect(Effect::Page)
        .effect(Effect::HandOver)
        .next("RecordFailure");
    b.add(leading_to(state, "RecordFailure"));
    evidence::add(b, "RecordFailure", "ReleaseLockFailed");
    // No notification is possible any more: the alarms on the execution remain.
    if let Some(record) = b.states.shift_remove("RecordFailure") {
        b.add(leading_to(record, "ReleaseLockFailed"));
    }
    lock::release(b, "ReleaseLockFailed", "Failed");
    let end = fail(b, "Failed", "Migration.Failed").does("ends: an operator decides");
    b.add(end);
}

/// A repeated message is harmless, a lost one is not: every error is retried.
pub(super) fn notify(b: &Builder, name: &str, what: &str, message: Argument, severity: &str) -> State {
    let attribute = arguments!({ "DataType": "String", "StringValue": severity });
    let mut state = b.task(
        name,
        Api::Publish,
        arguments!({
            "TopicArn": b.plan.topic_arn(),
            "Subject": subject(&format!("{}: {what}", b.plan.name)),
            "Message": message,
            "MessageAttributes": arguments!({ "severity": attribute }),
        }),
    );
    state.retry =
        vec![Retry { errors: errors(&["States.TaskFailed"]), interval: 2, attempts: 8, backoff: 2.0, longest: 120 }];
    state
}

/// A failed notification does not change the end of the migration; the alarms on the execution remain.
pub(super) fn leading_to(state: State, end: &str) -> State {
    State { catch: vec![Catch { errors: errors(&[ALL_ERRORS]), assign: Vec::new(), next: end.into() }], ..state }
}

fn fail(b: &Builder, name: &str, error: &str) -> State {
    let cause = expression("$failure.state & \": \" & $failure.error & \" \" & $failure.cause");
    b.state(name, Kind::Fail { error: error.into(), cause })
}
