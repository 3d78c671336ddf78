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
mod objects;
pub mod pair;
mod plan;
pub mod port;
mod postgres;
pub mod settle;
pub mod shape;
pub mod side;
mod summarise;
mod window;

pub use window::{Window, check as compare_fenced};

use std::time::Duration;

use migspec_events::ValidatorEvent;
use migspec_function::postgres::PostgresSession;
use migspec_function::{Call, Failure, Objects, Parameters, Secrets, Tasks, retry};
use serde_json::Value;

/// Sessions that were ended, locks of other sessions and failovers pass within
/// this time. It begins again with each chunk.
const PATIENCE: Duration = Duration::from_secs(120);
/// The same within the fence, where every second is one without payments.
const PATIENCE_FENCED: Duration = Duration::from_secs(20);
/// Kept for the answer.
const RESERVE: Duration = Duration::from_secs(5);

/// Executes an event and returns its reply. What an ended session has left
/// undone, the next one does.
///
/// # Errors
/// A side or AWS cannot be reached, or refuses, and does so for as long as
/// there is patience.
pub async fn handle<P>(ports: &P, call: &Call, event: ValidatorEvent) -> Result<Value, Failure>
where
    P: Parameters + Secrets + Objects + Tasks,
{
    let reply = match event {
        ValidatorEvent::Plan { run } => {
            let call = call.of(&run);
            serde_json::to_value(
                retry(&call, PATIENCE, RESERVE, |_| plan::plan::<P, PostgresSession>(ports, &call, &run)).await?,
            )
        }
        ValidatorEvent::Chunk { run, pass, group, cursor } => serde_json::to_value(
            chunk::chunk::<P, PostgresSession>(ports, &call.of(&run), &run, &pass, &group, &cursor).await?,
        ),
        ValidatorEvent::Summarise { run, pass, groups } => {
            let call = call.of(&run);
            let once = |_| summarise::summarise::<P, PostgresSession>(ports, &call, &run, &pass, groups);
            serde_json::to_value(retry(&call, PATIENCE, RESERVE, once).await?)
        }
        ValidatorEvent::FenceWindow { run } => {
            let call = call.of(&run);
            serde_json::to_value(
                retry(&call, PATIENCE_FENCED, RESERVE, |_| {
                    window::check::<P, PostgresSession>(ports, &call, &run, Window::Cutover)
                })
                .await?,
            )
        }
        ValidatorEvent::MeasureWindow { run, at_most } => {
            let call = call.of(&run);
            let at_most = Duration::from_millis(at_most);
            let once = |_| window::measure::<P, PostgresSession>(ports, &call, &run, at_most);
            serde_json::to_value(retry(&call, PATIENCE_FENCED, RESERVE, once).await?)
        }
    };
    reply.map_err(|e| Failure::configuration(format!("the reply cannot be written: {e}")))
}
