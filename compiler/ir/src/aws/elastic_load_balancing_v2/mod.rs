//! Elastic Load Balancing: application and network load balancers.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
