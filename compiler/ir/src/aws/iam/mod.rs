//! AWS Identity and Access Management.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
