//! The way between two places: routes there and back, and the network ACLs
//! that it crosses.

use std::cell::RefCell;

use migspec_ir::Id;
use rustc_hash::FxHashMap;

use super::address::Range;
use super::model::{Entry, Model, Ports, Route, Subnet, Target};

/// Ports on which a client takes its answers.
const EPHEMERAL: Ports = (1024, 65535);

/// One end of a way.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place<'g> {
    Subnet(&'g Id),
    /// Addresses of a site, behind its VPN connection.
    Site(Range, Option<&'g Id>),
}

/// Whether a way must carry all of what is asked, or may carry some of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    Must,
    May,
}

/// The hops that a connection takes, or how far it came and what stops it.
pub(super) type Way = Result<Vec<String>, Vec<String>>;

/// What has been asked, and the answer.
type Answers<'g> = FxHashMap<(Place<'g>, Place<'g>, Ports, Mode), Way>;

pub(super) struct Paths<'m, 'g> {
    pub(super) model: &'m Model<'g>,
    answers: RefCell<Answers<'g>>,
}

impl<'m, 'g> Paths<'m, 'g> {
    pub(super) fn new(model: &'m Model<'g>) -> Self {
        Self { model, answers: RefCell::default() }
    }

    /// The way of a connection from one place to another, answers included.
    pub(super) fn way(&self, from: Place<'g>, to: Place<'g>, ports: Ports, mode: Mode) -> Way {
        let question = (from, to, ports, mode);
        if let Some(known) = self.answers.borrow().get(&question) {
            return known.clone();
        }
        let answer = self.find(from, to, ports, mode);
        self.answers.borrow_mut().insert(question, answer.clone());
        answer
    }

    fn find(&self, from: Place<'g>, to: Place<'g>, ports: Ports, mode: Mode) -> Way {
        let mut hops = Vec::new();
        self.one_way(from, to, &mut hops)?;
        let mut back = Vec::new();
        if let Err(stopped) = self.one_way(to, from, &mut back) {
            hops.extend(stopped.into_iter().map(|hop| format!("way back: {hop}")));
            return Err(hops);
        }
        // Inside a subnet no ACL is asked.
        if from == to {
            return Ok(hops);
        }
        let (near, far) = (self.range(from), self.range(to));
        for (place, outwards, other, ports) in [
            (from, true, far, ports),
            (to, false, near, ports),
            (to, true, near, EPHEMERAL),
            (from, false, far, EPHEMERAL),
        ] {
            if let Some(stop) = self.acl_stops(place, outwards, other, ports, mode) {
                hops.push(stop);
                return Err(hops);
            }
        }
        Ok(hops)
    }

    fn range(&self, place: Place<'g>) -> Range {
        match place {
            Place::Subnet(id) => self.model.subnets.get(id).map_or(Range::ALL, |s| s.range),
            Place::Site(range, _) => range,
        }
    }

    /// Follows the routes in one direction.
    fn one_way(&self, from: Place<'g>, to: Place<'g>, hops: &mut Vec<String>) -> Result<(), Vec<String>> {
        let range = self.range(to);
        let attachment = match from {
            Place::Subnet(id) => {
                let Some(subnet) = self.model.subnets.get(id) else {
                    return stop(hops, format!("subnet `{id}` is not there"));
                };
                hops.push(format!("subnet `{id}`"));
                if self.vpc(to) == Some(subnet.vpc) {
                    hops.push(format!("local route to {range}"));
                    return Ok(());
                }
                self.to_transit(subnet, range, hops)?
            }
            Place::Site(_, connection) => match connection {
                Some(id) => id,
                None => return stop(hops, "the site has no connection".to_owned()),
            },
        };
        self.across(attachment, to, range, hops)
    }

