use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Route",
    concern: Concern::Api,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::entity("api", "Api", "Migspec::Api"),
        Fact::string("method", "Method", ""),
        Fact::string("path", "Path", ""),
        Fact::true_by_default("writes", "Writes"),
        Fact::string("idempotencyHeader", "IdempotencyHeader", ""),
    ],
    classes: Classes::NONE,
};
