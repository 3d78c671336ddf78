//! Flows that the resources block.

use migspec_ir::{Flow, Graph, Id, Resource, Zone};

use super::channel::{Channels, Place};
use super::declared::endpoints;
use super::interval::{Range, Set, public};
use super::model::{Bearer, Direction, Endpoint, Group, Peer, Rule};
use super::trace::{Hop, Mode, Packet, Stop, cause};
use super::{Unreachable, traffic};

pub(super) fn find(graph: &Graph, channels: &Channels<'_, '_>) -> Vec<Unreachable> {
    let blocked = |flow| carry(channels, flow).err().map(|stopped| unreachable(flow, stopped));
    graph.flows.iter().filter_map(blocked).collect()
}

/// The point at which a flow is stopped.
struct Obstacle<'g> {
    hops: Vec<Hop>,
    stop: Stop<'g>,
}

type Carried<'g> = Result<(), Obstacle<'g>>;

fn obstacle<'g>(text: String, suspects: Vec<&'g Resource>) -> Obstacle<'g> {
    Obstacle { hops: Vec::new(), stop: Stop::new(text, suspects) }
}

fn unreachable(flow: &Flow, stopped: Obstacle<'_>) -> Unreachable {
    let Obstacle { mut hops, stop } = stopped;
    let suspect = stop.suspects.iter().find(|resource| Hop::by(resource, String::new()).is_written());
    let stopped_by = suspect.map(|resource| cause(resource)).or_else(|| {
        let written = hops.iter().find(|hop| hop.is_written());
        written.and_then(|hop| hop.origin)
    });
    hops.push(Hop { text: stop.text, resource: None, origin: None, back: stop.back });
    Unreachable { flow: flow.clone(), hops, stopped_by }
}

fn carry<'g>(channels: &Channels<'_, 'g>, flow: &Flow) -> Carried<'g> {
    let point = traffic::point(flow.protocol, flow.port);
    match (&flow.from, &flow.to) {
        (Zone::Group(from), Zone::Group(to)) => between(channels, from, to, point),
        (Zone::Group(from), Zone::Site(to)) => with_site(channels, from, to, Direction::Out, point),
        (Zone::Site(from), Zone::Group(to)) => with_site(channels, to, from, Direction::In, point),
        (Zone::Group(from), Zone::Service(service)) => to_service(channels, from, service, point),
        (Zone::Group(from), Zone::Public(range)) => {
            to_internet(channels, from, &Set::from(Range::parse(Some(range))), point)
        }
        (Zone::Group(from), Zone::Internet) => to_internet(channels, from, &internet(channels), point),
        _ => Err(obstacle("no resource leads there".to_owned(), Vec::new())),
    }
}

impl Direction {
    fn rules<'m, 'g>(self, group: &'m Group<'g>) -> &'m [Rule<'g>] {
        match self {
            Direction::Out => &group.egress,
            Direction::In => &group.ingress,
        }
    }

    /// Some rule names the group at the other end, or ranges that contain all of its addresses. For an end that may be
    /// anywhere, some of its addresses suffice.
    fn check<'g>(
        self,
        channels: &Channels<'_, 'g>,
        group: &Group<'g>,
        named: Option<&Id>,
        ranges: &Set,
        all: Extent,
        point: u32,
    ) -> Carried<'g> {
        let model = channels.model;
        let known = if self == Direction::Out { &model.named_out } else { &model.named_in };
        let opened = named.and_then(|peer| known.get(&(&group.resource.id, peer)));
        if opened.is_some_and(|traffic| traffic.iter().any(|range| range.has(point))) {
            return Ok(());
        }
        let rules = || self.rules(group).iter().filter(|rule| rule.traffic.has(point));
        let open: Set =
            rules().filter_map(|r| if let Peer::Range(range) = r.peer { Some(range) } else { None }).collect();
        let met = match all {
            Extent::All => !ranges.is_empty() && open.holds(ranges),
            Extent::Some => !open.meet(ranges).is_empty(),
        };
        let direction = if self == Direction::Out { "out" } else { "in" };
        let suspects = || std::iter::once(group.resource).chain(self.rules(group).iter().map(|r| r.resource)).collect();
        let text = || format!("no rule of `{}` lets it {direction}", group.resource.id);
        if met { Ok(()) } else { Err(obstacle(text(), suspects())) }
    }
}

/// Whether a connection is needed between all addresses, or between some.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    All,
    Some,
}

impl Extent {
    fn of(bearers: &[&Bearer<'_>]) -> Self {
        if bearers.iter().all(|bearer| bearer.carried) { Extent::All } else { Extent::Some }
    }
}

fn group<'m, 'g>(channels: &Channels<'m, 'g>, id: &Id) -> Result<&'m Group<'g>, Obstacle<'g>> {
    let missing = || obstacle(format!("the security group `{id}` is not there"), Vec::new());
    channels.model.groups.get(id).ok_or_else(missing)
}

fn bearers<'m, 'g>(channels: &Channels<'m, 'g>, group: &Id) -> impl Iterator<Item = &'m Bearer<'g>> {
    let model = channels.model;
    model.members.get(group).into_iter().flatten().map(move |index| &model.bearers[*index])
}

fn addresses<'g>(channels: &Channels<'_, 'g>, bearer: &Bearer<'g>) -> Set {
    bearer.subnets.iter().filter_map(|id| channels.model.subnets.get(*id)).map(|s| s.range).collect()
}

