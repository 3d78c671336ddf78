//! The part of JSONata that workflows are written in. Where a value is not
//! known, evaluation takes each way that it could take.

mod evaluate;
mod functions;
mod normal;
mod parse;
mod time;

#[cfg(test)]
mod tests;

pub use evaluate::{MOST_OUTCOMES, MOST_WAYS, QueryError, Scope, all, anything, followed, one};
pub use normal::{normal, text};
pub use parse::{Expression, Operator, Step, parse};
pub use time::{from_millis, to_millis};
