//! Every connection that the resources allow.
//!
//! Groups deny by default, so the search starts at their rules: the work grows with the rules and with the paths that
//! they open.

use std::collections::BTreeMap;

use migspec_ir::Id;
use rustc_hash::FxHashMap;

use super::channel::{Channels, Exit, Place};
use super::declared::Declared;
use super::interval::{Range, Set, public};
use super::model::{Bearer, Direction, Peer, Rule};

/// One end of a connection, by its index in the model.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Node {
    Internet,
    /// A part of the internet that flows name, by its index in the declared ones.
    Part(usize),
    Site(usize),
    Bearer(usize),
    /// A service behind a gateway endpoint.
    Endpoint(usize),
}

/// The traffic from one end to another.
#[derive(Default)]
pub(super) struct Passage<'g> {
    pub(super) traffic: Set,
    /// Each shows how some of the traffic passes.
    pub(super) witnesses: Vec<Witness<'g>>,
    /// The flows that declare some of it.
    pub(super) flows: Vec<usize>,
}

/// One path of some traffic.
#[derive(Clone)]
pub(super) struct Witness<'g> {
    pub(super) from: Place<'g>,
    pub(super) to: Place<'g>,
    /// Addresses at both ends.
    pub(super) near: u32,
    pub(super) far: u32,
    pub(super) traffic: Set,
    /// The outbound and the inbound rule, where an end has groups.
    pub(super) out: Option<&'g migspec_ir::Resource>,
    pub(super) within: Option<&'g migspec_ir::Resource>,
}

pub(super) struct Search<'s, 'm, 'g> {
    channels: &'s Channels<'m, 'g>,
    declared: &'s Declared<'g>,
    /// Outbound rules: by the groups at both ends, and by ranges.
    to_groups: FxHashMap<(&'g Id, &'g Id), Vec<Rule<'g>>>,
    to_ranges: FxHashMap<&'g Id, Vec<Rule<'g>>>,
    /// Subnets by their first address, with the last one up to each of them.
    order: Vec<(Range, u32, &'g Id)>,
    found: BTreeMap<(Node, Node), Passage<'g>>,
}

/// All allowed traffic, by its ends.
pub(super) fn search<'g>(channels: &Channels<'_, 'g>, declared: &Declared<'g>) -> BTreeMap<(Node, Node), Passage<'g>> {
    let mut search = Search::new(channels, declared);
    for index in 0..channels.model.bearers.len() {
        search.arriving(index);
        search.leaving(index);
    }
    search.found
}

impl<'s, 'm, 'g> Search<'s, 'm, 'g> {
    fn new(channels: &'s Channels<'m, 'g>, declared: &'s Declared<'g>) -> Self {
        let model = channels.model;
        let (mut to_groups, mut to_ranges) = (FxHashMap::default(), FxHashMap::default());
        for (id, group) in &model.groups {
            for rule in &group.egress {
                match rule.peer {
                    Peer::Group(to) => to_groups.entry((*id, to)).or_insert_with(Vec::new).push(*rule),
                    Peer::Range(_) => to_ranges.entry(*id).or_insert_with(Vec::new).push(*rule),
                    Peer::List => {}
                }
            }
        }
        let mut order: Vec<(Range, u32, &Id)> = model.subnets.iter().map(|(id, s)| (s.range, 0, *id)).collect();
        order.sort_unstable();
        let mut last = 0;
        for entry in &mut order {
            last = last.max(entry.0.last);
            entry.1 = last;
        }
        Self { channels, declared, to_groups, to_ranges, order, found: BTreeMap::new() }
    }

    fn bearer(&self, index: usize) -> &'m Bearer<'g> {
        &self.channels.model.bearers[index]
    }

    /// Adds the connections that the inbound rules of a bearer allow.
    fn arriving(&mut self, to: usize) {
        let model = self.channels.model;
        for rule in model.rules(self.bearer(to), |group| &group.ingress) {
            match rule.peer {
                Peer::List => {}
                Peer::Group(group) => {
                    for from in model.members.get(group).into_iter().flatten() {
                        if self.is_known(group, to) {
                            self.pair(*from, to, rule, None);
                        }
                    }
                }
                Peer::Range(range) => {
                    for from in self.residents(range) {
                        self.pair(from, to, rule, Some(range));
                    }
                    self.arriving_from_sites(to, rule, range);
                    self.arriving_from_internet(to, rule, range);
                }
            }
        }
    }

