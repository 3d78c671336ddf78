//! The declared flows of the spec, by the groups and places that they join.

use migspec_ir::{Flow, Graph, Id, Zone};
use rustc_hash::FxHashMap;

use super::interval::{Range, Set};
use super::model::{Bearer, Direction, Endpoint, Model};
use super::traffic;

/// Flows by their ends, as indices into the graph's.
#[derive(Default)]
pub(super) struct Declared<'g> {
    flows: &'g [Flow],
    groups: FxHashMap<(&'g Id, &'g Id), Vec<usize>>,
    /// By the group and the site, and the direction of the connection from the group.
    sites: FxHashMap<(&'g Id, Direction), Vec<(usize, usize)>>,
    services: FxHashMap<(&'g Id, &'g str), Vec<usize>>,
    /// The parts of the internet that flows name.
    pub(super) parts: Vec<(Range, &'g str)>,
    /// With the part of the internet that the flow names.
    internet: FxHashMap<(&'g Id, Direction), Vec<(Range, usize)>>,
}

impl<'g> Declared<'g> {
    pub(super) fn of(graph: &'g Graph, model: &Model<'g>) -> Self {
        let mut declared = Self { flows: &graph.flows, ..Self::default() };
        let sites: FxHashMap<&Id, usize> = model.sites.iter().enumerate().map(|(i, s)| (&s.resource.id, i)).collect();
        for (index, flow) in graph.flows.iter().enumerate() {
            declared.add(index, flow, &sites, model);
        }
        declared
    }

    fn add(&mut self, index: usize, flow: &'g Flow, sites: &FxHashMap<&Id, usize>, model: &Model<'g>) {
        let site = |id: &Id| sites.get(id).copied();
        match (&flow.from, &flow.to) {
            (Zone::Group(from), Zone::Group(to)) => self.groups.entry((from, to)).or_default().push(index),
            (Zone::Group(group), Zone::Site(id)) => {
                self.sites.entry((group, Direction::Out)).or_default().extend(site(id).map(|site| (site, index)));
            }
            (Zone::Site(id), Zone::Group(group)) => {
                self.sites.entry((group, Direction::In)).or_default().extend(site(id).map(|site| (site, index)));
            }
            (Zone::Group(group), Zone::Service(service)) => self.add_service(index, group, service, model),
            (Zone::Group(group), Zone::Internet) => self.add_internet(index, group, Range::ALL, model),
            (Zone::Group(group), Zone::Public(range)) => {
                let part = (Range::parse(Some(range)), &**range);
                self.add_internet(index, group, part.0, model);
                if !self.parts.contains(&part) {
                    self.parts.push(part);
                }
            }
            (Zone::Internet, Zone::Group(group)) => {
                self.internet.entry((group, Direction::In)).or_default().push((Range::ALL, index));
            }
            _ => {}
        }
    }

    /// A service is reached through the endpoints of the group's own network. All endpoints of one group are reachable
    /// alike: their policies distinguish them.
    fn add_service(&mut self, index: usize, group: &'g Id, service: &'g str, model: &Model<'g>) {
        let vpc = model.groups.get(group).and_then(|g| g.vpc);
        for endpoint in endpoints(model, vpc, service) {
            for interface in &endpoint.groups {
                self.groups.entry((group, interface)).or_default().push(index);
            }
        }
        self.services.entry((group, service)).or_default().push(index);
    }

    /// A service behind a gateway endpoint has addresses of the internet, and the route to the endpoint is the more
    /// precise one.
    fn add_internet(&mut self, index: usize, group: &'g Id, range: Range, model: &Model<'g>) {
        let vpc = model.groups.get(group).and_then(|g| g.vpc);
        for endpoint in model.endpoints.iter().filter(|e| e.gateway && Some(e.vpc) == vpc) {
            self.services.entry((group, endpoint.service)).or_default().push(index);
        }
        self.internet.entry((group, Direction::Out)).or_default().push((range, index));
    }

    pub(super) fn between(&self, from: &Bearer<'g>, to: &Bearer<'g>) -> Vec<usize> {
        let pairs = from.groups.iter().flat_map(|a| to.groups.iter().map(move |b| (*a, *b)));
        pairs.filter_map(|pair| self.groups.get(&pair)).flatten().copied().collect()
    }

    /// Flows between a bearer and sites that contain all of a range.
    pub(super) fn with_site(
        &self,
        model: &Model<'g>,
        bearer: &Bearer<'g>,
        side: Direction,
        range: Range,
    ) -> Vec<usize> {
        let known = bearer.groups.iter().filter_map(|group| self.sites.get(&(*group, side))).flatten();
        let covers = |site: usize| model.sites[site].ranges.iter().copied().collect::<Set>().holds(&Set::from(range));
        known.filter(|(site, _)| covers(*site)).map(|(_, flow)| *flow).collect()
    }

    pub(super) fn with_service(&self, bearer: &Bearer<'g>, service: &str) -> Vec<usize> {
        bearer.groups.iter().filter_map(|group| self.services.get(&(*group, service))).flatten().copied().collect()
    }

    /// Flows between a bearer and parts of the internet that contain all of a range.
    pub(super) fn with_internet(&self, bearer: &Bearer<'g>, side: Direction, range: Range) -> Vec<usize> {
        let known = bearer.groups.iter().filter_map(|group| self.internet.get(&(*group, side))).flatten();
        known.filter(|(part, _)| part.holds(range)).map(|(_, flow)| *flow).collect()
    }

    /// The points of flows.
    pub(super) fn traffic(&self, flows: &[usize]) -> Set {
        flows.iter().map(|index| self.point(*index)).map(|p| Range::new(p, p)).collect()
    }

    pub(super) fn point(&self, flow: usize) -> u32 {
        traffic::point(self.flows[flow].protocol, self.flows[flow].port)
    }
}

/// The endpoints of a service in a network.
pub(super) fn endpoints<'m, 'g>(
    model: &'m Model<'g>,
    vpc: Option<&'g Id>,
    service: &'m str,
) -> impl Iterator<Item = &'m Endpoint<'g>> {
    model.endpoints.iter().filter(move |e| e.service == service && Some(e.vpc) == vpc)
}
