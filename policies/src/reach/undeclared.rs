//! Connections that the resources let through and no flow declares.

use migspec_diag::Diagnostic;
use migspec_ir::{Datum, Id, Origin};

use super::address::Range;
use super::compare::{Declared, OPEN, first_missing};
use super::model::{Group, Peer, Ports, Rule};
use super::path::{Mode, Paths, Place};

pub(super) fn find<'g>(paths: &Paths<'_, 'g>, declared: &Declared<'g>) -> Vec<Diagnostic> {
    let mut groups: Vec<&Group> = paths.model.groups.values().collect();
    groups.sort_unstable_by_key(|group| group.id);
    let mut findings = Vec::new();
    for group in groups {
        for rule in &group.ingress {
            findings.extend(inwards(paths, declared, group, rule));
        }
        for rule in &group.egress {
            findings.extend(outwards(paths, declared, group, rule));
        }
    }
    findings
}

fn report(rule: &Rule<'_>, from: &str, to: &str, port: u16, hops: Vec<String>) -> Diagnostic {
    let message = format!("`{from}` can reach `{to}` on port {port}, which no relation of the spec needs");
    let diagnostic = Diagnostic::error(OPEN, message)
        .at(place(rule).span(), "this opens the path")
        .help("drop the override that opens it; what must be reached follows from the spec's relations")
        .note(format!("by the rule `{}`", rule.resource.id));
    let mut diagnostic = hops.into_iter().fold(diagnostic, |d, hop| d.note(hop));
    diagnostic.controls = vec!["NET-TGW-08".into(), "NET-SG-09".into(), "NET-SG-10".into()];
    diagnostic
}

/// The part of a rule that the author wrote, where one is: an override.
fn place(rule: &Rule<'_>) -> Origin {
    let written = |datum: &&Datum| matches!(datum.origin, Origin::Written { .. });
    let properties = rule.resource.properties.iter().map(|(_, datum)| datum);
    properties.into_iter().find(written).map_or(rule.resource.origin, |datum| datum.origin)
}

/// Who comes in by a rule: at most one finding for each, since one shows what
/// is wrong with it.
fn inwards<'g>(paths: &Paths<'_, 'g>, declared: &Declared<'g>, to: &Group<'g>, rule: &Rule<'g>) -> Option<Diagnostic> {
    match rule.peer {
        Peer::Group(id) => from_group(paths, declared, paths.model.groups.get(id)?, to, rule),
        Peer::List => None,
        Peer::Range(range) => candidates(paths, range)
            .into_iter()
            .filter_map(|id| paths.model.groups.get(id))
            .find_map(|from| from_group(paths, declared, from, to, rule))
            .or_else(|| from_sites(paths, declared, range, to, rule))
            .or_else(|| from_internet(paths, range, to, rule)),
    }
}

/// Groups with an address in a range.
fn candidates<'g>(paths: &Paths<'_, 'g>, range: Range) -> Vec<&'g Id> {
    let model = paths.model;
    // Subnets do not overlap, so that those in a range stand side by side.
    let start = model.order.partition_point(|id| model.subnets[*id].range.last < range.first);
    let inside = model.order[start..].iter().take_while(|id| model.subnets[**id].range.first <= range.last);
    let mut groups: Vec<&Id> = inside.filter_map(|id| model.residents.get(id)).flatten().copied().collect();
    groups.sort_unstable();
    groups.dedup();
    groups
}

fn from_group<'g>(
    paths: &Paths<'_, 'g>,
    declared: &Declared<'g>,
    from: &Group<'g>,
    to: &Group<'g>,
    rule: &Rule<'g>,
) -> Option<Diagnostic> {
    for out in &from.egress {
        let Some(ports) = shared(out.ports, rule.ports).filter(|_| admits(paths, out, to)) else { continue };
        let Some(port) = declared.missing(from.id, to.id, ports) else { continue };
        if let Some(hops) = any_way(paths, &places(from), &places(to), (port, port)) {
            return Some(report(rule, from.id.as_str(), to.id.as_str(), port, hops));
        }
    }
    None
}

/// A rule for the way out leads to some address of a group.
fn admits(paths: &Paths<'_, '_>, rule: &Rule<'_>, to: &Group<'_>) -> bool {
    match rule.peer {
        Peer::Group(id) => id == to.id,
        Peer::List => false,
        Peer::Range(range) => {
            let mut subnets = to.subnets.iter().filter_map(|id| paths.model.subnets.get(id));
            subnets.any(|subnet| subnet.range.overlap(range).is_some())
        }
    }
}

fn shared(a: Ports, b: Ports) -> Option<Ports> {
    let (first, last) = (a.0.max(b.0), a.1.min(b.1));
    (first <= last).then_some((first, last))
}

