//! A comparison of declared facts with AWS.

use std::sync::Arc;

use super::{Described, Expression};

/// One call, and the condition on its answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Declared {
    /// The name of the state: `CompareSubnets`.
    pub state: Arc<str>,
    pub described: Described,
    pub ids: Vec<Arc<str>>,
    /// True, or the error that names the first resource with another value.
    pub verdict: Expression,
}