    /// Whether the rule of a bearer may name a group.
    fn is_known(&self, group: &Id, by: usize) -> bool {
        let model = self.channels.model;
        let (near, far) = (model.vpc(self.bearer(by)), model.groups.get(group).and_then(|g| g.vpc));
        match (near, far) {
            (Some(near), Some(far)) => near == far || model.knows_groups_across(far, near),
            _ => false,
        }
    }

    /// Resources that may have an address in a range.
    fn residents(&self, range: Range) -> Vec<usize> {
        let start = self.order.partition_point(|(_, last, _)| *last < range.first);
        let inside = self.order[start..].iter().take_while(|(subnet, _, _)| subnet.first <= range.last);
        let inside = inside.filter(|(subnet, _, _)| subnet.overlap(range).is_some());
        let residents = inside.filter_map(|(_, _, id)| self.channels.model.residents.get(*id)).flatten();
        let mut residents: Vec<usize> = residents.copied().collect();
        residents.sort_unstable();
        residents.dedup();
        residents
    }

    /// Connections from one bearer to another by an inbound rule.
    fn pair(&mut self, from: usize, to: usize, within: &Rule<'g>, near: Option<Range>) {
        let model = self.channels.model;
        let (a, b) = (self.bearer(from), self.bearer(to));
        let same = model.vpc(a) == model.vpc(b);
        let mut rules: Vec<(Rule<'g>, Option<Range>)> = Vec::new();
        for group in &a.groups {
            // An outbound rule names only groups of its own network.
            for other in b.groups.iter().filter(|_| same) {
                rules.extend(self.to_groups.get(&(*group, *other)).into_iter().flatten().map(|rule| (*rule, None)));
            }
            for rule in self.to_ranges.get(*group).into_iter().flatten() {
                if let Peer::Range(range) = rule.peer {
                    rules.push((*rule, Some(range)));
                }
            }
        }
        for (out, far) in rules {
            let Some(shared) = out.traffic.overlap(within.traffic) else { continue };
            let ways = Ways { near, far, traffic: shared, out: Some(out.resource), within: Some(within.resource) };
            self.connect((Node::Bearer(from), Node::Bearer(to)), (&a.subnets, &b.subnets), &ways);
        }
    }

    fn connect(&mut self, nodes: (Node, Node), subnets: (&[&'g Id], &[&'g Id]), ways: &Ways<'g>) {
        let wanted = Set::from(ways.traffic);
        for near in subnets.0 {
            for far in subnets.1 {
                if self.found.get(&nodes).is_some_and(|found| found.traffic.holds(&wanted)) {
                    return;
                }
                for witness in ways.witnesses(self.channels, Place::Subnet(near), Place::Subnet(far)) {
                    let flows = || self.declared.between(self.bearer_of(nodes.0), self.bearer_of(nodes.1));
                    let flows = if self.found.contains_key(&nodes) { Vec::new() } else { flows() };
                    self.note(nodes, witness, flows);
                }
            }
        }
    }

    fn bearer_of(&self, node: Node) -> &'m Bearer<'g> {
        match node {
            Node::Bearer(index) => self.bearer(index),
            Node::Internet | Node::Part(_) | Node::Site(_) | Node::Endpoint(_) => self.bearer(0),
        }
    }

    fn note(&mut self, nodes: (Node, Node), witness: Witness<'g>, flows: Vec<usize>) {
        let found = self.found.entry(nodes).or_default();
        found.flows.extend(flows);
        found.flows.sort_unstable();
        found.flows.dedup();
        if !found.traffic.holds(&witness.traffic) {
            found.traffic.add(&witness.traffic);
            found.witnesses.push(witness);
        }
    }

    fn arriving_from_sites(&mut self, to: usize, within: &Rule<'g>, range: Range) {
        let ways =
            Ways { near: Some(range), far: None, traffic: within.traffic, out: None, within: Some(within.resource) };
        let bearer = self.bearer(to);
        for site in 0..self.channels.model.sites.len() {
            for subnet in &bearer.subnets {
                for (place, near, witness) in self.site_ways(&ways, Place::Site(site), Place::Subnet(subnet), site) {
                    let flows = self.declared.with_site(self.channels.model, bearer, Direction::In, near);
                    self.note((Node::Site(place), Node::Bearer(to)), witness, flows);
                }
            }
        }
    }

    /// The paths from or to a site, split where it contains other sites: an address belongs to the smallest site that
    /// contains it.
    fn site_ways(
        &self,
        ways: &Ways<'g>,
        from: Place<'g>,
        to: Place<'g>,
        site: usize,
    ) -> Vec<(usize, Range, Witness<'g>)> {
        let model = self.channels.model;
        let cuts: Vec<Range> = model.sites.iter().flat_map(|s| s.ranges.iter().copied()).collect();
        let mut parts = Vec::new();
        for range in self.channels.ranges(Place::Site(site)) {
            for part in range.pieces(cuts.iter().copied()) {
                if self.smallest_site(part) != Some(site) {
                    continue;
                }
                let limited = match from {
                    Place::Site(_) => ways.nearer(part),
                    _ => ways.farther(part),
                };
                let witnesses = limited.into_iter().flat_map(|ways| ways.witnesses(self.channels, from, to));
                parts.extend(witnesses.map(|witness| (site, part, witness)));
            }
        }
        parts
    }

    fn smallest_site(&self, part: Range) -> Option<usize> {
        let sites = self.channels.model.sites.iter().enumerate();
        let ranges = sites.flat_map(|(index, site)| site.ranges.iter().map(move |range| (range, index)));
        ranges.filter(|(range, _)| range.holds(part)).min_by_key(|(range, _)| range.size()).map(|(_, index)| index)
    }

    fn arriving_from_internet(&mut self, to: usize, within: &Rule<'g>, range: Range) {
        let bearer = self.bearer(to);
        for near in public().meet(&Set::from(range)).iter() {
            let ways =
                Ways { near: Some(near), far: None, traffic: within.traffic, out: None, within: Some(within.resource) };
            for subnet in bearer.subnets.iter().filter(|id| self.channels.model.is_public(bearer, id)) {
                for witness in ways.through(self.channels, Place::Internet, Place::Subnet(subnet), &[Exit::Gateway]) {
                    let flows = self.declared.with_internet(bearer, Direction::In, near);
                    self.note((Node::Internet, Node::Bearer(to)), witness, flows);
                }
            }
        }
    }

    /// Adds the destinations of a bearer's outbound rules, other than bearers.
    fn leaving(&mut self, from: usize) {
        let model = self.channels.model;
        for rule in model.rules(self.bearer(from), |group| &group.egress) {
            match rule.peer {
                Peer::Group(_) => {}
                Peer::List => self.leaving_to_services(from, rule),
                Peer::Range(range) => {
                    self.leaving_to_sites(from, rule, range);
                    self.leaving_to_internet(from, rule, range);
                    if !public().meet(&Set::from(range)).is_empty() {
                        self.leaving_to_services(from, rule);
                    }
                }
            }
        }
    }

    fn leaving_to_sites(&mut self, from: usize, out: &Rule<'g>, range: Range) {
        let ways = Ways { near: None, far: Some(range), traffic: out.traffic, out: Some(out.resource), within: None };
        let bearer = self.bearer(from);
        for site in 0..self.channels.model.sites.len() {
            for subnet in &bearer.subnets {
                for (place, far, witness) in self.site_ways(&ways, Place::Subnet(subnet), Place::Site(site), site) {
                    let flows = self.declared.with_site(self.channels.model, bearer, Direction::Out, far);
                    self.note((Node::Bearer(from), Node::Site(place)), witness, flows);
                }
            }
        }
    }

    fn leaving_to_internet(&mut self, from: usize, out: &Rule<'g>, range: Range) {
        let bearer = self.bearer(from);
        for (far, node) in self.parts(range) {
            let ways = Ways { near: None, far: Some(far), traffic: out.traffic, out: Some(out.resource), within: None };
            for subnet in &bearer.subnets {
                let direct = self.channels.model.is_public(bearer, subnet);
                let exits: &[Exit] = if direct { &[Exit::Gateway, Exit::Nat] } else { &[Exit::Nat] };
                for witness in ways.through(self.channels, Place::Subnet(subnet), Place::Internet, exits) {
                    let flows = self.declared.with_internet(bearer, Direction::Out, far);
                    self.note((Node::Bearer(from), node), witness, flows);
                }
            }
        }
    }

    /// The public addresses of a range, split at the bounds of the parts of the internet that flows name: a rule for more than
    /// the part of a flow opens another end.
    fn parts(&self, range: Range) -> Vec<(Range, Node)> {
        let parts = &self.declared.parts;
        let node = |piece: Range| {
            let holding = parts.iter().enumerate().filter(|(_, (part, _))| part.holds(piece));
            let smallest = holding.min_by_key(|(_, (part, _))| part.size());
            (piece, smallest.map_or(Node::Internet, |(index, _)| Node::Part(index)))
        };
        let open = public().meet(&Set::from(range));
        open.iter().flat_map(|range| range.pieces(parts.iter().map(|(part, _)| *part))).map(node).collect()
    }

    /// Services behind gateway endpoints of the bearer's subnets.
    fn leaving_to_services(&mut self, from: usize, out: &Rule<'g>) {
        let model = self.channels.model;
        let bearer = self.bearer(from);
        for (index, endpoint) in model.endpoints.iter().enumerate().filter(|(_, e)| e.gateway) {
            let flows = self.declared.with_service(bearer, endpoint.service);
            for id in &bearer.subnets {
                let Some(subnet) = model.subnets.get(*id) else { continue };
                if !subnet.table.is_some_and(|table| endpoint.tables.contains(&table)) {
                    continue;
                }
                let traffic = self.channels.to_service(subnet).meet(&Set::from(out.traffic));
                let place = Place::Subnet(id);
                let (near, far) = (subnet.range.first, public().first().unwrap_or_default());
                let witness = Witness {
                    from: place,
                    to: Place::Internet,
                    near,
                    far,
                    traffic,
                    out: Some(out.resource),
                    within: None,
                };
                if !witness.traffic.is_empty() {
                    self.note((Node::Bearer(from), Node::Endpoint(index)), witness, flows.clone());
                }
            }
        }
    }
}

/// The requirement of two rules on a path.
struct Ways<'g> {
    near: Option<Range>,
    far: Option<Range>,
    traffic: Range,
    out: Option<&'g migspec_ir::Resource>,
    within: Option<&'g migspec_ir::Resource>,
}

