//! The network as the resources describe it.

use migspec_ir::{Id, Resource};
use rustc_hash::FxHashMap;

use super::interval::Range;

/// The places of all bearers, and the routes of their packets.
#[derive(Default)]
pub(super) struct Model<'g> {
    pub(super) subnets: FxHashMap<&'g Id, Subnet<'g>>,
    pub(super) groups: FxHashMap<&'g Id, Group<'g>>,
    pub(super) sites: Vec<Site<'g>>,
    /// The ranges of the networks.
    pub(super) networks: Vec<Range>,
    /// By route table.
    pub(super) routes: FxHashMap<&'g Id, Vec<Route<'g>>>,
    /// The networks and links of a transit, by the id of the attachment or VPN connection.
    pub(super) links: FxHashMap<&'g Id, Link<'g>>,
    /// The attachments of each VPC.
    pub(super) attachments: FxHashMap<&'g Id, Vec<&'g Id>>,
    /// By transit route table; a transit's default table has the transit's id.
    pub(super) transit_routes: FxHashMap<&'g Id, Vec<TransitRoute<'g>>>,
    /// By network ACL, in the order in which EC2 evaluates them.
    pub(super) acls: FxHashMap<&'g Id, Vec<Entry<'g>>>,
    /// The subnet of each NAT gateway.
    pub(super) nats: FxHashMap<&'g Id, &'g Id>,
    /// VPCs with an internet gateway, and its attachment.
    pub(super) gateways: FxHashMap<&'g Id, &'g Resource>,
    pub(super) endpoints: Vec<Endpoint<'g>>,
    pub(super) bearers: Vec<Bearer<'g>>,
    /// The traffic that rules open between two groups, by the group of the rule and the group that it names.
    pub(super) named_in: FxHashMap<(&'g Id, &'g Id), Vec<Range>>,
    pub(super) named_out: FxHashMap<(&'g Id, &'g Id), Vec<Range>>,
    /// Bearers by group.
    pub(super) members: FxHashMap<&'g Id, Vec<usize>>,
    /// Bearers by subnet.
    pub(super) residents: FxHashMap<&'g Id, Vec<usize>>,
}

pub(super) struct Subnet<'g> {
    pub(super) resource: &'g Resource,
    pub(super) vpc: &'g Id,
    pub(super) range: Range,
    pub(super) table: Option<&'g Id>,
    /// A subnet without an ACL of its own has the default one, which allows all traffic.
    pub(super) acl: Option<&'g Id>,
    /// Instances in it get a public address.
    pub(super) public: bool,
}

pub(super) struct Group<'g> {
    pub(super) resource: &'g Resource,
    pub(super) vpc: Option<&'g Id>,
    pub(super) ingress: Vec<Rule<'g>>,
    pub(super) egress: Vec<Rule<'g>>,
}

/// A rule of a group, for one peer.
#[derive(Clone, Copy)]
pub(super) struct Rule<'g> {
    pub(super) peer: Peer<'g>,
    pub(super) traffic: Range,
    pub(super) resource: &'g Resource,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Peer<'g> {
    Group(&'g Id),
    Range(Range),
    /// A managed prefix list: a service behind a gateway endpoint.
    List,
}

/// Addresses outside AWS, behind a VPN connection, or those of a network outside its declared subnets.
pub(super) struct Site<'g> {
    pub(super) resource: &'g Resource,
    pub(super) ranges: Vec<Range>,
    pub(super) link: Option<&'g Id>,
    pub(super) vpc: Option<&'g Id>,
}

#[derive(Clone, Copy)]
pub(super) struct Route<'g> {
    pub(super) to: Range,
    pub(super) target: Target<'g>,
    pub(super) resource: &'g Resource,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Target<'g> {
    Transit(&'g Id),
    Internet,
    Nat(Option<&'g Id>),
    /// A target outside the graph: policies refuse it.
    Other,
}

/// A network or link of a transit.
pub(super) struct Link<'g> {
    pub(super) transit: &'g Id,
    /// The network that is attached; none for a VPN connection.
    pub(super) vpc: Option<&'g Id>,
    pub(super) subnets: Vec<&'g Id>,
    /// The transit route table that its packets are looked up in.
    pub(super) table: Option<&'g Id>,
    /// Rules may name groups of other networks.
    pub(super) groups_known: bool,
}

/// A route of a transit. `None` drops its packets.
#[derive(Clone, Copy)]
pub(super) struct TransitRoute<'g> {
    pub(super) to: Range,
    pub(super) link: Option<&'g Id>,
    pub(super) propagated: bool,
    pub(super) resource: &'g Resource,
}

