//! Amazon EventBridge.

use crate::resource_type::ResourceType;

mod pattern;
pub(in crate::aws) mod rule;
mod sample;

pub const TYPES: &[&ResourceType] = &[&rule::TYPE];
