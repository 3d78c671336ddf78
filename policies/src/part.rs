//! A graph in parts, so that the number of entities in Cedar does not grow with
//! the graph.

use std::collections::BTreeSet;

use indexmap::map::Slice;
use migspec_ir::{Flow, Grant, Graph, Id, Index, Resource};
use rustc_hash::FxHashMap;

use crate::zones;

/// The number of resources, grants or flows of a part. It exceeds that of one
/// migration, so most graphs have one part.
pub(crate) const SIZE: usize = 4_096;

/// The data that all parts of a graph share.
pub(crate) struct Setting<'g> {
    pub graph: &'g Graph,
    pub index: Index<'g>,
    /// In days since 1970-01-01.
    pub today: u64,
    /// The resource types that use each security group.
    pub holders: FxHashMap<&'g Id, BTreeSet<&'static str>>,
}

impl<'g> Setting<'g> {
    pub(crate) fn new(graph: &'g Graph, today: u64) -> Self {
        let holders = if graph.flows.is_empty() { FxHashMap::default() } else { zones::holders(graph) };
        Self { graph, index: Index::new(graph), today, holders }
    }

    /// At least one part; the first one contains the workflows.
    pub(crate) fn parts(&self, size: usize) -> impl Iterator<Item = Part<'g>> + use<'g> {
        let graph = self.graph;
        let most = [graph.resources.len(), graph.grants.len(), graph.flows.len()].into_iter().max().unwrap_or(0);
        (0..most.div_ceil(size).max(1)).map(move |at| Part::of(graph, at * size, size))
    }
}

/// Requests about a graph that are evaluated together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'g> {
    pub resources: &'g Slice<Id, Resource>,
    /// The index of the first subject in the graph.
    from: usize,
    pub grants: &'g [Grant],
    pub flows: &'g [Flow],
    /// Whether the part contains the workflows.
    pub workflows: bool,
    /// Whether the part is the whole graph.
    pub whole: bool,
}

impl<'g> Part<'g> {
    pub(crate) fn whole(graph: &'g Graph) -> Self {
        Self::of(graph, 0, usize::MAX)
    }

    /// Whether the part contains the resource.
    pub(crate) fn holds(&self, graph: &Graph, id: &Id) -> bool {
        let place = graph.resources.get_index_of(id).and_then(|place| place.checked_sub(self.from));
        place.is_some_and(|place| place < self.resources.len())
    }

    fn of(graph: &'g Graph, from: usize, size: usize) -> Self {
        fn some<T>(all: &[T], from: usize, size: usize) -> &[T] {
            &all[from.min(all.len())..from.saturating_add(size).min(all.len())]
        }
        let count = graph.resources.len();
        let range = from.min(count)..from.saturating_add(size).min(count);
        let resources = graph.resources.get_range(range).unwrap_or_else(|| Slice::new());
        let (grants, flows) = (some(&graph.grants, from, size), some(&graph.flows, from, size));
        let whole = resources.len() == count && grants.len() == graph.grants.len() && flows.len() == graph.flows.len();
        Self { resources, from, grants, flows, workflows: from == 0, whole }
    }
}
