//! Amazon API Gateway: VPC links.

use crate::resource_type::ResourceType;

mod vpc_link;

pub const TYPES: &[&ResourceType] = &[&vpc_link::TYPE];
