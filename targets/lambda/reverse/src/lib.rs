//! The slot of the way back: made on the target when the forward task has
//! stopped, dropped on both sides when the way back is given up, and watched
//! in between, since a slot that nobody reads keeps the log until the disk is
//! full.

#![allow(clippy::disallowed_methods, reason = "a function lives from the clock")]

mod handler;
mod slot;

pub use handler::{Reply, handle};
pub use slot::{create, drop_slot, forward_slots, others, rehearse, report};
