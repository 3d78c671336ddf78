//! The traffic between two places: routes in both directions, and the network ACLs on the path. Other modules evaluate
//! groups.
//!
//! The addresses of each end are cut at the bounds of every relevant route and entry, so that one address represents
//! its piece. The forward direction depends only on the far address, the return direction only on the near one.

use std::cell::RefCell;
use std::rc::Rc;

use migspec_ir::Id;
use rustc_hash::FxHashMap;

use super::interval::{Range, Set, public};
use super::model::{Direction, Entry, Model, Subnet, Target};
use super::traffic;

/// One end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Place<'g> {
    Subnet(&'g Id),
    /// By its index in the model.
    Site(usize),
    Internet,
}

/// How packets for the internet leave a subnet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    /// No route leads to the internet.
    None,
    /// Through an internet gateway: answers reach an end with a public address.
    Gateway,
    /// Through address translation: connections open outwards only.
    Nat,
}

/// The view of one end on a piece of the other's addresses.
struct View {
    range: Range,
    routed: bool,
    exit: Exit,
    /// The traffic that the ACLs allow to it and from it.
    out: Set,
    within: Set,
}

/// A piece of the traffic between two places.
pub(super) struct Atom {
    pub(super) near: Range,
    pub(super) far: Range,
    /// How it leaves for the internet, or comes from it.
    pub(super) exit: Exit,
    /// Requests with an answer on some port of a client.
    pub(super) some: Set,
    /// Requests that pass from every port of a client.
    pub(super) every: Set,
}

type Cache<'g> = FxHashMap<(Place<'g>, Place<'g>), Rc<[Atom]>>;
type Gaps<'g> = FxHashMap<(Place<'g>, Place<'g>, u32), Option<(u32, u32)>>;

pub(super) struct Channels<'m, 'g> {
    pub(super) model: &'m Model<'g>,
    known: RefCell<Cache<'g>>,
    gaps: RefCell<Gaps<'g>>,
}

impl<'m, 'g> Channels<'m, 'g> {
    pub(super) fn new(model: &'m Model<'g>) -> Self {
        Self { model, known: RefCell::default(), gaps: RefCell::default() }
    }

    /// The traffic from one place to another. Each pair is computed once.
    pub(super) fn between(&self, from: Place<'g>, to: Place<'g>) -> Rc<[Atom]> {
        if let Some(known) = self.known.borrow().get(&(from, to)) {
            return Rc::clone(known);
        }
        let atoms: Rc<[Atom]> = self.atoms(from, to).into();
        self.known.borrow_mut().insert((from, to), Rc::clone(&atoms));
        atoms
    }

    fn atoms(&self, from: Place<'g>, to: Place<'g>) -> Vec<Atom> {
        let (there, back) = (self.views(from, to), self.views(to, from));
        let mut atoms = Vec::new();
        for far in there.iter().filter(|view| view.routed) {
            for near in back.iter().filter(|view| view.routed) {
                let asked = far.out.meet(&near.within);
                let (some, every) = traffic::answered_requests(&near.out.meet(&far.within));
                let exit = if to == Place::Internet { far.exit } else { near.exit };
                atoms.push(Atom {
                    near: near.range,
                    far: far.range,
                    exit,
                    some: asked.meet(&some),
                    every: asked.meet(&every),
                });
            }
        }
        atoms
    }

    /// Addresses of two places between which a port is not open for every
    /// client; `None` if it is open between all of them. Many flows share the
    /// places that they lead between.
    pub(super) fn gap(&self, from: Place<'g>, to: Place<'g>, point: u32) -> Option<(u32, u32)> {
        let key = (from, to, point);
        if let Some(known) = self.gaps.borrow().get(&key) {
            return *known;
        }
        let gap = self.found_gap(from, to, point);
        self.gaps.borrow_mut().insert(key, gap);
        gap
    }

    fn found_gap(&self, from: Place<'g>, to: Place<'g>, point: u32) -> Option<(u32, u32)> {
        let pieces = |from: Place<'g>, to: Place<'g>| {
            let cuts = self.cuts(from, to);
            self.ranges(to).into_iter().flat_map(move |range| range.pieces(cuts.clone())).collect::<Vec<_>>()
        };
        let (near, far) = (pieces(to, from), pieces(from, to));
        let atoms = self.between(from, to);
        let open = |a: u32, b: u32| atoms.iter().any(|x| x.near.has(a) && x.far.has(b) && x.every.has(point));
        let pairs = near.iter().flat_map(|a| far.iter().map(move |b| (a.first, b.first)));
        pairs.into_iter().find(|(a, b)| !open(*a, *b))
    }

    pub(super) fn ranges(&self, place: Place<'g>) -> Vec<Range> {
        match place {
            Place::Subnet(id) => self.model.subnets.get(id).map(|s| s.range).into_iter().collect(),
            Place::Site(index) => self.model.sites.get(index).map(|s| s.ranges.clone()).unwrap_or_default(),
            Place::Internet => public().iter().collect(),
        }
    }

