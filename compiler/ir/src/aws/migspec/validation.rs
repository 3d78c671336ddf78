use crate::class::Classes;
use crate::fact::Fact;
use crate::resource_type::{Concern, ResourceType, Terraform};

pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Validation",
    concern: Concern::Workflow,
    terraform: Terraform::NotEmitted,
    facts: &[
        Fact::entity("replication", "Replication", "Migspec::Replication"),
        Fact::false_by_default("rows", "Rows"),
        Fact::false_by_default("checksums", "Checksums"),
        Fact::long("invariants", "Invariants", 0),
    ],
    classes: Classes::NONE,
};
