//! AWS Database Migration Service.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