impl<'g> Ways<'g> {
    fn nearer(&self, range: Range) -> Option<Self> {
        let near = self.near.map_or(Some(range), |near| near.overlap(range))?;
        Some(Self { near: Some(near), ..*self })
    }

    fn farther(&self, range: Range) -> Option<Self> {
        let far = self.far.map_or(Some(range), |far| far.overlap(range))?;
        Some(Self { far: Some(far), ..*self })
    }

    fn witnesses(&self, channels: &Channels<'_, 'g>, from: Place<'g>, to: Place<'g>) -> Vec<Witness<'g>> {
        self.through(channels, from, to, &[Exit::None])
    }

    fn through(&self, channels: &Channels<'_, 'g>, from: Place<'g>, to: Place<'g>, exits: &[Exit]) -> Vec<Witness<'g>> {
        let mut witnesses = Vec::new();
        for atom in channels.between(from, to).iter().filter(|atom| exits.contains(&atom.exit)) {
            let near = self.near.map_or(Some(atom.near), |near| near.overlap(atom.near));
            let far = self.far.map_or(Some(atom.far), |far| far.overlap(atom.far));
            let (Some(near), Some(far)) = (near, far) else { continue };
            let traffic = atom.some.meet(&Set::from(self.traffic));
            if !traffic.is_empty() {
                let (near, far) = (near.first, far.first);
                witnesses.push(Witness { from, to, near, far, traffic, out: self.out, within: self.within });
            }
        }
        witnesses
    }
}
