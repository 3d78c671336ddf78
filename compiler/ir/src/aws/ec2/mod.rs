//! Amazon EC2: networks, transit, security groups.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
