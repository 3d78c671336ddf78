//! A checkpoint for the rollback, before each phase with an effect.

use migspec_ir::arguments;
use migspec_ir::workflow::{Api, Effect};

use super::builder::{Builder, expression};
use super::lock;
use super::plan::Unit;

/// Confirms the lock, writes the current phase, then continues with `next`. A redrive of an execution that has lost the
/// lock ends at the confirmation.
pub(super) fn add(b: &mut Builder, [confirm, name]: [&str; 2], next: &str) {
    lock::confirm(b, confirm, name);
    let phase = b.phase().name();
    let positions = positions(&b.plan.units);
    let body = format!(
        "$string({{ \"phase\": \"{phase}\", \"execution\": $execution, \"at\": $states.context.State.EnteredTime, \
         {positions} }})"
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
        .does(format!("records the start of the phase {phase}"))
        .effect(Effect::Checkpoint)
        .next(next);
    b.add(state);
}

/// The positions of the fence tokens in the sources' logs.
fn positions(units: &[Unit]) -> String {
    match units {
        [unit] => format!("\"position\": ${}", unit.name_for_database("position")),
        units => {
            let member = |unit: &Unit| format!("\"{}\": ${}", unit.key(), unit.name_for_database("position"));
            let members: Vec<String> = units.iter().map(member).collect();
            format!("\"positions\": {{ {} }}", members.join(", "))
        }
    }
}
