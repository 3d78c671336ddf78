//! Tiers of networks, and the tiers that routes join across networks, without regard to groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use migspec_ir::{Flow, Graph, Id, Zone};
use rustc_hash::FxHashMap;

use super::channel::{Channels, Place};
use super::interval::Set;
use super::model::{Bearer, Model, Target};
use super::search::Witness;

/// Subnets of one network that one node of the spec made.
pub(super) struct Members<'g> {
    pub(super) vpc: &'g Id,
    pub(super) path: &'g Arc<str>,
    pub(super) subnets: Vec<&'g Id>,
    /// It may hold instances of the application's own deployment.
    compute: bool,
}

/// A tier or a site, by its index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Side {
    Tier(usize),
    Site(usize),
}

pub(super) struct Tiers<'g> {
    pub(super) all: Vec<Members<'g>>,
    by_subnet: FxHashMap<&'g Id, usize>,
}

/// The traffic between two sides by routes and ACLs alone, and whether a flow declares it.
pub(super) struct Join<'g> {
    pub(super) from: Side,
    pub(super) to: Side,
    pub(super) witness: Witness<'g>,
    pub(super) declared: bool,
}

impl<'g> Tiers<'g> {
    pub(super) fn of(graph: &'g Graph, model: &Model<'g>) -> Self {
        let special = special_subnets(graph, model);
        let mut tiers: BTreeMap<(&Id, &Arc<str>), Vec<&Id>> = BTreeMap::new();
        for (id, subnet) in &model.subnets {
            tiers.entry((subnet.vpc, &subnet.resource.path)).or_default().push(id);
        }
        let all: Vec<Members> = tiers
            .into_iter()
            .map(|((vpc, path), mut subnets)| {
                subnets.sort_unstable();
                let compute = !subnets.iter().any(|id| special.contains(*id));
                Members { vpc, path, subnets, compute }
            })
            .collect();
        let by_subnet = all.iter().enumerate().flat_map(|(n, tier)| tier.subnets.iter().map(move |id| (*id, n)));
        Self { by_subnet: by_subnet.collect(), all }
    }

    pub(super) fn holding(&self, bearer: &Bearer<'_>) -> BTreeSet<usize> {
        bearer.subnets.iter().filter_map(|id| self.by_subnet.get(*id)).copied().collect()
    }

    /// All joins across networks, in order.
    pub(super) fn joins(&self, graph: &'g Graph, channels: &Channels<'_, 'g>) -> Vec<Join<'g>> {
        let declared = self.declared_pairs(graph, channels.model);
        let mut pairs: BTreeSet<(Side, Side)> = BTreeSet::new();
        for (index, tier) in self.all.iter().enumerate() {
            pairs.extend(self.beyond(channels.model, tier).into_iter().map(|to| (Side::Tier(index), to)));
        }
        let joins = pairs.into_iter().filter_map(|(from, to)| {
            let witness = self.witness(channels, from, to)?;
            Some(Join { from, to, witness, declared: declared.contains(&(from, to)) })
        });
        joins.collect()
    }

    /// The sides that some route of a tier may lead to over a transit.
    fn beyond(&self, model: &Model<'g>, tier: &Members<'g>) -> BTreeSet<Side> {
        let subnets = tier.subnets.iter().filter_map(|id| model.subnets.get(*id));
        let routes = subnets.filter_map(|s| model.routes.get(s.table?)).flatten();
        let mut sides = BTreeSet::new();
        for route in routes {
            let Target::Transit(transit) = route.target else { continue };
            let table = model.link(tier.vpc, transit).and_then(|id| model.links.get(id)?.table);
            for further in table.and_then(|table| model.transit_routes.get(table)).into_iter().flatten() {
                if further.to.overlap(route.to).is_some() {
                    sides.extend(further.link.into_iter().flat_map(|link| self.behind(model, link)));
                }
            }
        }
        sides
    }

    fn behind(&self, model: &Model<'g>, link: &Id) -> Vec<Side> {
        match model.links.get(link).and_then(|link| link.vpc) {
            Some(vpc) => {
                let tiers = self.all.iter().enumerate().filter(|(_, tier)| tier.vpc == vpc);
                tiers.map(|(index, _)| Side::Tier(index)).collect()
            }
            None => {
                let sites = model.sites.iter().enumerate().filter(|(_, site)| site.link == Some(link));
                sites.map(|(index, _)| Side::Site(index)).collect()
            }
        }
    }

    pub(super) fn places(&self, side: Side) -> Vec<Place<'g>> {
        match side {
            Side::Tier(index) => self.all[index].subnets.iter().map(|id| Place::Subnet(id)).collect(),
            Side::Site(index) => vec![Place::Site(index)],
        }
    }

    fn witness(&self, channels: &Channels<'_, 'g>, from: Side, to: Side) -> Option<Witness<'g>> {
        for from in self.places(from) {
            for to in self.places(to) {
                let atoms = channels.between(from, to);
                if let Some(atom) = atoms.iter().find(|atom| atom.some != Set::default()) {
                    let (near, far, traffic) = (atom.near.first, atom.far.first, atom.some.clone());
                    return Some(Witness { from, to, near, far, traffic, out: None, within: None });
                }
            }
        }
        None
    }

    /// The pairs that flows cross, both ways: answers need routes too.
    fn declared_pairs(&self, graph: &Graph, model: &Model<'g>) -> BTreeSet<(Side, Side)> {
        let mut pairs = BTreeSet::new();
        for flow in &graph.flows {
            let (from, to) = self.ends(model, flow);
            for a in &from {
                pairs.extend(to.iter().flat_map(|b| [(*a, *b), (*b, *a)]));
            }
        }
        pairs
    }

    fn ends(&self, model: &Model<'g>, flow: &Flow) -> (Vec<Side>, Vec<Side>) {
        (self.sides(model, &flow.from), self.sides(model, &flow.to))
    }

    fn sides(&self, model: &Model<'g>, zone: &Zone) -> Vec<Side> {
        match zone {
            Zone::Group(id) => {
                let bearers = model.members.get(id).into_iter().flatten().map(|index| &model.bearers[*index]);
                let held = |bearer: &Bearer<'g>| -> Vec<usize> {
                    let fits = |tier: &usize| bearer.carried || self.all[*tier].compute;
                    self.holding(bearer).into_iter().filter(fits).collect()
                };
                bearers.flat_map(held).map(Side::Tier).collect()
            }
            // Sites that hold the same addresses are joined together.
            Zone::Site(id) => {
                let named = model.sites.iter().find(|site| site.resource.id == *id);
                let ranges: Set = named.map(|site| site.ranges.iter().copied().collect()).unwrap_or_default();
                let meets = |ranges_of: &[super::interval::Range]| {
                    !ranges.meet(&ranges_of.iter().copied().collect()).is_empty()
                };
                let sites = model.sites.iter().enumerate().filter(|(_, site)| meets(&site.ranges));
                sites.map(|(index, _)| Side::Site(index)).collect()
            }
            Zone::Service(_) | Zone::Public(_) | Zone::Internet => Vec::new(),
        }
    }
}

/// Subnets with a purpose that the graph shows, which no application shares.
fn special_subnets<'g>(graph: &'g Graph, model: &Model<'g>) -> BTreeSet<&'g Id> {
    let groups = graph.resources.values().filter(|r| r.type_name.ends_with("SubnetGroup"));
    let named = groups.flat_map(|r| super::read::items(r, "SubnetIds")).filter_map(|d| d.value.target());
    let attached = model.links.values().flat_map(|link| link.subnets.iter().copied());
    named.chain(attached).chain(model.nats.values().copied()).collect()
}
