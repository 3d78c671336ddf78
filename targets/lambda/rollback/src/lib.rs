//! The way back: a table says what each phase has to undo, and in which order;
//! each step can be repeated, and is written down when it is done.

#![allow(clippy::disallowed_methods, reason = "a function lives from the clock")]

mod databases;
mod handler;
mod progress;
mod step;

pub use databases::{Databases, Real};
pub use handler::handle;
pub use progress::{Checkpoint, GivenUp, Progress};
