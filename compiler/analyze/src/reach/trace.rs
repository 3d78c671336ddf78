//! One packet and its answer, step by step: the path of a finding.

use migspec_ir::{Id, Origin, Resource};

use super::channel::{Channels, Place};
use super::interval::{Range, Set};
use super::model::{Direction, Subnet, Target};
use super::traffic;

/// One step of a path.
#[derive(Clone, PartialEq, Debug)]
pub struct Hop {
    /// The effect of the hop: `route table `a` sends 10.0.0.0/16 to `b``.
    pub text: String,
    /// The resource that decides it; none where nothing does, such as inside a subnet.
    pub resource: Option<Id>,
    /// The origin of the hop in the spec: the author's value, if the author set one.
    pub origin: Option<Origin>,
    /// The step is one of the answer.
    pub back: bool,
}

impl Hop {
    pub(super) fn by(resource: &Resource, text: String) -> Self {
        Self { text, resource: Some(resource.id.clone()), origin: Some(cause(resource)), back: false }
    }

    fn free(text: String) -> Self {
        Self { text, resource: None, origin: None, back: false }
    }

    /// Whether the author set it by hand.
    pub fn is_written(&self) -> bool {
        matches!(self.origin, Some(Origin::Written { .. }))
    }
}

/// The part of a resource that the author wrote, where one is: an override.
pub(super) fn cause(resource: &Resource) -> Origin {
    let written = |origin: &Origin| matches!(origin, Origin::Written { .. });
    let mut origins = resource.properties.iter().map(|(_, datum)| datum.origin);
    origins.find(written).unwrap_or(resource.origin)
}

/// The obstacle of a packet, and the resources that could have let it pass.
pub(super) struct Stop<'g> {
    pub(super) text: String,
    pub(super) suspects: Vec<&'g Resource>,
    /// It stops the answer.
    pub(super) back: bool,
}

impl<'g> Stop<'g> {
    pub(super) fn new(text: String, suspects: Vec<&'g Resource>) -> Self {
        Self { text, suspects, back: false }
    }
}

/// Whether answers must come back on every port of a client, or on some.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mode {
    Must,
    May,
}

/// A packet and its question.
#[derive(Clone, Copy)]
pub(super) struct Packet<'g> {
    pub(super) from: Place<'g>,
    pub(super) to: Place<'g>,
    pub(super) source: u32,
    pub(super) destination: u32,
    pub(super) point: u32,
}

impl<'g> Packet<'g> {
    fn answer(self, point: u32) -> Self {
        Self { from: self.to, to: self.from, source: self.destination, destination: self.source, point }
    }
}

