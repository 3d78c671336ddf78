//! The rollback: a table lists the steps of each phase in their order. Each
//! step can be repeated, and is recorded when it is complete.

#![allow(clippy::disallowed_methods, reason = "a function lives from the clock")]

mod databases;
mod handler;
mod progress;
mod step;
mod target;

pub use databases::{Databases, Postgres, Real};
pub use handler::handle;
pub use progress::{Checkpoint, GivenUp, Progress, TargetFence};
