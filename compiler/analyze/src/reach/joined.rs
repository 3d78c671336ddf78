//! Networks that routes join without a flow between them. Today's groups may separate them, but the next workload in
//! them has a path.

use std::collections::BTreeSet;
use std::sync::Arc;

use migspec_ir::Graph;

use super::tiers::{Join, Side, Tiers};
use super::trace::Hop;
use super::{Joined, Pair, Reach};

/// One result for each cause, with the path between the first pair.
pub(super) fn find<'g>(graph: &'g Graph, reach: &Reach<'_, '_, 'g>) -> Vec<Joined> {
    let tiers = Tiers::of(graph, reach.channels.model);
    let mut causes: Vec<Joined> = Vec::new();
    let mut seen: BTreeSet<(Side, Side)> = BTreeSet::new();
    for join in tiers.joins(graph, reach.channels).iter().filter(|join| !join.declared) {
        // Answers are routed too: most pairs are joined both ways.
        if seen.contains(&(join.to, join.from)) {
            continue;
        }
        seen.insert((join.from, join.to));
        let Some(point) = join.witness.traffic.first() else { continue };
        let hops = reach.path(&join.witness, point);
        let written = hops.iter().find(|hop| hop.is_written());
        let Some(cause) = written.or_else(|| leading(&hops)).and_then(|hop| hop.origin) else { continue };
        let pair = pair(reach, &tiers, join);
        match causes.iter_mut().find(|known| known.cause == cause) {
            Some(known) => known.others.push(pair),
            None => causes.push(Joined { cause, hops, first: pair, others: Vec::new() }),
        }
    }
    causes
}

/// The step that leads out of the network.
fn leading(hops: &[Hop]) -> Option<&Hop> {
    hops.iter().filter(|hop| !hop.back).rfind(|hop| hop.origin.is_some())
}

fn pair(reach: &Reach<'_, '_, '_>, tiers: &Tiers<'_>, join: &Join<'_>) -> Pair {
    let path = |side: Side| match side {
        Side::Tier(index) => Arc::clone(tiers.all[index].path),
        Side::Site(index) => Arc::clone(&reach.channels.model.sites[index].resource.path),
    };
    Pair { from: path(join.from), to: path(join.to) }
}