    fn views(&self, from: Place<'g>, to: Place<'g>) -> Vec<View> {
        let cuts = self.cuts(from, to);
        let pieces = self.ranges(to).into_iter().flat_map(|range| range.pieces(cuts.iter().copied()));
        pieces.map(|range| self.view(from, to, range)).collect()
    }

    fn view(&self, from: Place<'g>, to: Place<'g>, range: Range) -> View {
        let (routed, exit) = match (from, to) {
            (Place::Internet, _) => (true, Exit::None),
            (Place::Subnet(id), Place::Internet) => {
                let exit = self.model.subnets.get(id).map_or(Exit::None, |s| self.exit(s, range.first));
                (exit != Exit::None, exit)
            }
            _ => (self.leads(from, to, range.first), Exit::None),
        };
        let (mut out, mut within) = (Set::from(traffic::ALL), Set::from(traffic::ALL));
        for acl in self.acls(from, to, exit) {
            out = out.meet(&self.allowed_by_any(&acl, Direction::Out, range.first));
            within = within.meet(&self.allowed_by_any(&acl, Direction::In, range.first));
        }
        View { range, routed, exit, out, within }
    }

    /// The ACLs that see packets between a place and another's addresses: for
    /// each the ACLs of subnets of which one is passed. Packets to the other
    /// leave these subnets.
    fn acls(&self, from: Place<'g>, to: Place<'g>, exit: Exit) -> Vec<Vec<Option<&'g Id>>> {
        // Inside a subnet no ACL applies.
        if from == to {
            return Vec::new();
        }
        let mut acls = Vec::new();
        if let Place::Subnet(id) = from
            && let Some(subnet) = self.model.subnets.get(id)
        {
            acls.push(vec![subnet.acl]);
            if exit == Exit::Nat {
                acls.extend(self.nat_subnets(subnet).map(|nat| vec![nat.acl]));
            }
        }
        // The subnets of the attachment are between the transit and the network of the other end. Their ACLs apply on
        // the side of the transit.
        if let Place::Subnet(id) = to
            && let Some(subnet) = self.model.subnets.get(id)
            && self.vpc(from) != Some(subnet.vpc)
            && from != Place::Internet
        {
            acls.push(self.attachment_acls(subnet.vpc));
        }
        acls
    }

    /// The ACLs of the subnets of a network's attachments.
    fn attachment_acls(&self, vpc: &Id) -> Vec<Option<&'g Id>> {
        let attachments = self.model.attachments.get(vpc).into_iter().flatten();
        let links = attachments.filter_map(|id| self.model.links.get(*id));
        let subnets = links.flat_map(|link| &link.subnets).filter_map(|id| self.model.subnets.get(*id));
        let mut acls: Vec<Option<&Id>> = subnets.map(|subnet| subnet.acl).collect();
        acls.sort_unstable();
        acls.dedup();
        if acls.is_empty() { vec![None] } else { acls }
    }

    fn nat_subnets(&self, subnet: &Subnet<'g>) -> impl Iterator<Item = &'m Subnet<'g>> {
        let routes = subnet.table.and_then(|table| self.model.routes.get(table)).into_iter().flatten();
        let nats = routes.filter_map(|route| match route.target {
            Target::Nat(Some(nat)) => self.model.nats.get(nat),
            _ => None,
        });
        let mut subnets: Vec<&Id> = nats.copied().collect();
        subnets.dedup();
        let model = self.model;
        subnets.into_iter().filter_map(move |id| model.subnets.get(id))
    }

    /// The traffic that one of several ACLs allows for an address.
    fn allowed_by_any(&self, acls: &[Option<&Id>], side: Direction, address: u32) -> Set {
        let mut passed = Set::default();
        for acl in acls {
            passed.add(&acl.map_or(Set::from(traffic::ALL), |acl| self.allowed_traffic(acl, side, address)));
        }
        passed
    }

    /// The traffic that an ACL allows for an address: the first entry that fits decides.
    pub(super) fn allowed_traffic(&self, acl: &Id, side: Direction, address: u32) -> Set {
        let (mut open, mut allowed) = (Set::from(traffic::ALL), Set::default());
        for entry in self.entries(acl).filter(|e| e.side == side && e.range.has(address)) {
            let decided = open.meet(&Set::from(entry.traffic));
            open = open.without(&decided);
            if entry.allow {
                allowed.add(&decided);
            }
        }
        allowed
    }

    pub(super) fn entries(&self, acl: &Id) -> impl Iterator<Item = &'m Entry<'g>> {
        self.model.acls.get(acl).into_iter().flatten()
    }

    fn vpc(&self, place: Place<'g>) -> Option<&'g Id> {
        match place {
            Place::Subnet(id) => self.model.subnets.get(id).map(|s| s.vpc),
            Place::Site(index) => self.model.sites.get(index).and_then(|site| site.vpc),
            Place::Internet => None,
        }
    }

    /// Whether routes lead from a place to an address of another.
    fn leads(&self, from: Place<'g>, to: Place<'g>, address: u32) -> bool {
        if self.shared_network(from, to).is_some() {
            return true;
        }
        let link = match from {
            Place::Internet => return false,
            Place::Site(index) => self.model.sites.get(index).and_then(|site| site.link),
            Place::Subnet(id) => {
                let Some(subnet) = self.model.subnets.get(id) else { return false };
                match self.model.route(subnet, address).map(|route| route.target) {
                    Some(Target::Transit(transit)) => self.model.link(subnet.vpc, transit),
                    _ => None,
                }
            }
        };
        link.is_some_and(|link| self.crosses(link, to, address))
    }

    /// The network of two places that its local route joins.
    pub(super) fn shared_network(&self, from: Place<'g>, to: Place<'g>) -> Option<&'g Id> {
        self.vpc(from).filter(|vpc| self.vpc(to) == Some(vpc))
    }

    /// Whether a transit leads from a link to an address of a place.
    fn crosses(&self, link: &Id, to: Place<'g>, address: u32) -> bool {
        let next = self.model.transit_route(link, address).and_then(|route| route.link);
        next.is_some_and(|next| self.is_behind(to, next))
    }

    pub(super) fn is_behind(&self, place: Place<'g>, link: &Id) -> bool {
        match place {
            Place::Internet => false,
            Place::Site(_) | Place::Subnet(_) => self.is_linked(place, link),
        }
    }

    /// Whether a link leads to the network or site of a place.
    fn is_linked(&self, place: Place<'g>, link: &Id) -> bool {
        let site = match place {
            Place::Site(index) => self.model.sites.get(index),
            Place::Subnet(_) | Place::Internet => None,
        };
        let vpc = self.model.links.get(link).and_then(|link| link.vpc);
        site.is_some_and(|site| site.link == Some(link)) || (vpc.is_some() && vpc == self.vpc(place))
    }

    /// How a packet for an address of the internet leaves.
    fn exit(&self, subnet: &Subnet<'g>, address: u32) -> Exit {
        let attached = |subnet: &Subnet<'g>| self.model.gateways.contains_key(subnet.vpc);
        match self.model.route(subnet, address).map(|route| route.target) {
            Some(Target::Internet) if attached(subnet) => Exit::Gateway,
            Some(Target::Nat(nat)) => {
                let Some(beyond) = nat.and_then(|id| self.model.subnets.get(*self.model.nats.get(id)?)) else {
                    // A NAT gateway outside the graph is assumed to be in a public subnet.
                    return Exit::Nat;
                };
                let out = self.model.route(beyond, address).map(|route| route.target) == Some(Target::Internet);
                if out && attached(beyond) { Exit::Nat } else { Exit::None }
            }
            _ => Exit::None,
        }
    }

    /// The traffic to a service behind a gateway endpoint of a subnet's route table. Its addresses are unknown, except
    /// that they are public.
    pub(super) fn to_service(&self, subnet: &Subnet<'g>) -> Set {
        let Some(acl) = subnet.acl else { return Set::from(traffic::ALL) };
        let cuts: Vec<Range> = self.entries(acl).map(|entry| entry.range).collect();
        let mut passed = Set::default();
        for piece in public().iter().flat_map(|range| range.pieces(cuts.iter().copied())) {
            let (some, _) = traffic::answered_requests(&self.allowed_traffic(acl, Direction::In, piece.first));
            passed.add(&self.allowed_traffic(acl, Direction::Out, piece.first).meet(&some));
        }
        passed
    }

    /// The ranges at whose bounds the result for another place's addresses may change.
    fn cuts(&self, from: Place<'g>, to: Place<'g>) -> Vec<Range> {
        let mut cuts = Vec::new();
        let mut links: Vec<&Id> = Vec::new();
        if let Place::Subnet(id) = from
            && let Some(subnet) = self.model.subnets.get(id)
        {
            self.cut_subnet(subnet, &mut cuts);
            if to == Place::Internet {
                self.nat_subnets(subnet).for_each(|nat| self.cut_subnet(nat, &mut cuts));
            }
            links.extend(self.model.attachments.get(subnet.vpc).into_iter().flatten());
        }
        if let Place::Site(index) = from {
            links.extend(self.model.sites.get(index).and_then(|site| site.link));
        }
        for table in links.into_iter().filter_map(|id| self.model.links.get(id)?.table) {
            cuts.extend(self.model.transit_routes.get(table).into_iter().flatten().map(|route| route.to));
        }
        if let Place::Subnet(id) = to
            && let Some(subnet) = self.model.subnets.get(id).filter(|s| self.vpc(from) != Some(s.vpc))
        {
            for acl in self.attachment_acls(subnet.vpc).into_iter().flatten() {
                cuts.extend(self.entries(acl).map(|entry| entry.range));
            }
        }
        cuts
    }

    fn cut_subnet(&self, subnet: &Subnet<'g>, cuts: &mut Vec<Range>) {
        let routes = subnet.table.and_then(|table| self.model.routes.get(table)).into_iter().flatten();
        cuts.extend(routes.map(|route| route.to));
        cuts.extend(subnet.acl.into_iter().flat_map(|acl| self.entries(acl)).map(|entry| entry.range));
    }
}
