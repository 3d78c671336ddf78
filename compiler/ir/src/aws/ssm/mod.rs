//! AWS Systems Manager: the parameter store.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
