use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Api",
    concern: Concern::Api,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::string("name", "Name", ""),
        Fact::bool("waf", "Waf", false),
        Fact::bool("authorized", "Authorized", false),
        Fact::bool("throttled", "Throttled", false),
        // -1: no authorizer.
        Fact::long("authorizerCacheSeconds", "AuthorizerCacheSeconds", -1),
    ],
};
