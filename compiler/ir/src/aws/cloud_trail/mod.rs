//! AWS CloudTrail.

use crate::resource_type::ResourceType;

mod trail;

pub const TYPES: &[&ResourceType] = &[&trail::TYPE];
