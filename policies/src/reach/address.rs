//! Ranges of IPv4 addresses.

use std::fmt;
use std::net::Ipv4Addr;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Range {
    pub(super) first: u32,
    pub(super) last: u32,
}

/// Addresses that no route leads to over the internet.
const PRIVATE: &[(u32, u32)] = &[
    (0x0A00_0000, 0x0AFF_FFFF), // 10.0.0.0/8
    (0x6440_0000, 0x647F_FFFF), // 100.64.0.0/10
    (0x7F00_0000, 0x7FFF_FFFF), // 127.0.0.0/8
    (0xA9FE_0000, 0xA9FE_FFFF), // 169.254.0.0/16
    (0xAC10_0000, 0xAC1F_FFFF), // 172.16.0.0/12
    (0xC0A8_0000, 0xC0A8_FFFF), // 192.168.0.0/16
];

impl Range {
    pub(super) const ALL: Range = Range { first: 0, last: u32::MAX };

    /// `10.0.0.0/16`; what is no literal block could be anything.
    pub(super) fn parse(text: Option<&str>) -> Self {
        text.and_then(Self::block).unwrap_or(Self::ALL)
    }

    fn block(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let address: u32 = address.parse::<Ipv4Addr>().ok()?.into();
        let prefix: u32 = prefix.parse().ok().filter(|p| *p <= 32)?;
        let hosts = u32::MAX.checked_shr(prefix).unwrap_or(0);
        Some(Self { first: address & !hosts, last: address | hosts })
    }

    pub(super) fn contains(self, other: Range) -> bool {
        self.first <= other.first && other.last <= self.last
    }

    pub(super) fn overlap(self, other: Range) -> Option<Range> {
        let (first, last) = (self.first.max(other.first), self.last.min(other.last));
        (first <= last).then_some(Range { first, last })
    }

    pub(super) fn is_public(self) -> bool {
        !PRIVATE.iter().any(|(first, last)| Range { first: *first, last: *last }.contains(self))
    }

    pub(super) fn size(self) -> u64 {
        u64::from(self.last - self.first) + 1
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = 32 - self.size().trailing_zeros();
        match self.size().is_power_of_two() {
            true => write!(f, "{}/{prefix}", Ipv4Addr::from(self.first)),
            false => write!(f, "{} to {}", Ipv4Addr::from(self.first), Ipv4Addr::from(self.last)),
        }
    }
}
