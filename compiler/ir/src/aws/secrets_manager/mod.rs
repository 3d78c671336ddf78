//! AWS Secrets Manager.

use crate::resource_type::ResourceType;

mod resource_policy;
mod rotation_schedule;
mod secret;

pub const TYPES: &[&ResourceType] = &[&resource_policy::TYPE, &rotation_schedule::TYPE, &secret::TYPE];
