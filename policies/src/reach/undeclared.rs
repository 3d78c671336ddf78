//! Connections that the resources let through and no flow declares.

use migspec_diag::Diagnostic;
use migspec_ir::{Graph, Origin, Resource};

use super::interval::{Range, Set};
use super::trace::Hop;
use super::{OPEN, Reach, finding, traffic};

/// At most this many further connections are named beside the first.
const NAMED: usize = 4;

/// What one cause opens.
struct Opened {
    cause: Origin,
    first: Diagnostic,
    others: Vec<String>,
}

/// One finding for each cause: the first connection that it opens, with its
/// path, and the others by name.
pub(super) fn find(graph: &Graph, reach: &Reach<'_, '_, '_>) -> Vec<Diagnostic> {
    let mut opened: Vec<Opened> = Vec::new();
    for ((from, to), found) in &reach.found {
        let extra = found.traffic.without(&reach.declared_traffic(found));
        let Some(point) = extra.first() else { continue };
        let hops = reach.hops(found, point);
        let cause = culprit(graph, &hops);
        let Some(origin) = cause.and_then(|hop| hop.origin) else { continue };
        let ends = (reach.name(*from), reach.name(*to));
        match opened.iter_mut().find(|known| known.cause == origin) {
            Some(known) => known.others.push(connection(&ends, &extra)),
            None => opened.push(Opened {
                cause: origin,
                first: report(graph, &ends, point, &hops, cause),
                others: Vec::new(),
            }),
        }
    }
    opened.into_iter().map(|opened| with_others(opened.first, "opens", opened.others)).collect()
}

/// Names what else a cause does.
pub(super) fn with_others(first: Diagnostic, does: &str, others: Vec<String>) -> Diagnostic {
    let more = others.len().saturating_sub(NAMED);
    let diagnostic = others.into_iter().take(NAMED).fold(first, |d, other| d.note(format!("{does} as well: {other}")));
    if more == 0 { diagnostic } else { diagnostic.note(format!("and {more} more")) }
}

fn connection((from, to): &(&str, &str), extra: &Set) -> String {
    let traffic: Vec<String> = traffic::describe(extra).iter().map(ToString::to_string).collect();
    format!("`{from}` to `{to}` on {}", traffic.join(", "))
}

fn report(graph: &Graph, (from, to): &(&str, &str), point: u32, hops: &[Hop], cause: Option<&Hop>) -> Diagnostic {
    let asked = traffic::describe(&Set::from(Range::new(point, point)));
    let asked = asked.first().map(ToString::to_string).unwrap_or_default();
    let message = format!("`{from}` can reach `{to}` on {asked}, which no relation of the spec needs");
    let diagnostic = finding(graph, OPEN, message)
        .help("drop the override that opens it; what must be reached follows from the spec's relations");
    super::shown(diagnostic, hops, cause, "this opens the path")
}

/// The step that should not be there: one that the author set by hand, else
/// the last rule on the way there.
fn culprit<'h>(graph: &Graph, hops: &'h [Hop]) -> Option<&'h Hop> {
    let is_rule = |hop: &&Hop| resource(graph, hop).is_some_and(|r| r.type_name.starts_with("AWS::EC2::SecurityGroup"));
    let written = || hops.iter().filter(|hop| hop.is_written());
    written().find(is_rule).or_else(|| written().next()).or_else(|| hops.iter().rfind(is_rule)).or_else(|| {
        // Something without rules at either end: the first step that has a place.
        hops.iter().find(|hop| hop.origin.is_some())
    })
}

fn resource<'g>(graph: &'g Graph, hop: &Hop) -> Option<&'g Resource> {
    graph.get(hop.resource.as_ref()?)
}
