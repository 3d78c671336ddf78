//! A violated property of a workflow.

use crate::workflow::explore::Hop;
use crate::workflow::program::NodeId;

/// A violated property, with its counterexample.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offence {
    pub code: &'static str,
    pub node: NodeId,
    /// The violation, in lower case and without a full stop.
    pub message: String,
    /// The observation at the state.
    pub seen: String,
    pub help: &'static str,
    /// The shortest path from the start; empty if the state alone shows the offence.
    pub path: Vec<Hop>,
}
