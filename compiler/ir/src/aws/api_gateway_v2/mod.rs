//! Amazon API Gateway: VPC links.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
