//! The part of JSONata that workflows are written in. Where a value is not
//! known, evaluation takes each way that it could take.

mod evaluate;
mod functions;
mod parse;
mod time;

#[cfg(test)]
mod tests;

pub use evaluate::{QueryError, Scope, all, one};
pub use parse::{Expression, parse};
pub use time::{from_millis, to_millis};
