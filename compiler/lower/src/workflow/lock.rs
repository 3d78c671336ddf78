//! The lock of a cutover: an object whose text is the name of the execution that holds it. S3 writes it under a
//! condition only, so at most one execution holds it.

pub(super) use migspec_events::lock::FREE;
use migspec_ir::arguments;
use migspec_ir::workflow::redrive::{CONFIRMED, COUNT};
use migspec_ir::workflow::{ALL_ERRORS, Api, Argument, Catch, S3_REFUSED, State, errors};

use super::builder::{Builder, expression, hasty, insist};

/// Writes the lock under a condition: no object exists, or nobody has changed it.
fn write(b: &Builder, name: &str, holder: Argument, (condition, value): (&'static str, Argument)) -> State {
    let mut arguments = arguments!({
        "Bucket": b.plan.checkpoints.as_str(),
        "Key": b.plan.lock_key(),
        "ContentType": "text/plain",
        "Body": holder,
    });
    if let Argument::Object(members) = &mut arguments {
        members.push((condition.into(), value));
    }
    b.task(name, Api::PutObject, arguments)
}

/// Takes the lock. S3 refuses a condition with an error that the SDK does not model, so the lock is read after every
/// such error, and the write is not repeated before.
pub(super) fn take(b: &Builder, name: &str, condition: (&'static str, Argument)) -> State {
    let mut state = write(b, name, expression("$execution"), condition);
    for retry in &mut state.retry {
        retry.errors.retain(|error| &**error != S3_REFUSED);
    }
    state.catch.insert(0, Catch { errors: errors(&[S3_REFUSED]), assign: Vec::new(), next: "ReadLock".into() });
    state.next("ReadLock")
}

/// Checks that this execution still holds the lock: a rollback may have taken it over.
pub(super) fn confirm(b: &mut Builder, name: &str, next: &str) {
    let arguments = arguments!({
        "Bucket": b.plan.checkpoints.as_str(),
        "Key": b.plan.lock_key(),
        "IfMatch": expression("$lock"),
    });
    let held = insist("$states.result.Body = $execution", "another execution has taken the lock over");
    let state = b
        .task(name, Api::GetObject, arguments)
        .does("checks that this execution still holds the lock")
        .assign("confirmed", held)
        .assign(CONFIRMED, redrives())
        .next(next);
    b.add(state);
}

/// The number of redrives, at a look at the lock.
pub(super) fn redrives() -> Argument {
    expression(COUNT)
}

/// The tag of a lock that this execution has not seen: no object has it.
pub(super) const NO_TAG: &str = "none";

/// Releases the lock before an end. An execution without the lock, or one that has lost it, releases nothing.
pub(super) fn release(b: &mut Builder, name: &str, end: &str) {
    let held = ("IfMatch", expression("$lock"));
    let state = write(b, name, FREE.into(), held).does("releases the lock").next(end);
    let onwards = Catch { errors: errors(&[ALL_ERRORS]), assign: Vec::new(), next: end.into() };
    b.add(State { catch: vec![onwards], retry: vec![hasty(Api::PutObject)], ..state });
}
