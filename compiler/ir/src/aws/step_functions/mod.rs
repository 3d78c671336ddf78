//! AWS Step Functions.

use crate::resource_type::ResourceType;

mod conduct;
mod state_machine;

pub const TYPES: &[&ResourceType] = &[&state_machine::TYPE];
