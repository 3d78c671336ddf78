//! Address blocks, as facts compare them.

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

/// Whether a block is all of IPv4 or IPv6.
pub(super) fn is_everywhere(cidr: &str) -> bool {
    matches!(cidr, "0.0.0.0/0" | "::/0")
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
pub(super) fn sites(graph: &Index<'_>) -> impl Iterator<Item = Option<Block>> {
    graph
        .all("Migspec::Site")
        .filter_map(|site| site.get("CidrBlocks")?.value.as_list())
        .flatten()
        .map(|cidr| Block::parse(cidr.value.as_str()?))
}

#[cfg(test)]
mod tests {
    use super::Block;

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
