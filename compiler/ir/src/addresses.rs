//! IPv4 ranges with a meaning of their own, which no route leads to over the internet.

/// The use of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Use {
    ThisHost,
    /// RFC 1918.
    Private,
    /// RFC 6598.
    Shared,
    Loopback,
    LinkLocal,
    /// RFC 2544.
    Benchmark,
    Multicast,
    Reserved,
}

impl Use {
    /// The meaning of an address that names no host of another network; `None`: networks have hosts there.
    pub fn meaning(self) -> Option<&'static str> {
        Some(match self {
            Use::Private | Use::Shared | Use::Benchmark => return None,
            Use::ThisHost => "means this host",
            Use::Loopback => "is a loopback address",
            Use::LinkLocal => "is a link-local address",
            Use::Multicast => "is a multicast address",
            Use::Reserved => "is reserved",
        })
    }
}

/// A range of the registry of special addresses (RFC 6890).
#[derive(Clone, Copy, Debug)]
pub struct Special {
    pub address: u32,
    pub prefix: u8,
    pub r#use: Use,
}

impl Special {
    pub const fn first(&self) -> u32 {
        self.address
    }

    pub const fn last(&self) -> u32 {
        self.address | u32::MAX >> self.prefix
    }
}

const fn range(address: [u8; 4], prefix: u8, r#use: Use) -> Special {
    Special { address: u32::from_be_bytes(address), prefix, r#use }
}

/// In the order of addresses, without overlaps.
pub const SPECIAL: &[Special] = &[
    range([0, 0, 0, 0], 8, Use::ThisHost),
    range([10, 0, 0, 0], 8, Use::Private),
    range([100, 64, 0, 0], 10, Use::Shared),
    range([127, 0, 0, 0], 8, Use::Loopback),
    range([169, 254, 0, 0], 16, Use::LinkLocal),
    range([172, 16, 0, 0], 12, Use::Private),
    range([192, 168, 0, 0], 16, Use::Private),
    range([198, 18, 0, 0], 15, Use::Benchmark),
    range([224, 0, 0, 0], 4, Use::Multicast),
    range([240, 0, 0, 0], 4, Use::Reserved),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_in_order_and_apart() {
        assert!(SPECIAL.windows(2).all(|pair| pair[0].last() < pair[1].first()));
        assert_eq!(SPECIAL.last().map(Special::last), Some(u32::MAX));
        assert_eq!(SPECIAL[5].last(), u32::from_be_bytes([172, 31, 255, 255]));
    }
}
