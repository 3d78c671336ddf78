//! The records of gates and approvals, in a bucket under Object Lock.

use migspec_ir::arguments;
use migspec_ir::workflow::{Api, Argument, Effect, Expression, State};

use super::builder::{Builder, expression};

/// Writes all gates and answers so far, then continues with `next`.
pub(super) fn add(b: &mut Builder, name: &str, next: &str) {
    let body = "{ \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \"gates\": $gates, \
                \"approvals\": $approvals, \"failure\": $failure }";
    let state = put(b, name, "gates", &format!("$string({body})"))
        .does("records the gates as evidence")
        .effect(Effect::Evidence)
        .next(next);
    b.add(state);
}

/// An object of the evidence bucket: `{cutover}/{folder}/{execution}/{name}.json`.
pub(super) fn put(b: &Builder, name: &str, folder: &str, body: &str) -> State {
    let key = format!(
        "{} & $execution & {}",
        Expression::quote(&format!("{}/{folder}/", b.plan.key())),
        Expression::quote(&format!("/{name}.json")),
    );
    let arguments = arguments!({
        "Bucket": b.plan.evidence.as_str(),
        "Key": expression(key),
        "ContentType": "application/json",
        // Object Lock demands a checksum.
        "ChecksumAlgorithm": "SHA256",
        "Body": Argument::from(Expression::new(body)),
    });
    b.task(name, Api::PutObject, arguments)
}
