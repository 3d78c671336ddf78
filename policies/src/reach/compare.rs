//! Declared against reachable.

use std::collections::BTreeMap;

use migspec_diag::Diagnostic;
use migspec_ir::{Graph, Id, Zone};
use rustc_hash::{FxHashMap, FxHashSet};

use super::model::{Model, Ports};
use super::path::Paths;
use super::{undeclared, unreachable};

/// Something can be reached that no flow declares.
pub(crate) const OPEN: &str = "reachable-but-undeclared";
/// A flow declares what cannot be reached.
pub(crate) const UNREACHABLE: &str = "declared-but-unreachable";

/// Compares what the resources let through with what the flows declare.
pub(crate) fn compare(graph: &Graph) -> Vec<Diagnostic> {
    let model = Model::of(graph);
    let paths = Paths::new(&model);
    let declared = Declared::of(graph, &model);
    let mut findings = unreachable::find(graph, &paths);
    findings.extend(undeclared::find(&paths, &declared));
    findings
}

/// The ports that flows declare, by their ends.
#[derive(Default)]
pub(super) struct Declared<'g> {
    groups: FxHashMap<(&'g Id, &'g Id), Vec<u16>>,
    /// From and to sites: the group, the site, and whether the group opens.
    pub(super) sites: FxHashMap<(&'g Id, bool), Vec<(&'g Id, u16)>>,
    /// Groups that reach services behind gateway endpoints.
    pub(super) gateways: FxHashSet<&'g Id>,
    pub(super) internet: BTreeMap<&'g Id, Vec<u16>>,
}

impl<'g> Declared<'g> {
    fn of(graph: &'g Graph, model: &Model<'g>) -> Self {
        let mut declared = Self::default();
        for flow in &graph.flows {
            declared.add(&flow.from, &flow.to, flow.port, model);
        }
        declared
    }

    fn add(&mut self, from: &'g Zone, to: &'g Zone, port: u16, model: &Model<'g>) {
        match (from, to) {
            (Zone::Group(from), Zone::Group(to)) => self.groups.entry((from, to)).or_default().push(port),
            (Zone::Group(group), Zone::Site(site)) => self.sites.entry((group, true)).or_default().push((site, port)),
            (Zone::Site(site), Zone::Group(group)) => self.sites.entry((group, false)).or_default().push((site, port)),
            (Zone::Group(group), Zone::Internet) => self.internet.entry(group).or_default().push(port),
            (Zone::Group(group), Zone::Service(service)) => self.add_service(group, service, port, model),
            _ => {}
        }
    }

    /// A service is reached through the endpoints of the group's own network,
    /// whose interfaces are in groups of their own.
    fn add_service(&mut self, group: &'g Id, service: &str, port: u16, model: &Model<'g>) {
        let vpc = model.groups.get(group).and_then(|g| g.vpc);
        for endpoint in model.endpoints.iter().filter(|e| e.service == service && Some(e.vpc) == vpc) {
            if endpoint.gateway {
                self.gateways.insert(group);
            }
            for interface in &endpoint.groups {
                self.groups.entry((group, interface)).or_default().push(port);
            }
        }
    }

    /// The first port of a range that no flow between two groups declares.
    pub(super) fn missing(&self, from: &Id, to: &Id, ports: Ports) -> Option<u16> {
        let declared = self.groups.get(&(from, to)).map(Vec::as_slice).unwrap_or_default();
        first_missing(ports, declared)
    }
}

/// The first port of a range that is not in the list.
pub(super) fn first_missing(ports: Ports, declared: &[u16]) -> Option<u16> {
    (ports.0..=ports.1).find(|port| !declared.contains(port))
}
