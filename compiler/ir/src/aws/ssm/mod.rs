//! AWS Systems Manager: the parameter store.

use crate::resource_type::ResourceType;

mod parameter;

pub const TYPES: &[&ResourceType] = &[&parameter::TYPE];
