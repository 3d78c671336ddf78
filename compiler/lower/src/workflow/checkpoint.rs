//! What a rollback needs to know is written down before each phase that
//! changes something.

use migspec_ir::arguments;
use migspec_ir::workflow::{Api, Effect};

use super::builder::{Builder, expression};

/// Writes the current phase; the state then goes on to `next`.
pub(super) fn add(b: &mut Builder, name: &str, next: &str) {
    let phase = b.phase().name();
    let body = format!(
        "$string({{ \"phase\": \"{phase}\", \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \
         \"position\": $position }})"
    );
    let state = b
        .task(
            name,
            Api::PutObject,
            arguments!({
                "Bucket": b.plan.checkpoints.as_str(),
                "Key": b.plan.checkpoint_key(),
                "ContentType": "application/json",
                "Body": expression(body),
            }),
        )
        .does(format!("writes down that the phase {phase} begins"))
        .effect(Effect::Checkpoint)
        .next(next);
    b.add(state);
}
