//! Flows that the resources do not let through.

use migspec_diag::Diagnostic;
use migspec_ir::{Flow, Graph, Id, Zone};

use super::address::Range;
use super::compare::UNREACHABLE;
use super::model::{Endpoint, Group, Peer, Ports, Rule, Site};
use super::path::{Mode, Paths, Place, Way};

pub(super) fn find(graph: &Graph, paths: &Paths<'_, '_>) -> Vec<Diagnostic> {
    graph.flows.iter().filter_map(|flow| carried(paths, flow).err().map(|hops| report(flow, hops))).collect()
}

fn report(flow: &Flow, hops: Vec<String>) -> Diagnostic {
    let (from, to) = (crate::zones::name(&flow.from), crate::zones::name(&flow.to));
    let message = format!("`{from}` cannot reach `{to}` on port {}, which {} needs", flow.port, flow.why);
    let diagnostic = Diagnostic::error(UNREACHABLE, message)
        .at(flow.origin.span(), "needs the connection")
        .help("drop the override that takes the rule or route away, or attach both networks to the transit");
    let mut diagnostic = hops.into_iter().fold(diagnostic, |d, hop| d.note(hop));
    diagnostic.controls = vec!["NET-TGW-08".into(), "NET-DMS-03".into()];
    diagnostic
}

/// The way of a flow; what stops it, if it has none.
fn carried(paths: &Paths<'_, '_>, flow: &Flow) -> Way {
    let port = (flow.port, flow.port);
    match (&flow.from, &flow.to) {
        (Zone::Group(from), Zone::Group(to)) => between(paths, group(paths, from)?, group(paths, to)?, port),
        (Zone::Group(from), Zone::Site(to)) => to_site(paths, group(paths, from)?, site(paths, to)?, port),
        (Zone::Site(from), Zone::Group(to)) => from_site(paths, site(paths, from)?, group(paths, to)?, port),
        (Zone::Group(from), Zone::Service(service)) => to_service(paths, group(paths, from)?, service, port),
        (Zone::Group(from), Zone::Internet) => to_internet(paths, group(paths, from)?, port),
        _ => Err(vec!["no resource leads there".to_owned()]),
    }
}

fn group<'m, 'g>(paths: &Paths<'m, 'g>, id: &Id) -> Result<&'m Group<'g>, Vec<String>> {
    paths.model.groups.get(id).ok_or_else(|| vec![format!("the security group `{id}` is not there")])
}

fn site<'m, 'g>(paths: &Paths<'m, 'g>, id: &Id) -> Result<&'m Site<'g>, Vec<String>> {
    paths.model.sites.get(id).ok_or_else(|| vec![format!("the site `{id}` is not there")])
}

fn between<'g>(paths: &Paths<'_, 'g>, from: &Group<'g>, to: &Group<'g>, port: Ports) -> Way {
    let ranges = |group: &Group<'g>| -> Vec<Range> {
        group.subnets.iter().filter_map(|id| paths.model.subnets.get(id)).map(|s| s.range).collect()
    };
    let out = covers(&from.egress, Some(to.id), &ranges(to), to.carried, port);
    let within = covers(&to.ingress, Some(from.id), &ranges(from), from.carried, port);
    check(out, format!("no rule of `{}` lets it out", from.id))?;
    check(within, format!("no rule of `{}` lets it in", to.id))?;
    let pairs = from.subnets.iter().flat_map(|a| to.subnets.iter().map(move |b| (Place::Subnet(a), Place::Subnet(b))));
    ways(paths, pairs, port, from.carried && to.carried)
}

fn to_site<'g>(paths: &Paths<'_, 'g>, from: &Group<'g>, site: &Site<'g>, port: Ports) -> Way {
    check(covers(&from.egress, None, &site.ranges, true, port), format!("no rule of `{}` lets it out", from.id))?;
    let places = site.ranges.iter().map(|range| Place::Site(*range, site.connection));
    let pairs = places.flat_map(|to| from.subnets.iter().map(move |a| (Place::Subnet(a), to)));
    ways(paths, pairs, port, from.carried)
}

