//! The slot of the reverse task: created on the target after the cut of the
//! forward task, dropped on both sides at decommissioning, and monitored in
//! between, since a slot that nobody reads keeps the log until the disk is
//! full. And the rehearsal of the start of that task.

#![allow(clippy::disallowed_methods, reason = "a function lives from the clock")]

mod handler;
mod port;
mod postgres;
mod rehearsal;
mod slot;

pub use handler::{Reply, handle};
pub use port::Reverse;
pub use slot::{create, drop_slot, find, forward_slot, others, rehearse, report};
