//! Differences between allowed and declared connections as findings, with the
//! severity and requirements of their controls.

use migspec_analyze::reach::{Connection, Difference, Hop, Joined, Open, Pair, Unreachable};
use migspec_diag::{Diagnostic, Severity, Span};
use migspec_ir::Graph;

use crate::catalogue::{self, Control, Tier};
use crate::zones;

/// Resources allow a connection without a declared flow.
pub(crate) const OPEN: &str = "reachable-but-undeclared";
/// Resources do not allow a declared flow.
pub(crate) const UNREACHABLE: &str = "declared-but-unreachable";
/// Routes connect networks without a declared flow.
pub(crate) const JOINED: &str = "joined-but-undeclared";

/// The controls of the catalogue that these findings decide.
const CONTROLS: &[(&str, &[&str])] = &[
    (OPEN, &["NET-TGW-08", "NET-SG-09", "NET-SG-10"]),
    (UNREACHABLE, &["NET-TGW-08", "NET-DMS-03"]),
    (JOINED, &["NET-TGW-08", "NET-TGW-03", "NET-ENV-01"]),
];

/// The maximum number of further connections in a message.
const NAMED: usize = 4;

pub(crate) fn diagnostic(graph: &Graph, difference: &Difference) -> Diagnostic {
    match difference {
        Difference::Open(open) => undeclared_path(graph, open),
        Difference::Unreachable(unreachable) => unreachable_flow(graph, unreachable),
        Difference::Joined(joined) => join(graph, joined),
    }
}

fn undeclared_path(graph: &Graph, open: &Open) -> Diagnostic {
    let message = format!("{}, which no relation of the spec needs", phrase(&open.first, "can reach"));
    let diagnostic = finding(graph, OPEN, message)
        .help("drop the override that opens the path; connections follow from the relations of the spec")
        .at(open.cause.span(), "opens the path");
    let others = open.others.iter().map(|other| phrase(other, "to"));
    with_others(with_path(diagnostic, &open.hops), "opens", others)
}

fn phrase(connection: &Connection, verb: &str) -> String {
    let traffic: Vec<String> = connection.traffic.iter().map(ToString::to_string).collect();
    format!("`{}` {verb} `{}` on {}", connection.from, connection.to, traffic.join(", "))
}

/// Points at the override that stops the flow, or else at the node that needs
/// the flow.
fn unreachable_flow(graph: &Graph, unreachable: &Unreachable) -> Diagnostic {
    let flow = &unreachable.flow;
    let (from, to) = (zones::name(&flow.from), zones::name(&flow.to));
    let protocol = flow.protocol.name();
    let message = format!("`{from}` cannot reach `{to}` on {protocol} {}, which {} needs", flow.port, flow.why);
    let diagnostic = finding(graph, UNREACHABLE, message)
        .help("drop the override that removes the rule or route, or attach both networks to the transit");
    let needs = "needs the connection";
    let diagnostic = match unreachable.stopped_by {
        Some(origin) => diagnostic.at(origin.span(), "blocks the connection").with(flow.origin.span(), needs),
        None => diagnostic.at(flow.origin.span(), needs),
    };
    with_path(diagnostic, &unreachable.hops)
}

fn join(graph: &Graph, joined: &Joined) -> Diagnostic {
    let pair = |pair: &Pair| format!("`{}` and `{}`", pair.from, pair.to);
    let message = format!("routes connect {}, which no relation of the spec needs", pair(&joined.first));
    let diagnostic = finding(graph, JOINED, message)
        .help("drop the override, or name the required ranges only; routes follow from the relations of the spec")
        .at(joined.cause.span(), "connects the networks");
    with_others(with_path(diagnostic, &joined.hops), "connects", joined.others.iter().map(pair))
}

/// A finding with the severity and the requirements of its controls.
fn finding(graph: &Graph, code: &'static str, message: String) -> Diagnostic {
    let ids = CONTROLS.iter().filter(|(of, _)| *of == code).flat_map(|(_, ids)| ids.iter());
    let controls: Vec<&Control> = ids.filter_map(|id| catalogue::control(id)).collect();
    let severity = controls.iter().map(|c| c.severity(Tier::of(&graph.environment))).max().unwrap_or(Severity::Error);
    let mut diagnostic = Diagnostic::new(code, severity, message);
    diagnostic.controls = controls.iter().map(|control| control.id.as_str().into()).collect();
    diagnostic.requirements = catalogue::supported_by(controls).into_iter().map(Into::into).collect();
    diagnostic
}

/// Names further effects of the same cause.
fn with_others(first: Diagnostic, verb: &str, others: impl ExactSizeIterator<Item = String>) -> Diagnostic {
    let more = others.len().saturating_sub(NAMED);
    let diagnostic = others.take(NAMED).fold(first, |d, other| d.note(format!("{verb} as well: {other}")));
    if more == 0 { diagnostic } else { diagnostic.note(format!("and {more} more")) }
}

/// Adds each hop as a note, and each place in the spec of some hops.
fn with_path(mut diagnostic: Diagnostic, hops: &[Hop]) -> Diagnostic {
    let taken: Vec<Span> = diagnostic.primary.iter().chain(&diagnostic.related).map(|place| place.span).collect();
    let mut places: Vec<(Span, Vec<usize>)> = Vec::new();
    for (index, hop) in hops.iter().enumerate() {
        let back = if hop.back { "return path: " } else { "" };
        diagnostic = diagnostic.note(format!("{}. {back}{}", index + 1, hop.text));
        let Some(span) = hop.origin.map(|origin| origin.span()).filter(|span| !taken.contains(span)) else { continue };
        match places.iter_mut().find(|(known, _)| *known == span) {
            Some((_, numbers)) => numbers.push(index + 1),
            None => places.push((span, vec![index + 1])),
        }
    }
    for (span, numbers) in places {
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        let word = if numbers.len() == 1 { "hop" } else { "hops" };
        diagnostic = diagnostic.with(span, format!("{word} {}", numbers.join(", ")));
    }
    diagnostic
}
