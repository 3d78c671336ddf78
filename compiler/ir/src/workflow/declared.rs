//! A comparison of declared facts with AWS.

use std::sync::Arc;

use super::{Api, Expression};

/// One call, and the condition on its answer.
#[derive(Clone, PartialEq, Debug)]
pub struct Declared {
    /// The name of the state: `CompareSubnets`.
    pub state: Arc<str>,
    /// The resources of the call, in a sentence: `subnets`.
    pub what: &'static str,
    pub api: Api,
    pub argument: Ids,
    pub ids: Vec<Arc<str>>,
    /// True, or the error that names the first resource with another value.
    pub verdict: Expression,
}

/// The argument of a call with the ids of resources.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ids {
    List(&'static str),
    /// One id: a call describes one resource.
    One(&'static str),
}
