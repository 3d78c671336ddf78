//! AWS WAF.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
