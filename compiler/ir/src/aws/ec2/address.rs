//! Address blocks, as facts compare them.

use crate::addresses::{SPECIAL, Special};
use crate::fact::FactValue;
use crate::{Index, Resource};

/// An IPv4 block.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Block {
    first: u32,
    last: u32,
}

impl Block {
    /// `10.0.0.0/16`
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let address: u32 = address.parse::<std::net::Ipv4Addr>().ok()?.into();
        let length: u32 = length.parse().ok().filter(|length| *length <= 32)?;
        let hosts = u32::MAX.checked_shr(length).unwrap_or(0);
        Some(Self { first: address & !hosts, last: address | hosts })
    }

    /// The block in a property that holds its text.
    pub(super) fn of(resource: &Resource, path: &str) -> Option<Self> {
        Self::parse(resource.get(path)?.value.as_str()?)
    }

    fn holds(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// More public addresses than this are no organisation's: a `/8`.
const MOST_PUBLIC: u64 = 1 << 24;
/// A shorter prefix of public IPv6 addresses is no organisation's.
const SHORTEST_IPV6: u32 = 16;

/// Whether blocks cover the internet, or a part of it that no organisation has.
/// Host bits do not count, and neither does the number of blocks. A text that
/// is no block may be anything.
pub(super) fn cover_internet<'t>(cidrs: impl IntoIterator<Item = &'t str>) -> bool {
    let mut blocks = Vec::new();
    for cidr in cidrs {
        match (Block::parse(cidr), prefix_of_ipv6(cidr)) {
            (Some(block), _) => blocks.push(block),
            (None, Some((first, prefix))) => {
                let private = first & 0xFE00 == 0xFC00 && prefix >= 7 || first & 0xFFC0 == 0xFE80 && prefix >= 10;
                if prefix < SHORTEST_IPV6 && !private {
                    return true;
                }
            }
            (None, None) => return true,
        }
    }
    public_addresses(blocks) > MOST_PUBLIC
}

/// The first 16 bits and the length of an IPv6 block.
fn prefix_of_ipv6(text: &str) -> Option<(u16, u32)> {
    let (address, length) = text.split_once('/')?;
    let address: std::net::Ipv6Addr = address.parse().ok()?;
    Some((address.segments()[0], length.parse().ok().filter(|length| *length <= 128)?))
}

/// The number of public addresses in the union of blocks.
fn public_addresses(mut blocks: Vec<Block>) -> u64 {
    blocks.sort_unstable_by_key(|block| block.first);
    let (mut count, mut next) = (0, 0u64);
    for block in blocks {
        let (first, last) = (u64::from(block.first).max(next), u64::from(block.last));
        if first > last {
            continue;
        }
        let inside = |special: &Special| {
            let (from, to) = (u64::from(special.first()).max(first), u64::from(special.last()).min(last));
            if from <= to { to - from + 1 } else { 0 }
        };
        count += last - first + 1 - SPECIAL.iter().map(inside).sum::<u64>();
        next = last + 1;
    }
    count
}

/// Whether a block covers the internet.
pub(super) fn is_everywhere(cidr: &str) -> bool {
    cover_internet([cidr])
}

/// Whether one of the properties, which hold blocks, is everywhere. Unknown
/// if one holds no literal text.
pub(super) fn everywhere(resource: &Resource, paths: &[&str]) -> FactValue {
    let mut found = false;
    for datum in paths.iter().filter_map(|path| resource.get(path)) {
        match datum.value.as_str() {
            Some(cidr) => found |= is_everywhere(cidr),
            None => return FactValue::Unknown,
        }
    }
    found.into()
}

/// Whether the block in a property lies in a site of the migration. A property
/// that is not there is in none.
pub(super) fn in_site(resource: &Resource, path: &str, graph: &Index<'_>) -> FactValue {
    if resource.get(path).is_none() {
        return false.into();
    }
    let Some(block) = Block::of(resource, path) else { return FactValue::Unknown };
    sites(graph).flatten().any(|site| site.holds(block)).into()
}

/// The blocks of all sites; none where one is not known.
fn sites(graph: &Index<'_>) -> impl Iterator<Item = Option<Block>> {
    blocks(graph.all("Migspec::Site"))
}

/// The blocks of the sites outside AWS.
pub(super) fn sites_outside(graph: &Index<'_>) -> impl Iterator<Item = Option<Block>> {
    blocks(graph.all("Migspec::Site").filter(|site| site.get("Vpc").is_none()))
}

fn blocks<'g>(sites: impl Iterator<Item = &'g Resource>) -> impl Iterator<Item = Option<Block>> {
    sites
        .filter_map(|site| site.get("CidrBlocks")?.value.as_list())
        .flatten()
        .map(|cidr| Block::parse(cidr.value.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::{Block, cover_internet};

    #[test]
    fn the_internet_is_covered_in_every_notation() {
        for (cidrs, covered) in [
            (&["0.0.0.0/0"][..], true),
            (&["1.2.3.4/0"], true),
            (&["0.0.0.0/1"], true),
            (&["0.0.0.0/1", "128.0.0.0/1"], true),
            (&["64.0.0.0/9", "64.128.0.0/9", "65.0.0.0/16"], true),
            (&["64.0.0.0/8"], false),
            (&["64.0.0.0/9", "64.0.0.0/9", "64.0.0.0/9"], false),
            (&["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"], false),
            (&["8.0.0.0/6"], true),
            (&["203.0.113.0/24"], false),
            (&["::/0"], true),
            (&["0::0/0"], true),
            (&["2000::/3"], true),
            (&["2001:db8::/32"], false),
            (&["fd00::/8"], false),
            (&["anything"], true),
        ] {
            assert_eq!(cover_internet(cidrs.iter().copied()), covered, "{cidrs:?}");
        }
    }

    #[test]
    fn blocks_overlap_where_they_share_an_address() {
        let block = |text| Block::parse(text).expect("a block");
        assert!(block("10.0.0.0/16").overlaps(block("10.0.255.0/24")));
        assert!(!block("10.0.0.0/16").overlaps(block("10.1.0.0/16")));
        assert!(block("0.0.0.0/0").overlaps(block("172.16.0.0/12")));
        assert_eq!(Block::parse("10.0.0.0"), None);
        assert_eq!(Block::parse("10.0.0.0/33"), None);
    }
}
