//! The addresses of each tier of a network. They depend only on the network's own node, and a tier keeps its addresses
//! when others are appended.

use migspec_syntax::ast;
use migspec_syntax::value::{Cidr, Key, TierPurpose};

/// AWS accepts subnets of /28 at the smallest (fact: vpc-sizes).
const SMALLEST: u8 = 28;

/// AWS accepts networks of /16 at the largest (fact: vpc-sizes).
const LARGEST: u8 = 16;

/// The addresses of a network.
pub(crate) struct Plan<'a> {
    pub(crate) tiers: Vec<Tier<'a>>,
    /// Subnets that hold nothing but the attachment to a transit; at the top of
    /// the network, so that tiers can grow from the bottom.
    pub(crate) attachment: Option<Block>,
}

/// A tier and its addresses.
pub(crate) struct Tier<'a> {
    pub(crate) node: &'a ast::Tier,
    pub(crate) block: Block,
}

/// An aligned range that belongs to one tier alone, and its subnets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    pub(crate) cidr: Cidr,
    /// One for each zone.
    pub(crate) subnets: Vec<Cidr>,
}

/// A tier for which the network has no room.
pub(crate) struct NoRoom<'a> {
    pub(crate) tier: Option<&'a Key>,
    /// The prefix of the range that is needed.
    pub(crate) needed: u8,
}

/// The number of zones of a network, clamped to the range that its check reports.
pub(crate) fn zones(network: &ast::Network) -> u32 {
    let named = network.zone_ids.as_ref().map(|names| u32::try_from(names.ids.len()).unwrap_or(u32::MAX));
    named.unwrap_or(network.zones.0).clamp(2, 6)
}

/// Lays out a network. Tiers without room are left out and returned.
pub(crate) fn plan<'a>(spec: &ast::Migration, network: &'a ast::Network) -> (Plan<'a>, Vec<NoRoom<'a>>) {
    plan_in(network.cidr.value, spec, network)
}

/// The longest prefix of a larger network that has room for all tiers, if there is one.
pub(crate) fn larger(spec: &ast::Migration, network: &ast::Network) -> Option<u8> {
    let has_room = |prefix: &u8| plan_in(Cidr::new(0, *prefix), spec, network).1.is_empty();
    (LARGEST..network.cidr.prefix).rev().find(has_room)
}

fn plan_in<'a>(cidr: Cidr, spec: &ast::Migration, network: &'a ast::Network) -> (Plan<'a>, Vec<NoRoom<'a>>) {
    let attached = super::is_attached(spec, network);
    let zones = zones(network);
    let mut missing = Vec::new();
    let mut taken = Vec::new();
    let attachment = attached.then(|| top(cidr, block_prefix(SMALLEST, zones), zones)).flatten();
    match &attachment {
        Some(block) => taken.push(block.cidr),
        None if attached => missing.push(NoRoom { tier: None, needed: block_prefix(SMALLEST, zones) }),
        None => {}
    }
    let mut tiers = Vec::new();
    for node in &network.tier {
        let needed = block_prefix(subnet_prefix(cidr, node.holds.value), zones);
        match lowest(cidr, needed, &taken) {
            Some(range) => {
                taken.push(range);
                tiers.push(Tier { node, block: block(range, zones) });
            }
            None => missing.push(NoRoom { tier: Some(&node.key.value), needed }),
        }
    }
    (Plan { tiers, attachment }, missing)
}

/// The share of the network that a subnet takes: compute grows with load,
/// databases and replication instances are few, NAT gateways are one per zone.
fn subnet_prefix(network: Cidr, purpose: TierPurpose) -> u8 {
    let share = match purpose {
        TierPurpose::Compute => 4,
        TierPurpose::Database | TierPurpose::Replication => 8,
        TierPurpose::Nat => 10,
        TierPurpose::Transit => 12,
    };
    (network.prefix + share).min(SMALLEST)
}

/// The prefix of the range that holds a subnet for each zone: four subnets for
/// up to four zones, so that a zone can be added without moving anything.
fn block_prefix(subnet: u8, zones: u32) -> u8 {
    subnet - if zones <= 4 { 2 } else { 3 }
}

fn top(network: Cidr, prefix: u8, zones: u32) -> Option<Block> {
    let count = 1u32.checked_shl(u32::from(prefix.checked_sub(network.prefix)?))?;
    network.subnet(prefix, count - 1).map(|range| block(range, zones))
}

/// The lowest free range of this prefix.
fn lowest(network: Cidr, prefix: u8, taken: &[Cidr]) -> Option<Cidr> {
    let mut n = 0;
    loop {
        let range = network.subnet(prefix, n)?;
        match taken.iter().find(|t| t.overlaps(range)) {
            None => return Some(range),
            // Skips the whole of a larger neighbour at once.
            Some(t) => n += (t.size() / range.size()).max(1) as u32,
        }
    }
}

fn block(range: Cidr, zones: u32) -> Block {
    let bits = if zones <= 4 { 2 } else { 3 };
    Block { cidr: range, subnets: (0..zones).filter_map(|zone| range.subnet(range.prefix + bits, zone)).collect() }
}
