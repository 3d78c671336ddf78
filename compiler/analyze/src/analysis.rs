//! The analyses that a judgement reads.

use std::sync::OnceLock;

use migspec_ir::{Graph, Id};

use crate::reach::{self, Difference};
use crate::workflow::{Depth, Exploration};

/// The analyses of one graph. Each runs once, when it is first read, so that a
/// judgement can run them beside its other work.
pub struct Analysis<'g> {
    pub graph: &'g Graph,
    differences: OnceLock<Vec<Difference>>,
    explorations: OnceLock<Vec<(&'g Id, Exploration<'g>)>>,
}

impl<'g> Analysis<'g> {
    pub fn of(graph: &'g Graph) -> Self {
        Self { graph, differences: OnceLock::new(), explorations: OnceLock::new() }
    }

    /// Differences between the connections that the resources allow and those
    /// that the flows declare.
    pub fn differences(&self) -> &[Difference] {
        self.differences.get_or_init(|| reach::compare(self.graph))
    }

    /// Every execution of each workflow, by the id of its state machine: one
    /// exploration for each unit whose writer moves by itself.
    pub fn explorations(&self) -> &[(&'g Id, Exploration<'g>)] {
        self.explorations.get_or_init(|| {
            let explore =
                |(id, workflow)| Exploration::each(workflow, Depth::Execution).into_iter().map(move |e| (id, e));
            self.graph.workflows.iter().flat_map(explore).collect()
        })
    }
}
