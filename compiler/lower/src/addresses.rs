//! Addresses with a meaning of their own, which name no host of a site or of the internet.

use std::net::Ipv4Addr;

use migspec_ir::addresses::{SPECIAL, Use};
use migspec_syntax::value::Cidr;
use migspec_syntax::{Setting, ast};

/// The ranges of special addresses, with their uses.
pub(crate) fn ranges() -> impl Iterator<Item = (Cidr, Use)> {
    SPECIAL.iter().map(|special| (Cidr { address: special.address, prefix: special.prefix }, special.r#use))
}

/// Ranges that everybody may use inside, and nobody on the internet.
pub(crate) fn private() -> impl Iterator<Item = Cidr> {
    ranges().filter(|(_, r#use)| r#use.meaning().is_none()).map(|(range, _)| range)
}

fn host(address: Ipv4Addr) -> Cidr {
    Cidr::new(u32::from(address), 32)
}

/// The meaning of an address that names no host.
pub(crate) fn special(address: Ipv4Addr) -> Option<&'static str> {
    ranges().find(|(range, _)| range.contains(host(address)))?.1.meaning()
}

/// The meaning of a range whose addresses name no host.
pub(crate) fn special_range(cidr: Cidr) -> Option<&'static str> {
    ranges().find(|(range, _)| range.contains(cidr))?.1.meaning()
}

/// The reason why no packet of the internet reaches an address.
pub(crate) fn not_on_the_internet(address: Ipv4Addr) -> Option<&'static str> {
    special(address).or_else(|| is_private(host(address)).then_some("is a private address"))
}

pub(crate) fn is_private(cidr: Cidr) -> bool {
    private().any(|range| range.contains(cidr))
}

/// Whether a range contains private addresses and others.
pub(crate) fn mixes(cidr: Cidr) -> bool {
    !is_private(cidr) && private().any(|range| range.overlaps(cidr))
}

/// All address ranges of a site.
pub(crate) fn site_ranges(site: &ast::Site) -> impl Iterator<Item = &Setting<Cidr>> {
    std::iter::once(&site.cidr).chain(site.ranges.iter().flat_map(|node| &node.ranges))
}

/// The private range that a site has as a whole, if it has one. Its ranges count together, since two halves are a whole.
pub(crate) fn whole_private(site: &ast::Site) -> Option<Cidr> {
    private().find(|block| {
        let parts = site_ranges(site).filter(|range| block.contains(range.value));
        parts.map(|range| range.size()).sum::<u64>() >= block.size()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(address: [u8; 4], prefix: u8) -> Cidr {
        Cidr::new(u32::from_be_bytes(address), prefix)
    }

    #[test]
    fn special_addresses_name_no_host() {
        let of = |text: &str| not_on_the_internet(text.parse().expect("an address"));
        for text in
            ["127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "169.254.169.254", "10.0.0.1", "172.31.0.1"]
        {
            assert!(of(text).is_some(), "{text}");
        }
        for text in ["203.0.113.10", "8.8.8.8", "172.32.0.1"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_around_private_addresses_is_mixed() {
        assert!(mixes(range([172, 0, 0, 0], 8)));
        assert!(mixes(range([0, 0, 0, 0], 0)));
        assert!(!mixes(range([172, 16, 0, 0], 16)));
        assert!(!mixes(range([8, 8, 0, 0], 16)));
    }
}
