//! The workflow: typed states with their phase, effects and error routes.

use std::sync::Arc;

use indexmap::IndexMap;

/// A workflow, from which the state machine's definition is printed.
#[derive(Clone, Debug)]
pub struct Workflow {
    pub start_at: Arc<str>,
    pub states: IndexMap<Arc<str>, State>,
}

/// One state.
#[derive(Clone, Debug)]
pub struct State {
    pub name: Arc<str>,
}