impl<'g> Channels<'_, 'g> {
    /// The path of a packet and of its answer, and the obstacle if it is stopped.
    pub(super) fn trace(&self, packet: Packet<'g>, mode: Mode) -> (Vec<Hop>, Option<Stop<'g>>) {
        let mut hops = Vec::new();
        if let Err(stop) = self.leg(packet, &mut hops) {
            return (hops, Some(stop));
        }
        let mut back = Vec::new();
        let stop = self.answer(packet, mode, &mut back).err().map(|stop| Stop { back: true, ..stop });
        hops.extend(back.into_iter().map(|hop| Hop { back: true, ..hop }));
        (hops, stop)
    }

    /// The answer on the first port that decides the mode.
    fn answer(&self, packet: Packet<'g>, mode: Mode, hops: &mut Vec<Hop>) -> Result<(), Stop<'g>> {
        let possible = traffic::answers(packet.point);
        let passed = possible.meet(&self.allowed_at(packet.from, packet.destination, Direction::In));
        let passed = passed.meet(&self.allowed_at(packet.to, packet.source, Direction::Out));
        let stopped = possible.without(&passed);
        let (first, second) = match mode {
            Mode::Must => (stopped.first(), passed.first()),
            Mode::May => (passed.first(), stopped.first()),
        };
        let point = first.or(second).unwrap_or(packet.point);
        self.leg(packet.answer(point), hops)
    }

    /// The traffic that the ACL of a place allows to or from an address.
    fn allowed_at(&self, place: Place<'g>, address: u32, side: Direction) -> Set {
        match self.subnet(place).and_then(|s| s.acl) {
            Some(acl) => self.allowed_traffic(acl, side, address),
            None => Set::from(traffic::ALL),
        }
    }

    fn subnet(&self, place: Place<'g>) -> Option<&Subnet<'g>> {
        match place {
            Place::Subnet(id) => self.model.subnets.get(id),
            Place::Site(_) | Place::Internet => None,
        }
    }

    /// One direction.
    fn leg(&self, packet: Packet<'g>, hops: &mut Vec<Hop>) -> Result<(), Stop<'g>> {
        if packet.from == packet.to {
            hops.push(Hop::free("inside one subnet".to_owned()));
            return Ok(());
        }
        if let Some(subnet) = self.subnet(packet.from) {
            self.pass(subnet, Direction::Out, packet.destination, packet.point, hops)?;
        }
        self.lead(packet, hops)?;
        if let Some(subnet) = self.subnet(packet.to) {
            self.pass(subnet, Direction::In, packet.source, packet.point, hops)?;
        }
        Ok(())
    }

    /// Through the ACL of a subnet.
    fn pass(
        &self,
        subnet: &Subnet<'g>,
        side: Direction,
        address: u32,
        point: u32,
        hops: &mut Vec<Hop>,
    ) -> Result<(), Stop<'g>> {
        let Some(acl) = subnet.acl else { return Ok(()) };
        let id = &subnet.resource.id;
        let fits = |range: Range| range.has(address);
        let entry = self.entries(acl).find(|e| e.side == side && fits(e.range) && e.traffic.has(point));
        let way = if side == Direction::Out { "out of" } else { "into" };
        match entry {
            Some(entry) if entry.allow => {
                let text = format!("network ACL entry {} of `{acl}` lets it {way} `{id}`", entry.number);
                hops.push(Hop::by(entry.resource, text));
                Ok(())
            }
            Some(entry) => {
                let text = format!("network ACL entry {} of `{acl}` stops it {way} `{id}`", entry.number);
                Err(Stop::new(text, vec![entry.resource]))
            }
            None => {
                let asked = describe(point);
                let text = format!("no entry of network ACL `{acl}` lets {asked} {way} `{id}`");
                let suspects = self.entries(acl).filter(|e| e.side == side).map(|e| e.resource).collect();
                Err(Stop::new(text, suspects))
            }
        }
    }

    /// Along the routes.
    fn lead(&self, packet: Packet<'g>, hops: &mut Vec<Hop>) -> Result<(), Stop<'g>> {
        if let Some(vpc) = self.shared_network(packet.from, packet.to) {
            hops.push(Hop::free(format!("inside the network `{vpc}`")));
            return Ok(());
        }
        let link = match packet.from {
            Place::Internet => return Ok(()),
            Place::Site(index) => self.of_site(index)?,
            Place::Subnet(_) => {
                let Some(subnet) = self.subnet(packet.from) else { return Ok(()) };
                match self.leave(subnet, packet, hops)? {
                    Some(link) => link,
                    None => return Ok(()),
                }
            }
        };
        self.cross(link, packet, hops)
    }

    fn of_site(&self, index: usize) -> Result<&'g Id, Stop<'g>> {
        let site = &self.model.sites[index];
        let text = || format!("the site `{}` is not connected", site.resource.id);
        site.link.ok_or_else(|| Stop::new(text(), vec![site.resource]))
    }

    /// By the route table of a subnet: to a transit, or to the internet.
    fn leave(&self, subnet: &Subnet<'g>, packet: Packet<'g>, hops: &mut Vec<Hop>) -> Result<Option<&'g Id>, Stop<'g>> {
        let table = subnet.table.map_or("main", Id::as_str);
        let address = ip(packet.destination);
        let Some(route) = self.model.route(subnet, packet.destination) else {
            let text = format!("route table `{table}` has no route to {address}");
            let suspects = self.routes(subnet).collect();
            return Err(Stop::new(text, suspects));
        };
        let to = route.to;
        match (route.target, packet.to) {
            (Target::Transit(transit), _) if packet.to != Place::Internet => {
                hops.push(Hop::by(route.resource, format!("route table `{table}` sends {to} to `{transit}`")));
                let link = self.model.link(subnet.vpc, transit);
                let text = || format!("`{}` is not attached to `{transit}`", subnet.vpc);
                link.map(Some).ok_or_else(|| Stop::new(text(), vec![route.resource]))
            }
            (Target::Internet | Target::Nat(_), Place::Internet) => {
                let by = if route.target == Target::Internet { "" } else { ", by address translation" };
                hops.push(Hop::by(route.resource, format!("route table `{table}` sends {to} to the internet{by}")));
                Ok(None)
            }
            _ => {
                let text = format!("route table `{table}` sends {to} elsewhere");
                Err(Stop::new(text, vec![route.resource]))
            }
        }
    }

    fn routes(&self, subnet: &Subnet<'g>) -> impl Iterator<Item = &'g Resource> {
        let routes = subnet.table.and_then(|table| self.model.routes.get(table)).into_iter().flatten();
        routes.map(|route| route.resource)
    }

    /// From one link of a transit to another, by the first one's route table.
    fn cross(&self, link: &'g Id, packet: Packet<'g>, hops: &mut Vec<Hop>) -> Result<(), Stop<'g>> {
        let address = ip(packet.destination);
        let Some(table) = self.model.links.get(link).and_then(|link| link.table) else {
            let text = format!("`{link}` has no transit route table");
            return Err(Stop::new(text, Vec::new()));
        };
        let Some(route) = self.model.transit_route(link, packet.destination) else {
            let text = format!("transit route table `{table}` has no route to {address}");
            let routes = self.model.transit_routes.get(table).into_iter().flatten();
            return Err(Stop::new(text, routes.map(|route| route.resource).collect()));
        };
        let to = route.to;
        match route.link {
            Some(next) if self.is_behind(packet.to, next) => {
                hops.push(Hop::by(route.resource, format!("transit route table `{table}` sends {to} to `{next}`")));
                Ok(())
            }
            Some(next) => {
                let text = format!("transit route table `{table}` sends {to} to `{next}`, which does not lead there");
                Err(Stop::new(text, vec![route.resource]))
            }
            None => {
                let text = format!("transit route table `{table}` drops packets for {to}");
                Err(Stop::new(text, vec![route.resource]))
            }
        }
    }
}

fn ip(address: u32) -> std::net::Ipv4Addr {
    address.into()
}

fn describe(point: u32) -> String {
    let described = traffic::describe(&Set::from(Range::new(point, point)));
    described.first().map(ToString::to_string).unwrap_or_default()
}
