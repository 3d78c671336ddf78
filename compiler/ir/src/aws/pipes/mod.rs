//! Amazon EventBridge Pipes.

use crate::resource_type::ResourceType;

mod pipe;

pub const TYPES: &[&ResourceType] = &[&pipe::TYPE];
