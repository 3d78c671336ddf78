//! The failure of an expression.

use std::sync::Arc;

/// Why an expression has no value: `States.QueryEvaluationError`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueryError(pub Arc<str>);

impl QueryError {
    pub(super) fn new(text: &str) -> Self {
        QueryError(text.into())
    }
}
