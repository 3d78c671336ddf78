//! Amazon RDS and Aurora.

use crate::resource_type::ResourceType;

mod db_subnet_group;

pub const TYPES: &[&ResourceType] = &[&db_subnet_group::TYPE];
