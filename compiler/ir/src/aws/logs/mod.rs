//! Amazon CloudWatch Logs.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
