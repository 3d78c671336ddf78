//! Amazon CloudWatch Logs.

use crate::resource_type::ResourceType;

mod log_group;
mod metric_filter;
mod resource_policy;

pub const TYPES: &[&ResourceType] = &[&log_group::TYPE, &metric_filter::TYPE, &resource_policy::TYPE];
