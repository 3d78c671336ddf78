//! AWS Step Functions.

use crate::resource_type::ResourceType;

mod state_machine;

pub const TYPES: &[&ResourceType] = &[&state_machine::TYPE];
