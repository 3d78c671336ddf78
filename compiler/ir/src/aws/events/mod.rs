//! Amazon EventBridge.

use crate::resource_type::ResourceType;

mod rule;

pub const TYPES: &[&ResourceType] = &[&rule::TYPE];
