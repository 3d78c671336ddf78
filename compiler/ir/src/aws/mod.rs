//! The table of resource types: one folder for each AWS service, one file for
//! each type. No other place knows a Terraform type or argument.

use crate::resource_type::ResourceType;

pub mod rds;

/// All types of the table.
pub fn types() -> impl Iterator<Item = &'static ResourceType> {
    [rds::TYPES].into_iter().flatten().copied()
}
