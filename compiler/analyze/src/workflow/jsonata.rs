//! The part of JSONata that workflows use. For an unknown value, the evaluation takes every branch that the value
//! allows.

mod error;
mod evaluate;
mod functions;
mod normal;
mod parse;
mod time;

#[cfg(test)]
mod tests;

pub use crate::workflow::value::Value;
pub use error::QueryError;
pub use evaluate::{MOST_OUTCOMES, MOST_WAYS, Scope, all, anything, one, outcomes};
pub use normal::{normal, text};
pub use parse::{Expression, Operator, Step, parse};
pub use time::{from_millis, to_millis};
