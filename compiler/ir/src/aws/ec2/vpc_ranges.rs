//! The address ranges of a VPC. One that exists may have several, also of IPv6.

use crate::resource_type::Field;
use crate::{Datum, Resource};

/// A property of existing VPCs alone: all their IPv4 ranges, the first one and the others.
pub const CIDR_BLOCKS: &str = "CidrBlocks";

/// An attribute that existing VPCs and subnets declare: their IPv6 ranges.
pub const IPV6_CIDR_BLOCKS: &str = "Ipv6CidrBlocks";

/// The IPv6 ranges in the description of a VPC or a subnet.
pub(super) const IPV6_RANGES: Field =
    Field::Associated { set: "Ipv6CidrBlockAssociationSet", member: "Ipv6CidrBlock", state: "Ipv6CidrBlockState" };

/// The IPv4 ranges of a VPC.
pub fn ranges(vpc: &Resource) -> impl Iterator<Item = &Datum> {
    let all = vpc.get(CIDR_BLOCKS).and_then(|datum| datum.value.as_list());
    let first = vpc.get("CidrBlock").filter(|_| all.is_none());
    all.unwrap_or_default().iter().chain(first)
}

/// Whether a VPC has IPv6 ranges.
pub fn has_ipv6(vpc: &Resource) -> bool {
    vpc.get(IPV6_CIDR_BLOCKS).and_then(|datum| datum.value.as_list()).is_some_and(|ranges| !ranges.is_empty())
}