fn between<'g>(channels: &Channels<'_, 'g>, from: &Id, to: &Id, point: u32) -> Carried<'g> {
    let (near, far) = (group(channels, from)?, group(channels, to)?);
    let same = near.vpc == far.vpc;
    let known = match (near.vpc, far.vpc) {
        (Some(a), Some(b)) => same || channels.model.knows_groups_across(a, b),
        _ => false,
    };
    for a in bearers(channels, from) {
        for b in bearers(channels, to) {
            let extent = Extent::of(&[a, b]);
            // Each end separately: no rule can name all addresses of an end that may be anywhere.
            Direction::Out.check(
                channels,
                near,
                same.then_some(to),
                &addresses(channels, b),
                Extent::of(&[b]),
                point,
            )?;
            Direction::In.check(
                channels,
                far,
                known.then_some(from),
                &addresses(channels, a),
                Extent::of(&[a]),
                point,
            )?;
            let (a, b) = (a.subnets.iter(), b.subnets.iter());
            let pairs = a.flat_map(|a| b.clone().map(move |b| (Place::Subnet(a), Place::Subnet(b))));
            ways(channels, pairs, extent, point)?;
        }
    }
    Ok(())
}

/// Every pair of places needs a path. If one end may be anywhere, one path suffices.
fn ways<'g>(
    channels: &Channels<'_, 'g>,
    pairs: impl Iterator<Item = (Place<'g>, Place<'g>)>,
    extent: Extent,
    point: u32,
) -> Carried<'g> {
    let mut last = Err(obstacle("neither end is in a subnet".to_owned(), Vec::new()));
    for (from, to) in pairs {
        last = way(channels, from, to, point);
        if last.is_ok() != (extent == Extent::All) {
            return last;
        }
    }
    last
}

fn way<'g>(channels: &Channels<'_, 'g>, from: Place<'g>, to: Place<'g>, point: u32) -> Carried<'g> {
    let Some((source, destination)) = channels.gap(from, to, point) else { return Ok(()) };
    let (hops, stop) = channels.trace(Packet { from, to, source, destination, point }, Mode::Must);
    let other = || Stop::new("the subnets of the attachment do not let it through".to_owned(), Vec::new());
    Err(Obstacle { hops, stop: stop.unwrap_or_else(other) })
}

fn with_site<'g>(channels: &Channels<'_, 'g>, id: &Id, site: &Id, side: Direction, point: u32) -> Carried<'g> {
    let group = group(channels, id)?;
    let sites = &channels.model.sites;
    let Some(index) = sites.iter().position(|s| s.resource.id == *site) else {
        return Err(obstacle(format!("the site `{site}` is not there"), Vec::new()));
    };
    side.check(channels, group, None, &sites[index].ranges.iter().copied().collect(), Extent::All, point)?;
    for bearer in bearers(channels, id) {
        let pair = |subnet| match side {
            Direction::Out => (Place::Subnet(subnet), Place::Site(index)),
            Direction::In => (Place::Site(index), Place::Subnet(subnet)),
        };
        ways(channels, bearer.subnets.iter().copied().map(pair), Extent::of(&[bearer]), point)?;
    }
    Ok(())
}

fn to_service<'g>(channels: &Channels<'_, 'g>, from: &Id, service: &str, point: u32) -> Carried<'g> {
    let group = group(channels, from)?;
    let mut last = Err(obstacle(format!("the network has no endpoint of `{service}`"), Vec::new()));
    for endpoint in endpoints(channels.model, group.vpc, service) {
        last = match endpoint.gateway {
            true => through_gateway(channels, from, group, endpoint, point),
            false => through_interfaces(channels, from, endpoint, point),
        };
        if last.is_ok() {
            break;
        }
    }
    last
}

fn through_gateway<'g>(
    channels: &Channels<'_, 'g>,
    from: &Id,
    group: &Group<'g>,
    endpoint: &Endpoint<'g>,
    point: u32,
) -> Carried<'g> {
    let listed = group.egress.iter().any(|rule| rule.peer == Peer::List && rule.traffic.has(point));
    if !listed {
        Direction::Out.check(channels, group, None, &internet(channels), Extent::All, point)?;
    }
    for bearer in bearers(channels, from) {
        let subnets = || bearer.subnets.iter().filter_map(|id| channels.model.subnets.get(*id));
        let routed = |table: Option<&Id>| table.is_some_and(|table| endpoint.tables.contains(&table));
        let mut open = subnets().map(|s| routed(s.table) && channels.to_service(s).has(point));
        let found = if bearer.carried { open.all(|open| open) } else { open.any(|open| open) };
        if !found {
            let text = format!("a route table or network ACL of `{from}` does not lead to the endpoint");
            return Err(obstacle(text, vec![endpoint.resource]));
        }
    }
    Ok(())
}

fn through_interfaces<'g>(channels: &Channels<'_, 'g>, from: &Id, endpoint: &Endpoint<'g>, point: u32) -> Carried<'g> {
    let mut last = Err(obstacle("the endpoint is in no security group".to_owned(), vec![endpoint.resource]));
    for to in &endpoint.groups {
        last = between(channels, from, to, point);
        if last.is_ok() {
            break;
        }
    }
    last
}

/// The internet without the networks and sites of the migration, which have routes of their own.
fn internet(channels: &Channels<'_, '_>) -> Set {
    let model = channels.model;
    let inside = model.sites.iter().flat_map(|site| &site.ranges).chain(&model.networks);
    public().without(&inside.copied().collect())
}

fn to_internet<'g>(channels: &Channels<'_, 'g>, from: &Id, ranges: &Set, point: u32) -> Carried<'g> {
    let group = group(channels, from)?;
    Direction::Out.check(channels, group, None, ranges, Extent::All, point)?;
    for bearer in bearers(channels, from) {
        let pairs = bearer.subnets.iter().map(|id| (Place::Subnet(id), Place::Internet));
        ways(channels, pairs, Extent::of(&[bearer]), point)?;
    }
    Ok(())
}
