//! Things of the migration that are no AWS resource: only policies look at them.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