fn from_site<'g>(paths: &Paths<'_, 'g>, site: &Site<'g>, to: &Group<'g>, port: Ports) -> Way {
    check(covers(&to.ingress, None, &site.ranges, true, port), format!("no rule of `{}` lets it in", to.id))?;
    let places = site.ranges.iter().map(|range| Place::Site(*range, site.connection));
    let pairs = places.flat_map(|from| to.subnets.iter().map(move |b| (from, Place::Subnet(b))));
    ways(paths, pairs, port, to.carried)
}

fn to_service<'g>(paths: &Paths<'_, 'g>, from: &Group<'g>, service: &str, port: Ports) -> Way {
    let endpoints = paths.model.endpoints.iter().filter(|e| e.service == service && Some(e.vpc) == from.vpc);
    let mut last = Err(vec![format!("the network has no endpoint of `{service}`")]);
    for endpoint in endpoints {
        last = match endpoint.gateway {
            true => through_gateway(paths, from, endpoint, port),
            false => through_interfaces(paths, from, endpoint, port),
        };
        if last.is_ok() {
            break;
        }
    }
    last
}

fn through_gateway<'g>(paths: &Paths<'_, 'g>, from: &Group<'g>, endpoint: &Endpoint<'g>, port: Ports) -> Way {
    let lists = |rule: &&Rule| matches!(rule.peer, Peer::List | Peer::Range(Range::ALL)) && holds(rule.ports, port);
    check(from.egress.iter().any(|rule| lists(&rule)), format!("no rule of `{}` lets it out", from.id))?;
    let tables = from.subnets.iter().filter_map(|id| paths.model.subnets.get(id)).filter_map(|s| s.table);
    let mut routed = tables.map(|table| endpoint.tables.contains(&table));
    let found = if from.carried { routed.all(|r| r) } else { routed.any(|r| r) };
    check(found, format!("a route table of `{}` does not lead to the endpoint", from.id))?;
    Ok(Vec::new())
}

fn through_interfaces<'g>(paths: &Paths<'_, 'g>, from: &Group<'g>, endpoint: &Endpoint<'g>, port: Ports) -> Way {
    let groups = endpoint.groups.iter().filter_map(|id| paths.model.groups.get(id));
    let mut last = Err(vec!["the endpoint is in no security group".to_owned()]);
    for to in groups {
        last = between(paths, from, to, port);
        if last.is_ok() {
            break;
        }
    }
    last
}

fn to_internet(paths: &Paths<'_, '_>, from: &Group<'_>, port: Ports) -> Way {
    let out = from.egress.iter().any(|r| r.peer == Peer::Range(Range::ALL) && holds(r.ports, port));
    check(out, format!("no rule of `{}` lets it out", from.id))?;
    let mut routes = from.subnets.iter().map(|subnet| paths.to_internet(subnet));
    let found = if from.carried { routes.all(|r| r.is_some()) } else { routes.any(|r| r.is_some()) };
    check(found, format!("a subnet of `{}` has no route to the internet", from.id))?;
    Ok(Vec::new())
}

/// Whether rules at one end admit the other: by its group, or by ranges that
/// hold all of its addresses (some of them, where it may be anywhere).
fn covers(rules: &[Rule<'_>], peer: Option<&Id>, ranges: &[Range], everywhere: bool, port: Ports) -> bool {
    let rules: Vec<&Rule> = rules.iter().filter(|rule| holds(rule.ports, port)).collect();
    if rules.iter().any(|rule| matches!(rule.peer, Peer::Group(id) if Some(id) == peer)) {
        return true;
    }
    let admitted = |range: &Range| rules.iter().any(|r| matches!(r.peer, Peer::Range(of) if of.contains(*range)));
    !ranges.is_empty() && if everywhere { ranges.iter().all(admitted) } else { ranges.iter().any(admitted) }
}

fn holds(outer: Ports, inner: Ports) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

fn check(holds: bool, otherwise: String) -> Result<(), Vec<String>> {
    if holds { Ok(()) } else { Err(vec![otherwise]) }
}

/// Every pair of places needs a way; where one end may be anywhere, one does.
fn ways<'g>(paths: &Paths<'_, 'g>, pairs: impl Iterator<Item = (Place<'g>, Place<'g>)>, port: Ports, all: bool) -> Way {
    let mut last = Err(vec!["neither end is in a subnet".to_owned()]);
    for (from, to) in pairs {
        last = paths.way(from, to, port, Mode::Must);
        if last.is_ok() != all {
            return last;
        }
    }
    last
}
