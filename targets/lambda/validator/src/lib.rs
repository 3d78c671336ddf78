//! Compares the data of both sides: chunk by chunk during replication, and the
//! rows changed since within the fence.
//!
//! Rows are hashed where they lie, as the same text for the same value; only
//! counts, sums of hashes and keys cross the network.

#![allow(clippy::disallowed_methods, reason = "a function lives from its environment and the clock")]

pub mod canonical;
pub mod catalog;
mod chunk;
pub mod compare;
pub mod evidence;
mod invariant;
pub mod pair;
mod plan;
pub mod settle;
pub mod side;
mod summarise;
mod window;

use migspec_events::ValidatorEvent;
use migspec_function::{Call, Failure, Objects, Parameters, Secrets, Tasks};
use serde_json::Value;

/// Executes an event and returns its reply.
///
/// # Errors
/// A side or AWS cannot be reached, or refuses.
pub async fn handle<P>(ports: &P, call: &Call, event: ValidatorEvent) -> Result<Value, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
{
    let reply = match event {
        ValidatorEvent::Plan { run } => serde_json::to_value(plan::plan(ports, &call.of(&run), &run).await?),
        ValidatorEvent::Chunk { run, pass, group, cursor } => {
            serde_json::to_value(chunk::chunk(ports, &call.of(&run), &run, &pass, &group, &cursor).await?)
        }
        ValidatorEvent::Summarise { run, pass, groups } => {
            serde_json::to_value(summarise::summarise(ports, &call.of(&run), &run, &pass, groups).await?)
        }
        ValidatorEvent::FenceWindow { run } => serde_json::to_value(window::check(ports, &call.of(&run), &run).await?),
    };
    reply.map_err(|e| Failure::configuration(format!("the reply cannot be written: {e}")))
}
