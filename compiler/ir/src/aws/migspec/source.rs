use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Source",
    concern: Concern::Database,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("engine", "Engine", ""),
        // Live by default.
        Fact::bool("live", "Live", true),
        Fact::string("host", "Host", ""),
        Fact::long("port", "Port", 0),
        Fact::string("tlsMode", "TlsMode", ""),
        Fact::bool("hasCa", "HasCa", false),
        Fact::entity("site", "Site", "Migspec::Site"),
        Fact::bool("production", "Production", true),
    ],
    classes: Classes::NONE,
};
