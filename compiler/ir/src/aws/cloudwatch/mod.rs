//! Amazon CloudWatch: alarms and dashboards.

use crate::resource_type::ResourceType;

pub const TYPES: &[&ResourceType] = &[];
