//! Amazon Simple Storage Service.

use crate::resource_type::ResourceType;

mod bucket;
mod bucket_policy;
mod delivery;
mod lifecycle;

pub const TYPES: &[&ResourceType] = &[&bucket::TYPE, &bucket_policy::TYPE];
