//! AWS Key Management Service.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