fn places<'g>(group: &Group<'g>) -> Vec<Place<'g>> {
    group.subnets.iter().map(|id| Place::Subnet(id)).collect()
}

fn any_way<'g>(paths: &Paths<'_, 'g>, from: &[Place<'g>], to: &[Place<'g>], port: Ports) -> Option<Vec<String>> {
    from.iter().find_map(|a| to.iter().find_map(|b| paths.way(*a, *b, port, Mode::May).ok()))
}

fn from_sites<'g>(
    paths: &Paths<'_, 'g>,
    declared: &Declared<'g>,
    range: Range,
    to: &Group<'g>,
    rule: &Rule<'g>,
) -> Option<Diagnostic> {
    reached_sites(paths, declared, (to.id, false), range, rule).find_map(|(site, place, port)| {
        let hops = any_way(paths, &[place], &places(to), (port, port))?;
        Some(report(rule, site.as_str(), to.id.as_str(), port, hops))
    })
}

/// Sites with addresses in a range, and a port that no flow declares for them.
fn reached_sites<'g>(
    paths: &Paths<'_, 'g>,
    declared: &Declared<'g>,
    ends: (&'g Id, bool),
    range: Range,
    rule: &Rule<'g>,
) -> impl Iterator<Item = (&'g Id, Place<'g>, u16)> {
    let known = declared.sites.get(&ends).map(Vec::as_slice).unwrap_or_default();
    let mut sites: Vec<(&Id, Place, u16)> = Vec::new();
    for (id, site) in &paths.model.sites {
        for part in site.ranges.iter().filter_map(|r| r.overlap(range)) {
            let covers = |of: &Id| paths.model.sites.get(of).is_some_and(|s| s.ranges.iter().any(|r| r.contains(part)));
            let ports: Vec<u16> = known.iter().filter(|(of, _)| covers(of)).map(|(_, port)| *port).collect();
            if let Some(port) = first_missing(rule.ports, &ports) {
                sites.push((id, Place::Site(part, site.connection), port));
            }
        }
    }
    sites.sort_unstable_by_key(|(id, _, _)| *id);
    sites.into_iter()
}

/// The internet comes in where something has a public address and its subnet a
/// route to the internet gateway.
fn from_internet(paths: &Paths<'_, '_>, range: Range, to: &Group<'_>, rule: &Rule<'_>) -> Option<Diagnostic> {
    if !range.is_public() {
        return None;
    }
    let public = |id: &&&Id| to.public || paths.model.subnets.get(**id).is_some_and(|s| s.public);
    let hop = to.subnets.iter().filter(public).find_map(|id| paths.to_internet(id))?;
    Some(report(rule, "internet", to.id.as_str(), rule.ports.0, vec![hop]))
}

/// Where a rule leads that is no group: groups are found from their own rules.
fn outwards<'g>(
    paths: &Paths<'_, 'g>,
    declared: &Declared<'g>,
    from: &Group<'g>,
    rule: &Rule<'g>,
) -> Option<Diagnostic> {
    match rule.peer {
        Peer::Group(_) => None,
        Peer::List if declared.gateways.contains(from.id) => None,
        Peer::List => {
            let tables = from.subnets.iter().filter_map(|id| paths.model.subnets.get(id)?.table);
            let endpoint = |table: &Id| paths.model.endpoints.iter().find(|e| e.tables.contains(&table));
            let service = tables.into_iter().find_map(endpoint)?.service;
            Some(report(rule, from.id.as_str(), service, rule.ports.0, Vec::new()))
        }
        Peer::Range(range) => {
            to_sites(paths, declared, from, range, rule).or_else(|| to_internet(paths, declared, from, range, rule))
        }
    }
}

fn to_sites<'g>(
    paths: &Paths<'_, 'g>,
    declared: &Declared<'g>,
    from: &Group<'g>,
    range: Range,
    rule: &Rule<'g>,
) -> Option<Diagnostic> {
    reached_sites(paths, declared, (from.id, true), range, rule).find_map(|(site, place, port)| {
        let hops = any_way(paths, &places(from), &[place], (port, port))?;
        Some(report(rule, from.id.as_str(), site.as_str(), port, hops))
    })
}

fn to_internet(
    paths: &Paths<'_, '_>,
    declared: &Declared<'_>,
    from: &Group<'_>,
    range: Range,
    rule: &Rule<'_>,
) -> Option<Diagnostic> {
    if !range.is_public() {
        return None;
    }
    let known = declared.internet.get(from.id).map(Vec::as_slice).unwrap_or_default();
    let port = first_missing(rule.ports, known)?;
    let hop = from.subnets.iter().find_map(|id| paths.to_internet(id))?;
    Some(report(rule, from.id.as_str(), "internet", port, vec![hop]))
}
