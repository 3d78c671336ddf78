use crate::class::Classes;
use crate::resource_type::{Concern, ResourceType, Terraform};

/// The texts of the spec, which the repository and reports show: also those that no resource has, such as the reason of
/// a waiver. Only the facts of every type read them.
pub const TYPE: ResourceType = ResourceType {
    name: "Migspec::Spec",
    concern: Concern::Configuration,
    terraform: Terraform::NotEmitted,
    facts: &[],
    classes: Classes::NONE,
};
