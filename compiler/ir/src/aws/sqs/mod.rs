//! Amazon Simple Queue Service.

use crate::resource_type::ResourceType;

mod queue;
mod queue_policy;

pub const TYPES: &[&ResourceType] = &[&queue::TYPE, &queue_policy::TYPE];
