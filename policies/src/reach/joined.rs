//! Networks that routes join where no flow crosses: today's groups may keep
//! them apart, but the next thing that starts there is not kept.

use std::collections::BTreeSet;

use migspec_diag::Diagnostic;
use migspec_ir::{Graph, Origin};

use super::tiers::{Join, Side, Tiers};
use super::trace::Hop;
use super::{JOINED, Reach, finding, shown};

/// One finding for each cause: the first pair that it joins, with its path,
/// and the others by name.
pub(super) fn find<'g>(graph: &'g Graph, reach: &Reach<'_, '_, 'g>) -> Vec<Diagnostic> {
    let tiers = Tiers::of(graph, reach.channels.model);
    let mut causes: Vec<(Origin, Diagnostic, Vec<String>)> = Vec::new();
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
        let Some((cause, origin)) = written.or_else(|| leading(&hops)).and_then(|hop| Some((hop, hop.origin?))) else {
            continue;
        };
        let pair = pair(reach, &tiers, join);
        match causes.iter_mut().find(|(known, ..)| *known == origin) {
            Some((.., others)) => others.push(pair),
            None => causes.push((origin, report(graph, &pair, &hops, cause), Vec::new())),
        }
    }
    let named =
        |(_, first, others): (Origin, Diagnostic, Vec<String>)| super::undeclared::with_others(first, "joins", others);
    causes.into_iter().map(named).collect()
}

/// The step that leads out of the network.
fn leading(hops: &[Hop]) -> Option<&Hop> {
    hops.iter().filter(|hop| !hop.back).rfind(|hop| hop.origin.is_some())
}

fn pair(reach: &Reach<'_, '_, '_>, tiers: &Tiers<'_>, join: &Join<'_>) -> String {
    let name = |side: Side| match side {
        Side::Tier(index) => tiers.all[index].path.to_string(),
        Side::Site(index) => reach.channels.model.sites[index].resource.path.to_string(),
    };
    format!("`{}` and `{}`", name(join.from), name(join.to))
}

fn report(graph: &Graph, pair: &str, hops: &[Hop], cause: &Hop) -> Diagnostic {
    let diagnostic = finding(graph, JOINED, format!("routes join {pair}, which no relation of the spec needs"))
        .help("name the ranges that a relation needs; routes follow from the spec's relations without an override");
    shown(diagnostic, hops, Some(cause), "this joins them")
}