/// The direction of traffic from the place that a rule belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Direction {
    Out,
    In,
}

/// An entry of a network ACL.
#[derive(Clone, Copy)]
pub(super) struct Entry<'g> {
    pub(super) number: i64,
    pub(super) side: Direction,
    pub(super) allow: bool,
    pub(super) range: Range,
    pub(super) traffic: Range,
    pub(super) resource: &'g Resource,
}

pub(super) struct Endpoint<'g> {
    pub(super) resource: &'g Resource,
    pub(super) vpc: &'g Id,
    /// The last part of its service's name: `secretsmanager`.
    pub(super) service: &'g str,
    pub(super) gateway: bool,
    pub(super) groups: Vec<&'g Id>,
    pub(super) tables: Vec<&'g Id>,
}

/// A resource with network interfaces: their groups, and their possible places.
pub(super) struct Bearer<'g> {
    pub(super) resource: &'g Resource,
    pub(super) groups: Vec<&'g Id>,
    pub(super) subnets: Vec<&'g Id>,
    /// It is in the graph. Else it is a group that the application's own
    /// deployment carries, anywhere in its VPC.
    pub(super) carried: bool,
    /// It has a public address.
    pub(super) public: bool,
}

impl<'g> Model<'g> {
    /// The route that packets from a subnet to an address take.
    pub(super) fn route(&self, subnet: &Subnet<'g>, address: u32) -> Option<&Route<'g>> {
        let routes = self.routes.get(subnet.table?)?;
        routes.iter().filter(|route| route.to.has(address)).min_by_key(|route| route.to.size())
    }

    /// The route that a transit takes for packets that come from a link. Of two routes for the same addresses, a static
    /// one is before a propagated one.
    pub(super) fn transit_route(&self, link: &Id, address: u32) -> Option<&TransitRoute<'g>> {
        let routes = self.transit_routes.get(self.links.get(link)?.table?)?;
        let fitting = routes.iter().filter(|route| route.to.has(address));
        fitting.min_by_key(|route| (route.to.size(), route.propagated))
    }

    /// The attachment of a VPC to a transit.
    pub(super) fn link(&self, vpc: &Id, transit: &Id) -> Option<&'g Id> {
        let attachments = self.attachments.get(vpc)?;
        attachments.iter().copied().find(|id| self.links.get(*id).is_some_and(|link| link.transit == transit))
    }

    /// Whether inbound rules may name a group of another network.
    pub(super) fn knows_groups_across(&self, from: &Id, to: &Id) -> bool {
        let knowing = |vpc: &Id| {
            let links = self.attachments.get(vpc).into_iter().flatten().filter_map(|id| self.links.get(*id));
            links.filter(|link| link.groups_known).map(|link| link.transit).collect::<Vec<_>>()
        };
        let there = knowing(to);
        knowing(from).iter().any(|transit| there.contains(transit))
    }

    pub(super) fn vpc(&self, bearer: &Bearer<'g>) -> Option<&'g Id> {
        bearer.groups.iter().find_map(|id| self.groups.get(*id)?.vpc)
    }

    /// Whether a bearer in a subnet answers under a public address.
    pub(super) fn is_public(&self, bearer: &Bearer<'g>, subnet: &Id) -> bool {
        bearer.public || self.subnets.get(subnet).is_some_and(|s| s.public)
    }

    pub(super) fn rules<'m>(
        &'m self,
        bearer: &'m Bearer<'g>,
        side: for<'a> fn(&'a Group<'g>) -> &'a Vec<Rule<'g>>,
    ) -> impl Iterator<Item = &'m Rule<'g>> {
        bearer.groups.iter().filter_map(|id| self.groups.get(*id)).flat_map(side)
    }
}
