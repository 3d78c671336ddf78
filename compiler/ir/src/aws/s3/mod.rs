//! Amazon S3.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
