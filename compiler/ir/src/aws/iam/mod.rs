//! AWS Identity and Access Management.

use crate::resource_type::ResourceType;

mod allowed;
mod managed_policy;
mod role;
mod role_policy;
pub(super) mod users;

pub const TYPES: &[&ResourceType] = &[&managed_policy::TYPE, &role::TYPE, &role_policy::TYPE];
