use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Site",
    concern: Concern::Network,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::set("cidrBlocks", "CidrBlocks"),
        // Of all ranges together.
        Fact::long("addresses", "Addresses", 0),
        Fact::false_by_default("vpn", "Vpn"),
        // Hosts of another site; empty: a site of its own.
        Fact::string("within", "Within", ""),
    ],
    classes: Classes::NONE,
};
