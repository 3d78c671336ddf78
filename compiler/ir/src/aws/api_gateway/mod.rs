//! Amazon API Gateway: REST APIs.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