    fn vpc(&self, place: Place<'g>) -> Option<&'g Id> {
        match place {
            Place::Subnet(id) => self.model.subnets.get(id).map(|s| s.vpc),
            Place::Site(..) => None,
        }
    }

    /// From a subnet to its network's attachment.
    fn to_transit(&self, subnet: &Subnet<'g>, range: Range, hops: &mut Vec<String>) -> Result<&'g Id, Vec<String>> {
        let routes = subnet.table.and_then(|t| self.model.routes.get(t)).map(Vec::as_slice).unwrap_or_default();
        let table = subnet.table.map_or("main", Id::as_str);
        match longest(routes, range).map(|route| route.target) {
            Some(Target::Transit(transit)) => {
                hops.push(format!("route table `{table}` sends {range} to `{transit}`"));
                match self.model.attachments.get(subnet.vpc) {
                    Some((attachment, of)) if *of == transit => Ok(attachment),
                    _ => Err(with(hops, format!("`{}` is not attached to `{transit}`", subnet.vpc))),
                }
            }
            Some(_) => Err(with(hops, format!("route table `{table}` sends {range} elsewhere"))),
            None => Err(with(hops, format!("route table `{table}` has no route to {range}"))),
        }
    }

    /// From one attachment to another, by the first one's own route table.
    fn across(
        &self,
        attachment: &'g Id,
        to: Place<'g>,
        range: Range,
        hops: &mut Vec<String>,
    ) -> Result<(), Vec<String>> {
        let Some(table) = self.model.associations.get(attachment) else {
            return stop(hops, format!("`{attachment}` has no transit route table"));
        };
        let routes = self.model.transit_routes.get(table).map(Vec::as_slice).unwrap_or_default();
        let covering = routes.iter().filter(|(to, _)| to.contains(range));
        let Some((_, next)) = covering.min_by_key(|(to, _)| to.size()) else {
            return stop(hops, format!("transit route table `{table}` has no route to {range}"));
        };
        hops.push(format!("transit route table `{table}` sends {range} to `{next}`"));
        let there = match to {
            Place::Subnet(_) => self.vpc(to).and_then(|vpc| self.model.attachments.get(vpc)).map(|(id, _)| *id),
            Place::Site(_, connection) => connection,
        };
        if there == Some(next) { Ok(()) } else { stop(hops, format!("{range} is not behind `{next}`")) }
    }

    /// What the ACL of a place says of addresses and ports, if it stops them.
    fn acl_stops(&self, place: Place<'g>, outwards: bool, other: Range, ports: Ports, mode: Mode) -> Option<String> {
        let Place::Subnet(id) = place else { return None };
        // A subnet without an ACL of its own has the default one, which lets all through.
        let acl = self.model.subnets.get(id)?.acl?;
        let entries = self.model.acls.get(acl).map(Vec::as_slice).unwrap_or_default();
        let direction = entries.iter().filter(|e| e.outwards == outwards);
        if allows(direction, other, ports, mode) {
            return None;
        }
        let word = if outwards { "out to" } else { "in from" };
        Some(format!("network ACL `{acl}` does not let ports {} to {} {word} {other}", ports.0, ports.1))
    }

    /// A subnet's route to addresses of the internet.
    pub(super) fn to_internet(&self, subnet: &Id) -> Option<String> {
        let table = self.model.subnets.get(subnet)?.table?;
        let routes = self.model.routes.get(table)?;
        let out = routes.iter().find(|r| r.target == Target::Internet && r.to.is_public())?;
        Some(format!("route table `{table}` sends {} to the internet", out.to))
    }
}

/// The most specific route that holds all of a range.
fn longest<'r, 'g>(routes: &'r [Route<'g>], range: Range) -> Option<&'r Route<'g>> {
    routes.iter().filter(|route| route.to.contains(range)).min_by_key(|route| route.to.size())
}

fn allows<'e>(entries: impl Iterator<Item = &'e Entry>, range: Range, ports: Ports, mode: Mode) -> bool {
    for entry in entries {
        let all = entry.range.contains(range) && entry.ports.0 <= ports.0 && ports.1 <= entry.ports.1;
        let some = entry.range.overlap(range).is_some() && entry.ports.0 <= ports.1 && ports.0 <= entry.ports.1;
        match (all, some, mode, entry.allow) {
            (true, ..) => return entry.allow,
            (false, true, Mode::May, true) => return true,
            (false, true, Mode::Must, false) => return false,
            _ => {}
        }
    }
    false
}

fn stop(hops: &[String], why: String) -> Result<(), Vec<String>> {
    Err(with(hops, why))
}

fn with(hops: &[String], last: String) -> Vec<String> {
    hops.iter().cloned().chain([last]).collect()
}
