//! Connections that the resources allow and no flow declares.

use migspec_ir::{Graph, Resource};

use super::interval::{Range, Set};
use super::trace::Hop;
use super::{Connection, Open, Reach, traffic};

/// One result for each cause, with the path of the first connection.
pub(super) fn find(graph: &Graph, reach: &Reach<'_, '_, '_>) -> Vec<Open> {
    let mut opened: Vec<Open> = Vec::new();
    for ((from, to), found) in &reach.found {
        let extra = found.traffic.without(&reach.declared_traffic(found));
        let Some(point) = extra.first() else { continue };
        let hops = reach.hops(found, point);
        let Some(cause) = culprit(graph, &hops).and_then(|hop| hop.origin) else { continue };
        let connection = |traffic: &Set| Connection {
            from: reach.name(*from).to_owned(),
            to: reach.name(*to).to_owned(),
            traffic: traffic::describe(traffic),
        };
        match opened.iter_mut().find(|known| known.cause == cause) {
            Some(known) => known.others.push(connection(&extra)),
            None => {
                let first = connection(&Set::from(Range::new(point, point)));
                opened.push(Open { cause, hops, first, others: Vec::new() });
            }
        }
    }
    opened
}

/// The hop that opens the path: an override of the author, else the last rule of the forward direction.
fn culprit<'h>(graph: &Graph, hops: &'h [Hop]) -> Option<&'h Hop> {
    let is_rule = |hop: &&Hop| resource(graph, hop).is_some_and(|r| r.type_name.starts_with("AWS::EC2::SecurityGroup"));
    let written = || hops.iter().filter(|hop| hop.is_written());
    written().find(is_rule).or_else(|| written().next()).or_else(|| hops.iter().rfind(is_rule)).or_else(|| {
        // Neither end has rules: the first hop that has a place.
        hops.iter().find(|hop| hop.origin.is_some())
    })
}

fn resource<'g>(graph: &'g Graph, hop: &Hop) -> Option<&'g Resource> {
    graph.get(hop.resource.as_ref()?)
}
