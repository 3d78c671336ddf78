//! Amazon EventBridge.

use crate::resource_type::ResourceType;

pub(in crate::aws) mod rule;

pub const TYPES: &[&ResourceType] = &[&rule::TYPE];
