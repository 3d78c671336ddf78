//! AWS Key Management Service.

use crate::resource_type::ResourceType;

mod alias;
mod key;
mod users;

pub const TYPES: &[&ResourceType] = &[&alias::TYPE, &key::TYPE];
